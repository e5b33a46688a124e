"""`msk-mirror manifests` of every environment: the API server takes every object, strictly.

The name puts it before the tests that deploy: where the workload is, its ConfigMaps, which are immutable,
hold other addresses under the same names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.deployment import synthesize
from tests.conftest import ENVIRONMENTS
from tests.e2e.kubernetes.report import Report
from tests.e2e.kubernetes.stage import Stage
from topology import load_environment
from topology.kubernetes.fluent_bit import VOLUME_MOUNTS
from topology.loading import environment_path
from topology.replication.flows import flows_into

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_api_server_accepts_every_object(
    bare_stage: Stage, report: Report, tmp_path: Path, name: str
) -> None:
    environment = load_environment(name)
    synthesize(str(environment_path(name).resolve()), tmp_path / "app", {})
    kubectl = bare_stage.cluster.kubectl
    for region in environment.regions:
        if not flows_into(environment, region):
            continue
        objects = _manifests(name, region, tmp_path / "app")
        namespace = [one for one in objects if one["kind"] == "Namespace"]
        kubectl.apply(namespace)  # for good: nothing can be tried in a namespace that is not there
        accepted = kubectl.apply(objects, dry_run=True)
        assert len(accepted) == len(objects)
        report.objects_accepted += len(accepted)


def test_a_field_that_is_not_there_is_refused(bare_stage: Stage) -> None:
    """The check above can fail."""
    wrong = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "wrong", "namespace": "default"},
        "datum": {},
    }
    with pytest.raises(RuntimeError, match="unknown field"):
        bare_stage.cluster.kubectl.apply([wrong], dry_run=True)


@pytest.mark.parametrize(
    ("mounts", "tokens"), [([], 1), ([{"name": "no-token", "mountPath": TOKEN_PATH}], 0)]
)
def test_no_token_is_mounted_where_fluent_bit_mounts_something_else(
    bare_stage: Stage, mounts: list[dict[str, str]], tokens: int
) -> None:
    """topology/kubernetes/fluent_bit.py: the token would open what the chart's ClusterRole grants."""
    assert not mounts or any(mount["mountPath"] == TOKEN_PATH for mount in VOLUME_MOUNTS)
    container = {"name": "main", "image": "localhost/none:1", "volumeMounts": mounts}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "fluent-bit", "namespace": "default"},
        "spec": {"containers": [container], "volumes": [{"name": "no-token", "emptyDir": {}}]},
    }
    create = ("create", "--dry-run=server", "--output", "json", "--filename", "-")
    admitted = json.loads(bare_stage.cluster.kubectl(*create, text=json.dumps(pod)))
    projected = [volume for volume in admitted["spec"]["volumes"] if "projected" in volume]
    assert len(projected) == tokens


def _manifests(environment: str, region: str, out: Path) -> list[dict]:  # type: ignore[type-arg]
    command = [sys.executable, "-m", "operations", "manifests", environment, region]
    done = subprocess.run(
        [*command, "--out", str(out), "--placeholders", "--json"],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=True,
    )
    found: list[dict] = json.loads(done.stdout)["items"]  # type: ignore[type-arg]
    return found
