"""What several files of this folder look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.synth.ecs.runtimes import RUNTIMES, of_kind
from topology.model import Environment

Stacks = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def runtimes(synthesize: Callable[[Environment], Stacks]) -> dict[str, Stacks]:
    """The stacks of the same environment on ECS, on both and on EKS."""
    return {kind: synthesize(of_kind(kind)) for kind in RUNTIMES}
