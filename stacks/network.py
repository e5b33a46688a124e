"""network-R: the region's VPC, created or existing. Others read the ids from here in both cases."""

from __future__ import annotations

from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.network.flow_log import RefusedConnections
from modules.network.private_network import PrivateNetwork
from modules.observability.log_group import EncryptedLogGroup
from stacks.base import RegionStack
from topology.iam.keys import key_policy
from topology.model import Environment
from topology.network.addresses import pod_cidrs, private_subnets
from topology.network.endpoints import network_endpoints
from topology.network.flow_logs import flow_logs_policy, flow_logs_trust
from topology.observability.log_groups import flow_log_group
from topology.state.outputs import PRIVATE_SUBNET_IDS, ROUTE_TABLE_ID, VPC_ID

__all__ = ["NetworkStack"]


class NetworkStack(RegionStack):
    """A VPC with private subnets, endpoints and a log of what it refused, or the ids of one that the
    environment brings."""

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
            cidr=network.cidr,
            subnets=private_subnets(environment, region),
            pod_cidrs=pod_cidrs(environment, region),
            endpoints=network_endpoints(environment, region),
        )
        self._log_what_is_refused(vpc)
        self.publish(
            {
                VPC_ID: vpc.vpc_id,
                PRIVATE_SUBNET_IDS: vpc.private_subnet_ids,
                ROUTE_TABLE_ID: vpc.route_table_id,
            }
        )

    def _log_what_is_refused(self, vpc: PrivateNetwork) -> None:
        retain = self.environment.is_production
        key = EncryptionKey(
            self,
            "key",
            alias=self.names.kms_alias("network"),
            description=f"Flow log of {self.names.prefix}",
            policy=key_policy(self.environment, self.region, "network"),
            retain=retain,
        )
        group = flow_log_group(self.environment, self.region)
        log = EncryptedLogGroup(self, group.id, group=group, key_arn=key.arn, retain=retain)
        RefusedConnections(
            self,
            "flow_log",
            name=f"{self.names.prefix}-refused",
            vpc_id=vpc.vpc_id,
            group=log,
            role_name=self.names.flow_logs_role,
            role_trust=flow_logs_trust(self.environment, self.region),
            role_policy=flow_logs_policy(self.environment, self.region),
        )
