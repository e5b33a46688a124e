"""The files of the ConfigMaps, as Terraform itself reads the strings of the stack."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topology import load_environment
from topology.kubernetes.pods import worker_arguments
from topology.replication.worker_files import connector_files, worker_files

pytestmark = pytest.mark.terraform
REGION = "us-east-1"


def test_terraform_reads_the_files_as_the_topology_wrote_them(
    synthesized: Callable[[str], dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    """The very strings of the stack as local values, because the Kubernetes provider is not needed for what
    the template syntax makes of them."""
    config_maps = synthesized("production")[f"mirrormaker-{REGION}"]["resource"]["kubernetes_config_map_v1"]
    read = {name: body["data"] for name, body in config_maps.items()}
    printed = as_terraform_reads(read, tmp_path)

    loaded = load_environment("production")
    assert printed == {
        "worker-files": worker_files(loaded, REGION),
        "operations-files": connector_files(loaded, REGION),
    }


def test_terraform_reads_the_containers_of_a_task_as_the_topology_wrote_them(
    synthesized: Callable[[str], dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    """References aside, which stand for what other stacks know."""
    region = "eu-west-1"
    stack = synthesized("handover")[f"ecs-runtime-{region}"]["resource"]
    text = stack["aws_ecs_task_definition"]["workers_task"]["container_definitions"]
    known = re.sub(r"(?<!\$)\$\{(data\.|aws_)[^}]*\}", "known-later", text)

    containers = json.loads(as_terraform_reads(known, tmp_path))

    loaded = load_environment("handover")
    (files,) = (one for one in containers if one["name"] == "files")
    (value,) = (one["value"] for one in files["environment"] if one["name"] == "TASK_FILES")
    assert json.loads(value) == worker_files(loaded, region)
    connect = next(one for one in containers if one["name"] == "connect")
    assert connect["command"] == list(worker_arguments(loaded.mirrormaker))
    assert {one["value"] for one in connect["environment"]} == {region, "known-later"}


def as_terraform_reads(value: Any, directory: Path) -> Any:
    """What becomes of strings of a stack, as a local value of the real Terraform."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.fail("terraform is not on the PATH; `make setup` brings one")
    (directory / "main.tf.json").write_text(json.dumps({"locals": {"value": value}}), encoding="utf-8")
    console = subprocess.run(
        [terraform, f"-chdir={directory}", "console"],
        input="jsonencode(local.value)",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(json.loads(console.stdout))
