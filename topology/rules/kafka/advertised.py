"""Custom domain names of brokers: MSK's property `custom.advertised.listeners`.

MSK Developer Guide, "Configure custom domain names for your Amazon MSK cluster", August 2026.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from topology.environment_file.problem import Path, Problem
from topology.kafka.property_values import items
from topology.model import Environment
from topology.model.kafka import Authentication
from topology.rules.registry import rule

KEY = "custom.advertised.listeners"
FORM = "LISTENER://host:port+{broker_id}"
_ENTRY = re.compile(r"(\w+)://((?:[A-Za-z0-9.-]|\{broker_id\})+):(\d{1,5})\+\{broker_id\}")
HIGHEST_PORT = 65535


@rule
def custom_domain_names_fit_the_listeners(environment: Environment) -> Iterator[Problem]:
    """MSK refuses names for listeners that the cluster does not have, and two brokers under one address."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        value = kafka.server_properties.get(KEY)
        if value is not None:
            path: Path = ("regions", region, "kafka", "server_properties", KEY)
            listeners = _listeners(kafka.authentication)
            yield from _wrong_entries(path, items(value), listeners, kafka.broker.count)


def _listeners(authentication: Authentication) -> tuple[str, ...]:
    """Client listeners of the cluster; it has no public access and no TLS authentication."""
    return ("CLIENT_IAM", "CLIENT_SASL_SCRAM") if authentication.scram else ("CLIENT_IAM",)


def _wrong_entries(
    path: Path, entries: list[str], listeners: tuple[str, ...], brokers: int
) -> Iterator[Problem]:
    matches = {entry: _ENTRY.fullmatch(entry) for entry in entries or [""]}
    for entry, match in matches.items():
        if match is None:
            yield Problem(path, "does not match the required format", found=entry, allowed=FORM)
        elif match[1] not in listeners:
            yield Problem(
                path,
                "names a listener that the cluster does not have",
                found=match[1],
                allowed=", ".join(listeners),
            )
        elif not 0 < int(match[3]) <= HIGHEST_PORT - brokers:
            allowed = f"1 to {HIGHEST_PORT - brokers}: each broker's id is added"
            yield Problem(path, "has a port out of range", found=match[3], allowed=allowed)
    written = [match for entry in entries if (match := matches[entry])]
    yield from _repeated(path, "listener", [match[1] for match in written])
    yield from _repeated(path, "address", [f"{match[2]}:{match[3]}" for match in written])


def _repeated(path: Path, what: str, names: list[str]) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Problem(path, f"has one {what} more than once", found=name, allowed="each once")
