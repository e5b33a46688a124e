"""What the probe beside the reconciler knows and Connect does not say: clusters that do not answer, topics
that stand still although every task is RUNNING."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

from operations.connect.client import NO_STATUS, Connector
from operations.reconciler.conditions import Condition, Level
from operations.reconciler.reconcile import Report

__all__ = ["ProbeView", "observe_samples"]

TIMEOUT_SECONDS: Final = 2.0
NAMED_TOPICS: Final = 5
CHECK: Final = "check the bootstrap address, the name's resolution, security group, peering and the role"
# librdkafka counts in its words: "(after 3ms in state CONNECT, 2 identical error(s) suppressed)"
COUNTED: Final = re.compile(r" \((?:after )?\d+ ?ms[^()]*(?:\([^()]*\)[^()]*)*\)")


class ProbeView:
    """The samples of the probe at `url`, http://host:port."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.Client(trust_env=False, timeout=TIMEOUT_SECONDS)

    def conditions(self, report: Report) -> tuple[Condition, ...]:
        """What the last samples say on top of a pass. Nothing where the probe does not answer: it starts, and
        if it never does, its container says so. Never raises for what the probe does."""
        try:
            samples = self._http.get(self._url).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return ()
        return observe_samples(samples, report)


def observe_samples(samples: list[Mapping[str, Any]], report: Report) -> tuple[Condition, ...]:
    """Conditions of the flows that the samples are of. The words have no figures in them that change from
    look to look."""
    return tuple(one for sample in samples for one in _of_flow(sample, report))


def _of_flow(sample: Mapping[str, Any], report: Report) -> Iterator[Condition]:
    name, source, target = sample["connector"], sample["source"], sample["target"]
    connector = report.connectors.get(name)
    for alias, words in sample["unreachable"].items():
        said = COUNTED.sub("", words)
        if alias == source and connector is not None and _has_no_task(connector):
            said = f"the source cluster does not answer the probe either: {said}: {CHECK}"
            yield Condition(name, Level.ERROR, "SourceUnreachable", said)
        elif alias == target and not report.connect_answers:
            said = f"the target cluster does not answer the probe either: {said}: {CHECK}"
            yield Condition(name, Level.ERROR, "TargetUnreachable", said)
        else:
            yield Condition(name, Level.WARNING, "ProbeBlind", f"the probe cannot look: {said}")
    if sample["stuck"] and connector is not None and connector.state == "RUNNING":
        yield Condition(name, Level.ERROR, "Stalled", _stalled(sample["stuck"], connector, source, target))


def _has_no_task(connector: Connector) -> bool:
    return connector.state == NO_STATUS or (connector.state == "RUNNING" and not connector.tasks)


def _stalled(stuck: list[str], connector: Connector, source: str, target: str) -> str:
    names = ", ".join(stuck[:NAMED_TOPICS])
    more = f" and {len(stuck) - NAMED_TOPICS} more topics" if len(stuck) > NAMED_TOPICS else ""
    tasks = f"{len(connector.tasks)} tasks" if connector.tasks else "no task, as if there were no such topic"
    return (
        f"RUNNING with {tasks}, and no record of {names}{more} crosses while some wait at {source}: the"
        f" workers' role may lack DescribeTopic, DescribeTopicDynamicConfiguration or ReadData there, or"
        f" CreateTopic or WriteData at {target}; the workers' log has what MirrorMaker swallows"
    )
