"""What a migration finds in place of Terraform on one machine."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NoStacks"]


class NoStacks:
    """Nothing of AWS is there to apply on this machine."""

    def apply(self, kinds: Sequence[str]) -> dict[str, str]:
        return dict.fromkeys(kinds, "not applied on this machine")
