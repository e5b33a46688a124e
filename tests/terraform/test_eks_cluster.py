"""What the stacks read of an EKS cluster, as the real Terraform reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from localcloud.aws import EmulatedAws, start_emulated_aws
from operations.terraform.runner import Terraform
from operations.terraform.synthesized import Stack
from topology.kubernetes.charts import AUTOSCALER_IMAGES

pytestmark = pytest.mark.terraform
IMAGES = {"1.32": AUTOSCALER_IMAGES["1.32"], "1.33": AUTOSCALER_IMAGES["1.33"], "1.99": "v1.99.0"}
"""Kubernetes version of a cluster, the last newer than the table, and the autoscaler's image for it."""
DATA = "data.aws_eks_cluster.eks"


def test_the_autoscalers_image_and_the_certificate_come_from_the_cluster(
    synthesized: Callable[[str], dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    """The expressions of platform-R as outputs, because the Helm provider is not needed for them."""
    platform = synthesized("local")["platform-us-east-1"]
    names = {version: f"eks-{version.replace('.', '-')}" for version in IMAGES}
    content = json.dumps(outputs_of(platform, list(names.values())))
    (tmp_path / "cdk.tf.json").write_text(content, encoding="utf-8")
    with start_emulated_aws(log=tmp_path / "aws.log") as account:
        for version, name in names.items():
            make_cluster(account, name, version)
        terraform = Terraform(Stack("eks", tmp_path), account.environment())
        terraform.init()
        terraform.apply()
        found = terraform.output()
    assert {version: found[name][0] for version, name in names.items()} == IMAGES
    assert all(x509.load_pem_x509_certificate(found[name][1].encode()).subject for name in names.values())


def outputs_of(platform: dict[str, Any], clusters: list[str]) -> dict[str, Any]:
    """A configuration that gives the autoscaler's image tag and the certificate of each cluster."""
    (text,) = platform["resource"]["helm_release"]["cluster-autoscaler"]["values"]
    tag = yaml.safe_load(text)["image"]["tag"]
    authority = platform["provider"]["helm"][0]["kubernetes"]["cluster_ca_certificate"]
    aws = platform["terraform"]["required_providers"]["aws"]
    version = os.environ.get("MSK_MIRROR_AWS_PROVIDER_VERSION", aws["version"])
    return {
        "terraform": {"required_providers": {"aws": aws | {"version": version}}},
        "provider": {"aws": platform["provider"]["aws"]},
        "data": {"aws_eks_cluster": {name: {"name": name} for name in clusters}},
        "output": {
            name: {"value": [one.replace(DATA, f"data.aws_eks_cluster.{name}") for one in (tag, authority)]}
            for name in clusters
        },
    }


def make_cluster(account: EmulatedAws, name: str, version: str) -> None:
    account.client("eks", "us-east-1").create_cluster(
        name=name,
        version=version,
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": []},
    )
