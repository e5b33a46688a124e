"""Terraform's CLI configuration with a provider mirror in front, and everything else as the user had it.

Terraform reads one file only, named by TF_CLI_CONFIG_FILE or ~/.terraformrc; so the one that is generated
repeats the user's text (credentials, plugin cache) around the provider installation methods.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from toolchain.host import Host

METHODS = ("filesystem_mirror", "network_mirror", "direct")


def user_file(host: Host) -> Path | None:
    """The user's own CLI configuration file, or None; never one that was generated into the cache."""
    named = host.environ.get("TF_CLI_CONFIG_FILE") or host.environ.get("TERRAFORM_CONFIG")
    if named and Path(named).is_file() and not Path(named).is_relative_to(host.cache):
        return Path(named)
    # a variable that names a file which is not there only makes Terraform warn at every call
    default = Path(host.environ.get("HOME") or Path.home()) / ".terraformrc"
    return default if default.is_file() else None


def user_text(host: Host) -> str:
    """The text of `user_file`, empty without one; JSON syntax is passed over, and said so."""
    path = user_file(host)
    text = path.read_text() if path else ""
    if text.lstrip().startswith("{"):
        host.say(f"terraform: {path} is in JSON syntax and is not used; write it in HCL to have it respected")
        return ""
    return text


def mirrors_named(text: str) -> list[Path]:
    """The paths of the filesystem_mirror blocks of a CLI configuration, in order."""
    _, methods = _taken_apart(text)
    paths = (
        re.search(r'^\s*path\s*=\s*"([^"]+)"', body, re.MULTILINE)
        for kind, body in methods
        if kind == METHODS[0]
    )
    return [Path(match.group(1)).expanduser() for match in paths if match]


def with_mirror(text: str, mirror: Path, provided: list[str]) -> str:
    """`text` with `mirror` as the first installation method, and what it has excluded from all others.

    `provided` are the provider addresses of the mirror, HOST/NAMESPACE/TYPE. Excluding them keeps Terraform
    from asking a registry for their versions, so that `terraform init` needs no network for them.
    """
    rest, methods = _taken_apart(text)
    blocks = [_block("filesystem_mirror", f"    path = {json.dumps(str(mirror))}\n")]
    blocks += [_block(kind, _excluding(body, provided)) for kind, body in methods or [("direct", "")]]
    return f"{rest.strip()}\n\nprovider_installation {{\n{''.join(blocks)}}}\n".lstrip()


def _block(kind: str, body: str) -> str:
    return f"  {kind} {{\n{body}  }}\n"


def _excluding(body: str, provided: list[str]) -> str:
    listed = ", ".join(json.dumps(address) for address in provided)
    if re.search(r"^\s*exclude\s*=\s*\[", body, re.MULTILINE):
        return (
            re.sub(r"(^\s*exclude\s*=\s*\[)", rf"\1{listed}, ", body.strip("\n"), count=1, flags=re.MULTILINE)
            + "\n"
        )
    return f"{body.strip(chr(10))}\n    exclude = [{listed}]\n".lstrip("\n")


def _taken_apart(text: str) -> tuple[str, list[tuple[str, str]]]:
    """`text` without its provider_installation block, and that block's methods as (kind, body)."""
    start = re.search(r"^\s*provider_installation\s*\{", text, re.MULTILINE)
    if not start:
        return text, []
    end = _closing(text, start.end())
    inside = text[start.end() : end]
    methods = []
    position = 0
    while match := re.compile(rf"\b({'|'.join(METHODS)})\s*\{{").search(inside, position):
        position = _closing(inside, match.end())
        methods.append((match.group(1), inside[match.end() : position]))
    return text[: start.start()] + text[end + 1 :], methods


def _closing(text: str, position: int) -> int:
    """Where the brace closes that was opened before `position`; strings and comments do not count."""
    depth = 1
    for token in re.compile(r'"(?:\\.|[^"\\])*"|#[^\n]*|//[^\n]*|/\*.*?\*/|[{}]', re.DOTALL).finditer(
        text, position
    ):
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    return len(text)
