"""Aliases: by them MirrorMaker knows where a record came from."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import bootstrap_variable
from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.replication.flows import directed_flows
from topology.rules.registry import rule


@rule
def aliases_are_unique(environment: Environment) -> Iterator[Problem]:
    """Two clusters under one name would be taken for one, and their records for their own copies."""
    first: dict[str, str] = {}
    variables: dict[str, str] = {}
    for region in environment.regions:
        alias = environment.alias(region)
        taken = first.setdefault(alias, region)
        variable_of = variables.setdefault(bootstrap_variable(alias), region)
        if taken != region:
            yield Problem(
                ("regions", region, "alias"),
                f"is the alias of {taken} already",
                found=alias,
                allowed="an alias of its own for each region",
            )
        elif variable_of != region:
            yield Problem(
                ("regions", region, "alias"),
                f"gives the environment variable {bootstrap_variable(alias)}, which is that of {variable_of}",
                found=alias,
                allowed="aliases that differ in more than case and punctuation",
            )


@rule
def aliases_are_not_taken_by_another_region(environment: Environment) -> Iterator[Problem]:
    """An alias that is the id of another region misleads everybody who reads a topic's name."""
    for region, settings in environment.regions.items():
        if settings.alias and settings.alias != region and settings.alias in environment.regions:
            yield Problem(
                ("regions", region, "alias"),
                "is the id of another region of this environment",
                found=settings.alias,
                allowed=f"{region}, or a name that is no region",
            )


@rule
def aliases_are_the_same_everywhere(environment: Environment) -> Iterator[Problem]:
    """MirrorMaker breaks cycles by comparing aliases only: one that a property changes in one place lets
    records are replicated in a loop."""
    kinds = environment.mirrormaker.connector_properties
    for kind in ("source", "checkpoint", "heartbeat"):
        for key, value in getattr(kinds, kind).items():
            if key in ("source.cluster.alias", "target.cluster.alias"):
                yield Problem(
                    ("mirrormaker", "connector_properties", kind, key),
                    "an alias must be the same in every connector (cycles are found by it)",
                    found=value,
                    allowed="regions.<region>.alias",
                )


@rule
def topics_do_not_begin_with_an_alias(environment: Environment) -> Iterator[Problem]:
    """A topic whose first segment is an alias is taken for a mirrored one and its records are dropped."""
    for flow in directed_flows(environment):
        if flow.spec.policy != "default":
            continue
        here: Path = ("flows", flow.position, "topics")
        for position, topic in enumerate(flow.topics):
            literal = topic.split("*")[0].split("?")[0]
            for region in environment.regions:
                alias = environment.alias(region)
                if literal.startswith(f"{alias}."):
                    yield Problem(
                        (*here, "include", position) if flow.spec.topics.include else here,
                        f"begins with the alias of {region}: MirrorMaker takes such topics for mirrored ones",
                        found=topic,
                        allowed=f"names that do not begin with {alias}.",
                    )
