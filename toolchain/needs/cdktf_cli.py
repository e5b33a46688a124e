"""The cdktf command line from package-lock.json, by `npm ci` into the cache."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from toolchain import cache
from toolchain.command import SetupStep, Symptom, counter, run_step
from toolchain.host import Host, Provided, SetupError, this_platform

FILES = ("package.json", "package-lock.json", ".npmrc")
# Nothing that a package brings is run as part of set-up. cdktf's own pseudo terminal (node-pty 0.10) would be
# compiled by such a script on Node 23 and newer; package.json replaces it by a build that needs no compiling.
NPM_OPTIONS = (
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=http",
)
NPM_SYMPTOMS = (
    Symptom(
        r"EINTEGRITY",
        "a package differs from its hash in package-lock.json: a damaged download or a changed "
        "package; try again",
    ),
    Symptom(
        r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|CERT_|ERR_SOCKET",
        "the npm registry was not reached. The first set-up needs it: check the network, or name a mirror "
        "in npm's own settings (npm_config_registry or ~/.npmrc)",
    ),
    Symptom(r"E404|ETARGET", "the npm registry does not have a package of package-lock.json"),
    Symptom(
        r"EUSAGE|lock file.*sync",
        "package.json and package-lock.json differ; `make lock` brings them together",
    ),
    Symptom(r"ENOSPC", "no space is left; set MSK_MIRROR_CACHE to a directory on a larger disk"),
)


def ensure(host: Host, node_path: tuple[Path, ...]) -> Provided:
    """cdktf and its packages; `node_path` are the directories that the chosen Node adds to the PATH."""
    texts = [_read(host.checkout / name) for name in FILES]
    folder = host.cache / f"node_modules-{cache.key(*texts, this_platform())}"
    packages = json.loads(texts[1])["packages"]
    seconds = cache.install(host, folder, lambda target: _npm_ci(host, target, node_path, len(packages) - 1))
    return Provided(
        "cdktf",
        packages["node_modules/cdktf-cli"]["version"],
        f"node_modules with {len(packages) - 1} locked packages",
        path=(folder / "node_modules" / ".bin",),
        # no version look-up and no telemetry; and no copy of every provider in a plugin cache, since the
        # mirror is on this machine already (cdktf sets TF_PLUGIN_CACHE_DIR otherwise)
        variables={
            "CHECKPOINT_DISABLE": "1",
            "DISABLE_VERSION_CHECK": "1",
            "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        },
        seconds=seconds,
    )


def npm(host: Host, node_path: tuple[Path, ...]) -> tuple[str, dict[str, str]]:
    """The npm that belongs to the chosen Node, and the environment to run it in."""
    path = os.pathsep.join([*map(str, node_path), host.search_path])
    command = shutil.which("npm", path=path)
    if not command:
        raise SetupError("npm was not found beside node; install it (Debian and Ubuntu: apt install npm)")
    return command, {**host.environ, "PATH": path}


def _npm_ci(host: Host, folder: Path, node_path: tuple[Path, ...], count: int) -> None:
    host.say(f"cdktf: {count} npm packages into {folder}")
    for name in FILES:
        shutil.copy(host.checkout / name, folder / name)
    command, environ = npm(host, node_path)
    # the lock has the hashes: what npm's own cache holds needs no look at the registry
    step = SetupStep(
        "npm packages", [command, "ci", "--prefer-offline", *NPM_OPTIONS], NPM_SYMPTOMS, folder, environ
    )
    run_step(host, step, counter(host, count, "packages", r"http (fetch|cache) "))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise SetupError(f"{path} cannot be read; restore it with `git checkout {path.name}`") from error
