"""The machine a set-up runs on, and what a set-up step hands back."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """A step that cannot be done; the message says what was missing and how to get it."""


@dataclass(frozen=True)
class Host:
    """Where things are and how to tell the person in front of it.

    `again` asks for choices to be made anew that are remembered otherwise (versions of tools on the PATH, the
    provider mirror); nothing that is installed is installed again for it.
    """

    checkout: Path
    cache: Path
    environ: Mapping[str, str]
    say: Callable[[str], None]
    again: bool = False

    @property
    def search_path(self) -> str:
        """PATH without what an outer `toolchain run` had put there, so that 'from PATH' means the user's."""
        entries = self.environ.get("PATH", os.defpath).split(os.pathsep)
        inside = str(self.cache) + os.sep
        return os.pathsep.join(entry for entry in entries if not entry.startswith(inside))


@dataclass(frozen=True)
class Provided:
    """One need that is met: what to report, and what a command that needs it finds in its environment.

    `seconds` is the time that installing took, 0 where nothing had to be done; `note` is a second line.
    """

    name: str
    version: str
    origin: str
    path: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    note: str = ""

    def line(self) -> str:
        """`java 17.0.15          from PATH`."""
        took = f" (installed in {self.seconds:.0f} s)" if self.seconds else ""
        note = f"\n{'':22}{self.note}" if self.note else ""
        return f"{f'{self.name} {self.version}':<22}{self.origin}{took}{note}"


def cache_root(environ: Mapping[str, str]) -> Path:
    """$MSK_MIRROR_CACHE, else msk-mirror in the user's cache directory (XDG Base Directory Specification)."""
    if chosen := environ.get("MSK_MIRROR_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".cache")
    return Path(base) / "msk-mirror"


def this_platform() -> str:
    """What a build for one Python on one machine depends on, e.g. `cpython-3.11-linux-x86_64`."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{sys.implementation.name}-{version}-{sysconfig.get_platform()}"


def terraform_platform(system: str | None = None, machine: str | None = None) -> str:
    """The <os>_<arch> of Terraform's provider layouts, e.g. `linux_amd64`."""
    architecture = (machine or platform.machine()).lower()
    names = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386", "i386": "386"}
    return f"{(system or platform.system()).lower()}_{names.get(architecture, architecture)}"
