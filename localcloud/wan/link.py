"""The carrier of kind "tun": `python -m localcloud.wan.link <delay in ms> <region> <region> ...`.

Makes the namespaces and links, carries every packet between regions with the delay, and takes everything
down.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from pyroute2.netlink.exceptions import NetlinkError

from localcloud.wan.control import Control, fail, quiet_signals
from localcloud.wan.delay import DelayLine, carry
from localcloud.wan.enter import RUN_VARIABLE
from localcloud.wan.namespaces import NamespaceNetwork
from localcloud.wan.runs import end_processes

__all__ = ["main"]


def main(arguments: Sequence[str]) -> None:
    """Be the WAN until the owner says stop, dies, or SIGTERM comes."""
    delay, regions = float(arguments[0]) / 1000, arguments[1:]
    quiet_signals()
    try:
        network = NamespaceNetwork(regions)
    except (OSError, NetlinkError, LookupError) as error:
        fail(error)
        return
    try:
        _carry(network, delay)
    finally:
        end_processes(os.environ[RUN_VARIABLE])
        network.close()


def _carry(network: NamespaceNetwork, delay: float) -> None:
    lines = [
        DelayLine(source, network.tuns[there, here], delay) for (here, there), source in network.tuns.items()
    ]

    def set_delay(seconds: float) -> None:
        for line in lines:
            line.delay = seconds

    # The brokers and workers want both cores; a WAN is not slower because its users compute.
    with suppress(PermissionError):
        os.nice(-10)
    gc.disable()  # nothing here makes cycles, and a collection is a hiccup of the link
    control = Control(set_delay)
    control.ready(
        {
            region.region: {
                "address": region.address,
                "namespace": f"/proc/{os.getpid()}/fd/{region.namespace}",
            }
            for region in network.regions
        }
    )
    carry(lines, control.descriptor, control.react)


if __name__ == "__main__":
    main(sys.argv[1:])
