"""A VPC without a way to the internet: private subnets, and endpoints for what the workload calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from topology.network.addresses import HTTPS, PrivateSubnet, range_key
from topology.network.endpoints import InterfaceEndpoint

__all__ = ["PrivateNetwork"]


class PrivateNetwork(Construct):
    """VPC, subnets, one route table, a gateway endpoint for S3 and an interface endpoint for each service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        cidr: IPv4Network,
        pod_cidrs: Sequence[IPv4Network],
        subnets: Sequence[PrivateSubnet],
        endpoints: Sequence[InterfaceEndpoint],
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        self._region = region
        self.vpc = Vpc(
            self,
            "Default",
            cidr_block=str(cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,  # interface endpoints answer under the services' own names
            tags={"Name": name},
        )
        # no rules: what is made in the VPC without a group of its own reaches nothing and is not reached
        DefaultSecurityGroup(self, "default_group", vpc_id=self.vpc.id, tags={"Name": f"{name}-default"})
        self.route_table = RouteTable(
            self, "route_table", vpc_id=self.vpc.id, tags={"Name": f"{name}-private"}
        )
        self.subnets = [self._subnet(subnet) for subnet in subnets]
        self._gateway_endpoint("s3")
        outside = (one for one in pod_cidrs if not one.subnet_of(cidr))
        clients = {"endpoints_https": cidr} | {f"endpoints_https_{range_key(one)}": one for one in outside}
        self._interface_endpoints(clients, endpoints)

    @property
    def vpc_id(self) -> str:
        """Id of the VPC."""
        return self.vpc.id

    @property
    def private_subnet_ids(self) -> list[str]:
        """Ids of the subnets, in the order of the zones."""
        return [subnet.id for subnet in self.subnets]

    @property
    def route_table_id(self) -> str:
        """Id of the subnets' route table."""
        return self.route_table.id

    def _subnet(self, subnet: PrivateSubnet) -> Subnet:
        made = Subnet(
            self,
            f"subnet_{subnet.zone}",
            vpc_id=self.vpc.id,
            cidr_block=subnet.cidr,
            availability_zone=f"{self._region}{subnet.zone}",
            tags={"Name": f"{self._name}-private-{subnet.zone}"},
        )
        RouteTableAssociation(
            self, f"route_{subnet.zone}", subnet_id=made.id, route_table_id=self.route_table.id
        )
        return made

    def _gateway_endpoint(self, service: str) -> None:
        VpcEndpoint(
            self,
            service,
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self._region}.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=[self.route_table.id],
            tags={"Name": f"{self._name}-{service}"},
        )

    def _interface_endpoints(
        self, clients: Mapping[str, IPv4Network], endpoints: Sequence[InterfaceEndpoint]
    ) -> None:
        """`clients` are address ranges by the key of their rule."""
        group = SecurityGroup(
            self,
            "endpoints",
            name=f"{self._name}-endpoints",
            description="HTTPS from the VPC to AWS services",
            vpc_id=self.vpc.id,
        )
        for key, cidr in clients.items():
            VpcSecurityGroupIngressRule(
                self,
                key,
                security_group_id=group.id,
                description="HTTPS from the VPC",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=str(cidr),
            )
        for endpoint in endpoints:
            VpcEndpoint(
                self,
                endpoint.service,
                vpc_id=self.vpc.id,
                service_name=endpoint.service_name,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=self.private_subnet_ids,
                security_group_ids=[group.id],
                tags={"Name": f"{self._name}-{endpoint.service}"},
            )
