"""Reading archives that were built, and running commands within their files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Archive", "Root", "unpack"]

SECONDS = 120.0


@dataclass(frozen=True)
class Archive:
    """An OCI archive."""

    file: Path

    def json(self, path: str) -> dict[str, Any]:
        with tarfile.open(self.file) as archive:
            content = archive.extractfile(path)
            assert content is not None
            found: dict[str, Any] = json.load(content)
            return found

    def blob(self, digest: str) -> dict[str, Any]:
        return self.json(f"blobs/{digest.replace(':', '/')}")

    @property
    def manifest(self) -> dict[str, Any]:
        [described] = self.json("index.json")["manifests"]
        return self.blob(described["digest"])

    @property
    def config(self) -> dict[str, Any]:
        return self.blob(self.manifest["config"]["digest"])


@dataclass(frozen=True)
class Root:
    """The files of an image, and how its containers run."""

    directory: Path
    config: dict[str, Any]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run as a container would: this root, its user, its variables and nothing else of this machine.
        Skips the test where nobody can change the root here."""
        tried = subprocess.run(
            [*_isolation(self.directory), "true"], capture_output=True, text=True, check=False
        )
        if tried.returncode != 0:
            pytest.skip(f"no root of one's own on this machine: {tried.stderr.strip()}")
        outer = [*_isolation(self.directory), *_chroot(self.directory, self.config["User"])]
        return subprocess.run(
            [*outer, *command],
            env=dict(one.split("=", 1) for one in self.config["Env"]),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The entry point with arguments, as a pod's `args`."""
        return self.run(*self.config["Entrypoint"], *arguments)


def unpack(archive: Path, directory: Path) -> Root:
    """The image's files below `directory`."""
    image = Archive(archive)
    with tarfile.open(archive) as file:
        for layer in image.manifest["layers"]:
            content = file.extractfile(f"blobs/{layer['digest'].replace(':', '/')}")
            with tarfile.open(fileobj=content) as files:
                # modes and all, which is the default of Pythons that do not know filters yet
                trusted: Any = {"filter": "fully_trusted"} if hasattr(tarfile, "data_filter") else {}
                files.extractall(directory, **trusted)  # noqa: S202 - our own
    return Root(directory, image.config["config"])


def _isolation(directory: Path) -> Sequence[str]:
    """Namespaces of its own with a /proc, which the JVM finds itself by."""
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("no unshare on this machine")
    user = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    return [unshare, *user, "--mount", "--pid", "--fork", f"--mount-proc={directory / 'proc'}"]


def _chroot(directory: Path, user: str) -> Sequence[str]:
    chroot = shutil.which("chroot", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not chroot:
        pytest.skip("no chroot on this machine")
    chosen = (f"--userspec={user}",) if os.geteuid() == 0 else ()
    return [chroot, *chosen, str(directory)]
