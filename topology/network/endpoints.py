"""Interface endpoints of a created VPC, through which AWS's services are reached without the internet."""

from __future__ import annotations

from dataclasses import dataclass

from topology.model import Environment
from topology.model.region import EndpointService

__all__ = ["InterfaceEndpoint", "endpoint_service_name", "network_endpoints", "registry_endpoints"]

CHINA_PREFIX = "cn.com.amazonaws"
CHINA_SERVICES: frozenset[EndpointService] = frozenset(
    {"autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "monitoring", "sts"}
)
"""Services whose endpoints in China have a prefix of their own; the others, such as logs, have the usual one
(aws-cdk, aws-ec2/lib/vpc-endpoint.ts, read 2026-11; `aws ec2 describe-vpc-endpoint-services` lists them)."""


@dataclass(frozen=True)
class InterfaceEndpoint:
    """An endpoint of `service`; `service_name` is EC2's name of it in the region."""

    service: EndpointService
    service_name: str
    reason: str


WORKLOAD: tuple[tuple[EndpointService, str], ...] = (
    ("sts", "IRSA: workers exchange their service account's token"),
    ("logs", "Fluent Bit writes the workers' logs"),
    ("monitoring", "The probe publishes its metrics"),
)
AUTOSCALER: tuple[tuple[EndpointService, str], ...] = (
    ("autoscaling", "cluster-autoscaler reads and sizes the node groups"),
    ("ec2", "cluster-autoscaler reads instance types and launch templates"),
    ("eks", "cluster-autoscaler reads labels and taints of managed node groups"),
)
REGISTRY: tuple[tuple[EndpointService, str], ...] = (
    ("ecr.api", "Fargate logs in to the registry"),
    ("ecr.dkr", "Fargate pulls manifests; the layers come by way of S3"),
)
"""EKS User Guide, "Deploy private clusters with limited internet access"; cluster-autoscaler,
cloudprovider/aws, README, "IAM Policy": the services whose actions it calls; ECR User Guide, "Amazon ECR
interface VPC endpoints"."""


def endpoint_service_name(region: str, service: EndpointService) -> str:
    """EC2's name of an interface endpoint's service: `com.amazonaws.us-east-1.sts`."""
    in_china = region.startswith("cn-") and service in CHINA_SERVICES
    return f"{CHINA_PREFIX if in_china else 'com.amazonaws'}.{region}.{service}"


def network_endpoints(environment: Environment, region: str) -> tuple[InterfaceEndpoint, ...]:
    """The endpoints that network-R creates in `region`: what the workload and the charts that are switched on
    call. Nodes and images need more, which the EKS cluster brings; none where the VPC exists."""
    needed = (*WORKLOAD, *(AUTOSCALER if environment.platform.cluster_autoscaler.enabled else ()))
    return _endpoints(environment, region, needed)


def registry_endpoints(environment: Environment, region: str) -> tuple[InterfaceEndpoint, ...]:
    """The endpoints that ecs-runtime-R creates in `region`, through which tasks get their images."""
    ecs = environment.runtime.ecs
    return _endpoints(environment, region, REGISTRY if ecs and ecs.registry_endpoints else ())


def _endpoints(
    environment: Environment, region: str, needed: tuple[tuple[EndpointService, str], ...]
) -> tuple[InterfaceEndpoint, ...]:
    network = environment.regions[region].network
    return tuple(
        InterfaceEndpoint(service, endpoint_service_name(region, service), reason)
        for service, reason in needed
        if not network.exists and service not in network.existing_endpoints
    )
