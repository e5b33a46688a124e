"""Files that the pods mount, as text: what Connect reads, what it logs and measures, which connectors run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import yaml

from topology.connectors import connectors, worker_properties
from topology.java_properties import render_properties
from topology.jmx import exporter_configuration
from topology.model import Environment

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

LOGGING: dict[str, str] = {
    "status": "warn",
    "appender.console.type": "Console",
    "appender.console.name": "console",
    "appender.console.layout.type": "PatternLayout",
    # an event is one line, its stack trace too: Fluent Bit makes an event of each line, and the alarm on
    # errors counts events (topology/logs.py, ERROR_PATTERN)
    "appender.console.layout.pattern": "[%d] %p %X{connector.context}%m (%c)"
    "%notEmpty{ %ex{separator( | )}}%n",
    # with a pattern that has %ex of its own, no second stack trace is added
    "appender.console.layout.alwaysWriteExceptions": "false",
    "rootLogger.level": "info",
    "rootLogger.appenderRef.console.ref": "console",
}


def worker_files(environment: Environment, region: str) -> dict[str, str]:
    """File name and text of what every worker of `region` mounts."""
    return {
        PROPERTIES_FILE: render_properties(worker_properties(environment, region)),
        LOG_FILE: render_properties(LOGGING),
        JMX_FILE: yaml.safe_dump(exporter_configuration(), sort_keys=False, width=1000),
    }


def connector_files(environment: Environment, region: str) -> dict[str, str]:
    """`<connector name>.json` and the body of the POST /connectors that would create it."""
    return {
        f"{name}.json": json.dumps({"name": name, "config": config}, indent=2, sort_keys=True) + "\n"
        for name, config in connectors(environment, region).items()
    }


def content_hash(files: Mapping[str, str]) -> str:
    """Ten hexadecimal digits that change with any name or text: the end of a ConfigMap's name, so that a
    change makes a new ConfigMap and rolls the pods that mount it (Kubernetes, "Immutable ConfigMaps")."""
    digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode())
    return digest.hexdigest()[:10]
