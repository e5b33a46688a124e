"""What the commands of the command line do: inputs made into objects, results into lines and exit codes.

One module each, imported when its command runs: `check` must not wait for Kafka's client.
"""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["BAD_INPUT", "FAILED", "OK", "fail"]

OK: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2


def fail(code: int, message: object) -> int:
    """Says what is wrong on stderr; gives the exit code back."""
    sys.stderr.write(f"{message}\n")
    return code
