"""The versions of this project and of the Kafka that its workers run."""

from __future__ import annotations

__all__ = ["KAFKA_VERSION", "VERSION"]

VERSION = "0.2.0"
"""Also in pyproject.toml and image/images.yaml; tests/image/test_contents.py compares them."""

KAFKA_VERSION = "4.1.1"
"""Version of Kafka Connect and MirrorMaker in the worker image. Properties of workers and connectors are
checked against the definitions of this version."""
