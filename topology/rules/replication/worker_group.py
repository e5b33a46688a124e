"""The Connect group of the workers against the brokers that coordinate it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import server_properties
from topology.kafka.effective import number
from topology.model import Environment
from topology.replication.connectors import worker_properties
from topology.replication.flows import flows_into
from topology.rules.registry import rule

SESSION, HEARTBEAT = "session.timeout.ms", "heartbeat.interval.ms"
SHORTEST, LONGEST = "group.min.session.timeout.ms", "group.max.session.timeout.ms"
DEFAULTS = {SHORTEST: "6000", LONGEST: "1800000"}
"""Kafka 4.1, broker configuration; MSK lists no defaults of its own for them."""


@rule
def brokers_accept_the_workers_session(environment: Environment) -> Iterator[Problem]:
    """Brokers refuse a worker whose session timeout is outside their bounds, and the worker exits."""
    for region in environment.regions:
        if not flows_into(environment, region):
            continue
        session = worker_properties(environment, region)[SESSION]
        bounds = DEFAULTS | server_properties(environment, region)
        values = (session, bounds[SHORTEST], bounds[LONGEST])
        if not all(value.strip().isdecimal() for value in values):
            continue  # the rule on values reports it
        found, shortest, longest = (int(value) for value in values)
        if not shortest <= found <= longest:
            yield Problem(
                _place(environment, region, SHORTEST if found < shortest else LONGEST),
                f"contradicts the workers' {SESSION}: the brokers of {region} accept {shortest} to {longest}",
                found=session,
                allowed=f"a {SESSION} of {shortest} to {longest}",
            )


@rule
def heartbeats_come_within_a_session(environment: Environment) -> Iterator[Problem]:
    """A worker whose heartbeat interval is not less than its session timeout exits (AbstractCoordinator)."""
    region = next(iter(environment.regions))
    worker = worker_properties(environment, region)
    session, heartbeat = number(worker, SESSION), number(worker, HEARTBEAT)
    if session is None or heartbeat is None or heartbeat < session:
        return
    given = environment.mirrormaker.worker_properties
    key, allowed = (
        (HEARTBEAT, f"less than {session}") if HEARTBEAT in given else (SESSION, f"more than {heartbeat}")
    )
    yield Problem(
        ("mirrormaker", "worker_properties", key),
        f"contradicts {SESSION if key == HEARTBEAT else HEARTBEAT}: a session needs more than one heartbeat",
        found=worker[key],
        allowed=allowed,
    )


def _place(environment: Environment, region: str, bound: str) -> Path:
    """Where the file sets the session timeout, otherwise where it sets the bound."""
    if SESSION in environment.mirrormaker.worker_properties:
        return ("mirrormaker", "worker_properties", SESSION)
    return ("regions", region, "kafka", "server_properties", bound)
