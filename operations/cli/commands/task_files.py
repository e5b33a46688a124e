"""`msk-mirror task-files`: the files of an ECS task."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.connect.task_files import TaskFilesError, write_task_files

__all__ = ["run"]


def run(directory: Path, scratch: Path | None) -> int:
    """Writes and names them."""
    try:
        written = write_task_files(os.environ, directory, scratch)
    except TaskFilesError as error:
        return fail(BAD_INPUT, error)
    except OSError as error:
        return fail(FAILED, error)
    sys.stdout.write("".join(f"wrote {path}\n" for path in written))
    return OK
