"""Where a probe's samples go: lines of JSON, CloudWatch, Prometheus."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from operations.connect.http_pages import Page, PageServer
from operations.probe.figures import Sample
from topology.observability.metrics import METRICS, PROBE_NAMESPACE

__all__ = ["CloudWatch", "Gauges", "write_line"]

PREFIX: Final = "msk_mirror_"
LABELS: Final = ("project", "environment", "source", "target")
PATIENCE: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)


def write_line(content: Mapping[str, Any]) -> None:
    """One line of JSON on stdout, at once: it is the pod's log."""
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


class CloudWatch:
    """CloudWatch of a region; the endpoint is AWS_ENDPOINT_URL's where that is set (boto3).

    Raises ValueError when boto3 can make no client from its surroundings (a profile that is not there).
    """

    def __init__(self, region: str) -> None:
        try:
            self._client = boto3.Session().client("cloudwatch", region_name=region, config=PATIENCE)
        except BotoCoreError as error:
            raise ValueError(f"CloudWatch of {region}: {error}") from error

    def publish(self, samples: Sequence[Sample]) -> str | None:
        """Puts every figure into PROBE_NAMESPACE; gives what went wrong, in words.

        Figures that could not be put are lost: a later look says more than an old one. One call takes a
        thousand (CloudWatch API reference, PutMetricData); there are fewer regions to replicate from.
        """
        data = [datum for sample in samples for datum in sample.as_metric_data()]
        if not data:
            return None
        try:
            self._client.put_metric_data(Namespace=PROBE_NAMESPACE, MetricData=data)
        except (BotoCoreError, ClientError) as error:
            return f"CloudWatch took nothing: {error}"
        return None


class Gauges(Collector):
    """The last samples for Prometheus. A figure that was not measured is absent, not as it was before."""

    def __init__(self) -> None:
        self._samples: Sequence[Sample] = ()
        self._shown = time.time()
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def show(self, samples: Sequence[Sample]) -> None:
        self._samples, self._shown = samples, time.time()

    def collect(self) -> Iterable[Metric]:
        for known in METRICS:
            if known.source == "probe":
                gauge = GaugeMetricFamily(
                    PREFIX + known.id.replace("-", "_"), f"{known.name}, {known.unit}", labels=LABELS
                )
                for sample in self._samples:
                    if known.id in sample.figures:
                        own = sample.publisher
                        place = (own.project, own.environment, sample.source, sample.target)
                        gauge.add_metric(place, sample.figures[known.id])
                yield gauge
        yield GaugeMetricFamily(
            f"{PREFIX}probe_last_look_timestamp_seconds", "When the flows were looked at last", self._shown
        )

    @contextmanager
    def served(self, port: int, host: str = "") -> Iterator[int]:
        """Serves /metrics, and the samples as JSON on /, on `port` (0: a free one) meanwhile; gives it.
        Raises OSError if it is taken."""

        def metrics() -> Page:
            return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(self.registry)

        def samples() -> Page:
            body = json.dumps([sample.as_json() for sample in self._samples])
            return HTTPStatus.OK, "application/json", body.encode()

        with PageServer({"/metrics": metrics, "/": samples}, port, host) as server:
            yield server.port
