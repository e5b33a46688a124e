"""How long the fuzzing is: a few examples among the other tests, thousands by `make fuzz`.

The short run has the same examples every time, so that it fails for a change and not by chance. The long one
prints its seed; MSK_MIRROR_FUZZ_SEED repeats it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

__all__ = ["LONG", "SEED", "fuzzed"]

EXAMPLES: Final = int(os.environ.get("MSK_MIRROR_FUZZ_EXAMPLES") or 0)
LONG: Final = EXAMPLES > 0
SEED: Final = int(os.environ.get("MSK_MIRROR_FUZZ_SEED") or 0) or (random.randrange(2**32) if LONG else 0)  # noqa: S311
os.environ["MSK_MIRROR_FUZZ_SEED"] = str(SEED)  # the processes of pytest -n have the same
SECONDS: Final = 3600

Test = Callable[..., Any]


def fuzzed(few: int, share: float, attempt: int = 0) -> Callable[[Test], Test]:
    """Decorator above `given`: `few` examples in the short run, a `share` of all in the long one; other ones
    in each attempt."""
    # on a loaded machine an example may take any time, and a document is large for hypothesis
    unhurried = settings(
        max_examples=max(few, round(EXAMPLES * share)),
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )

    def decorate(test: Test) -> Test:
        return pytest.mark.timeout(SECONDS)(unhurried(seed(SEED + attempt)(test)))

    return decorate
