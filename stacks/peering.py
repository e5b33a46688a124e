"""peering-R: the VPC peerings that R requests, once both VPCs exist."""

from __future__ import annotations

from constructs import Construct

from modules.network.vpc_peering import PeeringEnd, VpcPeering
from stacks.base import RegionStack
from topology.model import Environment
from topology.network.addresses import peerings_of, routed_cidrs
from topology.state.outputs import ROUTE_TABLE_ID, VPC_ID

__all__ = ["PeeringStack"]


class PeeringStack(RegionStack):
    """Both ends of a peering in one state: a connection names both VPCs, so that two states would wait for
    each other; and apart from network-R, so that a lost region leaves the other's VPC manageable."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "peering", environment, region)
        for accepter in peerings_of(environment, region):
            VpcPeering(
                self,
                accepter,
                name=f"{self.names.prefix}-{region}-{accepter}",
                requester=self._end(region),
                accepter=self._end(accepter),
                provider=self.aws_provider(accepter, alias=accepter),
            )

    def _end(self, region: str) -> PeeringEnd:
        return PeeringEnd(
            region=region,
            vpc_id=self.read("network", region, VPC_ID),
            route_table_id=self.read("network", region, ROUTE_TABLE_ID),
            cidrs=routed_cidrs(self.environment, region),
        )
