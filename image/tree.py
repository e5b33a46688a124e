"""Files of an image, planned before anything is copied: a path within the image, and what is there."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from image.errors import ImageError

__all__ = ["Tree"]

FILE, PROGRAM, DIRECTORY = 0o644, 0o755, 0o755
BYTECODE = "__pycache__"


@dataclass(frozen=True)
class _Entry:
    """A file of this machine, a text, a link (`target`) or, with nothing of these, a directory."""

    mode: int
    source: Path | None = None
    content: bytes | None = None
    target: str = ""


class Tree:
    """What goes where. All of it is root's and of the year 1970, so that equal files are equal layers."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def __bool__(self) -> bool:
        return bool(self._entries)

    @property
    def paths(self) -> list[str]:
        """The absolute paths of everything but the directories around it, sorted."""
        return sorted(f"/{path}" for path in self._entries)

    def file(self, path: str, source: Path, mode: int | None = None) -> None:
        """A file of this machine, as readable as it must be for any user; executable where it is now."""
        if not source.is_file():
            raise ImageError(f"{source} is not a file and cannot become {path}")
        executable = source.stat().st_mode & 0o100
        self._entries[_relative(path)] = _Entry(mode or (PROGRAM if executable else FILE), source=source)

    def text(self, path: str, content: str) -> None:
        """A file that is made up here."""
        self._entries[_relative(path)] = _Entry(FILE, content=content.encode())

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        self._entries[_relative(path)] = _Entry(0o777, target=target)

    def directory(self, path: str, mode: int = DIRECTORY) -> None:
        """A directory that is there even when empty."""
        self._entries[_relative(path)] = _Entry(mode)

    def everything(self, path: str, source: Path, skip: Callable[[Path], bool] = lambda _path: False) -> None:
        """All files below a directory, links followed, without what `skip` tells of and without bytecode,
        which depends on when and where it was made."""
        for folder, folders, files in os.walk(source, followlinks=True):
            here = Path(folder)
            folders[:] = sorted(
                name for name in folders if name != BYTECODE and not skip((here / name).relative_to(source))
            )
            for name in sorted(files):
                inside = (here / name).relative_to(source)
                if not skip(inside) and (here / name).is_file():
                    self.file(f"{path}/{inside.as_posix()}", here / name)

    def update(self, other: Tree) -> None:
        """Add all of another tree."""
        self._entries |= other._entries

    def below(self, path: str) -> Tree:
        """The same in a directory."""
        moved = Tree()
        moved._entries = {_relative(f"{path}/{name}"): entry for name, entry in self._entries.items()}
        return moved

    @classmethod
    def of_directory(cls, directory: Path) -> Tree:
        """Everything below a directory, links and bytecode as they are."""
        tree = cls()
        for path in sorted(directory.rglob("*")):
            inside = path.relative_to(directory).as_posix()
            if path.is_symlink():
                tree.link(inside, str(path.readlink()))
            elif path.is_file():
                tree.file(inside, path)
        return tree

    def fingerprint(self) -> str:
        """Changes when anything in it does."""
        sha256 = hashlib.sha256()
        for path, entry in self._with_parents():
            content = hashlib.sha256(_bytes(entry)).hexdigest()
            sha256.update(f"{path} {entry.mode} {entry.target} {content}\n".encode())
        return sha256.hexdigest()

    def write_directory(self, directory: Path) -> None:
        """Lay it out below a directory of this machine, times and modes as in a layer."""
        written = [directory / path for path, _ in self._with_parents()]
        for path, entry in self._with_parents():
            place = directory / path
            if entry.target:
                place.symlink_to(entry.target)
            elif entry.source is None and entry.content is None:
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(entry.mode)
            else:
                place.write_bytes(_bytes(entry))
                place.chmod(entry.mode)
        for place in reversed(written):
            os.utime(place, (0, 0), follow_symlinks=False)

    def write_layer(self, file: IO[bytes]) -> None:
        """Write it as an uncompressed layer (OCI Image Layer Filesystem Changeset)."""
        with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for path, entry in self._with_parents():
                self._add(archive, path, entry)

    @staticmethod
    def _add(archive: tarfile.TarFile, path: str, entry: _Entry) -> None:
        member = tarfile.TarInfo(path)
        member.mode = entry.mode
        if entry.target:
            member.type, member.linkname = tarfile.SYMTYPE, entry.target
        elif entry.source is not None:
            member.size = entry.source.stat().st_size
            with entry.source.open("rb") as content:
                archive.addfile(member, content)
            return
        elif entry.content is not None:
            member.size = len(entry.content)
            archive.addfile(member, io.BytesIO(entry.content))
            return
        else:
            member.type = tarfile.DIRTYPE
        archive.addfile(member)

    def _with_parents(self) -> Iterator[tuple[str, _Entry]]:
        entries = dict(self._entries)
        for path in self._entries:
            for parent in PurePosixPath(path).parents:
                if str(parent) != ".":
                    entries.setdefault(str(parent), _Entry(DIRECTORY))
        return iter(sorted(entries.items()))


def _bytes(entry: _Entry) -> bytes:
    return entry.source.read_bytes() if entry.source else entry.content or b""


def _relative(path: str) -> str:
    return str(PurePosixPath(path.lstrip("/")))
