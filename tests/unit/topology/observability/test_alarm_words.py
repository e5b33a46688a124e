"""What an alarm's description says is what CloudWatch does with its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.unit.topology.environments import environment, third_region
from topology import load_environment
from topology.model import Environment
from topology.observability.alarms import Alarm, alarms

CONDITION = re.compile(
    r"(?P<subject>.+): (?P<word>above|at least|below) (?P<threshold>[0-9.e+]+)"
    r" (?:in (?P<datapoints>\d+) of (?P<periods>\d+) periods of (?P<each>\d+) minutes?"
    r"|for (?P<whole>\d+) minutes?|in (?P<one>\d+) minutes?)\.(?P<rest> .+)"
)
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
STEP = {"above": 1, "at least": 0, "below": -1}
"""From the threshold to the nearest whole number that meets the condition."""
AGGREGATES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "SampleCount": sum,  # of values that count samples
}
LARGE = {
    "regions/eu-west-1": third_region(),
    "runtime": {"eks": True, "ecs": {}},
    "mirrormaker/replicas": {"min": 2, "max": 5},
}


@dataclass(frozen=True)
class Words:
    """What a reader takes from a description; `minutes` in all, of which `bad_minutes` must be bad."""

    word: str
    threshold: float
    minutes: int
    bad_minutes: int

    @classmethod
    def of(cls, description: str) -> Words:
        found = CONDITION.fullmatch(description)
        assert found is not None, description
        if found["each"]:
            each, periods, datapoints = (int(found[name]) for name in ("each", "periods", "datapoints"))
            return cls(found["word"], float(found["threshold"]), each * periods, each * datapoints)
        minutes = int(found["whole"] or found["one"])
        return cls(found["word"], float(found["threshold"]), minutes, minutes)

    @property
    def bad(self) -> float:
        return self.threshold + STEP[self.word]

    @property
    def good(self) -> float:
        return self.bad - (STEP[self.word] or 1)


def fires(alarm: Alarm, minutes: Sequence[float]) -> bool:
    """CloudWatch's evaluation of the last periods (CloudWatch User Guide, "Using Amazon CloudWatch alarms",
    Evaluating an alarm). An expression's value is given as it is, in each period."""
    assert alarm.period_seconds is not None
    length = alarm.period_seconds // 60
    statistic = "Maximum" if alarm.expression else alarm.queries[0].statistic
    last = minutes[-length * alarm.periods :]
    periods = [last[start : start + length] for start in range(0, len(last), length)]
    values = [AGGREGATES[statistic](period) for period in periods]
    breaching = [COMPARE[alarm.comparison](value, alarm.threshold) for value in values]
    return sum(breaching) >= alarm.datapoints_to_alarm


def every_alarm() -> list[Alarm]:
    made: list[Environment] = [load_environment(name) for name in ENVIRONMENTS]
    made += [environment({**LARGE, "alarms/period_seconds": period}) for period in (60, 300, 3600)]
    return [alarm for loaded in made for region in loaded.regions for alarm in alarms(loaded, region)]


def spread(alarm: Alarm, total: float, minutes: int) -> list[float]:
    """Values a minute: a sum comes in pieces."""
    if alarm.queries[0].statistic in {"Sum", "SampleCount"} and not alarm.expression:
        return [total, *[0.0] * (minutes - 1)]
    return [total] * minutes


def test_an_alarm_fires_when_its_words_are_met_and_not_one_step_or_one_minute_before() -> None:
    for alarm in every_alarm():
        words = Words.of(alarm.description)
        each = words.minutes // alarm.periods
        bad, good = spread(alarm, words.bad, each), spread(alarm, words.good, each)
        needed = words.bad_minutes // each
        within = alarm.periods - needed
        assert fires(alarm, good * within + bad * needed), alarm.description
        assert not fires(alarm, good * alarm.periods), alarm.description
        assert not fires(alarm, good * (within + 1) + bad * (needed - 1)), alarm.description


def test_ten_errors_in_five_minutes_are_enough_however_they_are_spread() -> None:
    (alarm,) = [one for one in alarms(environment(), "us-west-2") if one.id == "worker-log-errors"]
    assert alarm.description.startswith("Error lines of the workers: at least 10 in 5 minutes.")
    assert fires(alarm, [10, 0, 0, 0, 0])
    assert fires(alarm, [2, 2, 2, 2, 2])
    assert not fires(alarm, [2, 2, 2, 2, 1])


@pytest.mark.parametrize("period", [60, 300, 3600])
def test_counts_in_five_minutes_do_not_depend_on_the_environments_period(period: int) -> None:
    loaded = environment({"alarms/period_seconds": period})
    counts = [one for one in alarms(loaded, "us-west-2") if one.id in {"worker-log-errors", "pod-restarts"}]
    assert len(counts) == 2
    for alarm in counts:
        assert Words.of(alarm.description).minutes == 5


def test_the_test_sees_words_that_do_not_fit() -> None:
    """As they were: ten in five minutes said, more than ten in each of five minutes meant."""
    (alarm,) = [one for one in alarms(environment(), "us-west-2") if one.id == "worker-log-errors"]
    earlier = replace(alarm, comparison="GreaterThanThreshold", periods=5, period_seconds=60)
    assert not fires(earlier, [10, 0, 0, 0, 0])
    assert not fires(earlier, [11, 11, 11, 11, 10])
    assert "above 10 for 5 minutes" in earlier.description


def test_missing_data_alarms_only_where_the_description_says_so() -> None:
    for alarm in every_alarm():
        assert ("Missing data triggers" in alarm.description) == (alarm.missing == "breaching")
        assert len(alarm.description) <= 1024  # CloudWatch API reference, PutMetricAlarm


def test_a_silent_probe_is_said_once_and_by_no_alarm_of_a_flow() -> None:
    loaded = environment({"regions/eu-west-1": third_region()})
    of_probe = [
        one
        for one in alarms(loaded, "us-west-2")
        if any(query.metric.source == "probe" for query in one.queries)
    ]
    assert [one.id for one in of_probe if one.missing == "breaching"] == ["probe-silent"]
    assert {one.missing for one in of_probe if one.id != "probe-silent"} == {"missing"}
    assert len(of_probe) == 2 + 2 * 7, "probe and Connect once, seven for each of the two flows"


@pytest.mark.parametrize(("replicas", "watched"), [((2, 2), False), ((2, 5), True)])
def test_a_fixed_number_of_workers_is_never_at_its_maximum(replicas: tuple[int, int], watched: bool) -> None:
    fewest, most = replicas
    loaded = environment({"mirrormaker/replicas": {"min": fewest, "max": most}})
    assert ("workers-at-maximum" in {one.id for one in alarms(loaded, "us-west-2")}) is watched


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, set()),
        ({"flows/0/checkpoints": {"enabled": False}}, {"checkpoint-failed"}),
        ({"flows/0/heartbeats": {"enabled": False}}, {"heartbeat-failed", "latency"}),
    ],
)
def test_a_flow_has_alarms_on_the_connectors_that_it_has(change: dict[str, Any], missing: set[str]) -> None:
    prefix = "us-east-1-to-us-west-2-"
    ids = {one.id for one in alarms(environment(change), "us-west-2") if one.id.startswith(prefix)}
    every = {"latency", "lag", "stalled", "no-tasks", "failed-tasks", "checkpoint-failed", "heartbeat-failed"}
    assert {one.removeprefix(prefix) for one in ids} == every - missing
