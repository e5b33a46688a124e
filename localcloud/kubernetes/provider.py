"""mirrormaker-R by the real Terraform, where its Kubernetes provider can be had.

The stack asks EKS for the API server's address and `aws eks get-token` for a token. Here an override file
(Terraform language, "Override Files") gives the local cluster's address and certificate instead; everything
else of the stack is what a user applies.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localcloud.aws.server import EmulatedAws
from localcloud.kubernetes.cluster import Cluster
from operations.synthesized import Stack
from operations.terraform import Terraform

__all__ = ["apply_stack", "provider_is_to_be_had"]

SOURCE = "hashicorp/kubernetes"
OVERRIDE = "local_override.tf.json"
EXEC_VERSION = "client.authentication.k8s.io/v1beta1"
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
    cluster: Cluster,
    stack: Stack,
    configuration: Mapping[str, Any],
    aws: EmulatedAws,
    on_step: Callable[[str], None] = lambda _: None,
) -> int:
    """Apply the stack to the cluster twice; returns what the second run changed.

    `configuration` is written as its cdk.tf.json first. Raises TerraformError.
    """
    (stack.directory / "cdk.tf.json").write_text(json.dumps(configuration, indent=1), encoding="utf-8")
    override = {"provider": {"kubernetes": [_connection(cluster)]}}
    (stack.directory / OVERRIDE).write_text(json.dumps(override, indent=1), encoding="utf-8")
    _ensure_eks_cluster(configuration, aws)
    terraform = Terraform(stack, aws.environment())
    terraform.init()
    on_step(f"terraform: {stack.name}: {terraform.apply()}")
    return terraform.apply().total


def _connection(cluster: Cluster) -> dict[str, Any]:
    """Address, and instead of the command that asks AWS one that prints the certificate of the admin."""
    pair = cluster.certificates.users["admin"]
    credential = cluster.layout.state / "exec-credential.json"
    answer = {
        "apiVersion": EXEC_VERSION,
        "kind": "ExecCredential",
        "status": {
            "clientCertificateData": pair.certificate.read_text(),
            "clientKeyData": pair.key.read_text(),
        },
    }
    credential.touch(mode=0o600)
    credential.write_text(json.dumps(answer), encoding="utf-8")
    return {
        "host": cluster.layout.api,
        "cluster_ca_certificate": cluster.certificates.authority.certificate.read_text(),
        "exec": [{"api_version": EXEC_VERSION, "command": "cat", "args": [str(credential)]}],
    }


def _ensure_eks_cluster(configuration: Mapping[str, Any], aws: EmulatedAws) -> None:
    """The cluster that the stack asks EKS for: the environment brings it, so that nobody has made it here."""
    eks = aws.client("eks", configuration["provider"]["aws"][0]["region"])
    for found in configuration["data"]["aws_eks_cluster"].values():
        if found["name"] not in eks.list_clusters()["clusters"]:
            role = f"arn:aws:iam::{aws.account_id}:role/eks"
            eks.create_cluster(name=found["name"], roleArn=role, resourcesVpcConfig={"subnetIds": []})
