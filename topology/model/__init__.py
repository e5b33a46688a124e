"""Pydantic models of an environment file: frozen, unknown keys refused, defaults with their source."""

from topology.model.environment import (
    Alarms,
    AlarmThresholds,
    Chart,
    ContainerInsights,
    Environment,
    Notify,
    Platform,
    State,
)
from topology.model.exactly_once import ExactlyOnce
from topology.model.flow import Checkpoints, Flow, GroupFilter, Heartbeats, OffsetSyncs, TopicFilter
from topology.model.kafka import Authentication, Broker, Kafka, Monitoring, Storage, StorageAutoscaling
from topology.model.mirrormaker import (
    Autoscaling,
    ConnectCluster,
    ConnectorProperties,
    Heap,
    Image,
    MirrorMaker,
    Operations,
    Replicas,
    Resources,
    Toleration,
    Tracing,
)
from topology.model.region import Eks, Network, Region
from topology.model.retention import Retention
from topology.model.runtime import Ecs, Runtime

__all__ = [
    "AlarmThresholds",
    "Alarms",
    "Authentication",
    "Autoscaling",
    "Broker",
    "Chart",
    "Checkpoints",
    "ConnectCluster",
    "ConnectorProperties",
    "ContainerInsights",
    "Ecs",
    "Eks",
    "Environment",
    "ExactlyOnce",
    "Flow",
    "GroupFilter",
    "Heap",
    "Heartbeats",
    "Image",
    "Kafka",
    "MirrorMaker",
    "Monitoring",
    "Network",
    "Notify",
    "OffsetSyncs",
    "Operations",
    "Platform",
    "Region",
    "Replicas",
    "Resources",
    "Retention",
    "Runtime",
    "State",
    "Storage",
    "StorageAutoscaling",
    "Toleration",
    "TopicFilter",
    "Tracing",
]
