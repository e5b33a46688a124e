"""VpcPeering: a connection between two regions and its routes."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.network.vpc_peering import PeeringEnd, VpcPeering
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import resource, resources

EAST = PeeringEnd("us-east-1", "vpc-east", "rtb-east", [IPv4Network("10.1.0.0/16")])
WEST = PeeringEnd(
    "us-west-2", "vpc-west", "rtb-west", [IPv4Network("10.2.0.0/16"), IPv4Network("100.64.0.0/16")]
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        provider = AwsProvider(stack, "west", region="us-west-2", alias="west")
        VpcPeering(stack, "peer", name="orders", requester=EAST, accepter=WEST, provider=provider)

    return synthesized(build)


def test_the_connection_is_accepted_in_the_region_of_the_accepter(stack: Stack) -> None:
    """A requester cannot accept for another region (provider documentation, aws_vpc_peering_connection)."""
    assert resource(stack, "aws_vpc_peering_connection", "peer") == {
        "vpc_id": "vpc-east",
        "peer_vpc_id": "vpc-west",
        "peer_region": "us-west-2",
        "auto_accept": False,
        "tags": {"Name": "orders"},
    }
    assert resource(stack, "aws_vpc_peering_connection_accepter", "peer_acceptance") == {
        "vpc_peering_connection_id": "${aws_vpc_peering_connection.peer.id}",
        "auto_accept": True,
        "provider": "aws.west",
        "tags": {"Name": "orders"},
    }


def test_both_ends_route_to_every_range_of_the_other_after_acceptance(stack: Stack) -> None:
    via = {"vpc_peering_connection_id": "${aws_vpc_peering_connection_accepter.peer_acceptance.id}"}
    assert resources(stack, "aws_route") == {
        "peer_there": via | {"route_table_id": "rtb-east", "destination_cidr_block": "10.2.0.0/16"},
        "peer_there_100-64-0-0-16": via
        | {"route_table_id": "rtb-east", "destination_cidr_block": "100.64.0.0/16"},
        "peer_back": via
        | {"route_table_id": "rtb-west", "destination_cidr_block": "10.1.0.0/16", "provider": "aws.west"},
    }
