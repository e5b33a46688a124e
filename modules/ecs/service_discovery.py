"""How tasks are found by name."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.service_discovery_private_dns_namespace import (
    ServiceDiscoveryPrivateDnsNamespace,
)
from cdktf_cdktf_provider_aws.service_discovery_service import (
    ServiceDiscoveryService,
    ServiceDiscoveryServiceDnsConfig,
    ServiceDiscoveryServiceDnsConfigDnsRecords,
    ServiceDiscoveryServiceHealthCheckCustomConfig,
)
from constructs import Construct

__all__ = ["DiscoveredService"]

TTL_SECONDS = 10
"""A task that is gone is still asked for this long; Connect's client tries the next address."""


class DiscoveredService(Construct):
    """`<name>.<zone>` in the VPC: an address for each healthy task, which ECS keeps."""

    def __init__(self, scope: Construct, construct_id: str, *, zone: str, vpc_id: str, name: str) -> None:
        super().__init__(scope, construct_id)
        namespace = ServiceDiscoveryPrivateDnsNamespace(
            self, "zone", name=zone, description="Connect workers that are ECS tasks", vpc=vpc_id
        )
        self.service = ServiceDiscoveryService(
            self,
            "Default",
            name=name,
            dns_config=ServiceDiscoveryServiceDnsConfig(
                namespace_id=namespace.id,
                routing_policy="MULTIVALUE",
                dns_records=[ServiceDiscoveryServiceDnsConfigDnsRecords(type="A", ttl=TTL_SECONDS)],
            ),
            # ECS says which tasks are healthy. Without this block Cloud Map takes no such word; without the
            # figure in it every plan has it (hashicorp/terraform-provider-aws#44285)
            health_check_custom_config=ServiceDiscoveryServiceHealthCheckCustomConfig(failure_threshold=1),
            force_destroy=True,  # tasks that have just ended may still be in it
        )

    @property
    def arn(self) -> str:
        """ARN of the discovery service: a registry of the ECS service."""
        return self.service.arn
