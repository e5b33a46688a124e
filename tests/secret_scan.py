"""detect-secrets over JSON documents: synthesized stacks and Terraform states.

It reads lines. A document is written out for it, a fact a line: documents within texts (policies, secrets,
what providers keep for themselves in a state) are opened, and a file within a text is read as the properties
file that it is. As they stand, with their escaped quotes and line ends, it would miss what is in them.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detect_secrets import SecretsCollection  # type: ignore[attr-defined]
from detect_secrets.settings import default_settings

__all__ = ["Secret", "secrets_in"]


BASE64_OF_JSON = ("eyJ", "W3s")
"""How `{"` and `[{` begin in Base64."""
POLICY_ID = re.compile(r"A[A-Z0-9]{20}")
"""What IAM calls a policy, which opens nothing; by chance it begins as an Artifactory password does."""


@dataclass(frozen=True)
class Secret:
    """What was found (detect-secrets' name of it), in which document, under which key."""

    kind: str
    where: str
    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.where}: {self.key} = {self.value[:4]}..."


def secrets_in(documents: Mapping[str, Any], directory: Path) -> list[Secret]:
    """Every secret in the documents; `directory` is where they are written for detect-secrets. The same fact
    in several documents is reported for the first."""
    facts: dict[str, tuple[str, str]] = {}
    lines: dict[str, tuple[str, str]] = {}
    for where, document in documents.items():
        for key, text in _texts(document):
            for line in text.splitlines():
                facts.setdefault(f'"{key}": "{line}"', (where, key))  # quotes within it stay as they are
                lines.setdefault(line, (where, key))
    return [
        *_scan(directory / "facts.json", facts),
        # by the ending detect-secrets knows that values may stand without quotes
        *_scan(directory / "lines.properties", lines),
    ]


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the key that it stands under, documents within texts opened."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, str):
        inner = _document(value)
        if inner is None:
            if not (key == "policy_id" and POLICY_ID.fullmatch(value)):
                yield key, value
        else:
            yield from _texts(inner, key)


def _document(text: str) -> Any:
    """The JSON document that the text is, as it stands or in Base64; None where it is none."""
    try:
        opened = b64decode(text, validate=True).decode() if text.startswith(BASE64_OF_JSON) else text
        return json.loads(opened) if opened.lstrip().startswith(("{", "[")) else None
    except ValueError:
        return None


def _scan(file: Path, lines: Mapping[str, tuple[str, str]]) -> Iterator[Secret]:
    ordered = list(lines)
    file.write_text("\n".join(ordered), encoding="utf-8")
    found = SecretsCollection()
    with default_settings():
        found.scan_file(str(file))
    for _, secret in found:
        where, key = lines[ordered[secret.line_number - 1]]
        yield Secret(secret.type, where, key, secret.secret_value or "")
