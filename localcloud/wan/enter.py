"""Start a command inside a region: `python enter.py <namespace path or -> <run id> -- <command> ...`.

The command replaces this process, so its process id is the one that the caller started. Standard library
only: this runs once for every broker and worker and costs some 20 ms.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence

__all__ = ["HERE", "RUN_VARIABLE", "enter_namespace", "main"]

RUN_VARIABLE = "MSK_MIRROR_RUN"
"""Environment variable by which every process of a run is recognised; children inherit it."""

HERE = "-"
"""In place of a namespace: the command stays in the caller's network."""

CLONE_NEWNET = 0x40000000  # linux/sched.h


def enter_namespace(namespace: str | int) -> None:
    """Move the calling thread into a network namespace, given as a path or an open descriptor.

    Raises OSError where it does not exist or where this process may not (CAP_SYS_ADMIN).
    os.setns exists from Python 3.12 only.
    """
    descriptor = os.open(namespace, os.O_RDONLY) if isinstance(namespace, str) else namespace
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, f"setns: {os.strerror(code)}", str(namespace))
    finally:
        if isinstance(namespace, str):
            os.close(descriptor)


def main(arguments: Sequence[str]) -> None:
    """Enter, mark the run and become the command; never returns."""
    if len(arguments) < 4 or arguments[2] != "--":
        sys.exit("usage: enter.py <namespace path or -> <run id> -- <command> [<argument> ...]")
    namespace, run, _, *command = arguments
    if namespace != HERE:
        enter_namespace(namespace)
    os.environ[RUN_VARIABLE] = run
    os.execvp(command[0], command)  # noqa: S606 - no shell: the command is a list


if __name__ == "__main__":
    main(sys.argv[1:])
