"""What the first container of an ECS task does: writes the files that a pod would mount.

They come as JSON in an environment variable. The task's own address, which a pod has as a variable and a task
must ask for, is put in where the files name it (docs/decisions/0017-ecs-tasks.md).
"""

from __future__ import annotations

import http.client
import ipaddress
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from topology.ecs.tasks import FILES_VARIABLE
from topology.replication.connectors import ADDRESS

__all__ = ["METADATA_VARIABLE", "TaskFilesError", "own_address", "write_task_files"]

METADATA_VARIABLE: Final = "ECS_CONTAINER_METADATA_URI_V4"
EXPECTED: Final = "a JSON object of file names and texts"
METADATA_SECONDS: Final = 5.0
READ_ALL: Final = 0o444
WRITE_ALL: Final = 0o1777


class TaskFilesError(Exception):
    """The files cannot be written; says what was found and what was expected."""


def write_task_files(
    variables: Mapping[str, str], directory: Path, scratch: Path | None = None
) -> list[Path]:
    """Writes the files of the variable TASK_FILES into `directory`, readable for all, and opens `scratch` for
    all as /tmp is: both are volumes that belong to root. Gives the paths back, in the order of the names.

    Raises TaskFilesError where the variable, or the address that a file wants, is not to be had, and OSError
    where a file cannot be written.
    """
    files = _files(variables)
    if any(ADDRESS in text for text in files.values()):
        address = own_address(variables)
        files = {name: text.replace(ADDRESS, address) for name, text in files.items()}
    written = []
    for name, text in sorted(files.items()):
        path = directory / name
        path.unlink(missing_ok=True)  # of an earlier start of this container; it may be read-only
        path.write_text(text, encoding="utf-8")
        path.chmod(READ_ALL)
        written.append(path)
    if scratch is not None:
        scratch.chmod(WRITE_ALL)
    return written


def own_address(variables: Mapping[str, str]) -> str:
    """IPv4 address of the task (ECS Developer Guide, "Amazon ECS task metadata endpoint version 4 for tasks
    on Fargate"). Raises TaskFilesError where there is none."""
    uri = variables.get(METADATA_VARIABLE)
    if not uri:
        raise TaskFilesError(f"{METADATA_VARIABLE} is not set; ECS sets it in every task on Fargate 1.4.0")
    try:
        networks = _get(uri)["Networks"]
        addresses = [address for network in networks for address in network.get("IPv4Addresses", [])]
        return str(ipaddress.IPv4Address(addresses[0]))
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        raise TaskFilesError(f"{uri} does not tell the task's IPv4 address: {error!r}") from error


def _get(uri: str) -> Any:
    at = urlsplit(uri)
    connection = http.client.HTTPConnection(at.netloc, timeout=METADATA_SECONDS)
    try:
        connection.request("GET", at.path or "/")
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise TaskFilesError(f"{uri} answered {answer.status}")
        return json.loads(answer.read())
    finally:
        connection.close()


def _files(variables: Mapping[str, str]) -> dict[str, str]:
    try:
        files = json.loads(variables[FILES_VARIABLE])
    except KeyError:
        raise TaskFilesError(
            f"{FILES_VARIABLE} is not set; expected a JSON object of names and texts"
        ) from None
    except ValueError as error:
        raise TaskFilesError(f"{FILES_VARIABLE} is not JSON: {error}") from error
    if not isinstance(files, dict) or not files or not all(isinstance(text, str) for text in files.values()):
        raise TaskFilesError(f"{FILES_VARIABLE} is not {EXPECTED}")
    strange = [name for name in files if name != Path(name).name or name in ("", ".", "..")]
    if strange:
        raise TaskFilesError(
            f"{FILES_VARIABLE} names {', '.join(strange)}; expected names without a directory"
        )
    return files
