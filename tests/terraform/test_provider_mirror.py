"""The real Terraform takes a provider from a mirror by the generated CLI configuration, with no network."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from toolchain import cli_config
from toolchain.host import terraform_platform
from toolchain.needs import mirrors

pytestmark = pytest.mark.terraform

# a registry that cannot be: Terraform would fail to ask it for anything
NOWHERE = "registry.invalid"


@pytest.mark.parametrize("user_text", ["", "provider_installation {\n  direct {\n    exclude = []\n  }\n}\n"])
def test_init_asks_no_registry_for_what_the_mirror_has(tmp_path: Path, user_text: str) -> None:
    mirror = tmp_path / "mirror"
    program = (
        mirror / NOWHERE / "hashicorp/aws/5.100.0" / terraform_platform() / "terraform-provider-aws_v5.100.0"
    )
    program.parent.mkdir(parents=True)
    program.write_text("init takes its checksum and does not start it\n")
    program.chmod(0o755)
    config = tmp_path / "made.tfrc"
    config.write_text(cli_config.with_mirror(user_text, mirror, mirrors.providers(mirror)))
    required = {"aws": {"source": f"{NOWHERE}/hashicorp/aws", "version": "5.100.0"}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": required}}))
    ended = subprocess.run(
        ["terraform", "init", "-no-color", "-input=false"],
        cwd=tmp_path,
        env={**os.environ, "TF_CLI_CONFIG_FILE": str(config), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Warning: Unable to open CLI configuration file" not in ended.stdout + ended.stderr
    assert (tmp_path / ".terraform.lock.hcl").read_text().count("h1:") == 1
