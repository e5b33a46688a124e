"""User and password for Connect's REST interface, from the properties file that Connect's login module reads.

The file is a mounted Secret and changes while we run (Kubernetes, "Using Secrets as files from a Pod"), so
that it is read for every request.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import httpx

from topology.kafka.java_properties import parse_properties

__all__ = ["Credentials", "CredentialsError"]

_PLAIN = re.compile(r"[\t\r\n -\[\]-~]*")
"""Printable ASCII without backslashes: what Java, the pods' probes and HTTP headers read alike."""


class CredentialsError(ValueError):
    """The file cannot be used; the text says why, and nothing of what is in it."""


class Credentials(httpx.Auth):
    """The first user of the file at `path`. Raises CredentialsError, at once and at each request, for a file
    that cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """HTTP basic authentication (RFC 7617)."""
        yield from httpx.BasicAuth(*self._read()).auth_flow(request)

    def _read(self) -> tuple[str, str]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "is not text"
            raise CredentialsError(f"{self._path}: {reason}") from None
        if not _PLAIN.fullmatch(text):
            raise CredentialsError(f"{self._path}: allowed: printable ASCII without backslashes")
        try:
            users = parse_properties(text)
        except ValueError:
            raise CredentialsError(f"{self._path}: names a user twice") from None
        if not all(users.values()):
            raise CredentialsError(f"{self._path}: names a user without a password")
        if not users:
            raise CredentialsError(f"{self._path}: names no user; expected: lines of user=password")
        return next(iter(users.items()))
