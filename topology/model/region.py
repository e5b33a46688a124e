"""A region: its network, its EKS cluster, what it overrides of Kafka."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from topology.model.base import Model, RegionId
from topology.model.kafka import Kafka
from topology.model.retention import Retention

__all__ = ["Eks", "EndpointService", "Network", "Region"]

EndpointService = Literal["autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "logs", "monitoring", "sts"]
"""AWS services that are reached through an interface endpoint in a created VPC."""


class Network(Model):
    """The VPC of a region: an existing one when `vpc_id` is set, else one that network-R creates."""

    cidr: IPv4Network
    """Address range of the VPC. Peered regions must not overlap."""
    secondary_cidrs: tuple[IPv4Network, ...] = ()
    """Other ranges of an existing VPC in which brokers, nodes or ECS tasks have addresses. Ranges that only
    pods use belong in `eks.pod_cidrs`."""
    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")] | None = None
    """An existing VPC. Leave out to have one created."""
    private_subnet_ids: tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")], ...] = ()
    """Private subnets of the existing VPC, one a zone; brokers and pods run in them."""
    zones: tuple[Annotated[str, Field(pattern=r"^[a-p]$")], ...] = ("a", "b", "c")
    """Letters of the availability zones in which private subnets are created, a to p because the VPC is cut
    into sixteen. Default: three, as MSK's best practices ask for a replication factor of 3."""
    peering: bool = True
    """Create VPC peering with the regions of the same flows (only between created VPCs; existing VPCs bring
    their own peering or transit gateway)."""
    routed_by: Literal["transit-gateway", "cloud-wan", "vpc-peering", "vpn"] | None = None
    """Who routes between this created VPC and the other regions where `peering` creates nothing: the routes
    are yours, in the route table that network-R publishes as `route_table_id`. Without it `check` refuses a
    flow that no route carries."""
    existing_endpoints: tuple[EndpointService, ...] = ()
    """Interface endpoints that a created VPC has from elsewhere, such as the EKS cluster's own set-up: a VPC
    takes each service once. Of the others network-R creates those that the environment needs."""
    rules_quota: Annotated[int, Field(ge=1, le=1000)] = 60
    """Rules that a security group of this account takes in each direction. Default: 60, AWS's quota, which
    can be raised (VPC User Guide, "Amazon VPC quotas", read 2026-11)."""

    @property
    def exists(self) -> bool:
        """Whether the environment brings its own VPC."""
        return self.vpc_id is not None

    @property
    def subnet_count(self) -> int:
        """How many subnets the brokers are spread over."""
        return len(self.private_subnet_ids) if self.exists else len(self.zones)


class Eks(Model):
    """The EKS cluster on which the MirrorMaker workers of a region run."""

    cluster_name: Annotated[str, Field(pattern=r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")]
    """Name of the EKS cluster that runs the workers of this region."""
    oidc_issuer: Annotated[str, Field(pattern=r"^https://[A-Za-z0-9./_-]+$")]
    """The cluster's OIDC issuer, with https://, as `aws eks describe-cluster` prints it."""
    oidc_provider_arn: (
        Annotated[str, Field(pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/.+$")] | None
    ) = None
    """An IAM OIDC provider that exists. Leave out to have one created."""
    owns_cluster_services: bool = True
    """Whether this environment creates what the cluster has once: metrics-server, cluster-autoscaler, the log
    groups of Container Insights and the IAM OIDC provider. Set it to false where another environment does:
    of the environments on one cluster, at most one owns them (`msk-mirror check A B` says which two do)."""
    pod_cidrs: tuple[IPv4Network, ...] = ()
    """Address ranges of the pods when they are not those of the VPC (a secondary range)."""
    external_snat: bool = False
    """Whether pods keep their own addresses outside the VPC: `AWS_VPC_K8S_CNI_EXTERNALSNAT=true` (or the
    other regions in `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`) of the VPC CNI, `snatPolicy: Disabled` of EKS Auto
    Mode. The brokers then admit the pods' ranges only. Default: false, as EKS sets it: a pod has the address
    of its node there, so the brokers admit the VPC's ranges too."""
    dns_cidrs: tuple[IPv4Network, ...] = ()
    """Addresses at which pods ask the cluster's DNS where it is no pod of kube-system, as with EKS Auto Mode:
    the tenth address of the cluster's service range. Default: that of EKS's own ranges, 10.100.0.10/32 and
    172.20.0.10/32. Give it when the cluster has a service range of its own."""


class Region(Model):
    """One AWS region with Kafka in it."""

    alias: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    """Kafka's name for the cluster, the first segment of a mirrored topic. Default: the region id, as the
    report has it. Changing it later makes MirrorMaker read everything again."""
    network: Network
    eks: Eks
    kafka: Kafka = Kafka()
    """What differs in this region from the environment's `kafka` section (deep-merged over it)."""
    retention: Retention = Retention()
    """What differs in this region from the environment's `retention` section."""
    state_replica_region: RegionId | None = None
    """Where the state bucket is replicated to. Default: the next region of the environment."""
