"""`python -m tests.fuzz.told FILE...`: what is made of each file, to compare between processes."""

from __future__ import annotations

import hashlib
import sys

from tests.fuzz.derivations import derived
from topology import InvalidEnvironment, load_environment


def told(path: str) -> str:
    """All problems of a file, or a digest of everything that is derived from it."""
    try:
        texts = derived(load_environment(path))
    except InvalidEnvironment as error:
        return str(error)
    return "\n".join(f"{name} {hashlib.sha256(text.encode()).hexdigest()}" for name, text in texts.items())


if __name__ == "__main__":
    sys.stdout.write("\n\n".join(map(told, sys.argv[1:])))
