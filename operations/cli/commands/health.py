"""`msk-mirror health`: whether an address answers; the health check of containers that have no client."""

from __future__ import annotations

import http.client
import sys
import threading
from urllib.parse import urlsplit

from operations.cli.commands import BAD_INPUT, FAILED, OK, ended_by, fail

__all__ = ["run"]


def run(url: str, timeout: float, *, hold: bool) -> int:
    """OK where the address answers 200 in time. With `hold` it asks nothing and waits for SIGTERM: the
    container in which the question is asked again and again must be there meanwhile."""
    at = urlsplit(url)
    if at.scheme != "http" or not at.hostname:
        return fail(BAD_INPUT, f"{url} is not an address of the form http://host:port/path")
    if hold:
        stop = threading.Event()
        with ended_by(lambda *_: stop.set()):
            stop.wait()
        return OK
    connection = http.client.HTTPConnection(at.netloc, timeout=timeout)
    try:
        connection.request("GET", at.path or "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return fail(FAILED, f"{url}: no answer: {error!r}")
    finally:
        connection.close()
    if status != http.client.OK:
        return fail(FAILED, f"{url} answered {status}")
    sys.stdout.write(f"{url} answered {status}\n")
    return OK
