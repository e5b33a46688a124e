"""What a broker's authorizer has decided, read from its log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["AuthorizerLog", "Decision"]

# org.apache.kafka.metadata.authorizer.StandardAuthorizerData.buildAuditMessage
_LINE = re.compile(
    r"Principal = User:(?P<user>\S+) is (?P<result>Allowed|Denied) operation = (?P<operation>\w+)"
    r" from host = \S+ on resource = (?P<kind>\w+):LITERAL:(?P<name>\S+) for request = (?P<request>\w+)"
)
_KINDS = {"Cluster": "cluster", "Topic": "topic", "Group": "group", "TransactionalId": "transactional-id"}


@dataclass(frozen=True)
class Decision:
    """Whether `user` was allowed an operation on a resource, for a request (`Produce`, `Metadata`, ...)."""

    user: str
    allowed: bool
    operation: str
    kind: str
    name: str
    request: str

    def __str__(self) -> str:
        verdict = "allowed" if self.allowed else "denied"
        return f"{self.user} {verdict} {self.operation} on {self.kind} {self.name} ({self.request})"


class AuthorizerLog:
    """The decisions in a broker's log since this object was made. The log has denials always, and what was
    allowed with the flag `-Dmsk-mirror.authorizer.log=debug`."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = log.stat().st_size
        self._known: dict[Decision, None] = {}

    def decisions(self) -> list[Decision]:
        """All of them so far, each once, in the order of their first time."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            more = file.read()
        whole = more[: more.rfind(b"\n") + 1]  # the last line may be half written
        self._read += len(whole)
        self._known |= dict.fromkeys(_decisions(whole.decode(errors="replace")))
        return list(self._known)

    def denied(self, user: str) -> list[Decision]:
        """What `user` was denied."""
        return [one for one in self.decisions() if one.user == user and not one.allowed]


def _decisions(text: str) -> Iterator[Decision]:
    for found in _LINE.finditer(text):
        yield Decision(
            found["user"],
            found["result"] == "Allowed",
            found["operation"],
            _KINDS.get(found["kind"], found["kind"]),
            found["name"],
            found["request"],
        )
