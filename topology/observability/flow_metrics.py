"""Which of the probe's metrics a flow has: alarms, dashboard and probe ask here."""

from __future__ import annotations

from topology.observability.metrics import Metric
from topology.replication.flows import DirectedFlow

__all__ = ["publishes"]


def publishes(flow: DirectedFlow, known: Metric) -> bool:
    """Whether the probe publishes this metric of the flow: what the flow does not have cannot be measured."""
    match known.part:
        case "arriving-heartbeats":
            return flow.carries_heartbeats
        case "checkpoints":
            return flow.has_checkpoints
        case "heartbeats":
            return flow.spec.heartbeats.enabled
        case None:
            return True
