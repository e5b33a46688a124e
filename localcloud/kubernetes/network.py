"""Routes between a region's pods, the other regions and the host.

The node of a region lives in the region's own network namespace: its pods reach the region's broker directly
and the other regions' brokers through the same TUN link, with the same delay, as the region's processes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from pyroute2 import IPRoute

from localcloud.wan import Wan
from localcloud.wan.addresses import BLOCKS, free_block
from localcloud.wan.enter import enter_namespace
from localcloud.wan.namespaces import routed_networks

__all__ = ["Ranges", "connect_pods", "free_ranges"]


@dataclass(frozen=True)
class Ranges:
    """Addresses of a cluster's pods and Services, a /24 each."""

    pods: IPv4Network
    services: IPv4Network


def free_ranges(wan: Wan, region: str) -> Ranges:
    """Two ranges that nothing on the host is routed to. Raises LookupError when all are in use."""
    taken = routed_networks()
    start = BLOCKS.index(IPv4Network(f"{wan.address(region)}/24", strict=False)) + 1
    number, pods = free_block(taken, start)
    _, services = free_block([*taken, pods], number + 1)
    return Ranges(pods, services)


def connect_pods(wan: Wan, region: str, ranges: Ranges) -> None:
    """Let the region's namespace forward for its pods, and tell the host and the other regions the way.

    All of it is inside namespaces or hangs on the region's veth: it goes with the WAN.
    """
    address = wan.address(region)
    _inside(wan.namespace(region), _forward)
    for network in (ranges.pods, ranges.services):
        _add_route(network, address)
    for other in wan.regions:
        if other != region:
            _inside(wan.namespace(other), lambda: _add_route(ranges.pods, address))


def _forward() -> None:
    for setting in ("ipv4/ip_forward", "bridge/bridge-nf-call-iptables"):
        Path("/proc/sys/net", setting).write_text("1")


def _add_route(network: IPv4Network, via: str) -> None:
    """To the device that leads to `via`, which is on the link itself."""
    with IPRoute() as routes:
        leading = routes.route("get", dst=via)[0]
        routes.route(
            "add",
            dst=str(network),
            oif=leading.get("oif"),
            prefsrc=leading.get("prefsrc"),
            scope="link",
        )


def _inside(namespace: str, action: Callable[[], None]) -> None:
    """Entering a namespace is for good: in a thread of its own."""

    def enter_and_act() -> None:
        enter_namespace(namespace)
        action()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(enter_and_act).result()
