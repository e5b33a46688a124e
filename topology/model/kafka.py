"""The MSK cluster of a region."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Field

from topology.model.base import Count, Model, Percent, Properties

__all__ = ["Authentication", "Broker", "Kafka", "Monitoring", "Storage", "StorageAutoscaling"]

SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]


SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$",
        max_length=2048,
    ),
]
"""Secrets Manager API reference, CreateSecret: characters of a name; an ARN ends in six more."""


class Broker(Model):
    """Type and number of brokers."""

    type: Annotated[str, Field(pattern=r"^(kafka|express)\.[a-z0-9]+\.[a-z0-9]+$")] = "kafka.m7g.large"
    """Instance type. Default: m7g.large, AWS's recommendation for production (MSK Developer Guide, broker
    types)."""
    count: Annotated[int, Field(ge=1, le=60)] = 3
    """Brokers in the cluster, a multiple of the subnets. Default: one a zone, which RF 3 needs."""

    @property
    def is_express(self) -> bool:
        """Whether storage is managed by MSK (no EBS volumes, no storage autoscaling)."""
        return self.type.startswith("express.")


class StorageAutoscaling(Model):
    """Growth of the brokers' volumes. They never shrink; one growth in six hours (MSK Developer Guide)."""

    max_gib: Annotated[int, Field(ge=1, le=16384)] = 1000
    """Size up to which volumes grow. Default: 1000."""
    target_percent: Annotated[int, Field(ge=10, le=80)] = 60
    """Disk use at which volumes grow. Default: 60 (the guide recommends 50-60)."""


class Storage(Model):
    """EBS volume of each broker; refused for Express brokers."""

    volume_gib: Annotated[int, Field(ge=1, le=16384)] = 100
    """Size of each broker's volume when it is created. Default: 100."""
    autoscaling: StorageAutoscaling | None = StorageAutoscaling()


class Monitoring(Model):
    """What MSK measures and exports."""

    level: Literal["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"] = "PER_BROKER"
    """Default: PER_BROKER, without which the idle-percent and IAM connection alarms have no metric."""
    jmx_exporter: bool = True
    """Open Monitoring, port 11001. Default: on, as in the original of the report."""
    node_exporter: bool = True
    """Open Monitoring, port 11002. Default: on, as in the original of the report."""


class Authentication(Model):
    """How clients prove who they are. IAM, on port 9098, is always on: the workers use it."""

    scram: bool = False
    """SASL/SCRAM on port 9096 for other clients, and a secret `AmazonMSK_<project>-<environment>` for their
    credentials. Default: off (the original had it on; nothing of MirrorMaker uses it, and least privilege
    asks for a reason)."""
    scram_secret_associated: bool = False
    """Associate that secret with the cluster. MSK reads it then, so that it needs a value first: deploy with
    `scram`, put the value, set this, deploy again (docs/runbooks/scram.md)."""
    scram_secrets: tuple[SecretArn, ...] = ()
    """ARNs of secrets of yours that have a value, associated as well. Their names begin with `AmazonMSK_`,
    and they are encrypted with a customer managed key. What others associate is left alone."""


def _are_express(given: dict[str, Any]) -> bool:
    """Whether the `broker` among the fields validated so far is an Express one."""
    broker = given.get("broker")
    return isinstance(broker, Broker) and broker.is_express


class Kafka(Model):
    """Settings of an MSK cluster; an environment has one set, a region may override parts of it."""

    cluster_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")] | None = None
    """Default: `<project>-<environment>`."""
    broker: Broker = Broker()
    version: Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{1,2}\.(x|[0-9]{1,2})(\.(kraft|tiered))?$")] = (
        Field(default_factory=lambda given: "3.9.x.kraft" if _are_express(given) else "3.9.x")
    )
    """MSK's name of the Kafka version. Default: 3.9.x, MSK's recommended one (MSK Developer Guide, supported
    versions); 3.9.x.kraft for Express brokers, which do not take 3.9.x."""
    storage: Storage | None = None
    """Default: 100 GiB a broker with autoscaling to 1000 GiB, none for Express brokers."""
    replication_factor: Annotated[int, Field(ge=1, le=15)] = 3
    """Of new topics, mirrored topics and Connect's own. Default: 3, the report's original."""
    min_insync_replicas: Annotated[int, Field(ge=1, le=14)] = 2
    """Default: 2, the report's original."""
    default_partitions: Annotated[int, Field(ge=1, le=1000)] = 12
    """num.partitions. Default: 12, the report's original."""
    planned_topics: Count = 20
    """Topics that the cluster is to hold, mirrored ones included: checked against the partitions that the
    broker type carries."""
    server_properties: Properties = {}
    """Added to the derived configuration of the cluster."""
    authentication: Authentication = Authentication()
    monitoring: Monitoring = Monitoring()
    client_cidrs: tuple[IPv4Network, ...] = ()
    """Address ranges of the applications that use the cluster: they reach the IAM port and, where SCRAM is
    on, its port. Workers are admitted without being listed."""
    client_security_groups: tuple[SecurityGroupId, ...] = ()
    """The same for applications by their security groups, of this VPC or one that is peered in the region.
    Groups belong to one region: list them in the region's own `kafka` section."""

    @property
    def is_kraft(self) -> bool:
        """Whether the brokers keep their metadata in KRaft and have no ZooKeeper (MSK Developer Guide,
        "Metadata management": `.kraft` versions; Kafka 4.0 removed ZooKeeper)."""
        return self.version.endswith(".kraft") or int(self.version.partition(".")[0]) >= 4

    @property
    def volumes(self) -> Storage | None:
        """The brokers' volumes: none for Express brokers, the default where the file is silent."""
        if self.broker.is_express:
            return None
        return self.storage or Storage()

    @property
    def storage_percent_target(self) -> Percent | None:
        """The use at which volumes grow, None where nothing grows them."""
        volumes = self.volumes
        return volumes.autoscaling.target_percent if volumes and volumes.autoscaling else None
