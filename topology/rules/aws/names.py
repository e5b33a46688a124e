"""Names and tags that AWS reserves, or takes for the same."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.rules.registry import rule

TAGS, TAG_KEY, TAG_VALUE = 50, 128, 256  # AWS General Reference, "Tagging your AWS resources"
TAG_CHARACTERS = " _.:/=+-@"  # the same page: beside letters and digits
RESERVED_TAG = "aws:"
"""In any case, for keys and values (IAM User Guide, "Tags for IAM resources", rules for tagging)."""

BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""S3 User Guide, "General purpose bucket naming rules" (2026-11-27)."""
GROUP_PREFIX = "sg-"
"""EC2 API reference, CreateSecurityGroup, GroupName."""


@rule
def tags_are_ones_that_aws_takes(environment: Environment) -> Iterator[Problem]:
    """A tag that one service refuses fails every resource of it."""
    tags = Names(environment, next(iter(environment.regions))).tags
    creates_vpc = any(not region.network.exists for region in environment.regions.values())
    if len(tags | {"Name": ""} if creates_vpc else tags) > TAGS:
        named = "" if len(tags) > TAGS else ", and what belongs to a created VPC has a Name"
        yield Problem(
            ("tags",), f"make {len(tags)} tags with those of the platform{named}", allowed=f"{TAGS} in all"
        )
    for key, value in environment.tags.items():
        odd = {c for c in key + value if not c.isalnum() and c not in TAG_CHARACTERS}
        reserved = any(text.lower().startswith(RESERVED_TAG) for text in (key, value))
        if odd or reserved or not key or len(key) > TAG_KEY or len(value) > TAG_VALUE:
            yield Problem(
                ("tags", key),
                "is not a tag that AWS takes",
                found=value,
                allowed=f"keys of 1 to {TAG_KEY} and values of up to {TAG_VALUE} letters, digits, spaces and"
                " _.:/=+-@; no key or value that begins with aws:",
            )


@rule
def tag_keys_differ_in_more_than_case(environment: Environment) -> Iterator[Problem]:
    """IAM takes two tag keys that differ in case only for one, and refuses the role."""
    tags = Names(environment, next(iter(environment.regions))).tags
    spellings: dict[str, str] = {}
    for key in tags:  # the platform's own first
        taken = spellings.setdefault(key.lower(), key)
        if taken != key:
            whose = "the platform's own tag" if taken not in environment.tags else "the tag"
            yield Problem(
                ("tags", key),
                f"differs from {whose} {taken} in case only",
                found=key,
                allowed=f"{taken}, or another key",
            )


@rule
def bucket_names_are_not_reserved(environment: Environment) -> Iterator[Problem]:
    """S3 keeps some beginnings and ends of names to itself."""
    given = environment.state.bucket_prefix
    path: Path = ("state", "bucket_prefix") if given else ("project",)
    for region in environment.regions:
        try:
            name = Names(environment, region).state_bucket
        except ValueError:  # too long: another rule speaks of it
            continue
        taken = [p for p in BUCKET_PREFIXES if name.startswith(p)]
        taken += [s for s in BUCKET_SUFFIXES if name.endswith(s)]
        if taken:
            yield Problem(
                path,
                f"gives buckets a name that S3 reserves ({taken[0]})",
                found=given or environment.project,
                allowed=f"no name that begins with {', '.join(BUCKET_PREFIXES)}"
                f" or ends with {', '.join(BUCKET_SUFFIXES)}",
            )
            return


@rule
def security_group_names_are_no_ids(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses a security group whose name begins like an id."""
    name = Names(environment, next(iter(environment.regions))).security_group
    if name.startswith(GROUP_PREFIX):
        yield Problem(
            ("project",),
            f"gives security groups the name {name}, which begins like the id of one ({GROUP_PREFIX})",
            found=environment.project,
            allowed="a project that is not called sg",
        )
