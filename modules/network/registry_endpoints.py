"""A way to ECR out of a VPC that has none to the internet."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from topology.network.addresses import HTTPS
from topology.network.endpoints import InterfaceEndpoint

__all__ = ["RegistryEndpoints"]


class RegistryEndpoints(Construct):
    """Interface endpoints of ECR that `clients` (a security group) reach; image layers come by the VPC's
    endpoint of S3."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        vpc_id: str,
        subnet_ids: Sequence[str],
        clients: str,
        endpoints: Sequence[InterfaceEndpoint],
    ) -> None:
        super().__init__(scope, construct_id)
        group = SecurityGroup(
            self, "Default", name=name, description="HTTPS from ECS tasks to ECR", vpc_id=vpc_id
        )
        VpcSecurityGroupIngressRule(
            self,
            "https",
            security_group_id=group.id,
            description="HTTPS from ECS tasks",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            referenced_security_group_id=clients,
        )
        for endpoint in endpoints:
            VpcEndpoint(
                self,
                endpoint.service.replace(".", "_"),
                vpc_id=vpc_id,
                service_name=endpoint.service_name,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(subnet_ids),
                security_group_ids=[group.id],
                tags={"Name": f"{name}-{endpoint.service}"},
            )
