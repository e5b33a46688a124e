"""Two processes share the tests: those that share something dear must be in one of them."""

from __future__ import annotations

import pytest


def test_a_test_has_its_group(request: pytest.FixtureRequest) -> None:
    """xdist reads the groups when it has collected, and says nothing when they come too late."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("not run by several processes (pytest -n 2 --dist loadgroup)")
    assert request.node.nodeid.endswith("@tests/unit/test_distribution.py")
