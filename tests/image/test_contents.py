"""image/images.yaml is what the pods count on and what the Dockerfiles say."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from image.contents import Contents, read_list
from image.labels import PREFIX
from image.python import canonical
from image.staging import jar_places, locked_packages
from tests.synth.kubernetes.pods import container
from toolchain.host import CHECKOUT
from toolchain.needs import jars
from topology.kubernetes.pods import AGENT_JAR, JARS, USER_ID, probe_command
from topology.kubernetes.workload import probes
from topology.model.mirrormaker import MirrorMaker, Operations
from topology.model.version import VERSION

IMAGES = read_list()
ROOTS = (
    "aws-msk-iam-sasl-signer-python",
    "boto3",
    "confluent-kafka",
    "httpx",
    "javaproperties",
    "prometheus-client",
    "pydantic",
    "pyyaml",
    "rich",
    "typer",
)
"""What operations and topology import; that it is all of it is shown by test_operations_image.py."""


def test_environments_that_say_nothing_use_these_images() -> None:
    for name, default in (("connect", MirrorMaker().image), ("operations", Operations().image)):
        assert (IMAGES[name].repository, IMAGES[name].tag) == (default.repository, default.tag)


def test_tags_are_the_versions_of_kafka_and_of_this_project() -> None:
    kafka = {jar.version for jar in _lock().jars if jar.artifact == "connect-runtime"}
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert project == VERSION
    assert (IMAGES["connect"].tag, IMAGES["operations"].tag) == (*kafka, project)


@pytest.mark.parametrize("name", IMAGES)
def test_nobody_is_root(name: str) -> None:
    assert IMAGES[name].user == f"{USER_ID}:{USER_ID}"


def test_jars_are_where_the_workers_look_for_them() -> None:
    places = jar_places(_lock(), IMAGES["connect"])
    assert len({place for _, place in places}) == len(_lock().jars)
    agent = [place for jar, place in places if jar.artifact == "jmx_prometheus_javaagent"]
    assert agent == [AGENT_JAR]
    assert {str(Path(place).parent) for _, place in places if place != AGENT_JAR} == {JARS}


def test_programs_of_the_hooks_are_in_the_image(synthesized: Callable[[str], dict[str, Any]]) -> None:
    worker = container(synthesized("local")["mirrormaker-us-east-1"])
    hook = worker["lifecycle"]["pre_stop"][0]["exec"]["command"]
    assert hook[0] in IMAGES["connect"].programs


def test_programs_of_the_probes_are_in_the_image() -> None:
    """That the script needs no others is shown by test_connect_image.py."""
    asked = {probe_command(probe)[0] for probe in probes().values()}
    assert asked | {"base64"} <= set(IMAGES["connect"].programs)


def test_packages_are_what_is_imported_and_all_that_it_needs() -> None:
    wanted = IMAGES["operations"].packages
    assert wanted is not None
    assert set(wanted.names) == _closure(ROOTS)
    assert list(wanted.names) == sorted(wanted.names)


def test_packages_are_locked_and_without_cdktf() -> None:
    locked = locked_packages(CHECKOUT, IMAGES["operations"])
    assert all(re.fullmatch(r"[0-9][\w.]*", version) for version in locked.values())
    assert not {"cdktf", "constructs", "jsii"} & set(locked)


@pytest.mark.parametrize("name", IMAGES)
def test_the_dockerfile_says_what_the_list_says(name: str) -> None:
    said = _last_stage(CHECKOUT / "image" / f"{name}.Dockerfile")
    image = IMAGES[name]
    assert said["ARG"] == [f"BASE={image.base}"]
    assert said["USER"] == [image.user]
    assert said["WORKDIR"] == [image.working_directory]
    assert _pairs(said["ENV"]) == image.environment
    assert [word.strip('[],"') for word in said["ENTRYPOINT"][0].split()] == list(image.entrypoint)
    labels = image.labels | {"version": image.tag}
    assert _pairs(said["LABEL"]) == {f"{PREFIX}{key}": value for key, value in labels.items()}


@pytest.mark.parametrize("name", IMAGES)
def test_the_dockerfile_uses_the_places_of_the_list(name: str) -> None:
    text = (CHECKOUT / "image" / f"{name}.Dockerfile").read_text()
    for place in re.findall(r"rootfs(/(?!context)[\w./-]+[\w-])", text):
        assert place in _places(IMAGES[name])


@pytest.mark.parametrize("name", IMAGES)
def test_bases_are_pinned_by_digest(name: str) -> None:
    assert re.fullmatch(r"[a-z-]+:[\w.-]+@sha256:[0-9a-f]{64}", IMAGES[name].base)


def test_the_java_of_the_base_image_is_first_on_the_path() -> None:
    environment = IMAGES["connect"].environment
    assert environment["JAVA_HOME"] == IMAGES["connect"].home
    assert environment["PATH"].startswith(f"{IMAGES['connect'].home}/bin:")


def _lock() -> jars.JarLock:
    return jars.read_lock(CHECKOUT / jars.LOCK)


def _places(image: Contents) -> set[str]:
    places = {*image.files.values(), *([image.packages.to] if image.packages else [])}
    parents = {str(parent) for place in places for parent in Path(place).parents}
    return places | parents | {f"{image.packages.to}/bin" if image.packages else ""}


def _closure(roots: tuple[str, ...]) -> set[str]:
    """Packages of this environment that `roots` need, with the extras that they ask for."""
    found: set[tuple[str, str]] = set()
    left = [(canonical(root), "") for root in roots]
    while left:
        name, extra = left.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                left += [(canonical(needed.name), one) for one in ("", *needed.extras)]
    return {name for name, _ in found}


def _last_stage(dockerfile: Path) -> dict[str, list[str]]:
    """Instructions after the last FROM, and the arguments before the first."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    last = max(number for number, line in enumerate(lines) if line[0] == "FROM")
    first = min(number for number, line in enumerate(lines) if line[0] == "FROM")
    said: dict[str, list[str]] = {}
    for instruction, value in [*lines[:first], *lines[last:]]:
        said.setdefault(instruction, []).append(value.strip())
    return said


def _pairs(values: list[str]) -> dict[str, str]:
    """`NAME="value" ...` of ENV and LABEL."""
    return dict(one.split("=", 1) for value in values for one in shlex.split(value))
