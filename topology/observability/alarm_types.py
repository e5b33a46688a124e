"""What an alarm is, as data. Its description is made from its numbers, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from topology.model import Environment
from topology.observability.metrics import Metric, Publisher, metric

__all__ = ["SEVERITIES", "Alarm", "Query", "Severity", "published_by", "query"]

Severity = Literal["warning", "critical", "emergency"]
SEVERITIES: tuple[Severity, ...] = ("warning", "critical", "emergency")
Missing = Literal["breaching", "notBreaching", "missing", "ignore"]
Comparison = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]

COMPARISON_WORDS: Final[Mapping[Comparison, str]] = {
    "GreaterThanThreshold": "above",
    "GreaterThanOrEqualToThreshold": "at least",
    "LessThanThreshold": "below",
}
MISSING_WORDS: Final[Mapping[Missing, str]] = {
    "breaching": " Missing data triggers this alarm too.",
    "notBreaching": " Missing data counts as within the threshold.",
    "missing": "",  # the state becomes INSUFFICIENT_DATA, which tells nobody
    "ignore": " Missing data keeps the state.",
}


@dataclass(frozen=True)
class Query:
    """A metric with its dimensions, under the name that the alarm's expression uses."""

    id: str
    metric: Metric
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


@dataclass(frozen=True)
class Alarm:
    """`expression` over `queries`, compared with `threshold`; without an expression, the one query.

    subject         what is compared, with its unit; the description begins with it
    advice          what the alarm means and what to do first
    periods         evaluation periods of `period_seconds` each
    datapoints      of `periods`, how many must breach the threshold; None: all of them
    period_seconds  None in the catalogue: `alarms()` fills in the environment's `alarms.period_seconds`
    """

    id: str
    severity: Severity
    subject: str
    advice: str
    queries: tuple[Query, ...]
    comparison: Comparison
    threshold: float
    periods: int
    expression: str | None = None
    missing: Missing = "missing"
    period_seconds: int | None = None
    datapoints: int | None = None

    @property
    def datapoints_to_alarm(self) -> int:
        """How many of the evaluation periods must breach the threshold."""
        return self.datapoints or self.periods

    @property
    def description(self) -> str:
        """The condition, what missing data does, and the advice. Raises ValueError without a period."""
        compared = f"{COMPARISON_WORDS[self.comparison]} {self.threshold:g}"
        return f"{self.subject}: {compared} {self._span()}.{MISSING_WORDS[self.missing]} {self.advice}"

    @property
    def seconds(self) -> int:
        """Length of an evaluation period. Raises ValueError without one."""
        if self.period_seconds is None:
            raise ValueError(f"alarm {self.id} has no period; use topology.observability.alarms.alarms()")
        return self.period_seconds

    def _span(self) -> str:
        if self.periods == 1:
            return f"in {_duration(self.seconds)}"
        if self.datapoints_to_alarm == self.periods:
            return f"for {_duration(self.periods * self.seconds)}"
        return f"in {self.datapoints_to_alarm} of {self.periods} periods of {_duration(self.seconds)}"


def query(metric_id: str, statistic: str, query_id: str = "m1", **dimensions: str) -> Query:
    """A query of the catalogue's metric. Dimensions by name in lower case, `Broker ID` as `broker_id`; raises
    KeyError for a metric that does not exist or a dimension that is not given. The metric of a log filter has
    no dimensions; it needs `project` and `environment` all the same, which are in its namespace."""
    known = metric(metric_id)
    if known.source == "log-filter":
        known = Publisher(dimensions["project"], dimensions["environment"]).own(known)
    values = tuple((name, dimensions[_identifier(name)]) for name in known.dimensions)
    return Query(query_id, known, values, statistic)


def published_by(environment: Environment) -> dict[str, str]:
    """The dimensions of an environment's own metrics, as `query` takes them."""
    own = Publisher(environment.project, environment.environment).dimensions
    return {_identifier(name): value for name, value in own.items()}


def _identifier(dimension: str) -> str:
    return dimension.lower().replace(" ", "_")


def _duration(seconds: int) -> str:
    """Periods of alarms are whole minutes (CloudWatch API reference, PutMetricAlarm, Period)."""
    minutes = seconds // 60
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
