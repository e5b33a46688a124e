"""Calls to Connect's REST interface with the patience that a cluster of workers needs.

A worker answers 409 while it rebalances, 503 or a bare 404 while it starts and not at all when it is gone.
All of these pass, so a call is repeated, on the next worker where there are several, until its deadline. What
does not pass (a refused config, a connector that is not there) is raised at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import httpx

from operations.connect.credentials import Credentials, CredentialsError

__all__ = ["ConnectError", "Patience", "Workers"]

FIRST_PAUSE_SECONDS: Final = 0.25
LONGEST_PAUSE_SECONDS: Final = 4.0
# A mounted Secret is replaced as a whole; a file that cannot be read now will be later.
_NO_ANSWER: Final = (httpx.TransportError, CredentialsError)
PASSING_STATUSES: Final = frozenset({409, 502, 503, 504})
# Of Kafka's HerderRequestHandler and RestClient: the herder took longer than the worker waits, or the leader
# that the request was forwarded to is gone. Both come as 500 although nothing is wrong with the request. So
# does a reading of source offsets while the worker notes new ones: ConcurrentModificationException in
# ConnectorOffsetBackingStore.connectorPartitions (4.1.1).
PASSING_WORDS: Final = (
    "request timed out",
    "io error trying to forward",
    "failed to retrieve offsets for source connector",
)


class ConnectError(Exception):
    """A call that did not succeed: `method`, `url`, `status` (None: no answer), Connect's `message`, how many
    `attempts` were made, and whether the cause is of the kind that is `passing`."""

    def __init__(
        self, method: str, url: str, status: int | None, message: str, passing: bool = False
    ) -> None:
        self.method, self.url, self.status, self.message = method, url, status, message
        self.passing = passing
        self.attempts = 1
        self.seconds = 0.0
        super().__init__(method, url, status, message)

    @property
    def outcome(self) -> str:
        """What came of it, in the same words each time."""
        answer = f"answered {self.status}" if self.status else "no answer"
        return f"{self.method} {self.url}: {answer}: {self.message}"

    def __str__(self) -> str:
        tried = f" (tried {self.attempts} times in {self.seconds:.0f} s)" if self.attempts > 1 else ""
        return f"{self.outcome}{tried}"


class Patience:
    """Growing pauses (0.25 s doubling to 4 s) within `deadline` seconds; a set `stop` event ends them."""

    def __init__(self, deadline: float, stop: threading.Event) -> None:
        self._start = time.monotonic()
        self._deadline = deadline
        self._stop = stop
        self._pause = FIRST_PAUSE_SECONDS

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._start

    @property
    def left(self) -> float:
        return 0.0 if self._stop.is_set() else max(0.0, self._deadline - self.elapsed)

    def wait(self) -> bool:
        """Pauses before another attempt; False when there is no time for one."""
        pause = min(self._pause, self.left)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self._stop.wait(pause)
        return self.left > 0


class Workers:
    """The workers of one Connect cluster; any of them can answer any call.

    `urls` are asked in order, beginning with the one that answered last. `timeout`: seconds for one answer;
    `deadline`: seconds for a call with its repetitions. A set `stop` ends the repetitions of a running call.
    `credentials`: for workers that ask for them. Raises ValueError for an address that is not
    http(s)://host[:port].
    """

    def __init__(
        self,
        urls: Sequence[str],
        timeout: float,
        deadline: float,
        stop: threading.Event | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        if not urls:
            raise ValueError("no address of a Connect worker given; expected at least one http://host:8083")
        self._urls = [_checked(url) for url in urls]
        self._timeout = timeout
        self.deadline = deadline
        self.stop = stop or threading.Event()
        # trust_env: a proxy set in the shell must not catch calls to workers inside the cluster.
        headers = {"Accept": "application/json"}
        self._http = httpx.Client(trust_env=False, headers=headers, auth=credentials)

    def close(self) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON (None for an empty one). Raises ConnectError."""
        patience = Patience(self.deadline, self.stop)
        attempts = 0
        while True:
            for base in self._in_order():
                attempts += 1
                try:
                    content = self._once(method, base + path, body, min(self._timeout, patience.left + 0.1))
                except ConnectError as error:
                    error.attempts, error.seconds = attempts, patience.elapsed
                    failure = error
                    if not error.passing:
                        raise
                else:
                    self._urls.sort(key=base.__ne__)  # stable: the one that answered comes first
                    return content
            if not patience.wait():
                raise failure

    def each_once(self, path: str) -> Iterator[httpx.Response | ConnectError]:
        """GET `path` from one worker after the other, without repetition and whatever the status."""
        for base in self._in_order():
            try:
                yield self._http.get(base + path, timeout=self._timeout)
            except _NO_ANSWER as error:
                yield ConnectError("GET", base + path, None, _words(error), passing=True)

    def _in_order(self) -> tuple[str, ...]:
        return tuple(self._urls)

    def _once(self, method: str, url: str, body: Mapping[str, Any] | None, timeout: float) -> Any:
        try:
            answer = self._http.request(method, url, json=body, timeout=timeout)
        except _NO_ANSWER as error:
            raise ConnectError(method, url, None, _words(error), passing=True) from error
        if answer.is_success:
            return _content(answer)
        message = message_of(answer)
        raise ConnectError(method, url, answer.status_code, message, _passes(answer, message))


def message_of(answer: httpx.Response) -> str:
    """What Connect says in its JSON, else the status's own words."""
    said = _spoken(answer)
    return said if said is not None else answer.reason_phrase or "no message"


def _passes(answer: httpx.Response, message: str) -> bool:
    status, words = answer.status_code, message.lower()
    if status == httpx.codes.CONFLICT and "already exists" in words:
        return False
    if status == httpx.codes.NOT_FOUND:
        # Connect's own 404 has a message; the bare one of the web server means that it is still starting.
        return _spoken(answer) is None
    if status == httpx.codes.INTERNAL_SERVER_ERROR:
        return any(phrase in words for phrase in PASSING_WORDS)
    return status in PASSING_STATUSES


def _spoken(answer: httpx.Response) -> str | None:
    try:
        said = answer.json()
    except ValueError:
        return None
    return str(said["message"]) if isinstance(said, dict) and "message" in said else None


def _content(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        request = answer.request
        raise ConnectError(
            request.method, str(request.url), answer.status_code, f"not JSON: {answer.text[:200]!r}"
        ) from error


def _words(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "timed out"
    return str(error) or type(error).__name__


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"address of a Connect worker: {error}; found {url!r}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError(f"address of a Connect worker: found {url!r}; allowed: http(s)://host[:port]")
    return url.rstrip("/")
