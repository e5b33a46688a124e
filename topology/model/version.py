"""The version of this project."""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "0.2.0"
"""Also in pyproject.toml and image/images.yaml; tests/image/test_contents.py compares them."""
