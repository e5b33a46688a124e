"""Files that the pods mount, as text: what Connect reads, what it logs and measures, which connectors run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import yaml

from topology.kafka.java_properties import render_properties
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties
from topology.replication.jmx import exporter_configuration
from topology.replication.rest_auth import rest_files

__all__ = [
    "JMX_FILE",
    "LOG_FILE",
    "PROPERTIES_FILE",
    "connector_files",
    "content_hash",
    "worker_files",
]

PROPERTIES_FILE = "connect-distributed.properties"
LOG_FILE = "log4j2.properties"
JMX_FILE = "jmx-exporter.yaml"

TERMINATION_LOG = "/dev/termination-log"
"""What a container writes there is in its pod's status when it has ended (Kubernetes, "Determine the Reason
for Pod Failure"): its last 4 kB."""
LAST_WORDS = "Stopping due to error|Uncaught exception in herder work thread"
"""Why a worker gives up (AbstractConnectCli, DistributedHerder.run of Kafka 4.1.1)."""

LOGGING: dict[str, str] = {
    "status": "warn",
    "appender.console.type": "Console",
    "appender.console.name": "console",
    "appender.console.layout.type": "PatternLayout",
    # an event is one line, its stack trace too: Fluent Bit makes an event of each line, and the alarm on
    # errors counts events (topology/observability/log_groups.py, ERROR_PATTERN)
    "appender.console.layout.pattern": "[%d] %p %X{connector.context}%m (%c)"
    "%notEmpty{ %ex{separator( | )}}%n",
    # with a pattern that has %ex of its own, no second stack trace is added
    "appender.console.layout.alwaysWriteExceptions": "false",
    # a worker that gives up goes on to say how it stops: the end of its log has the reason no more (measured)
    "appender.last.type": "File",
    "appender.last.name": "last",
    "appender.last.fileName": TERMINATION_LOG,
    "appender.last.createOnDemand": "true",
    "appender.last.layout.type": "PatternLayout",
    "appender.last.layout.pattern": "[%d] %p %m (%c)%notEmpty{ %ex{separator( | )}}%n",
    "appender.last.layout.alwaysWriteExceptions": "false",
    "appender.last.filter.words.type": "RegexFilter",
    "appender.last.filter.words.regex": f".*({LAST_WORDS}).*",
    "appender.last.filter.words.onMatch": "ACCEPT",
    "appender.last.filter.words.onMismatch": "DENY",
    "rootLogger.level": "info",
    "rootLogger.appenderRef.console.ref": "console",
    "rootLogger.appenderRef.last.ref": "last",
}


def worker_files(environment: Environment, region: str) -> dict[str, str]:
    """File name and text of what every worker of `region` mounts."""
    return {
        PROPERTIES_FILE: render_properties(worker_properties(environment, region)),
        LOG_FILE: render_properties(LOGGING),
        JMX_FILE: yaml.safe_dump(exporter_configuration(), sort_keys=False, width=1000),
    } | rest_files(environment.mirrormaker)


def connector_files(environment: Environment, region: str) -> dict[str, str]:
    """`<connector name>.json` and the body of the POST /connectors that would create it."""
    state = environment.mirrormaker.connect.initial_state
    given = {} if state == "RUNNING" else {"initial_state": state}
    return {
        f"{name}.json": json.dumps({"name": name, "config": config, **given}, indent=2, sort_keys=True) + "\n"
        for name, config in connectors(environment, region).items()
    }


def content_hash(files: Mapping[str, str]) -> str:
    """Ten hexadecimal digits that change with any name or text: the end of a ConfigMap's name, so that a
    change makes a new ConfigMap and rolls the pods that mount it (Kubernetes, "Immutable ConfigMaps")."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode())
    return digest.hexdigest()[:10]
