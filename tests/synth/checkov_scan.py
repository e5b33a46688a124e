"""checkov over synthesized stacks, in the forms of them that it reads whole.

Of cdk.tf.json itself it reads little: it gives up on a file with `terraform.required_version`, and takes
policy documents for text, so that its checks of IAM and KMS pass whatever they say. The JSON of a plan has
the same arguments, and there it opens the documents (docs/decisions/0014-checkov-of-its-own.md). Its checks
of Kubernetes objects are more than those of the Terraform resources that make them, so it gets both.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.manifests import api_objects
from operations.manifests.references import outputs_in
from operations.manifests.source import placeholders
from operations.manifests.text import as_yaml
from tests.synth.stack_json import resources

__all__ = ["Finding", "Scan", "scan", "stack_resources", "write_environment"]

Stack = dict[str, Any]
FRAMEWORKS = ("terraform_plan", "kubernetes")
TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """What a check says of a resource; `where` is `environment/stack/resource`."""

    check: str
    name: str
    where: str

    def __str__(self) -> str:
        return f"{self.check} {self.where}: {self.name}"


@dataclass(frozen=True)
class Scan:
    """What one run of checkov said; `resources` is how many it found, by framework."""

    passed: tuple[Finding, ...]
    failed: tuple[Finding, ...]
    resources: Mapping[str, int]
    unread: tuple[str, ...]


def write_environment(directory: Path, environment: str, stacks: Mapping[str, Stack]) -> None:
    """Write the stacks of an environment as checkov is to read them."""
    for name, stack in stacks.items():
        folder = directory / environment / name
        folder.mkdir(parents=True)
        (folder / "plan.json").write_text(json.dumps(as_plan(stack), indent=1), encoding="utf-8")
        if "kubernetes_deployment_v1" in stack.get("resource", {}):
            objects = api_objects(stack, placeholders(outputs_in(stack["resource"])))
            (folder / "objects.yaml").write_text(as_yaml(objects), encoding="utf-8")


def as_plan(stack: Stack) -> dict[str, Any]:
    """The stack as `terraform show -json` gives a plan (Terraform, "JSON Output Format"), with references
    where a plan has values: checkov follows them from resource to resource."""
    planned = [
        {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": body}
        for kind, name, body in stack_resources(stack)
    ]
    providers = {
        f"{kind}.{number}": {
            "name": kind,
            "alias": str(number),
            "expressions": {key: {"constant_value": value} for key, value in one.items()},
        }
        for kind, all_of_kind in stack["provider"].items()
        for number, one in enumerate(all_of_kind)
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.10.0",  # without one checkov does not take it for a plan
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {"provider_config": providers},
    }


def stack_resources(stack: Stack) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Type, name and arguments of every resource."""
    for kind in stack.get("resource", {}):
        for name, body in resources(stack, kind).items():
            yield kind, name, body


def scan(directory: Path) -> Scan:
    """Run checkov over what was written into `directory`, with none of the settings of whoever runs it."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(directory), "LANG": "C.UTF-8"}
    command = [os.environ["MSK_MIRROR_CHECKOV"], "--directory", str(directory), "--output", "json"]
    options = ["--compact", "--skip-download", "--soft-fail", "--framework", *FRAMEWORKS]
    done = subprocess.run(
        [*command, *options],
        cwd=directory,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, f"checkov ended with {done.returncode}:\n{done.stderr[-4000:]}"
    reports = {report["check_type"]: report for report in json.loads(done.stdout)}
    assert set(reports) == set(FRAMEWORKS)
    found = [report["results"] for report in reports.values()]
    return Scan(
        passed=tuple(_findings(results["passed_checks"] for results in found)),
        failed=tuple(_findings(results["failed_checks"] for results in found)),
        resources={name: report["summary"]["resource_count"] for name, report in reports.items()},
        unread=tuple(file for results in found for file in results["parsing_errors"]),
    )


def _findings(groups: Iterable[list[dict[str, Any]]]) -> Iterator[Finding]:
    for group in groups:
        for one in group:
            stack = one["file_path"].strip("/").rpartition("/")[0]
            yield Finding(one["check_id"], one["check_name"], f"{stack}/{one['resource']}")
