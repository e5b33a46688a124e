"""Kafka properties that environment files may not add, or only with some values.

Connect loads the classes that its configuration names, logs in as it says, and reads what its config
providers reach: an extra property could undo what the rest of the environment decides. Keys are judged
without the prefixes of clients and clusters, of which there are many (`producer.`,
`source.consumer.override.`): a guarded setting is guarded behind each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topology.replication.connectors import BYTES, OWN_VARIABLES
from topology.replication.mirrormaker_names import CONFIG_PROPERTY_FILTER, GROUP_FILTER, TOPIC_FILTER

__all__ = [
    "CLASSES",
    "RESERVED",
    "Classes",
    "Reserved",
    "classes_of",
    "foreign_references",
    "has_reference",
    "reserved",
    "tail",
]

PREFIXES = re.compile(r"(?:(?:source|target|cluster|producer|consumer|admin|override)\.)+")
REFERENCE = re.compile(r"\$\{[^}]*\}?")
"""Wider than Kafka's own (ConfigTransformer.DEFAULT_PATTERN): what it may take for one some day."""

DERIVED = "is derived from the environment and cannot be set here"
SECURITY = "is a security setting: the platform's IAM settings stand"


@dataclass(frozen=True)
class Reserved:
    """Keys that a file may not set: a regular expression of the whole key without prefixes."""

    keys: str
    message: str
    reason: str


RESERVED = (
    Reserved(r"(security|sasl|ssl)\..*", SECURITY, "Who the clients are, and classes that decide it."),
    Reserved(r"inter\.worker\..*", SECURITY, "How workers sign what they ask of each other (KIP-507)."),
    Reserved(
        r"connect\.protocol",
        "is a security setting: only with Kafka's default do workers sign what they ask of each other",
        "eager and compatible leave internal requests unsigned (KIP-507).",
    ),
    Reserved(r"bootstrap\.(servers|controllers)", DERIVED, "Where records and the workers' login go."),
    Reserved(r"config\.providers(\..*)?", DERIVED, "Providers are classes, and read files and secrets."),
    Reserved(r"plugin\.(path|discovery)", DERIVED, "Where classes come from: the image."),
    Reserved(
        r"(connector|(key|value|header)\.converter)\.plugin\.version",
        "is decided by the image, which has one version of each class",
        "KIP-891: a version that the image does not have fails the connector.",
    ),
    Reserved(
        r"connector\.client\.config\.override\.policy",
        DERIVED,
        "A class; and what connectors may change of clients (KIP-458).",
    ),
    Reserved(r"(listeners|rest)(\..*)?", DERIVED, "REST is where Services and network policies expect it."),
    Reserved(
        r"(access\.control|response\.http)\..*",
        "lets browsers in: Connect's REST interface is for the workers and the operations pod only",
        "CORS, by its own settings or as a header of every answer (KIP-577).",
    ),
    Reserved(
        r"(transforms|predicates)(\..*)?",
        "loads classes into the way of every record; MirrorMaker passes records on as they are",
        "KIP-66, KIP-585: the types of transforms are any classes.",
    ),
)


@dataclass(frozen=True)
class Classes:
    """The classes that a key (without prefixes) may name, and why these."""

    key: str
    allowed: tuple[str, ...]
    reason: str


_CLIENTS = "org.apache.kafka.clients"
_COMMON = "org.apache.kafka.common"
_AS_IT_IS = "records cross as they are"
_PROBE = "the probe follows no other"

CLASSES = (
    Classes("metric.reporters", (f"{_COMMON}.metrics.JmxReporter",), "the exporter and alarms read JMX"),
    Classes("interceptor.classes", (), "interceptors see and change every record"),
    Classes("partitioner.class", (), "a mirrored record keeps its partition"),
    Classes(
        "partition.assignment.strategy",
        tuple(
            f"{_CLIENTS}.consumer.{kind}Assignor"
            for kind in ("Range", "RoundRobin", "Sticky", "CooperativeSticky")
        ),
        "Kafka's own",
    ),
    *(
        Classes(f"{part}.{kind}", (f"{_COMMON}.serialization.ByteArray{kind.capitalize()}",), _AS_IT_IS)
        for part in ("key", "value")
        for kind in ("serializer", "deserializer")
    ),
    *(Classes(f"{part}.converter", (BYTES,), _AS_IT_IS) for part in ("key", "value", "header")),
    Classes("topic.filter.class", (TOPIC_FILTER,), _PROBE),
    Classes("group.filter.class", (GROUP_FILTER,), "Kafka's own"),
    Classes("config.property.filter.class", (CONFIG_PROPERTY_FILTER,), "Kafka's own"),
    Classes("forwarding.admin.class", (f"{_CLIENTS}.admin.ForwardingAdmin",), "Kafka's own"),
    # brokers: the one class that MSK lets a configuration name
    Classes(
        "replica.selector.class",
        (f"{_COMMON}.replica.RackAwareReplicaSelector",),
        "consumers read from their zone",
    ),
)
"""A key that names classes and is not here may name none."""

_LOOKS_LIKE_CLASSES = re.compile(
    r".*(class|classes|class\.name|class\.path|interceptors?|reporters?|providers?|extensions?|converter"
    r"|serializer)"
)


def tail(key: str) -> str:
    """The key without the prefixes of clients and clusters."""
    return PREFIXES.sub("", key, count=1) if PREFIXES.match(key) else key


def reserved(key: str) -> Reserved | None:
    """Why a key may not be set; None where it may."""
    bare = tail(key)
    return next((entry for entry in RESERVED if re.fullmatch(entry.keys, bare)), None)


def classes_of(key: str, definition: Mapping[str, Any] | None) -> Classes | None:
    """What classes a key may name; None where it names none. `definition` is Kafka's own of it."""
    bare = tail(key)
    known = next((entry for entry in CLASSES if entry.key == bare), None)
    typed = definition is not None and definition["type"] == "class"
    if known is None and (typed or _LOOKS_LIKE_CLASSES.fullmatch(bare)):
        return Classes(bare, (), "nothing here needs one")
    return known


def has_reference(value: str) -> bool:
    """Whether a value is read through a config provider, at least in part."""
    return REFERENCE.search(value) is not None


def foreign_references(value: str) -> list[str]:
    """References to config providers in a value that are not to the pod's own variables."""
    own = re.compile(r"\$\{env:(" + OWN_VARIABLES + r")\}")
    return [found for found in REFERENCE.findall(value) if not own.fullmatch(found)]
