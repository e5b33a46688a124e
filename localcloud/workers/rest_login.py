"""Credentials for workers whose REST interface asks for them: here no Secret is mounted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.connect.credentials import Credentials
from topology.replication.rest_auth import CREDENTIALS_FILE, CREDENTIALS_KEY, LOGIN_FILE

__all__ = ["LOGIN_FLAG", "RestLogin", "rest_login"]

LOGIN_FLAG = "-Djava.security.auth.login.config="


@dataclass(frozen=True)
class RestLogin:
    """How a worker checks its callers, and how to be one."""

    credentials_file: Path
    flag: str
    """Of the JVM, in place of the deployed one."""

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.credentials_file)


def rest_login(files: Mapping[str, str], directory: Path) -> RestLogin | None:
    """A login of a new user for the worker that mounts `files`, kept in `directory`; None where the worker
    asks for none. Only the place of the credentials is another than where the worker is deployed."""
    if LOGIN_FILE not in files:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    credentials = directory / CREDENTIALS_KEY
    credentials.touch(mode=0o600)
    credentials.write_text(f"local={secrets.token_urlsafe()}\n")
    login = directory / LOGIN_FILE
    login.write_text(files[LOGIN_FILE].replace(CREDENTIALS_FILE, str(credentials)))
    return RestLogin(credentials, f"{LOGIN_FLAG}{login}")
