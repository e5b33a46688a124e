"""Labels of an image (OCI Image Format, "Pre-Defined Annotation Keys")."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from image.contents import Contents

__all__ = ["PREFIX", "image_labels"]

PREFIX = "org.opencontainers.image."


def image_labels(contents: Contents, checkout: Path) -> dict[str, str]:
    """The list's labels, its tag as version, and what git knows of the checkout: revision and source."""
    found = dict(contents.labels) | {"version": contents.tag}
    if revision := _git(checkout, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"):
        found["revision"] = revision
    if source := _source(_git(checkout, "config", "--get", "remote.origin.url")):
        found["source"] = source
    return {f"{PREFIX}{name}": value for name, value in sorted(found.items())}


def _source(remote: str) -> str:
    """The address of a remote for people: without the password that may be in it, and nothing for ssh."""
    address = urlsplit(remote)
    if address.scheme not in ("http", "https") or not address.hostname:
        return ""
    port = f":{address.port}" if address.port else ""
    return f"{address.scheme}://{address.hostname}{port}{address.path.removesuffix('.git')}"


def _git(checkout: Path, *arguments: str) -> str:
    """What git says, or nothing where there is no git or no repository."""
    try:
        command = ["git", "-C", str(checkout), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
