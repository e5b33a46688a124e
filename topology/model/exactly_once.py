"""Exactly-once delivery of a Connect cluster (KIP-618): a switch with a step between off and on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator

__all__ = ["ExactlyOnce", "Switch"]


class ExactlyOnce(StrEnum):
    """What all workers of the Connect clusters do. KIP-618 and Kafka's documentation ("Exactly-once support",
    worker configuration) allow no direct change between `off` and `on`: while pods roll, both kinds of
    workers share the tasks."""

    OFF = "off"
    """Records are written at least once."""
    PREPARING = "preparing"
    """Records are written at least once. Workers can share the tasks with those of either neighbour: the
    leader writes its configuration in transactions and can fence tasks, and source offsets of aborted
    transactions are not read."""
    ON = "on"
    """A record and its source offset are written in one transaction."""

    @property
    def worker_support(self) -> Literal["disabled", "preparing", "enabled"]:
        """The worker's `exactly.once.source.support`."""
        match self:
            case ExactlyOnce.OFF:
                return "disabled"
            case ExactlyOnce.PREPARING:
                return "preparing"
            case ExactlyOnce.ON:
                return "enabled"

    @property
    def has_transactions(self) -> bool:
        """Whether workers with this setting, or those that they replace, write in transactions."""
        return self is not ExactlyOnce.OFF


def _unquoted(value: object) -> object:
    """YAML 1.1 reads an unquoted `on` or `off` as a boolean."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value


Switch = Annotated[
    ExactlyOnce, BeforeValidator(_unquoted, json_schema_input_type=Literal["off", "preparing", "on"] | bool)
]
"""`off`, `preparing` or `on`, quoted or not; `false` and `true` are off and on."""
