"""What the sections of one environment must agree on: partition, regions, aliases, and names that fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fuzz.generation.values import LETTERS, names

__all__ = ["Plan", "plans"]

REGIONS = {
    "aws": (
        *("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1"),
        *("ap-southeast-1", "ap-northeast-1", "sa-east-1", "ca-central-1"),
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
}
ACCOUNT, BUCKET, ROLE, CLUSTER = 12, 63, 64, 64
LONGEST = 30


@dataclass(frozen=True)
class Plan:
    """`given` and `aliases`: what the file says, and what holds, by region."""

    partition: str
    account: str
    project: str
    environment: str
    bucket_prefix: str | None
    given: Mapping[str, str]
    aliases: Mapping[str, str]

    @property
    def regions(self) -> tuple[str, ...]:
        """In the file's order."""
        return tuple(self.aliases)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Two to five regions of a partition, with names as long as AWS takes them and shorter ones."""
    partition = draw(st.sampled_from(["aws", "aws", "aws", "aws", "aws-cn", "aws-us-gov"]))
    known = REGIONS[partition]
    regions = draw(st.lists(st.sampled_from(known), min_size=2, max_size=min(5, len(known)), unique=True))
    longest = max(map(len, regions))
    bucket_prefix = draw(st.none() | names(longest=BUCKET - ACCOUNT - longest - len("---r")))
    if bucket_prefix is not None and len(bucket_prefix) < 3:
        bucket_prefix += "-state"
    in_role = ROLE - len("-mirrormaker2-") - longest
    in_bucket = BUCKET - ACCOUNT - longest - len("-state---r")
    room = (in_role if bucket_prefix else min(in_role, in_bucket)) - len("-")
    project = draw(names(longest=min(LONGEST, room - 1)))
    environment = draw(names(longest=min(LONGEST, room - len(project))))
    given = {
        region: alias
        for position, region in enumerate(regions)
        if (alias := draw(st.none() | _aliases(project, position))) is not None
    }
    return Plan(
        partition,
        draw(st.text("0123456789", min_size=ACCOUNT, max_size=ACCOUNT)),
        project,
        environment,
        bucket_prefix,
        given,
        {region: given.get(region, region) for region in regions},
    )


def _aliases(project: str, position: int) -> st.SearchStrategy[str]:
    """Aliases of one position, which differ from all of another in more than case and punctuation; now and
    then the project's own name, with which the names of its topics begin."""
    own = names("abcdefgh", f"{LETTERS}ABCDEFG0123456789_-").map(lambda name: f"{name}{position}")
    return st.one_of(*[own] * 11, st.just(project)) if position == 0 else own
