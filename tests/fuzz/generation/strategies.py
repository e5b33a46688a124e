"""Environment documents that the model and the rules accept, with every option in some of them.

What must fit together is made to fit, so that few are refused: a rule that refuses one all the same is either
right (the policy of many flows with long names) or has found something.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.generation.fields import ABSENT, options
from tests.fuzz.generation.flows import flows
from tests.fuzz.generation.plans import Plan, plans
from tests.fuzz.generation.regions import regions_and_kafka
from tests.fuzz.generation.values import OFTEN, PINNED, names
from topology.ecs.fargate import MEMORY_OF_CPU
from topology.model import (
    Autoscaling,
    ConnectCluster,
    Ecs,
    Environment,
    MirrorMaker,
    Operations,
    Runtime,
    State,
)

__all__ = ["documents"]

Data = dict[str, Any]

BESIDE_THE_HEAP = 256
"""MiB of a worker that are not heap."""


@st.composite
def documents(draw: st.DrawFn) -> Data:
    """An environment as YAML data."""
    plan = draw(plans())
    stage = draw(st.sampled_from([ABSENT, "production", "development"]))
    regions, kafka = draw(regions_and_kafka(plan))
    fewest = 1 if stage == "development" else 2
    runtime = draw(st.sampled_from(["eks", "eks", "both", "ecs"]))
    pinned = stage != "development"  # it names images by digest, which the defaults do not
    said = pinned or draw(OFTEN)
    mirrormaker = draw(_mirrormaker(fewest, tasks=runtime != "eks", pinned=pinned)) if said else None
    given = {
        "project": plan.project,
        "environment": plan.environment,
        "account": plan.account,
        "partition": ABSENT if plan.partition == "aws" and draw(st.booleans()) else plan.partition,
        "stage": stage,
        "regions": regions,
        "kafka": ABSENT if kafka is None else kafka,
        "mirrormaker": ABSENT if mirrormaker is None else mirrormaker,
        "flows": draw(flows(plan, _most_replicas(mirrormaker))),
        "state": draw(_state(plan)),
        "runtime": draw(_runtime(runtime, mirrormaker or {}, fewest)),
    }
    return _without_unowned_services(draw(options(Environment, given)))


def _without_unowned_services(document: Data) -> Data:
    """No settings of what no region of the environment installs."""
    owned = [region["eks"].get("owns_cluster_services", True) for region in document["regions"].values()]
    if not any(owned) and document.get("platform"):
        kept = {key: value for key, value in document["platform"].items() if key == "log_routing"}
        document["platform"] = kept
    return document


@st.composite
def _runtime(draw: st.DrawFn, kind: str, mirrormaker: Data, fewest: int) -> Any:
    """Tasks of a size that Fargate has, with room for the heap and what is beside it."""
    if kind == "eks":
        return draw(st.sampled_from([ABSENT, {}, {"eks": True}, {"ecs": None}]))
    heap = mirrormaker.get("heap", {}).get("max_mib", 1024)
    limit = mirrormaker.get("operations", {}).get("memory_limit_mib", 256)
    needed = heap + BESIDE_THE_HEAP + limit
    sizes = [(cpu, memory) for cpu, all_of in MEMORY_OF_CPU.items() for memory in all_of if memory >= needed]
    cpu, memory = draw(st.sampled_from(sizes))
    count = draw(st.integers(fewest if kind == "ecs" else 0, 100))
    ecs = draw(options(Ecs, {"cpu_units": cpu, "memory_mib": memory, "desired_count": count}))
    return draw(options(Runtime, {"eks": kind == "both", "ecs": ecs}))


@st.composite
def _mirrormaker(draw: st.DrawFn, fewest: int, *, tasks: bool, pinned: bool) -> Data:
    """Heap, requests, limits and targets as they fit each other."""
    percent = draw(st.integers(40, 100))
    most = draw(st.integers(600, 16_384))
    request = -(-(most + BESIDE_THE_HEAP) * 100 // percent)
    floor = request * percent // 100 * fewest // (fewest + 1)
    cpu = draw(st.integers(50, 4000))
    given = {
        "replicas": draw(_replicas(fewest)),
        "resources": {
            "cpu_request_millicores": cpu,
            "cpu_limit_millicores": draw(st.integers(cpu, 16_000)),
            "memory_request_mib": request,
            "memory_limit_mib": draw(st.integers(request, 2 * request)),
        },
        "heap": {"initial_mib": draw(st.integers(1, min(most, floor - BESIDE_THE_HEAP))), "max_mib": most},
        "autoscaling": draw(options(Autoscaling, {"memory_percent": percent})),
        "connect": draw(_connect()),
        "operations": draw(_operations(pinned=pinned)),
    }
    if pinned:
        given["image"] = draw(PINNED)
    if tasks:  # which have no Kubernetes Secret for it
        given["rest"] = ABSENT
    if not draw(OFTEN):  # the defaults fit each other too
        given |= dict.fromkeys(("resources", "heap", "autoscaling"), ABSENT)
    return draw(options(MirrorMaker, given))


@st.composite
def _replicas(draw: st.DrawFn, fewest: int) -> Any:
    low = draw(st.integers(fewest, 8))
    high = draw(st.integers(low, 20))
    return draw(st.sampled_from([ABSENT, {"min": low, "max": high}, {"min": fewest}, {"max": high}]))


@st.composite
def _connect(draw: st.DrawFn) -> Data:
    """Three topics have three names."""
    topics = {
        f"{kind}_topic": draw(st.sampled_from([ABSENT, None]) | names().map(f"{kind}.{{}}".format))
        for kind in ("config", "offset", "status")
    }
    return draw(options(ConnectCluster, {"group_id": draw(st.none() | names()), **topics}))


@st.composite
def _operations(draw: st.DrawFn, *, pinned: bool) -> Data:
    request = draw(st.integers(32, 512))
    limit = draw(st.integers(request, 1024))
    given = {"memory_request_mib": request, "memory_limit_mib": limit}
    return draw(options(Operations, given | ({"image": draw(PINNED)} if pinned else {})))


@st.composite
def _state(draw: st.DrawFn, plan: Plan) -> Data:
    prefixes = st.lists(names(), min_size=1, max_size=3).map("/".join)
    given = {
        "bucket_prefix": ABSENT if plan.bucket_prefix is None else plan.bucket_prefix,
        "key_prefix": draw(st.sampled_from([ABSENT, None]) | prefixes),
    }
    return draw(options(State, given))


def _most_replicas(mirrormaker: Mapping[str, Any] | None) -> int:
    given = (mirrormaker or {}).get("replicas", {})
    return int(given.get("max", 6))
