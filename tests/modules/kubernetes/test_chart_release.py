"""InstalledChart: a Helm release."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from modules.kubernetes.chart_release import InstalledChart
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource
from topology.kubernetes.charts import ChartRelease

VALUES = {"args": {"expander": "least-waste"}, "output": "name ${tag}", "replicas": 2}
RELEASE = ChartRelease(
    "metrics", "kube-system", "https://charts.example.com/", "metrics-server", "3.1.0", VALUES
)


@pytest.fixture(scope="module")
def release() -> dict[str, Any]:
    stack = synthesized(lambda stack: InstalledChart(stack, "metrics", RELEASE))
    return resource(stack, "helm_release", "metrics")


def test_the_pinned_version_is_installed(release: dict[str, Any]) -> None:
    assert part(release, "name", "namespace", "repository", "chart", "version") == {
        "name": "metrics",
        "namespace": "kube-system",
        "repository": "https://charts.example.com/",
        "chart": "metrics-server",
        "version": "3.1.0",
    }


def test_a_release_that_does_not_come_up_is_rolled_back(release: dict[str, Any]) -> None:
    names = ("atomic", "cleanup_on_fail", "wait", "timeout", "max_history")
    assert part(release, *names) == {
        "atomic": True,
        "cleanup_on_fail": True,
        "wait": True,
        "timeout": 600,
        "max_history": 5,
    }


def test_values_are_one_yaml_document_with_escaped_template_syntax(release: dict[str, Any]) -> None:
    (document,) = release["values"]
    assert yaml.safe_load(document) == VALUES | {"output": "name $${tag}"}
