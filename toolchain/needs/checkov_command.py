"""`checkov` out of the packages beside this file, and none other.

Runs by itself in the cache, outside the checkout: `python3 -I -S checkov_command.py ARGUMENTS`.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path


def main() -> int:
    """Run checkov with this process's arguments."""
    os.environ["CKV_SKIP_PACKAGE_UPDATE_CHECK"] = "true"  # it would ask a network that need not be there
    sys.path.insert(0, str(Path(__file__).parent / "site"))
    warnings.simplefilter("ignore", SyntaxWarning)  # as checkov's own launcher does
    from checkov.main import Checkov  # noqa: PLC0415 - found by the line above

    code: int = Checkov().run()
    return code


if __name__ == "__main__":
    sys.exit(main())
