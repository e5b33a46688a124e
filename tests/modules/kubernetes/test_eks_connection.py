"""EksConnection: how Terraform reaches the API server."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.kubernetes.eks_connection import EksConnection
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import output

CLUSTER = "data.aws_eks_cluster.eks"
CERTIFICATE = f"${{base64decode({CLUSTER}.certificate_authority[0].data)}}"
GET_TOKEN = {
    "api_version": "client.authentication.k8s.io/v1beta1",
    "command": "aws",
    "args": ["eks", "get-token", "--cluster-name", "orders-eks", "--region", "eu-west-1"],
}


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        made = EksConnection(stack, "eks", cluster_name="orders-eks", region="eu-west-1")
        made.kubernetes_provider()
        made.helm_provider()
        TerraformOutput(stack, "version", value=made.kubernetes_version)

    return synthesized(build)


def test_the_cluster_is_read_and_nothing_is_created(stack: Stack) -> None:
    assert stack["data"] == {"aws_eks_cluster": {"eks": {"name": "orders-eks"}}}
    assert "resource" not in stack
    assert output(stack, "version") == f"${{{CLUSTER}.version}}"


@pytest.mark.parametrize(("provider", "exec_plugin"), [("kubernetes", [GET_TOKEN]), ("helm", GET_TOKEN)])
def test_providers_request_a_short_lived_token_of_the_cluster(
    provider: str, exec_plugin: Any, stack: Stack
) -> None:
    """For Helm the connection is an attribute and `exec` one object; for Kubernetes it is a block."""
    (found,) = stack["provider"][provider]
    connection = found["kubernetes"] if provider == "helm" else found
    assert part(connection, "host", "cluster_ca_certificate", "exec", "token", "config_path") == {
        "host": f"${{{CLUSTER}.endpoint}}",
        "cluster_ca_certificate": CERTIFICATE,
        "exec": exec_plugin,
    }


def test_a_provider_is_created_only_on_request() -> None:
    stack = synthesized(
        lambda stack: EksConnection(stack, "eks", cluster_name="orders-eks", region="eu-west-1")
    )
    assert "provider" not in stack
