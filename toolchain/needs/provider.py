"""The Terraform AWS provider as a filesystem mirror here, so that `terraform init` needs no network.

Tried in this order:
  1. the directory that MSK_MIRROR_PROVIDER_MIRROR names
  2. filesystem mirrors of the user's Terraform CLI configuration
  3. the cache
  4. the registry, or whatever else the user's CLI configuration installs from; kept in the cache
  5. Terraform's implied mirror directories, and directories directly below /opt, /usr/local and /srv
2 is taken before 4 only where it has the version that the bindings name; another version, of 2 or 5, is the
last resort.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from toolchain import cache, cli_config
from toolchain.command import SetupStep, Symptom, run_step
from toolchain.host import Host, Provided, SetupError, terraform_platform
from toolchain.needs import mirrors, python_env
from toolchain.needs.mirrors import Mirror

BINDINGS = "cdktf_cdktf_provider_aws"
SYMPTOMS = (
    Symptom(
        r"could not connect|no such host|failed to request discovery|dial tcp|timeout|connection refused|"
        r"failed to query available provider packages",
        "the Terraform provider registry was not reached",
    ),
    Symptom(r"No space left", "no space is left; set MSK_MIRROR_CACHE to a directory on a larger disk"),
)


@dataclass(frozen=True)
class Choice:
    """What is remembered between runs: the mirror, the version in it and the words for its origin."""

    directory: str
    version: str
    origin: str


def ensure(host: Host, terraform_path: tuple[Path, ...]) -> Provided:
    """The provider and the CLI configuration that finds it; `terraform_path` is what Terraform adds to PATH.

    Where the version differs from the bindings', MSK_MIRROR_AWS_PROVIDER_VERSION is part of the environment.
    """
    named = bindings_version(python_env.venv_folder(host))
    wanted = _asked_version(host) or named
    user_text = cli_config.user_text(host)
    setting = host.environ.get("MSK_MIRROR_PROVIDER_MIRROR", "")
    memory = host.cache / f"provider-{cache.key(wanted, setting, user_text, terraform_platform())}.json"
    started = time.monotonic()
    choice = None if host.again else _remembered(memory)
    config = memory.with_suffix(".tfrc")
    if choice is None:
        choice = _choose(host, wanted, setting, user_text, terraform_path)
        directory = Path(choice.directory)
        config.write_text(cli_config.with_mirror(user_text, directory, mirrors.providers(directory)))
        memory.write_text(json.dumps(asdict(choice)))
    differs = choice.version != named
    if differs and _asked_version(host) and choice.version != wanted:
        raise SetupError(
            f"MSK_MIRROR_AWS_PROVIDER_VERSION asks for {wanted}, but only {choice.version} "
            f"is to be had ({choice.origin})"
        )
    variables = {"TF_CLI_CONFIG_FILE": str(config)} | _lock_arguments(host, Path(choice.directory))
    if differs:
        variables["MSK_MIRROR_AWS_PROVIDER_VERSION"] = choice.version
    return Provided(
        "aws provider",
        choice.version,
        choice.origin,
        variables=variables,
        seconds=elapsed if (elapsed := time.monotonic() - started) > 1 else 0.0,
        note=f"the bindings name {named}: MSK_MIRROR_AWS_PROVIDER_VERSION={choice.version}"
        if differs
        else "",
    )


def bindings_version(venv: Path) -> str:
    """The AWS provider version of the installed bindings, out of their package description."""
    for metadata in venv.glob(f"lib/python*/site-packages/{BINDINGS}-*.dist-info/METADATA"):
        if found := re.search(
            r"hashicorp/aws provider version (\d+\.\d+\.\d+)", metadata.read_text(errors="replace")
        ):
            return found.group(1)
    raise SetupError(
        f"the description of {BINDINGS} in {venv} names no provider version; `make clean-cache setup`"
    )


def _lock_arguments(host: Host, mirror: Path) -> dict[str, str]:
    """Let `terraform providers lock`, which cdktf runs before each plan, look into a mirror that is not ours.

    It asks the registry otherwise, whatever the CLI configuration says. With a mirror of our own the registry
    is in reach, and has to be asked for the providers that the mirror lacks.
    """
    if mirror.is_relative_to(host.cache) or "TF_CLI_ARGS_providers_lock" in host.environ:
        return {}
    return {"TF_CLI_ARGS_providers_lock": shlex.quote(f"-fs-mirror={mirror}")}


def plain_configuration(host: Host) -> str:
    """A CLI configuration for commands that need no provider: the user's own, else an empty one of ours."""
    if user := cli_config.user_file(host):
        return str(user)
    empty = host.cache / "terraform.tfrc"
    if not empty.is_file():
        host.cache.mkdir(parents=True, exist_ok=True)
        empty.touch()
    return str(empty)


