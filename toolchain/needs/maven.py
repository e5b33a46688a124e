"""Maven artifacts without Maven: the part that needs jgo, so it runs under the project's own venv.

python -m toolchain.needs.maven lock  POM LOCK   resolve POM, write LOCK (every jar with its sha256)
python -m toolchain.needs.maven fetch LOCK DIR   download every jar of LOCK into DIR, one flat directory
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from jgo.maven import POM, MavenContext

from toolchain.needs.jars import Jar, read_lock, sha256_of, write_lock

ATTEMPTS = 4
TIMEOUT_SECONDS = 60
PARALLEL = 8  # polite to a registry, and no faster beyond it for 70 MB


def lock(pom: Path, lock_path: Path) -> list[Jar]:
    """Resolve `pom` as Maven would at runtime scope; `lock_path` gets the checksums of what is served now."""
    with tempfile.TemporaryDirectory() as scratch:
        context = _context(Path(scratch))
        _, nodes = context.pom_dependency_list(POM(pom))
        found = [
            Jar(node.dep.groupId, node.dep.artifactId, node.dep.version, "")
            for node in nodes
            if node.dep.scope in ("compile", "runtime") and node.dep.type == "jar" and not node.dep.classifier
        ]
        jars = [
            Jar(jar.group, jar.artifact, jar.version, sha256_of(path))
            for jar, path in _download(context, found)
        ]
    write_lock(lock_path, pom, jars)
    return jars


def fetch(lock_path: Path, directory: Path) -> None:
    """Download every jar of the lock into `directory`; the caller checks the sha256 of what arrived."""
    with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
        for jar, path in _download(_context(Path(scratch)), read_lock(lock_path).jars):
            shutil.move(path, directory / jar.filename)


def _context(repository: Path) -> MavenContext:
    return MavenContext(repo_cache=repository, timeout=TIMEOUT_SECONDS)


def _download(context: MavenContext, jars: list[Jar]) -> Iterator[tuple[Jar, Path]]:
    step = max(1, len(jars) // 4)
    with ThreadPoolExecutor(PARALLEL) as pool:
        for done, (jar, path) in enumerate(
            pool.map(lambda jar: (jar, _download_one(context, jar)), jars), start=1
        ):
            if done % step == 0 or done == len(jars):
                print(f"  {done} of {len(jars)} jars", file=sys.stderr, flush=True)
            yield jar, path


def _download_one(context: MavenContext, jar: Jar) -> Path:
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for attempt in range(1, ATTEMPTS):
        try:
            return Path(artifact.resolve())
        except requests.RequestException as error:
            # one write: print sends the line's end on its own, and others write at the same time
            sys.stderr.write(f"  {jar.filename}: {type(error).__name__}, trying again\n")
            if artifact.cached_path is not None:
                artifact.cached_path.unlink(missing_ok=True)  # jgo leaves what a broken download had written
            time.sleep(2**attempt)
    return Path(artifact.resolve())


def main(arguments: list[str]) -> int:
    match arguments:
        case ["lock", pom, lock_path]:
            print(f"{len(lock(Path(pom), Path(lock_path)))} jars")
        case ["fetch", lock_path, directory]:
            fetch(Path(lock_path), Path(directory))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (requests.RequestException, RuntimeError, json.JSONDecodeError) as failure:
        print(f"{type(failure).__name__}: {failure}", file=sys.stderr)
        sys.exit(1)
