"""Tokens for EKS are signed for the STS of their partition."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from operations.migration.eks_access import eks_token


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "sts.us-east-1.amazonaws.com"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_token_asks_the_sts_of_the_region(region: str, host: str) -> None:
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name=region)
    token = eks_token(session, region, "shared")
    text = token.removeprefix("k8s-aws-v1.")
    url = urlsplit(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
    assert url.netloc == host
    signed = parse_qs(url.query)
    assert signed["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert f"/{region}/sts/" in signed["X-Amz-Credential"][0]
