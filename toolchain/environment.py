"""The needs of a command, met in order, and the environment that results."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from toolchain import cache
from toolchain.host import Host, Provided, SetupError
from toolchain.needs import cdktf_cli, checkov, jars, kubernetes, provider, python_env, tools

Met = Mapping[str, Provided]


@dataclass(frozen=True)
class ToolNeed:
    """Something that a command can need; `after` are the needs that it needs itself."""

    name: str
    ensure: Callable[[Host, Met], Provided]
    after: tuple[str, ...] = ()


def _terraform(host: Host, met: Met) -> Provided:
    del met
    provided = tools.ensure(host, tools.TERRAFORM)
    return Provided(
        **{**vars(provided), "variables": {"TF_CLI_CONFIG_FILE": provider.plain_configuration(host)}}
    )


# Python first: its pip installs what the PATH does not have.
NEEDS = (
    ToolNeed("python", lambda host, _met: python_env.ensure_venv(host)),
    ToolNeed("node", lambda host, _met: tools.ensure(host, tools.NODE), ("python",)),
    ToolNeed("cdktf", lambda host, met: cdktf_cli.ensure(host, met["node"].path), ("python", "node")),
    ToolNeed("terraform", _terraform, ("python",)),
    ToolNeed(
        "provider", lambda host, met: provider.ensure(host, met["terraform"].path), ("python", "terraform")
    ),
    ToolNeed("java", lambda host, _met: tools.ensure(host, tools.JAVA), ("python",)),
    ToolNeed("kafka", lambda host, _met: jars.ensure(host), ("python",)),
    ToolNeed("checkov", lambda host, _met: checkov.ensure(host), ("python",)),
    ToolNeed("kubernetes", lambda host, _met: kubernetes.ensure(host)),
)
KNOWN = tuple(need.name for need in NEEDS)
ALL = tuple(name for name in KNOWN if name != "kubernetes")
"""What `setup` brings unasked; Kubernetes takes minutes, and only a local cluster needs it."""
# what an environment was made for, so that a command started within it starts at once
MARK = "MSK_MIRROR_TOOLCHAIN"


def prepare(host: Host, wanted: Iterable[str], report: Callable[[Provided], None]) -> list[Provided]:
    """Meet every need of `wanted` and those they rest on; `report` hears of each as soon as it is met."""
    met: dict[str, Provided] = {}
    for need in _closure(wanted):
        met[need.name] = need.ensure(host, met)
        report(met[need.name])
    return list(met.values())


def compose(host: Host, provided: Iterable[Provided], wanted: Iterable[str]) -> dict[str, str]:
    """The variables to add to the environment of a command, PATH included."""
    met = list(provided)
    variables = {name: value for one in met for name, value in one.variables.items()}
    entries = [host.checkout / "bin", *(entry for one in met for entry in one.path)]
    variables["PATH"] = os.pathsep.join([*map(str, entries), host.search_path])
    variables["MSK_MIRROR_CACHE"] = str(host.cache)
    variables[MARK] = f"{_state(host)}:{','.join(need.name for need in _closure(wanted))}"
    return variables


def is_prepared(host: Host, wanted: Iterable[str]) -> bool:
    """True inside an environment that was made from the same lock files for at least the needs `wanted`."""
    state, _, names = host.environ.get(MARK, "").partition(":")
    return {need.name for need in _closure(wanted)} <= set(names.split(",")) and state == _state(host)


def _closure(wanted: Iterable[str]) -> list[ToolNeed]:
    by_name = {need.name: need for need in NEEDS}
    names: set[str] = set()
    for name in wanted:
        if name not in by_name:
            raise SetupError(f"there is no need called {name}; known: {', '.join(KNOWN)}")
        names |= {name, *by_name[name].after}
    return [need for need in NEEDS if need.name in names]


def _state(host: Host) -> str:
    own = (checkov.LOCK, jars.LOCK, jars.POM, *kubernetes.FILES)
    files = ("Pipfile.lock", *cdktf_cli.FILES, *map(str, own))
    texts = [path.read_text() if (path := host.checkout / name).is_file() else "" for name in files]
    return cache.key(str(host.checkout), str(host.cache), *texts)
