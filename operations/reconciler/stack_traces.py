"""What a Java stack trace or log says at its heart, and what that means for someone who runs MSK with IAM."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["cause", "cause_in_log"]

UNREACHABLE: Final = "the cluster does not answer: check its bootstrap address, security group and peering"
UNTRUSTED: Final = "the role is not there, or its trust does not name this service account and OIDC provider"
# A part of the exception, and what it means; the first that fits.
HINTS: Final = (
    ("TopicAuthorizationException", "the IAM role lacks kafka-cluster actions on these topics"),
    ("GroupAuthorizationException", "the IAM role lacks kafka-cluster actions on this group"),
    ("ClusterAuthorizationException", "the IAM role lacks kafka-cluster actions on the cluster"),
    ("TransactionalIdAuthorizationException", "the IAM role lacks actions on transactional-id"),
    ("AssumeRoleWithWebIdentity", UNTRUSTED),
    ("Failed to find AWS IAM Credentials", UNTRUSTED),  # aws-msk-iam-auth, IAMSaslClient
    ("SaslAuthenticationException", "the role is not the one that the policy names, or STS refused it"),
    ("No resolvable bootstrap urls", "the bootstrap address does not resolve: check BOOTSTRAP_<ALIAS>"),
    ("Timed out", UNREACHABLE),
    ("TimeoutException", UNREACHABLE),
)
CAUSED_BY: Final = "Caused by: "
# `name.of.SomeException: message` at the start of a piece, or after the `(logger)` of a log line, or after
# the JVM's `Exception in thread "main"`
THROWN: Final = re.compile(r"(?:^|(?<=[)\"] ))((?:[\w$]+\.)*[\w$]*(?:Exception|Error)\b(?::.*)?)$")
FRAME: Final = re.compile(r"^(at [\w.$/@]+|\.\.\. \d+ (more|common))")
# `[2026-11-22 10:00:00,000] ERROR text (logger)`: the layout of topology/replication/worker_files.py
LOG_LINE: Final = re.compile(r"^\[[^\]]+\] (?P<level>[A-Z]+) (?P<said>.*)$")


def cause(trace: str) -> str:
    """The innermost exception of a stack trace with its message, and a hint where we know one."""
    lines = [line.strip() for line in trace.splitlines() if line.strip()]
    causes = [line.removeprefix(CAUSED_BY) for line in lines if line.startswith(CAUSED_BY)]
    innermost = causes[-1] if causes else lines[0] if lines else "no trace"
    return _explained(innermost, trace)


def cause_in_log(log: str) -> str:
    """The innermost exception of the last error in the end of a worker's log, with a hint; where there is
    none, the last error, else the last line. The kubelet cuts a log's beginning off, so that the first line
    may be the rest of one; a trace has its pieces in one line, between ` | `."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    parsed = [LOG_LINE.match(line) for line in lines]
    errors = [line for line, found in zip(lines, parsed, strict=True) if _is_bad(found)]
    thrown = [(line, found) for line in (*lines, *errors) if (found := _innermost(line)) is not None]
    if thrown:
        line, found = thrown[-1]
        return _explained(found, line)
    last = (errors or lines or ["no log"])[-1]
    found_line = LOG_LINE.match(last)
    said = found_line["said"] if found_line else last
    return _explained(said, log)


def _is_bad(found: re.Match[str] | None) -> bool:
    return found is not None and found["level"] in {"ERROR", "FATAL"}


def _innermost(line: str) -> str | None:
    pieces = [piece.strip() for piece in line.split(" | ")]
    thrown = [
        match[1]
        for piece in pieces
        if not FRAME.match(piece) and (match := THROWN.search(piece.removeprefix(CAUSED_BY)))
    ]
    return thrown[-1] if thrown else None


def _explained(innermost: str, context: str) -> str:
    said = re.sub(r"^(?:[\w$]+\.)+(?=[A-Z])", "", innermost)
    hint = next((hint for part, hint in HINTS if part in context), None)
    return f"{said} ({hint})" if hint else said
