"""A provider's jsii package, reduced to some of its submodules."""

from __future__ import annotations

import contextlib
import gc
import gzip
import io
import json
import re
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from bindings.provider import Provider, same_name

__all__ = ["FORMAT", "UnexpectedPackageError", "prune"]

FORMAT = 1  # of what prune() makes: a new number leaves the packages of older code alone
DESCRIPTION = "package/.jsii"
MANIFEST = "package/package.json"
ENTRY = "lib/lazy-index.js"  # shipped beside index.js: requires a submodule when it is first asked for
ONLY_FOR_PEOPLE = frozenset({"docs", "locationInModule", "readme"})
SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*$", re.MULTILINE)


class UnexpectedPackageError(Exception):
    """The shipped package is not laid out as those of the prebuilt providers are."""


def prune(provider: Provider, shipped: Path, submodules: Collection[str]) -> bytes:
    """The shipped package (.jsii.tgz) with these submodules only, given by their Python names; as a tarball
    whose bytes depend on nothing but the arguments.

    Kept: the types of the submodules in the assembly's description, without documentation, and the
    JavaScript of their folders, without source maps. The entry point becomes the lazy one of the package.

    Raises UnexpectedPackageError where a kept type refers to one that is not, or the layout is another.
    """
    kept = frozenset(map(same_name, submodules))
    files = {}
    with tarfile.open(shipped, "r|gz") as package:
        for member in package:
            content = package.extractfile(member)
            if content is not None and _is_kept(member.name, kept):
                files[member.name] = content.read()
    if missing := {DESCRIPTION, MANIFEST, f"package/{ENTRY}"} - files.keys():
        raise UnexpectedPackageError(f"{shipped.name} has no {', '.join(sorted(missing))}")

    files[DESCRIPTION] = _pruned_description(provider, files[DESCRIPTION], kept)
    files[MANIFEST] = json.dumps(json.loads(files[MANIFEST]) | {"main": ENTRY}).encode()
    return _tarball({name: SOURCE_MAP.sub(b"", content) for name, content in files.items()})


def _is_kept(path: str, kept: Collection[str]) -> bool:
    match path.split("/"):
        case ["package", ".jsii" | "package.json" | "LICENSE"]:
            return True
        case ["package", "lib", file]:
            return file == "lazy-index.js"
        case ["package", "lib", folder, *_]:
            return path.endswith(".js") and same_name(folder) in kept
    return False


def _pruned_description(provider: Provider, description: bytes, kept: Collection[str]) -> bytes:
    with _no_garbage_collection():  # 131 MB of JSON for AWS: 0.9 s, with the collector 2 to 4 s
        assembly = json.loads(description)
        for part in ("types", "submodules"):
            assembly[part] = {
                fqn: _without_documentation(entry)
                for fqn, entry in assembly[part].items()
                if same_name(fqn.split(".")[1]) in kept
            }
        assembly.pop("readme", None)
        pruned = json.dumps(assembly, separators=(",", ":"))

    mentioned = set(re.findall(rf'"{re.escape(provider.assembly)}\.(\w+)\.', pruned))
    if beyond := {name for name in mentioned if same_name(name) not in kept}:
        raise UnexpectedPackageError(f"a type in use refers to the submodules {', '.join(sorted(beyond))}")
    return pruned.encode()


def _without_documentation(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {
            key: _without_documentation(value) for key, value in entry.items() if key not in ONLY_FOR_PEOPLE
        }
    if isinstance(entry, list):
        return [_without_documentation(value) for value in entry]
    return entry


def _tarball(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed,
        tarfile.open(mode="w", fileobj=compressed) as archive,
    ):
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
