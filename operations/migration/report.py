"""What a course did, out of its journal: for machines a file, for people a table."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from operations.migration.journal import JournalEntry

__all__ = ["lines", "report", "write"]


def report(record: JournalEntry) -> dict[str, Any]:
    """Of the course that the journal is in: before and after, records lost and twice, each step's seconds."""
    facts = record.facts
    done = [one for one in record.current if one["event"] == "done"]
    results = [result for one in done for key in one["facts"] if key.startswith("validation")
               for result in one["facts"][key]]  # fmt: skip
    return {
        **asdict(record.identity),
        "course": record.course,
        "ended": record.ended,
        "began_at": record.current[0]["at"] if record.current else None,
        "ended_at": record.current[-1]["at"] if record.current else None,
        "records": {key: sum(one[key] for one in results) for key in ("sent", "lost", "duplicated")},
        "validations": results,
        "checks": facts.get("checks", []),
        "before": facts.get("before", {}),
        "after": facts.get("after", {}),
        "steps": [{"step": one["step"], "at": one["at"], "seconds": one["seconds"]} for one in done],
        "failure": record.last_failure,
        "failures": sum(one["event"] == "failed" for one in record.current),
    }


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(f"{json.dumps(content, indent=2)}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def lines(content: Mapping[str, Any]) -> list[str]:
    """The same for people."""
    records = content["records"]
    ended = content["ended"] or ("failed" if content["failure"] else "under way")
    text = [
        f"{content['course'] or 'not begun'} of {content['environment']} in {content['region']}: {ended}",
        f"records: {records['sent']} sent, {records['lost']} lost, {records['duplicated']} twice",
    ]
    text += [f"  {one['step']:<26}{one['seconds']:>8.1f} s" for one in content["steps"]]
    before, after = content["before"].get("connectors", {}), content["after"].get("connectors", {})
    for name in sorted(before.keys() | after.keys()):
        text.append(f"  {name}: {before.get(name, 'not there')} -> {after.get(name, 'not seen yet')}")
    lag = {side: content[side].get("lag", {}) for side in ("before", "after")}
    for name in sorted(lag["before"].keys() | lag["after"].keys()):
        text.append(f"  {name}: lag {lag['before'].get(name, '-')} -> {lag['after'].get(name, '-')} records")
    if content["failure"]:
        text.append(f"failed: {content['failure']['step']}: {content['failure']['message']}")
    return text
