"""What goes wrong with images."""

from __future__ import annotations

__all__ = ["ImageError"]


class ImageError(RuntimeError):
    """An image that cannot be built; the text says what was missing and how to get it."""
