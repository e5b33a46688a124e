"""Regions and identifiers out of place, which topology/rules/aws/regions.py refuses."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.environments import ISSUER
from tests.unit.topology.rule_cases.case import EAST, SUBNETS, WEST, Case

__all__ = ["CASES"]

OTHERS: Final = [f"subnet-0000001{n}" for n in (1, 2, 3)]


def existing(where: str, vpc: str, subnets: list[str]) -> dict[str, Any]:
    """The VPC of a region exists."""
    return {f"{where}/network/vpc_id": vpc, f"{where}/network/private_subnet_ids": subnets}


CASES: Final = (
    Case(
        "regions-exist",
        {
            "regions/us-north-9": {
                "network": {"cidr": "10.9.0.0/16"},
                "eks": {"cluster_name": "eks-9", "oidc_issuer": ISSUER.format(region="us-north-9")},
            }
        },
        "regions.us-north-9",
        "is not a region of aws with MSK and EKS",
    ),
    Case(
        "regions-exist",
        {f"{EAST}/state_replica_region": "eu-west-9"},
        "regions.us-east-1.state_replica_region",
        "is not a region of aws with MSK and EKS",
    ),
    Case(
        "zones-exist",
        {f"{WEST}/network/zones": ["a", "b", "e"]},
        "regions.us-west-2.network.zones[2]",
        "is not an availability zone of us-west-2",
        "a, b, c, d; a newer one with allow_unknown: [zone]",
    ),
    Case(
        "identifiers-are-whole",
        existing(EAST, "vpc-000000001", SUBNETS),
        "regions.us-east-1.network.vpc_id",
        "is not the whole of an identifier",
        "8 hexadecimal digits or 17 hexadecimal digits",
    ),
    Case(
        "identifiers-belong-to-one-region",
        {**existing(EAST, "vpc-00000001", SUBNETS), **existing(WEST, "vpc-00000001", OTHERS)},
        "regions.us-west-2.network.vpc_id",
        "belongs to us-east-1 already",
        "one of us-west-2's own",
    ),
    Case(
        "identifiers-belong-to-one-region",
        {**existing(EAST, "vpc-00000001", SUBNETS), **existing(WEST, "vpc-00000002", SUBNETS)},
        "regions.us-west-2.network.private_subnet_ids[1]",
        "belongs to us-east-1 already",
    ),
    Case(
        "identifiers-belong-to-one-region",
        {
            f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/a",
            f"{WEST}/eks/oidc_issuer": "https://issuer.example.com/a",
        },
        "regions.us-west-2.eks.oidc_issuer",
        "belongs to us-east-1 already",
    ),
    Case(
        "arns-are-of-their-region",
        {f"{EAST}/eks/oidc_provider_arn": "arn:aws-cn:iam::123456789012:oidc-provider/x"},
        "regions.us-east-1.eks.oidc_provider_arn",
        "is of aws-cn",
        "arn:aws:iam::...",
    ),
    Case(
        "arns-are-of-their-region",
        {f"{EAST}/kafka": {"server_properties": {"log.roll.ms": "arn:aws:kms:us-west-2:123456789012:key/x"}}},
        "regions.us-east-1.kafka.server_properties.log.roll.ms",
        "is of us-west-2",
        "arn:aws:kms:us-east-1:...",
    ),
    Case(
        "issuers-are-of-their-region",
        {f"{EAST}/eks/oidc_issuer": ISSUER.format(region="eu-west-1")},
        "regions.us-east-1.eks.oidc_issuer",
        "is of eu-west-1",
        "https://oidc.eks.us-east-1.amazonaws.com/id/...",
    ),
    Case(
        "issuers-are-of-their-region",
        {f"{EAST}/eks/oidc_issuer": "https://oidc.eks.us-east-1.amazonaws.com.cn/id/0123456789ABCDEF"},
        "regions.us-east-1.eks.oidc_issuer",
        "is not of partition aws",
    ),
)
