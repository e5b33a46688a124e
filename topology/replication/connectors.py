"""Worker and connector properties: what a Connect cluster of a region runs."""

from __future__ import annotations

from topology.aws.names import Names, bootstrap_variable
from topology.kafka.effective import merged
from topology.kafka.record_sizes import accepted_bytes, producer_sizes
from topology.kubernetes.workload import REST_PORT
from topology.model import Environment, ExactlyOnce
from topology.replication.flows import DirectedFlow, flows_into
from topology.replication.mirrormaker_names import (
    POLICIES,
    RECONNECT_BACKOFF_MS,
    ConnectorKind,
    connector_class,
    connector_name,
    patterns,
)
from topology.replication.rest_auth import rest_properties

__all__ = [
    "ADDRESS",
    "BYTES",
    "OWN_VARIABLES",
    "SECURITY",
    "checkpoint_connector",
    "connectors",
    "heartbeat_connector",
    "source_connector",
    "worker_properties",
]

ADDRESS = "${env:POD_IP}"
"""Stands for the worker's own address, under which the others reach it. A pod has it as a variable; for an
ECS task, which has not, it is put in when the task starts (operations/connect/task_files.py)."""

SECURITY: dict[str, str] = {
    # aws-msk-iam-auth, README: the four client settings of MSK IAM
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "AWS_MSK_IAM",
    "sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}

CLIENT: dict[str, str] = {key: str(value) for key, value in RECONNECT_BACKOFF_MS.items()}

BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
SESSION_TIMEOUT_MS = 6000
"""Time without a heartbeat after which the group coordinator gives a worker's tasks to others. The shortest
that brokers accept by default (Kafka, broker property group.min.session.timeout.ms). Decision 28."""
HEARTBEAT_INTERVAL_MS = 1500
"""Time between two heartbeats of a worker. It learns of a rebalance by the answer to one, and its herder may
wait for one more: up to two of them are part of the pause of a roll (decision 28)."""
OWN_VARIABLES = "POD_IP|BOOTSTRAP_[A-Z0-9_]+"
"""Environment variables that properties may read, as a regular expression."""


def worker_properties(environment: Environment, region: str) -> dict[str, str]:
    """`connect-distributed.properties` of the workers in `region`, sorted.

    Addresses are references to environment variables of the pod (Kafka's EnvVarConfigProvider), so that the
    text is known when the stack is synthesized and is the same wherever it runs.
    """
    names = Names(environment, region)
    connect = environment.mirrormaker.connect
    factor = str(environment.regions[region].kafka.replication_factor)
    properties = {
        "bootstrap.servers": _bootstrap(environment, region),
        "group.id": names.connect_group,
        # all three: the default header converter turns headers into base64 text (KAFKA-10428)
        "key.converter": BYTES,
        "value.converter": BYTES,
        "header.converter": BYTES,
        "config.storage.topic": names.connect_topic("configs"),
        "offset.storage.topic": names.connect_topic("offsets"),
        "status.storage.topic": names.connect_topic("status"),
        "config.storage.replication.factor": factor,
        "offset.storage.replication.factor": factor,
        "status.storage.replication.factor": factor,
        "offset.storage.partitions": str(connect.offset_partitions),
        "status.storage.partitions": str(connect.status_partitions),
        "offset.flush.interval.ms": "10000",
        "task.shutdown.graceful.timeout.ms": "30000",
        # decision 28: a pod never returns under its old name, so waiting for it only pauses its partitions
        "scheduled.rebalance.max.delay.ms": "0",
        "session.timeout.ms": str(SESSION_TIMEOUT_MS),
        "heartbeat.interval.ms": str(HEARTBEAT_INTERVAL_MS),
        "listeners": f"http://0.0.0.0:{REST_PORT}",
        "rest.advertised.host.name": ADDRESS,
        "rest.advertised.port": str(REST_PORT),
        "admin.listeners": "",
        "plugin.discovery": "service_load",
        "config.providers": "env",
        "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
        "config.providers.env.param.allowlist.pattern": OWN_VARIABLES,
        # connectors tune their producers by producer.override.*; only this project's reconciler reaches REST
        "connector.client.config.override.policy": "All",
        "exactly.once.source.support": environment.mirrormaker.exactly_once.worker_support,
    }
    if environment.mirrormaker.exactly_once is ExactlyOnce.PREPARING:
        # Kafka reads source offsets so with `enabled` only. A worker of `on` that was killed leaves offsets
        # of an aborted transaction: a reader of them skips records that were never written
        properties["isolation.level"] = "read_committed"
    for prefix in ("", "producer.", "consumer.", "admin."):
        properties |= {prefix + key: value for key, value in (SECURITY | CLIENT).items()}
    properties |= rest_properties(environment.mirrormaker)
    return merged(properties, environment.mirrormaker.worker_properties)


def connectors(environment: Environment, region: str) -> dict[str, dict[str, str]]:
    """Name and configuration of every connector that the workers of `region` run, in flow order."""
    made: dict[str, dict[str, str]] = {}
    for flow in flows_into(environment, region):
        for config in (source_connector(flow), checkpoint_connector(flow), heartbeat_connector(flow)):
            if config is not None:
                made[config["name"]] = config
    return made


def source_connector(flow: DirectedFlow) -> dict[str, str]:
    """MirrorSourceConnector: records, topic creation and topic configuration."""
    config = _common(flow, "source") | {
        "tasks.max": str(flow.tasks_max),
        "topics": patterns(flow.topics),
        "topics.exclude": patterns(flow.excluded_topics),
        "replication.factor": _factor(flow),
        "offset-syncs.topic.replication.factor": _factor(flow),
        "offset.lag.max": str(flow.spec.offset_syncs.lag_max),
        "refresh.topics.interval.seconds": str(flow.spec.refresh_topics_interval_seconds),
        "sync.topic.configs.enabled": "true",
        # Kafka ACLs do not govern IAM principals, and syncing them would need AlterCluster
        "sync.topic.acls.enabled": "false",
        "emit.offset-syncs.enabled": _bool(flow.has_checkpoints),
        # Connect's own defaults are no idempotence and one request in flight
        "producer.override.enable.idempotence": "true",
        "producer.override.acks": "all",
        "producer.override.max.in.flight.requests.per.connection": "5",
        "producer.override.linger.ms": "5",
        "producer.override.batch.size": "131072",
        "producer.override.compression.type": "lz4",
        "producer.override.send.buffer.bytes": "-1",
        **_request_sizes(flow),
        "source.consumer.fetch.min.bytes": "1",
        # -1 lets the kernel size the window: 64 KiB caps a connection at 1 MB/s over 70 ms (measured)
        "source.consumer.receive.buffer.bytes": "-1",
        "source.consumer.auto.offset.reset": "earliest",
        # else records of transactions that were taken back arrive, and as good ones (measured); exactly-once
        # requires it as well
        "source.consumer.isolation.level": "read_committed",
    }
    if flow.environment.mirrormaker.exactly_once is ExactlyOnce.ON:
        # a worker that is `preparing` refuses connectors that require it
        config["exactly.once.support"] = "required"
    if not flow.has_checkpoints:  # MirrorSourceConnector.validate refuses these without offset syncs
        config = {key: value for key, value in config.items() if not key.startswith("offset-syncs.topic.")}
    return merged(config, flow.environment.mirrormaker.connector_properties.source)


def checkpoint_connector(flow: DirectedFlow) -> dict[str, str] | None:
    """MirrorCheckpointConnector: translated consumer offsets; None where the flow has none."""
    checkpoints = flow.spec.checkpoints
    if not checkpoints.enabled:
        return None
    config = _common(flow, "checkpoint") | {
        "tasks.max": "1",
        "topics": patterns(flow.topics),
        "topics.exclude": patterns(flow.excluded_topics),
        "groups": patterns(flow.groups),
        "groups.exclude": patterns(flow.excluded_groups),
        "emit.checkpoints.enabled": "true",
        "emit.checkpoints.interval.seconds": str(checkpoints.interval_seconds),
        "refresh.groups.interval.seconds": str(flow.spec.refresh_topics_interval_seconds),
        "sync.group.offsets.enabled": _bool(checkpoints.sync_group_offsets),
        "sync.group.offsets.interval.seconds": str(checkpoints.sync_interval_seconds),
        "checkpoints.topic.replication.factor": _factor(flow),
    }
    return merged(config, flow.environment.mirrormaker.connector_properties.checkpoint)


def heartbeat_connector(flow: DirectedFlow) -> dict[str, str] | None:
    """MirrorHeartbeatConnector: it writes to its own workers' cluster, the flow's target; a flow in the
    other direction carries them on. None where the flow has none."""
    heartbeats = flow.spec.heartbeats
    if not heartbeats.enabled:
        return None
    config = _common(flow, "heartbeat") | {
        "tasks.max": "1",
        "emit.heartbeats.enabled": "true",
        "emit.heartbeats.interval.seconds": str(heartbeats.interval_seconds),
        "heartbeats.topic.replication.factor": _factor(flow),
    }
    return merged(config, flow.environment.mirrormaker.connector_properties.heartbeat)


def _common(flow: DirectedFlow, kind: ConnectorKind) -> dict[str, str]:
    config = {
        "name": connector_name(flow.name, kind),
        "connector.class": connector_class(kind),
        "replication.policy.class": POLICIES[flow.spec.policy],
    }
    if kind != "heartbeat":
        config["offset-syncs.topic.location"] = "target"
    for side, region in (("source", flow.source), ("target", flow.target)):
        config[f"{side}.cluster.alias"] = flow.environment.alias(region)
        config[f"{side}.cluster.bootstrap.servers"] = _bootstrap(flow.environment, region)
        config |= {f"{side}.cluster.{key}": value for key, value in SECURITY.items()}
    return config


def _request_sizes(flow: DirectedFlow) -> dict[str, str]:
    """Room in the producer for whatever the source's brokers took."""
    start = "producer.override."
    extra = flow.environment.mirrormaker.connector_properties.source
    given = {key.removeprefix(start): value for key, value in extra.items() if key.startswith(start)}
    sizes = producer_sizes(accepted_bytes(flow.environment, flow.source), given)
    return {start + key: value for key, value in sizes.items()}


def _bootstrap(environment: Environment, region: str) -> str:
    return "${env:" + bootstrap_variable(environment.alias(region)) + "}"


def _factor(flow: DirectedFlow) -> str:
    return str(flow.environment.regions[flow.target].kafka.replication_factor)


def _bool(value: bool) -> str:
    return "true" if value else "false"
