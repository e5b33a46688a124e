"""`msk-mirror manifests`: the Kubernetes objects of a region's workers, as Terraform would make them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.manifests import ManifestError, api_objects
from operations.manifests.provider_types import NoProviderTypes
from operations.manifests.references import Values, outputs_in
from operations.manifests.source import (
    NotDeployed,
    SynthesisError,
    ValuesError,
    deployed_values,
    placeholders,
    read_values,
    stack_of,
)
from operations.manifests.text import as_json, as_yaml
from operations.terraform.synthesized import NotSynthesized
from topology import InvalidEnvironment

__all__ = ["ValueOptions", "run"]


@dataclass(frozen=True)
class ValueOptions:
    """Where outputs of other stacks come from: a file, placeholders, or else their deployed states."""

    file: Path | None = None
    placeholders: bool = False

    def values(self, stack: Mapping[str, Any]) -> Values:
        """Those that the stack's resources read. Raises ValuesError, NotDeployed."""
        wanted = outputs_in(stack.get("resource", {}))
        if self.placeholders:
            return placeholders(wanted)
        return read_values(self.file) if self.file else deployed_values(stack, wanted)


def run(  # noqa: PLR0913 - what the command line says, by name
    environment: str,
    region: str,
    outdir: Path | None,
    options: ValueOptions,
    *,
    of_existing: bool,
    as_list: bool,
) -> int:
    """Prints the objects; what is wrong goes to stderr, all of it, and nothing to stdout."""
    try:
        stack = stack_of(region, environment, outdir)
        objects = api_objects(stack, options.values(stack), of_existing=of_existing)
    except (InvalidEnvironment, NotSynthesized, ManifestError, ValuesError) as error:
        return fail(BAD_INPUT, error)
    except (SynthesisError, NoProviderTypes, NotDeployed) as error:
        return fail(FAILED, error)
    sys.stdout.write(as_json(objects) if as_list else as_yaml(objects))
    return OK
