"""Regions: networks that can be routed, and Kafka clusters that MSK makes."""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.generation.fields import ABSENT, options
from tests.fuzz.generation.plans import Plan
from tests.fuzz.generation.values import LETTERS, OFTEN, SETTABLE_FOR_ALL, names
from topology.kafka.msk_versions import offered_versions
from topology.model import Eks, Kafka, Network, Region

__all__ = ["regions_and_kafka"]

Data = dict[str, Any]

CARRIES = {
    "kafka.t3.small": 300,
    "kafka.m5.large": 1000,
    "kafka.m7g.xlarge": 1000,
    "kafka.m7g.2xlarge": 2000,
    "kafka.m5.24xlarge": 4000,
    "express.m7g.large": 1500,
    "express.m7g.16xlarge": 6000,
}
"""Partition replicas a broker (MSK Developer Guide, best practices)."""
ROUTERS = ("transit-gateway", "cloud-wan", "vpc-peering", "vpn")
"""Beside created VPCs there are existing ones, to which only others route."""
AUTHENTICATIONS = st.builds(
    lambda scram, associated: {
        "scram": scram,
        "scram_secret_associated": scram and associated,
        "scram_secrets": [],  # filled for regions
    },
    st.booleans(),
    st.booleans(),
)
"""Whole sections, because parts are merged over the environment's."""
ZONES = "abcd"  # the letters that every region may have


@st.composite
def regions_and_kafka(draw: st.DrawFn, plan: Plan) -> tuple[dict[str, Data], Data | None]:
    """The `regions` section and the shared `kafka` section, None where the file has none."""
    subnets = {region: draw(st.sampled_from([2, 3, 3, 3])) for region in plan.regions}
    shared = draw(_kafka(lcm(*subnets.values()))) if draw(OFTEN) else None
    if shared is not None:
        agreed = draw(st.fixed_dictionaries({}, optional=SETTABLE_FOR_ALL))
        shared["server_properties"] = shared.get("server_properties", {}) | agreed
    regions = {}
    for position, region in enumerate(plan.regions):
        network = draw(_network(position, subnets[region]))
        kafka = ABSENT
        if shared is None and subnets[region] != 3:
            kafka = draw(_kafka(subnets[region]))
        elif draw(st.booleans()):
            kafka = draw(_overrides(shared or {}, subnets[region]))
        if kafka is not ABSENT and draw(OFTEN):  # a security group is of one region
            kafka["client_security_groups"] = [f"sg-{position:08}", f"sg-{position:017}"]
        if kafka is not ABSENT and kafka.get("authentication", {}).get("scram"):
            kafka["authentication"]["scram_secrets"] = draw(_secrets(plan, region))
        others = [other for other in plan.regions if other != region]
        given = {
            "alias": plan.given.get(region, ABSENT),
            "network": network,
            "eks": draw(_eks(plan, region, position)),
            "kafka": kafka,
            "state_replica_region": draw(st.sampled_from([ABSENT, None, *others])),
        }
        regions[region] = draw(options(Region, given))
    return regions, shared


@st.composite
def _secrets(draw: st.DrawFn, plan: Plan, region: str) -> list[str]:
    """ARNs of secrets that MSK takes; they are of one region, so that only regions have them."""
    given = draw(
        st.lists(st.from_regex("[a-z/_+=.@-]{1,20}-[A-Za-z0-9]{6}", fullmatch=True), max_size=3, unique=True)
    )
    start = f"arn:{plan.partition}:secretsmanager:{region}:{plan.account}:secret:AmazonMSK_"
    return [start + one for one in given]


@st.composite
def _network(draw: st.DrawFn, position: int, subnets: int) -> Data:
    """10.<sixteen numbers for each position>.0.0, so that no two overlap."""
    prefix = draw(st.integers(16, 24))
    inside = draw(st.integers(0, 2 ** (prefix - 16) - 1)) << (24 - prefix)
    given: Data = {"cidr": f"10.{16 * position + draw(st.integers(0, 15))}.{inside}.0/{prefix}"}
    if draw(st.booleans()):
        ids = draw(
            st.lists(
                st.from_regex(
                    f"{position:x}([0-9a-f]{{7}}|[0-9a-f]{{16}})", fullmatch=True
                ),  # each region its own
                min_size=subnets,
                max_size=subnets,
                unique=True,
            )
        )
        given |= {
            "vpc_id": f"vpc-{ids[0]}",
            "private_subnet_ids": [f"subnet-{one}" for one in ids],
            "zones": ABSENT,
            "secondary_cidrs": [
                f"198.{18 + position % 2}.{16 * position + one}.0/24"
                for one in draw(st.lists(st.integers(0, 15), max_size=2, unique=True))
            ],
            "routed_by": ABSENT,
        }
    else:
        zones = draw(st.lists(st.sampled_from(ZONES), min_size=subnets, max_size=subnets, unique=True))
        absent = subnets == 3 and draw(st.booleans())
        given |= {"vpc_id": ABSENT, "private_subnet_ids": ABSENT, "zones": ABSENT if absent else zones}
        given |= {"secondary_cidrs": ABSENT, "routed_by": draw(st.sampled_from(ROUTERS))}
    # five regions with five ranges each and a few clients stay below the default
    return draw(options(Network, {**given, "rules_quota": draw(st.sampled_from([ABSENT, 60, 1000]))}))


