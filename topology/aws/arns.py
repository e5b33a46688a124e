"""Amazon Resource Names and service principals of an environment's partition and account."""

from __future__ import annotations

from topology.aws.names import Names
from topology.model import Environment

__all__ = [
    "DNS_SUFFIXES",
    "PRINCIPAL_SUFFIX",
    "STS_AUDIENCE",
    "arn",
    "cluster_arn",
    "dns_suffix",
    "service_principal",
]

DNS_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
"""AWS General Reference, "AWS service endpoints", by partition."""
PRINCIPAL_SUFFIX = DNS_SUFFIXES["aws"]
"""Service principals end in it in every partition, but for a few services."""
STS_AUDIENCE = f"sts.{PRINCIPAL_SUFFIX}"
"""Audience of service account tokens; it is a word and no address, the same in China (eksctl, issue 1910)."""


def arn(environment: Environment, service: str, region: str, resource: str) -> str:
    """ARN of something in this account; `region` is empty for global services."""
    return f"arn:{environment.partition}:{service}:{region}:{environment.account}:{resource}"


def cluster_arn(environment: Environment, region: str, uuid: str) -> str:
    """ARN of the MSK cluster of a region. All but the UUID is known before the cluster exists; `uuid` may
    be a Terraform reference, and the ARNs of topics and groups can be derived all the same, because what
    they replace is in the text and not in the reference."""
    return arn(environment, "kafka", region, f"cluster/{Names(environment, region).msk_cluster}/{uuid}")


def dns_suffix(environment: Environment) -> str:
    """What the host names of the partition's services end in."""
    return DNS_SUFFIXES[environment.partition]


def service_principal(environment: Environment, service: str) -> str:
    """An AWS service as a principal; CloudWatch Logs is `logs.<region>`."""
    suffix = dns_suffix(environment) if service.startswith("logs.") else PRINCIPAL_SUFFIX
    return f"{service}.{suffix}"
