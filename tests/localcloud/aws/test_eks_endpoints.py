"""EKS answers addresses and certificates that Terraform's provider blocks can use."""

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from localcloud.aws.server import EmulatedAws
from localcloud.kubernetes.credentials import AWS_CLI, exec_environment

GET_TOKEN = ("eks", "get-token", "--cluster-name", "orders", "--region", "eu-west-1")
"""As modules/kubernetes/eks_connection.py has it; tests/synth/kubernetes/test_platform.py compares."""


def described(client: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client("eks", "eu-west-1").describe_cluster(name=name)["cluster"]
    return found


def test_a_cluster_has_a_certificate_that_can_be_decoded(aws: EmulatedAws, client: Any, name: str) -> None:
    """Terraform decodes it in every plan of a Kubernetes stack, whether or not the cluster answers."""
    aws.ensure_eks_cluster("eu-west-1", name)
    aws.ensure_eks_cluster("eu-west-1", name)  # it exists
    pem = base64.b64decode(described(client, name)["certificateAuthority"]["data"])
    assert x509.load_pem_x509_certificate(pem).subject


def test_a_registered_local_cluster_is_answered_until_it_is_withdrawn(
    aws: EmulatedAws, client: Any, name: str
) -> None:
    aws.ensure_eks_cluster("eu-west-1", name)
    before = described(client, name)
    aws.register_eks("eu-west-1", name, "https://10.99.0.1:6443", "a certificate")
    found = described(client, name)
    assert found["endpoint"] == "https://10.99.0.1:6443"
    assert base64.b64decode(found["certificateAuthority"]["data"]) == b"a certificate"
    assert found["identity"] == before["identity"]
    aws.register_eks("eu-west-1", name, "", "")
    assert described(client, name) == before


@pytest.mark.parametrize("body", ["", '{"region": "eu-west-1"}', '{"region": ""}'])
def test_registration_says_what_it_takes(aws: EmulatedAws, body: str) -> None:
    answer = httpx.post(f"{aws.endpoint_url}/_localcloud/eks", content=body)
    assert answer.status_code == 400
    assert "certificate_authority" in answer.text


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`aws` as Terraform's providers find it."""
    environment = os.environ | exec_environment(directory)
    return subprocess.run(["aws", *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_stand_in_for_the_aws_cli_prints_the_clusters_credential(tmp_path: Path) -> None:
    credential = {"kind": "ExecCredential", "status": {"token": "t"}}
    (tmp_path / "eu-west-1").mkdir()
    (tmp_path / "eu-west-1" / "orders.json").write_text(json.dumps(credential))
    assert json.loads(run(tmp_path, *GET_TOKEN).stdout) == credential


def test_it_refuses_what_it_does_not_stand_for(tmp_path: Path) -> None:
    unknown = run(tmp_path, *GET_TOKEN)
    assert unknown.returncode == 254
    assert "no local cluster orders in eu-west-1" in unknown.stderr
    other = run(tmp_path, "s3", "ls")
    assert other.returncode == 252
    assert "allowed here: eks get-token" in other.stderr


def test_it_is_on_the_path_of_the_local_cloud_only(tmp_path: Path) -> None:
    assert exec_environment(tmp_path)["PATH"].split(os.pathsep)[0] == str(AWS_CLI)
    assert str(AWS_CLI) not in os.environ["PATH"]
