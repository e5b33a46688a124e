"""The Kafka jars: their lock file, and the proof that a directory holds exactly what it says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Jar:
    """One locked artifact; `sha256` is of the jar file, in hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


@dataclass(frozen=True)
class JarLock:
    """image/jars.lock.json: the sha256 of the POM it was resolved from, and every jar."""

    pom_sha256: str
    jars: list[Jar]


def read_lock(path: Path) -> JarLock:
    """The lock file at `path`; raises json.JSONDecodeError or KeyError where it is not one."""
    content = json.loads(path.read_text())
    return JarLock(content["pom_sha256"], [Jar(**entry) for entry in content["jars"]])


def write_lock(path: Path, pom: Path, jars: list[Jar]) -> None:
    """Write the lock of `jars` resolved from `pom`, one jar a line so that a diff reads."""
    ordered = sorted(jars, key=lambda jar: (jar.group, jar.artifact, jar.version))
    lines = ",\n".join(f"    {json.dumps(asdict(jar))}" for jar in ordered)
    path.write_text(f'{{\n  "pom_sha256": "{sha256_of(pom)}",\n  "jars": [\n{lines}\n  ]\n}}\n')


def sha256_of(path: Path) -> str:
    """The file's sha256, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def mismatches(lock: JarLock, directory: Path) -> list[str]:
    """What is wrong in `directory`, a sentence each; empty when it holds every jar of the lock unaltered."""
    found = []
    for jar in lock.jars:
        path = directory / jar.filename
        if not path.is_file():
            found.append(f"{jar.filename} is missing")
        elif (actual := sha256_of(path)) != jar.sha256:
            found.append(f"{jar.filename} has sha256 {actual}, the lock says {jar.sha256}")
    return found
