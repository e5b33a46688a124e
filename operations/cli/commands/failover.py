"""`msk-mirror failover`: a consumer group moves to another cluster."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.cli.commands.tables import table
from operations.cli.commands.verify import ClusterOptions
from operations.failover.failover import Failover, FailoverError, Outcome
from operations.failover.plan import Plan, Rules
from operations.failover.routes import RouteError, Routes, ends_of
from operations.kafka.clusters import Cluster, ClusterError
from operations.kafka.groups import Groups
from topology import InvalidEnvironment, load_environment
from topology.aws.arns import cluster_arn
from topology.iam.statements import failover_statements, policy_document

__all__ = ["ClusterOptions", "FailoverOptions", "Rules", "plan", "run", "show_policy"]

HEADER: Final = ("from", "committed", "to", "resume offset", "end", "method", "age s", "maximum re-read")


@dataclass(frozen=True)
class FailoverOptions:
    """What both commands are told. `source.bootstrap` is empty with `source_down`."""

    group: str
    environment: str
    source: ClusterOptions
    target: ClusterOptions
    rules: Rules
    source_down: bool = False

    def failover(self) -> Failover:
        """Raises InvalidEnvironment, RouteError and ClusterError for what cannot be used."""
        routes = Routes.of(load_environment(self.environment), self.source.alias, self.target.alias)
        source = None if self.source_down else replace(self.source.cluster(), alias=routes.source)
        target = replace(self.target.cluster(), alias=routes.target)
        return Failover(self.group, routes, source, target, self.rules)


def plan(wanted: FailoverOptions, as_json: bool) -> int:
    """Prints what `run` would do; fails when it would refuse."""
    try:
        failover = wanted.failover()
    except (InvalidEnvironment, RouteError, ClusterError) as error:
        return fail(BAD_INPUT, error)
    try:
        failover = _with_what_answers(failover)
        planned = failover.plan()
    except ClusterError as error:
        return fail(FAILED, error)
    _print(planned.as_json(), as_json, _table(planned))
    return _refused(planned) or OK


def run(wanted: FailoverOptions, as_json: bool) -> int:
    """Writes the group's offsets at the other cluster; fails without writing when the plan is refused."""
    try:
        failover = wanted.failover()
    except (InvalidEnvironment, RouteError, ClusterError) as error:
        return fail(BAD_INPUT, error)
    try:
        outcome = failover.run()
    except ClusterError as error:
        return fail(FAILED, f"{error}\nnothing was changed{_is_it_down(failover, error)}")
    except FailoverError as error:
        return fail(FAILED, error)
    _print(outcome.as_json(), as_json, _report(outcome))
    return _refused(outcome.plan) or OK


def show_policy(group: str, environment: str, source: str, target: str) -> int:
    """Prints the IAM policy for moving a group between two clusters, as JSON."""
    try:
        model = load_environment(environment)
        ends = ends_of(model, source, target)
    except (InvalidEnvironment, RouteError) as error:
        return fail(BAD_INPUT, error)
    statements = failover_statements(model, ends, group)
    document = policy_document(statements, lambda region: cluster_arn(model, region, "*"))
    sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
    return OK


def _with_what_answers(failover: Failover) -> Failover:
    """A plan can do without the cluster that is left; running it without is for the caller to say."""
    if failover.source is None:
        return failover
    try:
        Groups(failover.source).members(failover.group)
    except ClusterError as error:
        sys.stderr.write(f"{error}: planned from checkpoints alone; to run that: --from-down\n")
        return replace(failover, source=None)
    return failover


def _is_it_down(failover: Failover, error: ClusterError) -> str:
    source: Cluster | None = failover.source
    if source is None or not str(error).startswith(str(source)):
        return ""
    return f"; if {source.alias} is down: --from-down goes by the checkpoints alone"


def _refused(planned: Plan) -> int:
    for problem in planned.problems:
        sys.stderr.write(f"refused: {problem.words}\n")
    return FAILED if planned.problems else 0


def _print(content: object, as_json: bool, lines: Iterator[str]) -> None:
    text = json.dumps(content, indent=2) if as_json else "\n".join(lines)
    sys.stdout.write(f"{text}\n")


def _table(planned: Plan) -> Iterator[str]:
    yield f"group {planned.group}: {planned.source} -> {planned.target}"
    if planned.moves:
        yield table(
            HEADER,
            [
                (
                    f"{move.source[0]}-{move.source[1]}",
                    move.committed,
                    f"{move.target[0]}-{move.target[1]}",
                    move.resume_offset,
                    move.extent.end,
                    f"{move.way}{'' if move.needed else ' (is there)'}",
                    None if move.age_seconds is None else round(move.age_seconds),
                    move.reread,
                )
                for move in planned.moves
            ],
        )
    for move in planned.moves:
        if move.expired:
            yield f"{move.target[0]}-{move.target[1]}: retention has deleted {move.expired} records unread"
    for left in planned.left:
        yield f"left: {left.partition[0]}-{left.partition[1]}: {left.reason}"
    for note in planned.notes:
        yield f"note: {note}"


def _report(outcome: Outcome) -> Iterator[str]:
    yield from _table(outcome.plan)
    if outcome.refused:
        yield "nothing was changed"
        return
    kept = len(outcome.plan.moves) - outcome.written
    again = "an unknown number of" if outcome.plan.reread is None else f"at most {outcome.plan.reread}"
    yield f"{outcome.written} offsets written, {kept} were right; {again} records are read again"
    yield f"start the group on {outcome.plan.target}"
