"""Sockets inside a region, and what a WAN puts on the host."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pyroute2 import IPRoute

from localcloud.wan import Wan
from localcloud.wan.enter import HERE, enter_namespace

T = TypeVar("T")


def inside(wan: Wan, region: str, do: Callable[[], T]) -> T:
    """Call `do` in a thread that is in the region's network."""

    def enter_and_do() -> T:
        namespace = wan.command_prefix(region)[-3]
        if namespace != HERE:
            enter_namespace(namespace)
        return do()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(enter_and_do).result()


def links_to(addresses: list[str]) -> set[str]:
    """Names of the host's interfaces that lead to these addresses."""
    with IPRoute() as routes:
        ways = [route for route in routes.get_routes(family=2) if route.get("dst") in addresses]
        return {str(routes.get_links(way.get("oif"))[0].get("ifname")) for way in ways} - {"lo"}


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition; fails with `what` when time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not after {seconds} s: {what}"
        time.sleep(0.02)
