"""Mistakes about what guards the platform, which topology/rules/replication/guarded.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/worker_properties": {"producer.sasl.mechanism": "PLAIN"}},
        "mirrormaker.worker_properties.producer.sasl.mechanism",
        "is a security setting",
    ),
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/worker_properties": {"plugin.path": "/tmp/plugins"}},  # noqa: S108
        "mirrormaker.worker_properties.plugin.path",
        "is derived from the environment",
    ),
    Case(
        "extra-properties-leave-the-guards-alone",
        {"mirrormaker/connector_properties/source": {"source.cluster.ssl.truststore.location": "/x"}},
        "mirrormaker.connector_properties.source.source.cluster.ssl.truststore.location",
        "is a security setting",
    ),
    Case(
        "extra-properties-load-known-classes-only",
        {
            "mirrormaker/connector_properties/source": {
                "producer.override.interceptor.classes": "com.example.X"
            }
        },
        "mirrormaker.connector_properties.source.producer.override.interceptor.classes",
        "loads a class that is not one of those known here",
        "none; leave the property out",
    ),
    Case(
        "extra-properties-load-known-classes-only",
        {"kafka/server_properties": {"replica.selector.class": "com.example.Selector"}},
        "kafka.server_properties.replica.selector.class",
        "loads a class that is not one of those known here",
        "org.apache.kafka.common.replica.RackAwareReplicaSelector",
    ),
    Case(
        "extra-properties-read-own-variables-only",
        {"mirrormaker/worker_properties": {"client.id": "${file:/etc/passwd:root}"}},
        "mirrormaker.worker_properties.client.id",
        "reads through a config provider",
        "${env:POD_IP}, ${env:BOOTSTRAP_<ALIAS>}",
    ),
)
