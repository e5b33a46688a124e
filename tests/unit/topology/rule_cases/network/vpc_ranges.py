"""Address ranges that EC2 refuses, which topology/rules/network/vpc_ranges.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.environments import existing_vpc
from tests.unit.topology.rule_cases.case import EAST, SUBNETS, Case

__all__ = ["CASES"]

RANGES: Final = {
    "169.254.0.0/16": "169.254.0.0/16",
    "127.8.0.0/16": "127.0.0.0/8",
    "0.1.0.0/16": "0.0.0.0/8",
    "230.0.0.0/20": "224.0.0.0/4",
}

CASES: Final = (
    *(
        Case(
            "vpc-ranges-are-ones-that-ec2-takes",
            {f"{EAST}/network/cidr": given},
            "regions.us-east-1.network.cidr",
            f"overlaps {reserved}, which no VPC may have",
        )
        for given, reserved in RANGES.items()
    ),
    Case(
        "vpc-ranges-are-ones-that-ec2-takes",
        {f"{EAST}/eks/pod_cidrs": ["169.254.16.0/20"]},
        "regions.us-east-1.eks.pod_cidrs[0]",
        "overlaps 169.254.0.0/16, which no VPC may have",
    ),
    *(
        Case(
            "vpc-ranges-are-ones-that-ec2-takes",
            {f"{EAST}/network": existing_vpc("10.1.0.0/16", given)},
            "regions.us-east-1.network.secondary_cidrs[0]",
            message,
        )
        for given, message in (
            ("169.254.16.0/20", "overlaps 169.254.0.0/16, which no VPC may have"),
            ("10.16.0.0/12", "is not the range of a VPC"),
        )
    ),
    Case(
        "vpc-ranges-are-ones-that-ec2-takes",
        {
            f"{EAST}/network/vpc_id": "vpc-00000001",
            f"{EAST}/network/private_subnet_ids": SUBNETS,
            f"{EAST}/network/cidr": "10.0.0.0/12",
        },
        "regions.us-east-1.network.cidr",
        "is not the range of a VPC",
        "/16 to /28",
    ),
)
