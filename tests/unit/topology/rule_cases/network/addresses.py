"""Mistakes about networks, which topology/rules/network/addresses.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.environments import existing_vpc, third_region
from tests.unit.topology.rule_cases.case import EAST, SUBNETS, WEST, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "paired-regions-have-their-own-addresses",
        {f"{WEST}/network/cidr": "10.1.128.0/17"},
        "regions.us-west-2.network.cidr",
        "overlaps 10.1.0.0/16 of us-east-1",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {f"{WEST}/eks/pod_cidrs": ["10.1.8.0/24"]},
        "regions.us-west-2.eks.pod_cidrs[0]",
        "overlaps 10.1.0.0/16 of us-east-1",
    ),
    Case(  # a peering knows every range of both VPCs
        "paired-regions-have-their-own-addresses",
        {f"{EAST}/eks/pod_cidrs": ["100.64.0.0/16"], f"{WEST}/eks/pod_cidrs": ["100.64.0.0/20"]},
        "regions.us-west-2.eks.pod_cidrs[0]",
        "overlaps 100.64.0.0/16 of us-east-1",
    ),
    Case(  # pods that keep their addresses are answered at home
        "paired-regions-have-their-own-addresses",
        {
            f"{EAST}/network": existing_vpc("10.1.0.0/16"),
            f"{WEST}/network": existing_vpc("10.2.0.0/16"),
            f"{EAST}/eks/pod_cidrs": ["100.64.0.0/16"],
            f"{WEST}/eks/pod_cidrs": ["100.64.0.0/16"],
            f"{WEST}/eks/external_snat": True,
        },
        "regions.us-west-2.eks.pod_cidrs[0]",
        "overlaps 100.64.0.0/16 of us-east-1",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {
            f"{EAST}/network": existing_vpc("10.1.0.0/16"),
            f"{WEST}/network": existing_vpc("10.2.0.0/16", "10.9.0.0/24", "10.1.64.0/20"),
        },
        "regions.us-west-2.network.secondary_cidrs[1]",
        "overlaps 10.1.0.0/16 of us-east-1",
    ),
    Case(
        "vpc-ranges-do-not-overlap",
        {
            f"{EAST}/network/routed_by": "vpn",
            f"{WEST}/network": existing_vpc("10.2.0.0/16", "10.3.0.0/16", "10.2.128.0/20"),
        },
        "regions.us-west-2.network.secondary_cidrs[1]",
        "overlaps 10.2.0.0/16 of the same VPC",
    ),
    Case(
        "vpc-ranges-do-not-overlap",
        {
            f"{EAST}/network/routed_by": "vpn",
            f"{WEST}/network": existing_vpc("10.2.0.0/16", "10.3.0.0/16", "10.3.128.0/20"),
        },
        "regions.us-west-2.network.secondary_cidrs[1]",
        "overlaps 10.3.0.0/16 of the same VPC",
    ),
    Case(
        "vpc-ranges-do-not-overlap",
        {f"{WEST}/network/secondary_cidrs": ["10.3.0.0/16"]},
        "regions.us-west-2.network.secondary_cidrs",
        "needs vpc_id",
    ),
    Case(
        "flows-have-a-route",
        {f"{WEST}/network/peering": False},
        "regions.us-west-2.network.peering",
        "leaves the flow between us-east-1 and us-west-2 without a route: peering is off",
        "peering: true, or routed_by: who routes between them",
    ),
    Case(
        "flows-have-a-route",
        {f"{EAST}/network": existing_vpc("10.1.0.0/16")},
        "regions.us-west-2.network.routed_by",
        "without a route: the VPC of us-east-1 exists, so no peering is created",
        "routed_by: who routes between them",
    ),
    Case(  # of three regions the one that nobody routes to
        "flows-have-a-route",
        {
            "regions/eu-west-1": third_region(),
            "regions/eu-west-1/network/peering": False,
        },
        "regions.eu-west-1.network.peering",
        "leaves the flow between eu-west-1 and us-east-1 without a route",
    ),
    Case(
        "paired-regions-have-their-own-addresses",
        {
            "regions/eu-west-1": third_region(),
            "regions/eu-west-1/network/cidr": "10.1.0.0/20",
            "flows/0": {"source": "us-east-1", "target": "us-west-2"},
            "flows/1": {"source": "eu-west-1", "target": "us-west-2"},
        },
        "regions.eu-west-1.network.cidr",
        "overlaps 10.1.0.0/16 of us-east-1, which shares flows with us-west-2 too",
    ),
    Case(
        "pod-ranges-are-told-once",
        {f"{EAST}/eks/pod_cidrs": ["100.64.0.0/16", "100.64.0.0/20"]},
        "regions.us-east-1.eks.pod_cidrs[1]",
        "overlaps 100.64.0.0/16",
    ),
    Case(
        "regions-are-of-the-partition",
        {"partition": "aws-cn"},
        "regions.us-east-1",
        "is a region of partition aws, the environment is in aws-cn",
    ),
    Case(
        "regions-are-of-the-partition",
        {f"{EAST}/state_replica_region": "us-gov-west-1"},
        "regions.us-east-1.state_replica_region",
        "is a region of partition aws-us-gov",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/vpc_id": "vpc-00000001"},
        "regions.us-east-1.network.private_subnet_ids",
        "is required with vpc_id",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/private_subnet_ids": SUBNETS},
        "regions.us-east-1.network.private_subnet_ids",
        "needs vpc_id",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/zones": ["a", "b", "b"]},
        "regions.us-east-1.network.zones",
        "names one twice",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/cidr": "10.1.0.0/28"},
        "regions.us-east-1.network.cidr",
        "is too small",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/cidr": "11.0.0.0/12"},
        "regions.us-east-1.network.cidr",
        "is too large",
        "/16 to /24",
    ),
    Case(
        "subnets-come-with-their-vpc",
        {f"{EAST}/network/zones": []},
        "regions.us-east-1.network.zones",
        "is empty",
    ),
    Case(
        "created-providers-match-the-issuer",
        {
            f"{EAST}/eks/oidc_provider_arn": "arn:aws:iam::999999999999:oidc-provider/"
            "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
        },
        "regions.us-east-1.eks.oidc_provider_arn",
        "is not the provider of oidc_issuer in this account",
    ),
    Case(
        "created-providers-match-the-issuer",
        {f"{EAST}/eks/oidc_provider_arn": "arn:aws:iam::123456789012:oidc-provider/elsewhere"},
        "regions.us-east-1.eks.oidc_provider_arn",
        "is not the provider of oidc_issuer",
    ),
    Case(
        "the-state-replica-is-elsewhere",
        {f"{EAST}/state_replica_region": "us-east-1"},
        "regions.us-east-1.state_replica_region",
        "is the region itself",
    ),
)
