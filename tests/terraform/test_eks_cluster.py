"""What the stacks read of an EKS cluster, as the real Terraform reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509

from operations.synthesized import Stack
from operations.terraform import Terraform
from tests.terraform.conftest import Deployment
from topology.charts import AUTOSCALER_IMAGES

pytestmark = pytest.mark.terraform
IMAGES = {"1.32": AUTOSCALER_IMAGES["1.32"], "1.33": AUTOSCALER_IMAGES["1.33"], "1.99": "v1.99.0"}
"""Kubernetes version of a cluster, the last newer than the table, and the autoscaler's image for it."""
DATA = "data.aws_eks_cluster.eks"


def test_the_autoscalers_image_and_the_certificate_come_from_the_cluster(
    synthesized: Callable[[str], dict[str, dict[str, Any]]], deployment: Deployment, tmp_path: Path
) -> None:
    """The expressions of platform-R as outputs, because the Helm provider is not needed for them."""
    platform = synthesized("local")["platform-us-east-1"]
    (text,) = platform["resource"]["helm_release"]["cluster-autoscaler"]["values"]
    tag = yaml.safe_load(text)["image"]["tag"]
    authority = platform["provider"]["helm"][0]["kubernetes"]["cluster_ca_certificate"]
    required = deployment.stacks[0].configuration["terraform"]["required_providers"]
    names = {version: f"eks-{version.replace('.', '-')}" for version in IMAGES}
    for version, name in names.items():
        make_cluster(deployment, name, version)
    configuration = {
        "terraform": {"required_providers": {"aws": required["aws"]}},
        "provider": {"aws": platform["provider"]["aws"]},
        "data": {"aws_eks_cluster": {name: {"name": name} for name in names.values()}},
        "output": {
            name: {"value": [one.replace(DATA, f"data.aws_eks_cluster.{name}") for one in (tag, authority)]}
            for name in names.values()
        },
    }
    (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    terraform = Terraform(Stack("eks", tmp_path), deployment.variables)
    terraform.init()
    terraform.apply()
    found = terraform.output()
    assert {version: found[name][0] for version, name in names.items()} == IMAGES
    assert all(x509.load_pem_x509_certificate(found[name][1].encode()).subject for name in names.values())


def make_cluster(deployment: Deployment, name: str, version: str) -> None:
    deployment.client("eks").create_cluster(
        name=name,
        version=version,
        roleArn="arn:aws:iam::123456789012:role/eks",
        resourcesVpcConfig={"subnetIds": []},
    )
