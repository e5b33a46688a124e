"""What an alarm is, as data: the words of `topology.alarms`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topology.metrics import Metric, metric

__all__ = ["SEVERITIES", "Alarm", "Query", "Severity", "query"]

Severity = Literal["warning", "critical", "emergency"]
SEVERITIES: tuple[Severity, ...] = ("warning", "critical", "emergency")
Missing = Literal["breaching", "notBreaching", "missing", "ignore"]
Comparison = Literal["GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"]


@dataclass(frozen=True)
class Query:
    """A metric with its dimensions, under the name that the alarm's expression uses."""

    id: str
    metric: Metric
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


@dataclass(frozen=True)
class Alarm:
    """`expression` over `queries`; None where there is one query that is compared as it is."""

    id: str
    severity: Severity
    description: str
    queries: tuple[Query, ...]
    comparison: Comparison
    threshold: float
    periods: int
    expression: str | None = None
    missing: Missing = "missing"
    period_seconds: int | None = None
    """None: the environment's `alarms.period_seconds`."""


def query(metric_id: str, statistic: str, query_id: str = "m1", **dimensions: str) -> Query:
    """A query of the catalogue's metric. Dimensions by name in lower case, `Broker ID` as `broker_id`; raises
    KeyError for a metric that does not exist or a dimension that is not given."""
    known = metric(metric_id)
    values = tuple((name, dimensions[_identifier(name)]) for name in known.dimensions)
    return Query(query_id, known, values, statistic)


def _identifier(dimension: str) -> str:
    return dimension.lower().replace(" ", "_")