@st.composite
def _eks(draw: st.DrawFn, plan: Plan, region: str, position: int) -> Data:
    suffix = "amazonaws.com.cn" if plan.partition == "aws-cn" else "amazonaws.com"
    host = f"oidc.eks.{region}.{suffix}/id/{draw(st.from_regex('[0-9A-F]{16,32}', fullmatch=True))}"
    ranges = draw(st.lists(st.integers(0, 15), max_size=2, unique=True))
    provider = f"arn:{plan.partition}:iam::{plan.account}:oidc-provider/{host}"
    given = {
        "cluster_name": draw(names(f"{LETTERS}ABC09", f"{LETTERS}ABC0123456789_-", longest=40)),
        "oidc_issuer": f"https://{host}",
        "oidc_provider_arn": draw(st.sampled_from([ABSENT, None, provider])),
        "pod_cidrs": [f"100.{64 + 16 * (position % 4) + one}.{position}.0/24" for one in ranges],
    }
    return draw(options(Eks, given))


@st.composite
def _kafka(draw: st.DrawFn, subnets: int) -> Data:
    """A whole set of what must fit together, and some of the rest."""
    kind = draw(st.sampled_from([one for one in sorted(CARRIES) if subnets == 3 or not _is_express(one)]))
    count = subnets * draw(st.sampled_from([1, 1, 2, 3]))
    factor = 3 if _is_express(kind) else draw(st.integers(1, min(count, 5)))
    in_sync = 2 if _is_express(kind) else draw(st.integers(1, max(1, factor - 1)))
    partitions = draw(st.integers(1, 50))
    most_topics = CARRIES[kind] * count // (partitions * factor)
    given = {
        "broker": {"type": kind, "count": count},
        "storage": ABSENT if _is_express(kind) else draw(_storage()),
        "replication_factor": factor,
        "min_insync_replicas": in_sync,
        "default_partitions": partitions,
        "planned_topics": draw(st.integers(1, max(1, most_topics))),
        "version": draw(st.sampled_from(_versions_of(kind))),
        "cluster_name": draw(st.sampled_from([ABSENT, None]) | names(longest=20)),
        "client_security_groups": draw(st.sampled_from([ABSENT, []])),
        "authentication": draw(AUTHENTICATIONS),
    }
    return draw(options(Kafka, given))


def _is_express(kind: str) -> bool:
    return kind.startswith("express.")


def _versions_of(kind: str) -> list[str]:
    """What MSK has for brokers of this type; T3 ones have no KRaft."""
    offered = offered_versions(express=_is_express(kind))
    return [version for version in offered if "t3" not in kind or not version.endswith(".kraft")]


@st.composite
def _overrides(draw: st.DrawFn, shared: Mapping[str, Any], subnets: int) -> Data:
    """What a region has of its own: everything, or some of what does not have to fit anything."""
    if draw(st.booleans()):
        own: Data = draw(_kafka(subnets))
        if "storage" not in own and "storage" in shared:
            own["storage"] = None  # Express brokers under a section with volumes
        return own
    kind = shared.get("broker", {}).get("type", "kafka.m7g.large")
    fixed = (
        "broker",
        "storage",
        "replication_factor",
        "min_insync_replicas",
        "default_partitions",
        "planned_topics",
    )
    given = {
        **dict.fromkeys(fixed, ABSENT),
        "version": draw(st.sampled_from([ABSENT, *_versions_of(kind)])),
        "cluster_name": ABSENT,
        "client_security_groups": ABSENT,
        "authentication": draw(AUTHENTICATIONS),
    }
    return draw(options(Kafka, given))


@st.composite
def _storage(draw: st.DrawFn) -> Data | None:
    """None: the default. A whole section otherwise, because parts are merged over the environment's."""
    if not draw(OFTEN):
        return None
    size = draw(st.integers(1, 16_000))
    grown = {"max_gib": draw(st.integers(size + 1, 16_384)), "target_percent": draw(st.integers(10, 80))}
    return {"volume_gib": size, "autoscaling": grown if draw(OFTEN) else None}
