"""The files of the ConfigMaps, as Terraform itself reads the strings of the stack."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topology import load_environment
from topology.worker_files import connector_files, worker_files

pytestmark = pytest.mark.terraform
REGION = "us-east-1"


def test_terraform_reads_the_files_as_the_topology_wrote_them(
    synthesized: Callable[[str], dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    """The very strings of the stack as local values, because the Kubernetes provider is not needed for what
    the template syntax makes of them."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.fail("terraform is not on the PATH; `make setup` brings one")
    config_maps = synthesized("production")[f"mirrormaker-{REGION}"]["resource"]["kubernetes_config_map_v1"]
    read = {name: body["data"] for name, body in config_maps.items()}
    (tmp_path / "main.tf.json").write_text(json.dumps({"locals": {"files": read}}), encoding="utf-8")

    console = subprocess.run(
        [terraform, f"-chdir={tmp_path}", "console"],
        input="jsonencode(local.files)",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    loaded = load_environment("production")
    printed = json.loads(json.loads(console.stdout))
    assert printed == {
        "worker-files": worker_files(loaded, REGION),
        "operations-files": connector_files(loaded, REGION),
    }
