"""What a ConfigDef validator accepts, read from the text that it prints of itself (its toString)."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["UnknownValidatorError", "limits_of"]

Limits = dict[str, Any]
"""Keys: `min` and `max` (numbers, inclusive), `also` (numbers outside of them), `one_of` (texts, of each item
where the type is list), `ignore_case`, `durations` (the prefix before an ISO 8601 duration), `non_empty`."""

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"\[({_NUMBER}),\.\.\.(?:,({_NUMBER}))?\](?: or ({_NUMBER}))?")
_NAMES = re.compile(r"(\(case insensitive\) )?\[([\w.:-]+(?:, [\w.:-]+)*)\]")
_DURATION = re.compile(r"(\w+:)PnDTnHnMn\.nS")

_SENTENCES: dict[str, Limits] = {
    "": {},
    "Positive number, or -1 to use the broker's default": {"min": 1, "also": [-1]},
    "Positive number not larger than the number of brokers in the Kafka cluster, "
    "or -1 to use the broker's default": {"min": 1, "also": [-1]},
    "non-null string": {},  # a property that is given is never null
    "non-empty string": {"non_empty": True},
    "non-empty string without ISO control characters": {"non_empty": True},
    "non-empty list": {"non_empty": True},
}

_NOT_LIMITS = (
    # names of classes, algorithms of the JVM, addresses, headers and aliases of transforms: the rules on
    # guarded properties (topology/kafka/guarded_properties.py) decide about each of these keys
    "A concrete subclass of org.apache.kafka.connect.storage.",
    "Any KeyGenerator algorithm supported by the worker JVM",
    "Any MAC algorithm supported by the worker JVM",
    "A list of one or more MAC algorithms, each supported by the worker JVM",
    "List of comma-separated URLs",
    "Comma-separated header rules",
    "non-null string, unique ",
    "org.apache.kafka.connect.runtime.ConnectorConfig$PluginVersionValidator",
    # topic level only, which no environment sets
    "[partitionId]:[brokerId],[partitionId]:[brokerId],...",
    # a sentence about the default where the validator of the others stands (RemoteLogManagerConfig of 3.9)
    "The default value of -1 means that this will be set to the configured value of ",
)


class UnknownValidatorError(ValueError):
    """A text that none of the known validators prints."""


def limits_of(valid: str) -> Limits:
    """The limits that a validator's text states; empty where it states none that a value can break.

    Raises UnknownValidatorError for a text that is not known: a new Kafka version has a new validator.
    """
    if valid in _SENTENCES:
        return dict(_SENTENCES[valid])
    if valid.startswith(_NOT_LIMITS):
        return {}
    if numbers := _RANGE.fullmatch(valid):
        low, high, other = numbers.groups()
        limits: Limits = {"min": _number(low)}
        if high is not None:
            limits["max"] = _number(high)
        if other is not None:
            limits["also"] = [_number(other)]
        return limits
    if names := _NAMES.fullmatch(valid):
        return _names(names[2].split(", "), ignore_case=names[1] is not None)
    raise UnknownValidatorError(f"a validator of another kind: {valid!r}; teach {__name__}")


def _names(names: list[str], *, ignore_case: bool) -> Limits:
    durations = [found[1] for name in names if (found := _DURATION.fullmatch(name))]
    limits: Limits = {"one_of": [name for name in names if not _DURATION.fullmatch(name)]}
    if ignore_case:
        limits["ignore_case"] = True
    if durations:
        limits["durations"] = durations[0]
    return limits


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
