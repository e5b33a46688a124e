"""VPC peering between two regions of one account, with the routes at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf import TerraformProvider
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.vpc_peering_connection import VpcPeeringConnection
from cdktf_cdktf_provider_aws.vpc_peering_connection_accepter import VpcPeeringConnectionAccepterA
from constructs import Construct

from topology.network.addresses import range_key

__all__ = ["PeeringEnd", "VpcPeering"]


@dataclass(frozen=True)
class PeeringEnd:
    """A VPC and the route table of its private subnets."""

    region: str
    vpc_id: str
    route_table_id: str
    cidrs: Sequence[IPv4Network]
    """Destinations behind it: the VPC's own range first."""


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
            auto_accept=False,  # cannot be true across regions
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
        self._routes("there", requester, accepter, acceptance.id, None)
        self._routes("back", accepter, requester, acceptance.id, provider)

    def _routes(
        self,
        key: str,
        origin: PeeringEnd,
        destination: PeeringEnd,
        connection_id: str,
        provider: TerraformProvider | None,
    ) -> None:
        first, *others = destination.cidrs
        for route_id, cidr in {key: first, **{f"{key}_{range_key(one)}": one for one in others}}.items():
            Route(
                self,
                route_id,
                route_table_id=origin.route_table_id,
                destination_cidr_block=str(cidr),
                vpc_peering_connection_id=connection_id,
                provider=provider,
            )
