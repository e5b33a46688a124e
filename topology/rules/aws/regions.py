"""Regions that do not exist, and identifiers of one region that are used in another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from pydantic import BaseModel

from topology.aws.arns import dns_suffix
from topology.aws.regions import list_date, regions_of
from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.rules.registry import rule

RESOURCE_ID = re.compile(r"[a-z]{2,8}-[0-9a-f]{8,17}")
ID_LENGTHS = (8, 17)
"""EC2 User Guide, "Resource IDs"."""
ZONES, ZONES_ELSEWHERE = {"us-east-1": "abcdef"}, "abcd"
"""The most letters that any account sees (AWS Regions and Availability Zones, 2026-11-27); which of them an
account has, EC2 knows."""
ARN = re.compile(r"arn:(?P<partition>[^:]*):(?P<service>[^:]*):(?P<region>[^:]*):[^:]*:.+")
EKS_ISSUER = re.compile(r"https://oidc[.-]eks\.(?P<region>[a-z0-9-]+)\.")
"""Issuers of EKS itself; a cluster of one's own has another."""


@rule
def regions_exist(environment: Environment) -> Iterator[Problem]:
    """Nothing can be deployed to a region that AWS does not have, or that lacks MSK or EKS."""
    if "region" in environment.allow_unknown:
        return
    known = regions_of(environment.partition)
    for path, name in _region_names(environment):
        if name in known or any(name in regions_of(other) for other in ("aws", "aws-cn", "aws-us-gov")):
            continue  # that of another partition: another rule speaks of it
        near = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
        yield Problem(
            path,
            f"is not a region of {environment.partition} with MSK and EKS (list of {list_date()})",
            found=name,
            allowed=f"{', '.join(near or sorted(known)[:3])} ...; a newer one with allow_unknown: [region]",
        )


@rule
def zones_exist(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses a subnet in an availability zone that a region does not have."""
    if "zone" in environment.allow_unknown:
        return
    for region, settings in environment.regions.items():
        letters = ZONES.get(region, ZONES_ELSEWHERE)
        for position, zone in enumerate(settings.network.zones):
            if not settings.network.exists and zone not in letters:
                yield Problem(
                    ("regions", region, "network", "zones", position),
                    f"is not an availability zone of {region}",
                    found=zone,
                    allowed=f"{', '.join(letters)}; a newer one with allow_unknown: [zone]",
                )


@rule
def identifiers_are_whole(environment: Environment) -> Iterator[Problem]:
    """EC2 calls an identifier of another length malformed."""
    for region, settings in environment.regions.items():
        for path, text in _texts(settings, ("regions", region)):
            if RESOURCE_ID.fullmatch(text) and len(text.rpartition("-")[2]) not in ID_LENGTHS:
                yield Problem(
                    path,
                    "is not the whole of an identifier",
                    found=text,
                    allowed=" or ".join(f"{length} hexadecimal digits" for length in ID_LENGTHS),
                )


@rule
def identifiers_belong_to_one_region(environment: Environment) -> Iterator[Problem]:
    """A VPC, a subnet or a cluster is in one region; that of another does not exist there."""
    owners: dict[str, tuple[str, Path]] = {}
    for region, settings in environment.regions.items():
        for path, text in _texts(settings, ("regions", region)):
            foreign = path[-1] == "oidc_issuer" and not EKS_ISSUER.match(text)
            if foreign or RESOURCE_ID.fullmatch(text):
                owner, _ = owners.setdefault(text, (region, path))
                if owner != region:
                    yield Problem(
                        path,
                        f"belongs to {owner} already",
                        found=text,
                        allowed=f"one of {region}'s own",
                    )


@rule
def arns_are_of_their_region(environment: Environment) -> Iterator[Problem]:
    """What an ARN of another region or partition names cannot be used here."""
    for region, settings in environment.regions.items():
        for path, text in _texts(settings, ("regions", region)):
            match = ARN.fullmatch(text)
            if match is None:
                continue
            partition = environment.partition
            if match["partition"] != partition or match["region"] not in ("", region):
                yield Problem(
                    path,
                    f"is of {match['region'] or match['partition']}",
                    found=text,
                    allowed=f"arn:{partition}:{match['service']}:{region if match['region'] else ''}:...",
                )


@rule
def issuers_are_of_their_region(environment: Environment) -> Iterator[Problem]:
    """The OIDC issuer of another region's EKS cluster signs no token of these pods."""
    suffix = dns_suffix(environment)
    for region, settings in environment.regions.items():
        issuer = settings.eks.oidc_issuer
        match = EKS_ISSUER.match(issuer)
        wanted = (f"https://oidc.eks.{region}.{suffix}/id/", f"https://oidc-eks.{region}.api.")
        if match and not issuer.startswith(wanted):
            theirs = match["region"]
            yield Problem(
                ("regions", region, "eks", "oidc_issuer"),
                f"is of {theirs}" if theirs != region else f"is not of partition {environment.partition}",
                found=issuer,
                allowed=f"{wanted[0]}...",
            )


def _region_names(environment: Environment) -> Iterator[tuple[Path, str]]:
    for region, settings in environment.regions.items():
        yield ("regions", region), region
        if settings.state_replica_region:
            yield ("regions", region, "state_replica_region"), settings.state_replica_region


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text below `value` with its place, whatever fields the model has by then."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, tuple | list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, position))
