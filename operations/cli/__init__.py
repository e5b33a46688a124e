"""The command line: options here, the work in `commands`."""

from __future__ import annotations

__all__ = ["DEFAULT_ENVIRONMENT"]

DEFAULT_ENVIRONMENT = "local"
"""The environment of a command that names none and runs without MSK_MIRROR_ENV."""
