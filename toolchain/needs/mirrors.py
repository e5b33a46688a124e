"""Terraform filesystem mirrors on this machine: what is in one, and where one may be.

Layouts (Terraform, "CLI Configuration", section "Implied Local Mirror Directories"):
    packed    HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip
    unpacked  HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/terraform-provider-TYPE_v*
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

AWS = ("hashicorp", "aws")


@dataclass(frozen=True)
class Mirror:
    """A mirror directory and the version of the AWS provider that is to be taken from it."""

    directory: Path
    version: str


def find(directories: Iterator[Path], wanted: str, platform: str) -> tuple[Mirror | None, Mirror | None]:
    """The first mirror that has the `wanted` version, and the newest other one that was seen on the way."""
    other: Mirror | None = None
    for directory in directories:
        versions = aws_versions(directory, platform)
        if wanted in versions:
            return Mirror(directory, wanted), other
        for version in versions:
            if other is None or _numbers(version) > _numbers(other.version):
                other = Mirror(directory, version)
    return None, other


def aws_versions(mirror: Path, platform: str) -> list[str]:
    """Versions of the AWS provider in `mirror` for an <os>_<arch>, oldest first; no pre-releases."""
    namespace, kind = AWS
    versions = set()
    for folder in _glob(mirror, f"*/{namespace}/{kind}"):
        for program in _glob(folder, f"*/{platform}/terraform-provider-{kind}_v*"):
            versions.add(program.parent.parent.name)
        for archive in _glob(folder, f"terraform-provider-{kind}_*_{platform}.zip"):
            versions.add(
                archive.name.removeprefix(f"terraform-provider-{kind}_").removesuffix(f"_{platform}.zip")
            )
    return sorted((version for version in versions if is_plain(version)), key=_numbers)


def providers(mirror: Path) -> list[str]:
    """Every HOST/NAMESPACE/TYPE that the mirror holds, sorted."""
    folders = (
        folder for folder in _glob(mirror, "*/*/*") if folder.is_dir() and "." in folder.parent.parent.name
    )
    return sorted("/".join(folder.parts[-3:]) for folder in folders)


def is_plain(version: str) -> bool:
    """True for three numbers with dots; constraints and pre-releases are not."""
    parts = version.split(".")
    return len(parts) == 3 and all(part.isdigit() for part in parts)


def implied(environ: Mapping[str, str]) -> Iterator[Path]:
    """Terraform's implied local mirror directories (same page; XDG variables have their defaults)."""
    home = Path(environ.get("HOME") or Path.home())
    yield home / ".terraform.d" / "plugins"
    yield Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for directory in (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(directory) / "terraform" / "plugins"


def optional(roots: tuple[Path, ...] = (Path("/opt"), Path("/usr/local"), Path("/srv"))) -> Iterator[Path]:
    """Directories directly below the places for optional software (FHS 3.0), by name."""
    for root in roots:
        yield from sorted(path for path in _glob(root, "*") if path.is_dir() and not path.is_symlink())


def _glob(directory: Path, pattern: str) -> list[Path]:
    try:
        return list(directory.glob(pattern))
    except OSError:
        return []


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
