"""A network of one's own without being root: `python -m localcloud.wan.private -- <command> ...`.

In a user namespace an ordinary user may make network namespaces and TUN devices (user_namespaces(7)). The
command runs as the mapped root in a network that has only loopback: everything that it needs must be
downloaded before. Files that it makes belong to the user as ever.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from localcloud.wan.enter import CLONE_NEWNET

__all__ = ["become_root_of_private_network", "main", "private_prefix"]

CLONE_NEWUSER = 0x10000000  # linux/sched.h

_CHECKOUT = Path(__file__).parents[2]


def private_prefix() -> list[str]:
    """What to put before a command so that its WAN can be a TUN link.

    Empty for root, who needs nothing, and where this machine refuses: then the WAN is a proxy. Asks by
    trying.
    """
    if os.geteuid() == 0 or not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return []
    prefix = [sys.executable, "-m", "localcloud.wan.private", "--"]
    tried = subprocess.run([*prefix, "true"], cwd=_CHECKOUT, capture_output=True, check=False)
    return prefix if tried.returncode == 0 else []


def become_root_of_private_network() -> None:
    """Move this process into a new user and network namespace, with loopback up.

    The process must have one thread. Raises OSError where the machine refuses
    (kernel.unprivileged_userns_clone, user.max_user_namespaces, AppArmor).
    """
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"unshare: {os.strerror(code)}")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")  # required before an unprivileged gid_map
    (own / "uid_map").write_text(f"0 {user} 1")
    (own / "gid_map").write_text(f"0 {group} 1")
    _loopback_up()


def main(arguments: Sequence[str]) -> None:
    """Become the command inside; ends with status 1 and a sentence where the machine refuses."""
    if len(arguments) < 2 or arguments[0] != "--":
        sys.exit("usage: python -m localcloud.wan.private -- <command> [<argument> ...]")
    try:
        become_root_of_private_network()
    except OSError as error:
        sys.exit(f"no private network here: {error}")
    command = list(arguments[1:])
    os.execvp(command[0], command)  # noqa: S606 - no shell: the command is a list


def _loopback_up() -> None:
    from pyroute2 import IPRoute  # noqa: PLC0415 - a quarter of a second, and it may start threads

    with IPRoute() as routes:
        routes.link("set", index=routes.link_lookup(ifname="lo")[0], state="up")


if __name__ == "__main__":
    main(sys.argv[1:])
