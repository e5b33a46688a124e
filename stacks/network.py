"""network-R: the region's VPC, created or existing. Others read the ids from here in both cases."""

from __future__ import annotations

from constructs import Construct

from modules.private_network import PrivateNetwork
from stacks.base import RegionStack
from topology.model import Environment
from topology.network import INTERFACE_ENDPOINTS, private_subnets
from topology.outputs import PRIVATE_SUBNET_IDS, ROUTE_TABLE_ID, VPC_ID

__all__ = ["NetworkStack"]


class NetworkStack(RegionStack):
    """A VPC with private subnets and endpoints, or the ids of one that the environment brings."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "network", environment, region)
        network = self.settings.network
        if network.vpc_id is not None:
            self.publish({VPC_ID: network.vpc_id, PRIVATE_SUBNET_IDS: network.private_subnet_ids})
            return
        vpc = PrivateNetwork(
            self,
            "vpc",
            name=self.names.prefix,
            region=region,
            cidr=str(network.cidr),
            subnets=private_subnets(environment, region),
            endpoints=INTERFACE_ENDPOINTS,
        )
        self.publish(
            {
                VPC_ID: vpc.vpc_id,
                PRIVATE_SUBNET_IDS: vpc.private_subnet_ids,
                ROUTE_TABLE_ID: vpc.route_table_id,
            }
        )
