"""Extra properties that contradict a field, that Kafka would ignore, or that do not fit the rest."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Problem
from topology.kafka.effective import finer, number
from topology.kafka.guarded_properties import reserved
from topology.kubernetes.workload import GRACE_SECONDS, PRE_STOP_SECONDS, STOP_RESERVE_SECONDS
from topology.model import Environment
from topology.replication.connectors import worker_properties
from topology.rules.registry import rule
from topology.rules.replication.properties import broker_extras, decided_by, extras

LEAVE_OUT = "leave the property out"
WORKER = ("mirrormaker", "worker_properties")


@rule
def properties_do_not_contradict_fields(environment: Environment) -> Iterator[Problem]:
    """A fact has one place: what a field decides, and what IAM, alarms or the probe rely on, is no extra
    property."""
    for extra in (*extras(environment), *broker_extras(environment)):
        entry = decided_by(extra) if reserved(extra.key) is None else None
        if entry is not None and entry.field:
            yield Problem(
                extra.path,
                f"is decided by {entry.field} ({entry.reason})",
                found=extra.value,
                allowed=f"{entry.field}, without the property",
            )
        elif entry is not None:
            yield Problem(
                extra.path,
                f"is derived from the environment and cannot be set here ({entry.reason})",
                found=extra.value,
                allowed=LEAVE_OUT,
            )


@rule
def a_setting_is_written_in_one_unit(environment: Environment) -> Iterator[Problem]:
    """Of log.retention.ms, .minutes and .hours Kafka takes the finest that is set and ignores the others."""
    for region, settings in environment.regions.items():
        given = settings.kafka.server_properties
        for key, value in given.items():
            winner = finer(key, given)
            if winner is not None:
                yield Problem(
                    ("regions", region, "kafka", "server_properties", key),
                    f"is ignored by Kafka, because {winner} is set as well",
                    found=value,
                    allowed=f"one of {winner} and {key}",
                )


@rule
def tasks_stop_before_their_worker_is_killed(environment: Environment) -> Iterator[Problem]:
    """A worker that still waits for its tasks when its time is over is killed: they do not commit, and what
    they sent is sent again."""
    leaving = "committing offsets and leaving the group"
    limits = []
    if environment.runtime.eks:
        kept = PRE_STOP_SECONDS + STOP_RESERVE_SECONDS
        limits.append(("the pod's grace period", GRACE_SECONDS, kept, f"the preStop hook, {leaving}"))
    if environment.runtime.ecs:
        from topology.ecs.tasks import STOP_SECONDS  # noqa: PLC0415 - 20 ms that an environment without tasks saves

        limits.append(("the ECS task's stop time-out", STOP_SECONDS, STOP_RESERVE_SECONDS, leaving))
    key = "task.shutdown.graceful.timeout.ms"
    for region in environment.regions:
        wanted = number(worker_properties(environment, region), key)
        for what, seconds, kept, purpose in limits:
            most = (seconds - kept) * 1000
            if wanted is not None and wanted > most:
                yield Problem(
                    (*WORKER, key),
                    f"does not fit into {what} of {seconds} s, of which {kept} s are for {purpose}",
                    found=str(wanted),
                    allowed=f"at most {most}",
                )
