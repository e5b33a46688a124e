"""Address ranges that EC2 refuses for a VPC."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.rules.registry import rule

RESERVED = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")))
"""What EC2 answers `The CIDR ... is invalid` for; it takes 100.64.0.0/10 and 240.0.0.0/4 (as cdk-preflight
has seen, 2026)."""
LARGEST, SMALLEST = 16, 28
"""Prefix lengths of a VPC's ranges (VPC User Guide, "VPC CIDR blocks")."""


@rule
def vpc_ranges_are_ones_that_ec2_takes(environment: Environment) -> Iterator[Problem]:
    """No VPC, created or not, has addresses of a reserved range."""
    for region, settings in environment.regions.items():
        here = ("regions", region)
        ranges: list[tuple[Path, IPv4Network]] = [((*here, "network", "cidr"), settings.network.cidr)]
        secondary, pods = settings.network.secondary_cidrs, settings.eks.pod_cidrs
        ranges += [((*here, "network", "secondary_cidrs", n), cidr) for n, cidr in enumerate(secondary)]
        ranges += [((*here, "eks", "pod_cidrs", n), pod_range) for n, pod_range in enumerate(pods)]
        for path, found in ranges:
            taken = next((reserved for reserved in RESERVED if found.overlaps(reserved)), None)
            if taken:
                yield Problem(
                    path,
                    f"overlaps {taken}, which no VPC may have",
                    found=str(found),
                    allowed=f"a range outside {', '.join(map(str, RESERVED))}",
                )
        if not settings.network.exists:
            continue
        for path, found in ranges[: 1 + len(secondary)]:
            if not LARGEST <= found.prefixlen <= SMALLEST:
                yield Problem(path, "is not the range of a VPC", str(found), f"/{LARGEST} to /{SMALLEST}")
