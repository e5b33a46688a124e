"""One network namespace a region, a veth pair from each to the host and a TUN link between each two.

Every region has ONE address. The host reaches it through the region's veth, directly; the other regions reach
it through their TUN device, whose packets somebody has to carry. So one advertised listener of a broker is
the true path for everybody.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network

from pyroute2 import IPRoute

from localcloud.wan.addresses import free_block
from localcloud.wan.enter import CLONE_NEWNET, enter_namespace

__all__ = ["LINK_MTU", "NamespaceNetwork", "RegionNetwork", "routed_networks"]

LINK_MTU = 8500
"""What AWS carries between regions over VPC peering or Transit Gateway (EC2 User Guide, "Network MTU").
Larger would be cheaper here, but TCP counts its initial window in segments: slow start would vanish from the
picture."""

_TX_QUEUE_PACKETS = 10_000  # TUN's default of 500 overflows while the carrying process waits for a core

_TUNSETIFF = 0x400454CA  # linux/if_tun.h
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


@dataclass(frozen=True)
class RegionNetwork:
    """A region's address and the open descriptor of its namespace."""

    region: str
    address: str
    namespace: int


class NamespaceNetwork:
    """The namespaces and links of one run; `close` removes them.

    Raises OSError (PermissionError, FileNotFoundError for /dev/net/tun) or pyroute2's NetlinkError where this
    machine does not permit it. The calling process must have one thread.
    """

    def __init__(self, regions: Sequence[str]) -> None:
        self._host = os.open("/proc/self/ns/net", os.O_RDONLY)
        self._veths: list[str] = []
        number, block = _choose_block()
        self.regions = tuple(
            RegionNetwork(region, str(block[index]), _new_namespace(self._host))
            for index, region in enumerate(regions, 1)
        )
        self.tuns = self._make_links()
        self._connect_to_host(number, str(block[254]))

    def close(self) -> None:
        """Remove the host's ends; the rest goes with the descriptors and the last process inside."""
        with IPRoute() as routes:
            for name in self._veths:
                for index in routes.link_lookup(ifname=name):
                    routes.link("del", index=index)

    def _make_links(self) -> dict[tuple[str, str], int]:
        """(region, towards region) -> descriptor of the TUN device in the first one's namespace."""
        tuns: dict[tuple[str, str], int] = {}
        for here in self.regions:
            with self._inside(here):
                tuns |= {(here.region, there.region): _open_tun(f"wan{n}") for n, there in self._others(here)}
                with IPRoute() as routes:
                    loopback = routes.link_lookup(ifname="lo")[0]
                    routes.link("set", index=loopback, state="up")
                    routes.addr("add", index=loopback, address=here.address, prefixlen=32)
                    for n, there in self._others(here):
                        index = routes.link_lookup(ifname=f"wan{n}")[0]
                        routes.link("set", index=index, mtu=LINK_MTU, txqlen=_TX_QUEUE_PACKETS, state="up")
                        routes.route(
                            "add", dst=f"{there.address}/32", oif=index, prefsrc=here.address, scope="link"
                        )
        return tuns

    def _connect_to_host(self, number: int, host: str) -> None:
        for n, region in enumerate(self.regions):
            name = f"mskwan{number}.{n}"
            with IPRoute() as routes:
                peer = {"ifname": "host", "net_ns_fd": region.namespace}
                routes.link("add", ifname=name, kind="veth", peer=peer)
                self._veths.append(name)
                index = routes.link_lookup(ifname=name)[0]
                # A point-to-point address: no subnet, so its only route is the one to the region.
                routes.addr("add", index=index, local=host, address=region.address, prefixlen=32)
                routes.link("set", index=index, state="up")
            with self._inside(region), IPRoute() as routes:
                index = routes.link_lookup(ifname="host")[0]
                routes.link("set", index=index, state="up")
                routes.route("add", dst=f"{host}/32", oif=index, prefsrc=region.address, scope="link")

    def _others(self, here: RegionNetwork) -> Iterator[tuple[int, RegionNetwork]]:
        return ((n, there) for n, there in enumerate(self.regions) if there is not here)

    @contextmanager
    def _inside(self, region: RegionNetwork) -> Iterator[None]:
        enter_namespace(region.namespace)
        try:
            yield
        finally:
            enter_namespace(self._host)


def routed_networks() -> list[IPv4Network]:
    """Every network that the caller's namespace has a route to."""
    with IPRoute() as routes:
        return [
            IPv4Network(f"{route.get('dst')}/{route['dst_len']}", strict=False)
            for route in routes.get_routes(family=2)
            if route.get("dst")
        ]


def _choose_block() -> tuple[int, IPv4Network]:
    # By process id, so that two runs that start at the same moment do not even try the same one.
    return free_block(routed_networks(), start=os.getpid())


def _new_namespace(host: int) -> int:
    """A new, nameless network namespace; it lives as long as this descriptor or a process inside."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"unshare: {os.strerror(code)}")
    try:
        return os.open("/proc/self/ns/net", os.O_RDONLY)
    finally:
        enter_namespace(host)


def _open_tun(name: str) -> int:
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    # struct ifreq: the name, the flags, padding up to 40 bytes
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return descriptor
