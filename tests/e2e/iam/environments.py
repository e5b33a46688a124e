"""The environments that the proofs run: `local`, hurried, in each state of exactly-once."""

from __future__ import annotations

from pathlib import Path

import yaml

from topology.loading import load_text
from topology.model import Environment, ExactlyOnce

__all__ = ["hurried"]

LOCAL = Path(__file__).resolve().parents[3] / "environments" / "local.yaml"


def hurried(exactly_once: ExactlyOnce = ExactlyOnce.OFF) -> Environment:
    """Looks for changes each second, writes an offset sync for each record, and has small topics of its own,
    so that each function shows at once. What the workers need of Kafka is the same."""
    document = yaml.safe_load(LOCAL.read_text(encoding="utf-8"))
    document["flows"][0] |= {
        "refresh_topics_interval_seconds": 1,
        "checkpoints": {"interval_seconds": 1, "sync_interval_seconds": 1},
        "heartbeats": {"interval_seconds": 1},
        "offset_syncs": {"lag_max": 1},
    }
    document["mirrormaker"] |= {
        "exactly_once": exactly_once.value,
        "connect": {"offset_partitions": 1, "status_partitions": 1},
        "connector_properties": {"source": {"sync.topic.configs.interval.seconds": "1"}},
    }
    return load_text(yaml.safe_dump(document), "hurried.yaml")
