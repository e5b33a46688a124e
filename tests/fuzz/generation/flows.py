"""Flows without replication loops and conflicts, whose policies IAM accepts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.generation.fields import ABSENT, options
from tests.fuzz.generation.plans import Plan
from tests.fuzz.generation.values import LETTERS, OFTEN
from topology.model import Checkpoints, Flow, GroupFilter

__all__ = ["flows"]

Data = dict[str, Any]
Pair = tuple[str, str]

POLICY = 6144 - 2300
"""Characters of a worker's policy that are left for flows, beside what every worker has."""
AN_ARN, ARNS_OF_A_FLOW = 105, 9
"""Without the names in it; of topics and groups that a flow names at least."""
CLUSTER = 20
"""The longest of the names that clusters are given."""


@st.composite
def flows(draw: st.DrawFn, plan: Plan, replicas: int) -> list[Data]:
    """A set of regions that replicate to each other, and single directions beside it."""
    most = _most_flows(plan)
    order = draw(st.permutations(plan.regions))
    together = order[: draw(st.sampled_from([0, *range(2, min(len(order), most + 1) + 1)]))]
    pairs = set(permutations(together, 2))
    singles = []
    for pair in draw(st.permutations(list(permutations(plan.regions, 2)))):
        into = sum(target == pair[1] for _, target in pairs)
        if pair not in pairs and into < most and (not pairs or draw(st.integers(0, 2)) == 0):
            pairs.add(pair)
            singles.append(pair)
    made = [draw(_flow(plan, pairs, [pair], replicas)) for pair in singles]
    if together:
        whole = len(together) == len(plan.regions) and draw(st.booleans())
        ends = {"active_active": True, "regions": ABSENT if whole else list(together)}
        made.insert(0, draw(_flow(plan, pairs, list(permutations(together, 2)), replicas)) | ends)
    return [{key: value for key, value in flow.items() if value is not ABSENT} for flow in made]


def _most_flows(plan: Plan) -> int:
    """Into a region, so that its policy fits; they share the room, whatever they replicate."""
    names = max(map(len, plan.aliases.values())) + max(len(plan.project) + len(plan.environment), CLUSTER)
    return max(1, POLICY // (ARNS_OF_A_FLOW * (AN_ARN + names)))


@st.composite
def _flow(draw: st.DrawFn, plan: Plan, pairs: set[Pair], own: list[Pair], replicas: int) -> Data:
    two_way = any((target, source) in pairs for source, target in own)
    sources, targets = {s for s, _ in pairs}, {t for _, t in pairs}
    # its records must not go on from the target, nor others' copies from the source
    one_way = len(own) == 1 and own[0][0] not in targets and own[0][1] not in sources
    checkpoints = draw(st.none() | options(Checkpoints))
    written = checkpoints is None or (
        checkpoints.get("enabled", True) and checkpoints.get("sync_group_offsets", True)
    )
    given = {
        "source": own[0][0] if len(own) == 1 else ABSENT,
        "target": own[0][1] if len(own) == 1 else ABSENT,
        "active_active": draw(st.sampled_from([ABSENT, False])),
        "regions": ABSENT,
        "topics": draw(_topics(plan)),
        "groups": draw(_groups(own_names=two_way and written)),
        "policy": draw(st.sampled_from([ABSENT, "default", *(["identity"] if one_way else [])])),
        "tasks_max": draw(st.sampled_from([ABSENT, None]) | st.integers(replicas, 1000)),
        "checkpoints": ABSENT if checkpoints is None else checkpoints,
    }
    return draw(options(Flow, given))


@st.composite
def _topics(draw: st.DrawFn, plan: Plan) -> Data:
    """The default; patterns that do not contain each other; or everything but what was mirrored."""
    own_name = (
        plan.project in plan.aliases.values()
    )  # with it the default's topics are taken for mirrored ones
    kinds = ["patterns", "patterns", "all", *([] if own_name and draw(OFTEN) else ["default"])]
    kind = draw(st.sampled_from(kinds))
    excluded = draw(st.lists(_globs("not"), max_size=2))
    if kind == "all":
        return {"include": ["*"], "exclude": [*(f"{alias}.*" for alias in plan.aliases.values()), *excluded]}
    found: Data = {"exclude": excluded} if excluded else {}
    if kind == "patterns":
        count = draw(st.sampled_from([1, 1, 1, 2]))
        found["include"] = [f"{draw(_globs('top'))}" for _ in range(count)]
        found["include"] = [f"top{n}{name.removeprefix('top')}" for n, name in enumerate(found["include"])]
    return found


@st.composite
def _groups(draw: st.DrawFn, own_names: bool) -> Any:
    """`own_names`: offsets are written both ways, so that each side's groups must be told apart."""
    globs = _globs("app").map(lambda glob: f"{{source}}.{glob}")
    if not own_names:
        globs = st.one_of(globs, _globs("app"), st.just("*"))
    include = draw(st.lists(globs, min_size=1, max_size=2, unique=True))
    given = {"include": include if own_names or draw(st.booleans()) else ABSENT}
    return draw(options(GroupFilter, given)) if own_names or draw(st.booleans()) else ABSENT


def _globs(first: str) -> st.SearchStrategy[str]:
    """Names that begin with `first`, with IAM's wildcards in them."""
    parts: Iterable[str] = ("*", "?", ".", "-", "_", "orders", "Eu", "0", *LETTERS[:4])
    return st.lists(st.sampled_from(list(parts)), max_size=4).map(lambda found: first + "".join(found))
