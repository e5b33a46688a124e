"""VPC peering between two regions of one account, with the routes at both ends."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from cdktf_cdktf_provider_aws.vpc_peering_connection_accepter import VpcPeeringConnectionAccepterA
from constructs import Construct

__all__ = ["PeeringEnd", "VpcPeering"]


@dataclass(frozen=True)
class PeeringEnd:
    """A VPC and the route table of its private subnets."""

    region: str
    vpc_id: str
    route_table_id: str
    cidr: str


class VpcPeering(Construct):
    """Connection, acceptance and routes. `provider` is that of the accepter's region."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        requester: PeeringEnd,
        accepter: PeeringEnd,
        provider: TerraformProvider,
    ) -> None:
        super().__init__(scope, construct_id)
        connection = VpcPeeringConnection(
            self,
            "Default",
            vpc_id=requester.vpc_id,
            peer_vpc_id=accepter.vpc_id,
            peer_region=accepter.region,
            auto_accept=False,  # can not be true across regions
            tags={"Name": name},
        )
        acceptance = VpcPeeringConnectionAccepterA(
            self,
            "acceptance",
            vpc_peering_connection_id=connection.id,
            auto_accept=True,
            tags={"Name": name},
            provider=provider,
        )
        Route(
            self,
            "there",
            route_table_id=requester.route_table_id,
            destination_cidr_block=accepter.cidr,
            vpc_peering_connection_id=acceptance.id,
        )
        Route(
            self,
            "back",
            route_table_id=accepter.route_table_id,
            destination_cidr_block=requester.cidr,
            vpc_peering_connection_id=acceptance.id,
            provider=provider,
        )
