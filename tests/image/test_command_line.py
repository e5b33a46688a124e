"""`python -m image`: by Docker where a daemon answers, else archives; and it says which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from image import docker
from image.__main__ import app
from image.archive import BuiltImage
from image.contents import read_list

DOCKER = """#!/bin/sh
echo "$@" >> {log}
case "$1 $2" in
  "version --format") exit {status} ;;
  "buildx version") exit 1 ;;
  "image inspect") echo sha256:0123 ;;
esac
"""


def _docker(directory: Path, patch: pytest.MonkeyPatch, status: int = 0) -> Path:
    """A docker on the PATH that writes down what it is told."""
    program, log = directory / "docker", directory / "docker.log"
    program.write_text(DOCKER.format(log=log, status=status))
    program.chmod(0o755)
    patch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    return log


def test_docker_builds_from_a_staged_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _docker(tmp_path, monkeypatch)
    done = CliRunner().invoke(app, ["operations", "--json", "--directory", str(tmp_path)])
    assert done.exit_code == 0, done.output
    [result] = json.loads(done.stdout)
    assert (result["reference"], result["digest"]) == ("msk-mirror/operations:0.2.0", "sha256:0123")
    assert (result["built_by"], result["archive"]) == ("docker", None)
    [told] = [line for line in log.read_text().splitlines() if line.startswith("build ")]
    assert "SOURCE_DATE_EPOCH=0" in told
    assert told.endswith(str(tmp_path / "operations"))
    requirements = (tmp_path / "operations" / "requirements.txt").read_text().splitlines()
    assert all("==" in line and "--hash=sha256:" in line for line in requirements)
    assert (tmp_path / "operations/rootfs/opt/msk-mirror/topology/catalogue/kafka-4.1.1.json").is_file()
    assert (tmp_path / "operations/rootfs/opt/msk-mirror/bin/msk-mirror").stat().st_mode & 0o111


def test_without_a_daemon_archives_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _docker(tmp_path, monkeypatch, status=1)
    _builds_nothing(monkeypatch)
    done = CliRunner().invoke(app, ["--directory", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "no Docker daemon answers: the images are written as OCI archives" in done.stderr
    assert "msk-mirror/connect:4.1.1" in done.stdout
    assert "\x1b" not in done.stdout


def test_archives_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _docker(tmp_path, monkeypatch)
    _builds_nothing(monkeypatch)
    done = CliRunner().invoke(app, ["--oci", "--json", "--directory", str(tmp_path)])
    assert [one["built_by"] for one in json.loads(done.stdout)] == ["oci-archive", "oci-archive"]
    assert not log.exists()


def test_an_unknown_image_is_bad_input() -> None:
    done = CliRunner().invoke(app, ["--oci", "conect"])
    assert done.exit_code == 2
    assert "there is no image 'conect'; known: connect, operations" in done.stderr


@pytest.mark.kafka
def test_every_jar_of_the_context_has_its_locked_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _docker(tmp_path, monkeypatch)
    docker.build("connect", read_list()["connect"], tmp_path, None, lambda _text: None)
    sums = (tmp_path / "connect" / "sha256sums").read_text().splitlines()
    files = {
        str(path.relative_to(tmp_path / "connect/rootfs")) for path in _files(tmp_path / "connect/rootfs")
    }
    assert {line.split("  ")[1] for line in sums} == files


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def _builds_nothing(patch: pytest.MonkeyPatch) -> None:
    def instead(name: str, directory: Path, tag: str | None, _say: object) -> BuiltImage:
        archive = directory / f"{name}.tar"
        archive.touch()
        return BuiltImage(f"msk-mirror/{name}:{tag or read_list()[name].tag}", "sha256:0", archive)

    patch.setattr("image.__main__.build_archive", instead)
