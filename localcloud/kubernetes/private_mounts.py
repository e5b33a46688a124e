"""Start a command with mounts of its own: `python private_mounts.py new|<pid> <directory> -- <command> ...`.

`new` makes a mount namespace that nobody else sees; a pid joins that of a process. Whatever containerd and
the kubelet mount (overlays, projected tokens, network namespaces) goes with their last process, whoever
ends them. The sysctls that the kubelet sets are files of `directory` there, so that the machine keeps its
own. Standard library only: it runs before containerd and before the kubelet.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["KUBELET_SYSCTLS", "main"]

KUBELET_SYSCTLS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
"""What the kubelet sets when it starts (kubernetes, pkg/kubelet/cm, setupKernelTunables)."""

HIDDEN = ("/run", "/var/log")
"""Where containerd's shims and the kubelet write whatever their configuration says."""

CLONE_NEWNS = 0x00020000  # linux/sched.h
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000  # linux/mount.h


def main(arguments: Sequence[str]) -> None:
    """Enter and become the command; never returns. Raises OSError where the machine refuses."""
    if len(arguments) < 4 or arguments[2] != "--":
        sys.exit("usage: private_mounts.py new|<pid> <directory> -- <command> [<argument> ...]")
    namespace, directory, _, *command = arguments
    if namespace == "new":
        _make(Path(directory))
    else:
        descriptor = os.open(f"/proc/{namespace}/ns/mnt", os.O_RDONLY)
        _call("setns", descriptor, CLONE_NEWNS)
        os.close(descriptor)
    os.execvp(command[0], command)  # noqa: S606 - no shell: the command is a list


def _make(directory: Path) -> None:
    _call("unshare", CLONE_NEWNS)
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    for path in HIDDEN:
        _mount("tmpfs", path, "tmpfs", 0)
    directory.mkdir(parents=True, exist_ok=True)
    for name in KUBELET_SYSCTLS:
        real, own = Path("/proc/sys", name), directory / name.replace("/", ".")
        if real.exists():
            own.write_text(real.read_text())
            _mount(str(own), str(real), "", MS_BIND)


def _mount(source: str, target: str, kind: str, flags: int) -> None:
    _call("mount", source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), None)


def _call(function: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{function}{arguments!r}: {os.strerror(code)}")


if __name__ == "__main__":
    main(sys.argv[1:])
