"""How what a file adds to Kafka's properties meets what is derived: the one place where the two are merged.

`broker.server_properties`, `connectors.worker_properties` and the functions for each connector return the
result, the effective properties. Rules, IAM, alarms, the summary and the probe read those, never the file's
own section, so that a value means the same wherever it was written.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["UNITS", "finer", "merged", "number"]

UNITS: tuple[tuple[str, ...], ...] = (
    ("log.retention.ms", "log.retention.minutes", "log.retention.hours"),
    ("log.roll.ms", "log.roll.hours"),
    ("log.roll.jitter.ms", "log.roll.jitter.hours"),
)
"""Settings that Kafka has in several units, the finest first: it takes the finest that is set and ignores the
others without a word (KafkaConfig of 3.8.1 to 4.1.1: logRetentionTimeMillis, logRollTimeMillis)."""


def merged(derived: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The effective properties, sorted: `given` replaces what is derived, in whatever unit it is written."""
    replaced = {other for units in UNITS if any(key in units for key in given) for other in units}
    kept = {key: value for key, value in derived.items() if key not in replaced}
    return dict(sorted((kept | dict(given)).items()))


def finer(key: str, given: Mapping[str, str]) -> str | None:
    """The key of a finer unit among `given`, which makes Kafka ignore `key`; None where there is none."""
    for units in UNITS:
        if key in units:
            return next((unit for unit in units[: units.index(key)] if unit in given), None)
    return None


def number(properties: Mapping[str, str], key: str, default: int | None = None) -> int | None:
    """A property as a number, `default` where it is not set; None where it is not a number (the rules on
    values refuse that)."""
    if key not in properties:
        return default
    try:
        return int(properties[key].strip())
    except ValueError:
        return None
