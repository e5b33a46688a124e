"""Addresses and ports that are free on this machine."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from ipaddress import IPv4Network

__all__ = ["BLOCKS", "LOOPBACK", "free_block", "free_port"]

LOOPBACK = "127.0.0.1"

BLOCKS = tuple(IPv4Network("198.18.0.0/15").subnets(new_prefix=24))
"""RFC 2544 reserves this range for measuring networks: no VPC, VPN or office network uses it, unlike
10.0.0.0/8. A run takes one /24: the regions from .1, the host .254."""

_PORTS = range(20000, 30000)
"""Below Linux's default range for outgoing connections (32768-60999): a port that was found free is not taken
by some client's connection before its server binds it."""


def free_block(taken: Iterable[IPv4Network], start: int) -> tuple[int, IPv4Network]:
    """Number and network of the first of BLOCKS, counted from `start`, that overlaps nothing in `taken`.

    Raises LookupError when all are in use.
    """
    used = [network for network in taken if network.prefixlen > 0]
    for step in range(len(BLOCKS)):
        number = (start + step) % len(BLOCKS)
        if not any(BLOCKS[number].overlaps(network) for network in used):
            return number, BLOCKS[number]
    raise LookupError("every /24 of 198.18.0.0/15 is routed on this machine; end an old run or use the proxy")


def free_port(host: str = LOOPBACK) -> int:
    """A TCP port on which a server can listen now.

    Raises OSError when none is found in a hundred tries.
    """
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((host, port)) == 0:
                continue
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port on {host} in {_PORTS.start}-{_PORTS.stop - 1} after 100 tries")
