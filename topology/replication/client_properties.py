"""The clients that Connect and MirrorMaker make for a connector, with the properties that each of them gets.

Sources, Kafka 4.1.1: Worker.baseProducerConfigs, baseConsumerConfigs and adminConfigs; MirrorConnectorConfig,
{source,target}{Producer,Consumer,Admin}Config. tests/kafka/test_agreement.py holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Client", "PropertyLayer", "clients"]

Properties = Mapping[str, str]
KINDS = ("producer", "consumer", "admin")

_OF_CONNECT: dict[str, dict[str, str]] = {
    "producer": {
        "acks": "all",
        "delivery.timeout.ms": str(2**31 - 1),
        "enable.idempotence": "false",
        "max.block.ms": str(2**63 - 1),
        "max.in.flight.requests.per.connection": "1",
    },
    "consumer": {},
    "admin": {},
}
"""What Connect sets for its clients, below everything else."""


@dataclass(frozen=True)
class PropertyLayer:
    """Properties of a component that reach a client: those that begin with `prefix`. `component` is worker
    or connector; empty for what Connect sets itself."""

    component: str
    prefix: str
    properties: Properties

    def key(self, name: str) -> str | None:
        """The component's key for a client's property, if it has it."""
        key = self.prefix + name
        return key if key in self.properties else None


@dataclass(frozen=True)
class Client:
    """A client; `layers` from the one that wins to the one that every other replaces."""

    kind: str
    layers: tuple[PropertyLayer, ...]

    def value(self, name: str) -> str | None:
        """The effective value of a property, None where nothing sets it."""
        for layer in self.layers:
            key = layer.key(name)
            if key is not None:
                return layer.properties[key]
        return None

    def origin(self, name: str) -> tuple[str, str] | None:
        """The component and key that decide a property, None where nothing sets it."""
        for layer in self.layers:
            key = layer.key(name)
            if key is not None:
                return layer.component, key
        return None


def clients(worker: Properties, connector: Properties) -> Iterator[Client]:
    """Every client that the properties of a worker and a connector on it can reach."""
    for kind in KINDS:
        overrides = PropertyLayer("connector", f"{kind}.override.", connector)
        defaults = (PropertyLayer("worker", f"{kind}.", worker), PropertyLayer("", "", _OF_CONNECT[kind]))
        own = (PropertyLayer("worker", "", worker),) if kind == "admin" else ()
        yield Client(kind, (overrides, defaults[0], *own, defaults[1]))
        for side in ("source", "target"):
            yield Client(
                kind,
                (
                    PropertyLayer("connector", f"{side}.{kind}.", connector),
                    PropertyLayer("connector", f"{kind}.", connector),
                ),
            )
