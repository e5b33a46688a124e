"""Start of `python3 -m toolchain`. Readable by older Pythons, to tell them that they are too old."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - it is here for those that pyproject.toml rules out
    sys.exit(
        "error: Python 3.11 or newer is needed, %s is older. Install one and name it, for example: "  # noqa: UP031
        "make setup PYTHON=python3.12" % sys.executable
    )

from toolchain.cli import main

sys.exit(main())