def _asked_version(host: Host) -> str:
    asked = host.environ.get("MSK_MIRROR_AWS_PROVIDER_VERSION", "")
    return asked if mirrors.is_plain(asked) else ""


def _remembered(memory: Path) -> Choice | None:
    try:
        choice = Choice(**json.loads(memory.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    there = choice.version in mirrors.aws_versions(Path(choice.directory), terraform_platform())
    return choice if there and memory.with_suffix(".tfrc").is_file() else None


def _choose(
    host: Host, wanted: str, setting: str, user_text: str, terraform_path: tuple[Path, ...]
) -> Choice:
    if setting:
        return _from_setting(Path(setting).expanduser().absolute(), wanted)
    ours = host.cache / f"providers-{wanted}-{terraform_platform()}"
    listed = cli_config.mirrors_named(user_text)
    exact, other = mirrors.find(iter([*listed, ours]), wanted, terraform_platform())
    if exact and exact.directory != ours:
        return _choice(exact, "from the mirror of your Terraform CLI configuration")
    if exact and cache.is_complete(ours):
        return _choice(exact, "from the cache")
    try:
        cache.install(host, ours, lambda target: _terraform_init(host, target, wanted, terraform_path))
    except SetupError as error:
        return _last_resort(host, wanted, other, error)
    return _choice(Mirror(ours, wanted), "from the provider registry, kept in the cache")


def _from_setting(directory: Path, wanted: str) -> Choice:
    exact, other = mirrors.find(iter([directory]), wanted, terraform_platform())
    if not (found := exact or other):
        raise SetupError(
            f"MSK_MIRROR_PROVIDER_MIRROR is {directory}, which has no AWS provider for "
            f"{terraform_platform()}; {_layout()}"
        )
    return _choice(found, "from the mirror that MSK_MIRROR_PROVIDER_MIRROR names")


def _last_resort(host: Host, wanted: str, other: Mirror | None, error: SetupError) -> Choice:
    host.say("aws provider: the registry was not reached; looking for a mirror on this machine")
    nearby: Iterator[Path] = chain(mirrors.implied(host.environ), mirrors.optional())
    exact, another = mirrors.find(nearby, wanted, terraform_platform())
    if not (found := exact or other or another):
        raise SetupError(
            f"the AWS provider {wanted} could not be had, and no mirror on this machine has another version. "
            f"Connect to the network, or set MSK_MIRROR_PROVIDER_MIRROR to a directory with one; "
            f"{_layout()}\n{error}"
        )
    return _choice(found, f"from the mirror {found.directory}")


def _choice(mirror: Mirror, origin: str) -> Choice:
    return Choice(str(mirror.directory), mirror.version, origin)


def _layout() -> str:
    return f"its layout is HOST/hashicorp/aws/VERSION/{terraform_platform()}/terraform-provider-aws_v*"


def _terraform_init(host: Host, folder: Path, version: str, terraform_path: tuple[Path, ...]) -> None:
    """Let Terraform install it, signature checked, and keep its folder: a mirror's unpacked layout."""
    host.say(f"aws provider: {version} from the provider registry (about 150 MB)")
    scratch = folder / "scratch"
    scratch.mkdir()
    required = {"aws": {"source": "/".join(mirrors.AWS), "version": version}}
    (scratch / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": required}}))
    path = ":".join([*map(str, terraform_path), host.search_path])
    unwanted = ("TF_DATA_DIR", "TF_PLUGIN_CACHE_DIR", "TF_CLI_ARGS", "TF_CLI_ARGS_init")
    environ = {name: value for name, value in host.environ.items() if name not in unwanted}
    environ |= {
        "PATH": path,
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": plain_configuration(host),
        "TF_REGISTRY_CLIENT_TIMEOUT": "15",
        "TF_REGISTRY_DISCOVERY_RETRY": "1",
    }
    command = shutil.which("terraform", path=path) or "terraform"
    run_step(
        host,
        SetupStep(
            "aws provider",
            [command, "init", "-backend=false", "-input=false", "-no-color"],
            SYMPTOMS,
            scratch,
            environ,
        ),
    )
    for hostname in (scratch / ".terraform" / "providers").iterdir():
        shutil.copytree(hostname, folder / hostname.name)  # follows the links into a user's plugin cache
    shutil.rmtree(scratch)
