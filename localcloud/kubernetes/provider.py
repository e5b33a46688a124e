"""mirrormaker-R by the real Terraform, where its Kubernetes provider can be had.

The provider block is what a user applies: the emulated EKS answers for the local cluster (credentials.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from operations.terraform.runner import Terraform
from operations.terraform.synthesized import Stack

__all__ = ["apply_stack", "provider_is_to_be_had"]

SOURCE = "hashicorp/kubernetes"
ASK_SECONDS = 120


def provider_is_to_be_had(stack: Stack) -> bool:
    """Whether Terraform can install the provider that the stack requires, found out by letting it."""
    required = stack.configuration["terraform"]["required_providers"]["kubernetes"]
    with tempfile.TemporaryDirectory() as scratch:
        wanted = {"terraform": {"required_providers": {"kubernetes": required}}}
        (Path(scratch) / "main.tf.json").write_text(json.dumps(wanted), encoding="utf-8")
        patience = {"TF_REGISTRY_CLIENT_TIMEOUT": "10", "TF_REGISTRY_DISCOVERY_RETRY": "0"}
        try:
            done = subprocess.run(
                ["terraform", "init", "-backend=false", "-input=false"],
                cwd=scratch,
                env=os.environ | patience,
                capture_output=True,
                timeout=ASK_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def apply_stack(
    stack: Stack,
    configuration: Mapping[str, Any],
    variables: Mapping[str, str],
    on_step: Callable[[str], None] = lambda _: None,
) -> int:
    """Apply the stack twice; returns what the second run changed.

    `configuration` is written as its cdk.tf.json first; `variables` lead to the account and the cluster.
    Raises TerraformError.
    """
    (stack.directory / "cdk.tf.json").write_text(json.dumps(configuration, indent=1), encoding="utf-8")
    terraform = Terraform(stack, variables)
    terraform.init()
    on_step(f"terraform: {stack.name}: {terraform.apply()}")
    return terraform.apply().total
