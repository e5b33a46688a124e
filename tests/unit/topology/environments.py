"""Environment texts for tests: a valid one, and changes of it by path."""

from __future__ import annotations

import copy
from ipaddress import IPv4Network
from typing import Any

import yaml

from topology.loading import load_text
from topology.model import Environment

__all__ = ["environment", "existing_vpc", "text", "third_region"]

ISSUER = "https://oidc.eks.{region}.amazonaws.com/id/0123456789ABCDEF"
DELETE = object()
"""As a value: take the key out."""


def base() -> dict[str, Any]:
    """Two regions, active-active, everything else by default."""
    return {
        "project": "orders",
        "environment": "test",
        "account": "123456789012",
        "regions": {
            region: {
                "network": {"cidr": cidr},
                "eks": {"cluster_name": f"eks-{number}", "oidc_issuer": ISSUER.format(region=region)},
            }
            for number, (region, cidr) in enumerate(
                [("us-east-1", "10.1.0.0/16"), ("us-west-2", "10.2.0.0/16")]
            )
        },
        "mirrormaker": {
            "image": {"repository": "registry.example.com/connect", "digest": f"sha256:{'c' * 64}"},
            "operations": {
                "image": {"repository": "registry.example.com/operations", "digest": f"sha256:{'0' * 64}"}
            },
        },
        "flows": [{"active_active": True, "groups": {"include": ["{source}.*"]}}],
    }


def third_region(name: str = "eu-west-1") -> dict[str, Any]:
    """What a third region looks like."""
    return {
        "network": {"cidr": "10.3.0.0/16"},
        "eks": {"cluster_name": "eks-3", "oidc_issuer": ISSUER.format(region=name)},
    }


def existing_vpc(cidr: str, *secondary: str) -> dict[str, Any]:
    """The network of a region that brings its VPC, with a subnet in each of three zones."""
    own = int(IPv4Network(cidr).network_address)
    subnets = [f"subnet-{own + number:08x}" for number in range(3)]
    network: dict[str, Any] = {"cidr": cidr, "vpc_id": f"vpc-{own:08x}", "private_subnet_ids": subnets}
    return {**network, "secondary_cidrs": list(secondary)} if secondary else network


def text(changes: dict[str, Any] | None = None) -> str:
    """The base with `a/b/0/c` paths set to values, as YAML."""
    data = base()
    for path, value in (changes or {}).items():
        steps: list[Any] = [int(s) if s.isdigit() else s for s in path.split("/")]
        node: Any = data
        for step in steps[:-1]:
            node = node[step] if isinstance(node, list) else node.setdefault(step, {})
        if value is DELETE:
            del node[steps[-1]]
        elif isinstance(node, list) and steps[-1] == len(node):
            node.append(copy.deepcopy(value))
        else:
            node[steps[-1]] = copy.deepcopy(value)
    dumped: str = yaml.safe_dump(data, sort_keys=False)
    return dumped


def environment(changes: dict[str, Any] | None = None) -> Environment:
    """The same, loaded and checked."""
    return load_text(text(changes), "test.yaml")
