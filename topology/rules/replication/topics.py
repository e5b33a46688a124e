"""Topics: what a flow can never replicate, and what it must never write."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.environment_file.problem import Problem
from topology.model import Environment
from topology.replication.flows import DirectedFlow, directed_flows
from topology.replication.globs import covers
from topology.replication.mirrormaker_names import INTERNAL, NEVER_REPLICATED, SEPARATOR
from topology.rules.registry import rule


@rule
def an_include_is_not_always_excluded(environment: Environment) -> Iterator[Problem]:
    """Topics that are included and excluded are not replicated, and nothing says so."""
    for position, flow in enumerate(environment.flows):
        directions = [one for one in directed_flows(environment) if one.position == position]
        if not directions:
            continue
        for place, glob in enumerate(directions[0].topics):
            if all(one.excludes(glob) for one in directions):
                # without an include the default stands, and only an exclude of the file can take it away
                where = ("include", place) if flow.topics.include else ("exclude",)
                yield Problem(
                    ("flows", position, "topics", *where),
                    f"no topic of {glob} is ever replicated: {_reason(directions[0], glob)}",
                    found=glob if flow.topics.include else ", ".join(flow.topics.exclude),
                    allowed="topics of applications that no exclude covers",
                )


@rule
def connects_topics_do_not_begin_with_an_alias(environment: Environment) -> Iterator[Problem]:
    """MirrorMaker writes topics that begin with an alias, over the state of workers who keep it in one."""
    names = Names(environment, next(iter(environment.regions)))
    aliases = [environment.alias(region) for region in environment.regions]
    for kind, purpose in (("config", "configs"), ("offset", "offsets"), ("status", "status")):
        topic = names.connect_topic(purpose)
        for alias in aliases:
            if topic.startswith(f"{alias}{SEPARATOR}"):
                yield Problem(
                    ("mirrormaker", "connect", f"{kind}_topic"),
                    f"begins with the alias {alias}: a flow could write a mirrored topic of this name",
                    found=topic,
                    allowed=f"a name that does not begin with {alias}{SEPARATOR}",
                )


def _reason(flow: DirectedFlow, glob: str) -> str:
    if glob in flow.excluded_topics and glob not in (*flow.spec.topics.exclude, *NEVER_REPLICATED):
        return "Connect or MirrorMaker keep their own state in it"
    covering = [one for one in flow.spec.topics.exclude if covers(one, glob)]
    if covering:
        return f"exclude has {covering[0]}"
    return f"MirrorMaker never replicates {', '.join(INTERNAL)} and *.replica"
