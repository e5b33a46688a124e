"""The Kafka jars: their lock file, and a directory in the cache that holds exactly what it says."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from toolchain import cache
from toolchain.command import SetupStep, Symptom, run_step
from toolchain.host import Host, Provided, SetupError
from toolchain.needs import python_env

POM = Path("image") / "pom.xml"
LOCK = Path("image") / "jars.lock.json"
SYMPTOMS = (
    Symptom(
        r"ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|ChunkedEncodingError",
        "Maven Central was not reached. The first set-up needs it: check the network "
        "(HTTPS_PROXY is respected)",
    ),
    Symptom(
        r"not found in remote repositories", "Maven Central does not serve a jar of image/jars.lock.json"
    ),
    Symptom(r"No space left", "no space is left; set MSK_MIRROR_CACHE to a directory on a larger disk"),
)


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


def ensure(host: Host) -> Provided:
    """A directory with every locked jar, each checked by its sha256; $MSK_MIRROR_KAFKA_LIBS names it."""
    lock = _current_lock(host)
    folder = host.cache / f"jars-{cache.key(*(f'{jar.filename} {jar.sha256}' for jar in lock.jars))}"
    seconds = cache.install(host, folder, lambda target: _fetch(host, lock, target))
    version = next((jar.version for jar in lock.jars if jar.artifact == "connect-runtime"), "unknown")
    return Provided(
        "kafka",
        version,
        f"{len(lock.jars)} locked jars",
        variables={"MSK_MIRROR_KAFKA_LIBS": str(folder)},
        seconds=seconds,
    )


def _current_lock(host: Host) -> JarLock:
    try:
        lock = read_lock(host.checkout / LOCK)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{LOCK} cannot be read ({error}); restore it with `git checkout {LOCK}`") from error
    if lock.pom_sha256 != sha256_of(host.checkout / POM):
        raise SetupError(f"{POM} has changed since {LOCK} was made from it; `make lock` brings them together")
    return lock


def _fetch(host: Host, lock: JarLock, folder: Path) -> None:
    host.say(f"kafka: {len(lock.jars)} jars into {folder}")
    wanted = _reuse(host, lock, folder)
    python = python_env.venv_folder(host) / "bin" / "python"
    listed = folder / "wanted.json"
    write_lock(listed, host.checkout / POM, wanted)
    command = [str(python), "-m", "toolchain.needs.maven", "fetch", str(listed), str(folder)]
    step = SetupStep("kafka jars", command, SYMPTOMS, cwd=host.checkout)
    run_step(host, step, lambda line: host.say(line.rstrip()) if line.startswith("  ") else None)
    listed.unlink()
    if wrong := mismatches(lock, folder):
        raise SetupError(
            "kafka jars: what was downloaded is not what image/jars.lock.json says: a damaged download or "
            "a changed jar. Try again; if it stays, look at what your Maven mirror serves\n    "
            + "\n    ".join(wrong)
        )


def _reuse(host: Host, lock: JarLock, folder: Path) -> list[Jar]:
    """Link what an earlier lock's directory has already, checked again; the jars that are still to be had."""
    missing = []
    for jar in lock.jars:
        earlier = (found for found in host.cache.glob(f"jars-*/{jar.filename}") if found.parent != folder)
        if same := next((found for found in earlier if sha256_of(found) == jar.sha256), None):
            os.link(same, folder / jar.filename)
        else:
            missing.append(jar)
    return missing


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
