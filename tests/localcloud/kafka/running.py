"""What the tests with real brokers share: the jars, and how nothing may be left."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from localcloud.kafka.site import Site
from localcloud.wan import Wan
from localcloud.wan.runs import runs

AUTHORIZER = {
    # everybody may do what no rule is about, so that only the tests that make rules see it
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}
"""Server properties of brokers on which tests take permissions away."""


def libs() -> Path:
    """The directory with Kafka's jars; `make test` sets the variable."""
    named = os.environ.get("MSK_MIRROR_KAFKA_LIBS")
    if not named or shutil.which("java") is None:
        pytest.fail("MSK_MIRROR_KAFKA_LIBS and a java on the PATH are needed: run the tests by `make test`")
    return Path(named)


def sites(wan: Wan, directory: Path) -> dict[str, Site]:
    """A site for each region of the WAN."""
    return {region: Site(region, wan, directory / region, libs()) for region in wan.regions}


def left_of(run: str) -> list[int]:
    """Processes of a run that still live."""
    return [pid for found in runs() if found.id == run for pid in found.processes]
