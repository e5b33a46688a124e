"""Extra properties that would undo what guards the platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import kafka_line
from topology.kafka.catalogue import Definition, definitions, settable_on_msk
from topology.kafka.guarded_properties import classes_of, foreign_references, reserved
from topology.model import Environment
from topology.replication.connectors import OWN_VARIABLES
from topology.rules.registry import rule
from topology.rules.replication.properties import definition_of, extras


@rule
def extra_properties_leave_the_guards_alone(environment: Environment) -> Iterator[Problem]:
    """Who the clients are, where they connect, where classes come from and who reaches REST is the platform's
    to decide."""
    for extra in extras(environment):
        entry = reserved(extra.key)
        if entry is not None:
            yield Problem(extra.path, entry.message, found=extra.key, allowed="leave the property out")


@rule
def extra_properties_load_known_classes_only(environment: Environment) -> Iterator[Problem]:
    """A class that a property names runs with the workers' role, and sees every record."""
    for extra in extras(environment):
        if reserved(extra.key) is None:
            definition = definition_of(extra)
            if definition is not None:
                yield from _foreign_classes(extra.path, extra.key, extra.value, definition)
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        known = definitions(kafka_line(kafka.version))["broker"]
        settable = settable_on_msk("express" if kafka.broker.is_express else "standard")
        for key, value in kafka.server_properties.items():
            if key in settable:
                path: Path = ("regions", region, "kafka", "server_properties", key)
                yield from _foreign_classes(path, key, value, known.get(key))


@rule
def extra_properties_read_own_variables_only(environment: Environment) -> Iterator[Problem]:
    """A config provider reads files, directories or secrets of the workers into what Connect shows."""
    for extra in extras(environment):
        for reference in foreign_references(extra.value):
            yield Problem(
                extra.path,
                "reads through a config provider what is not for properties",
                found=reference,
                allowed=_own_references(),
            )


def _foreign_classes(path: Path, key: str, value: str, definition: Definition | None) -> Iterator[Problem]:
    classes = classes_of(key, definition)
    if classes is None:
        return
    for name in _named(value):
        if name not in classes.allowed:
            yield Problem(
                path,
                f"loads a class that is not one of those known here ({classes.reason})",
                found=name,
                allowed=", ".join(classes.allowed) or "none; leave the property out",
            )


def _named(value: str) -> Iterable[str]:
    """A list that is empty is no list of classes either: it would take Kafka's own away."""
    return [name.strip() for name in value.split(",")]


def _own_references() -> str:
    names = OWN_VARIABLES.replace("[A-Z0-9_]+", "<ALIAS>").split("|")
    return ", ".join("${env:" + name + "}" for name in names)
