"""A construct in a stack of its own, synthesized by cdktf's `Testing`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

from cdktf import TerraformStack, Testing

__all__ = ["Stack", "part", "synthesized"]

Stack = dict[str, Any]
HASH = re.compile(r"_[0-9A-F]{8}(?![0-9A-Za-z_-])")
"""The end of the logical ids that cdktf derives from paths. The project's own stacks have none
(stacks/base.py, RegionStack)."""


def synthesized(build: Callable[[TerraformStack], object]) -> Stack:
    """Terraform JSON of a stack that holds only what `build` creates. Logical ids have no hash:
    `aws_kms_alias.key_alias`. tests/synth/stack_json.py reads it.

    `Testing.synth_scope` cannot be used: jsii passes no Python function for its callback (cdktf 0.21).
    """
    with TemporaryDirectory() as outdir:
        stack = TerraformStack(Testing.app(outdir=outdir), "stack")
        build(stack)
        text = Testing.synth(stack)
    found: Stack = json.loads(HASH.sub("", text))
    return found


def part(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The named arguments of a resource, to compare with a dict. An argument that is not set is left out."""
    return {name: body[name] for name in names if name in body}
