"""A region's Kafka: one real KRaft broker inside the WAN."""

from __future__ import annotations

import base64
import logging
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException, TopicPartition

# Its documentation imports these from here; its types do not say so.
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec  # type: ignore[attr-defined]

from localcloud.kafka.logins import ADMINISTRATOR, Logins
from localcloud.kafka.server import server_properties
from localcloud.kafka.site import Site
from localcloud.server_process import ServerProcess, ServerProcessError, stop_together
from topology.kafka.java_properties import render_properties

__all__ = ["BROKER_FLAGS", "LocalKafkaCluster", "start_clusters"]

BROKER_FLAGS = ("-Xms256m", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Two brokers and four workers share one small machine: a small heap, one GC thread, and no optimizing
compiler, whose threads take both cores for the first half minute. Pass others where throughput is
measured."""

_FORMAT_FLAGS = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_READY_SECONDS = 60
_STOP_SECONDS = 20
_LEADER_SECONDS = 20
_CONTROLLER_PORT = 9093

# librdkafka reports each refused connection while a broker starts; the wait below says it once if it matters.
_silent = logging.getLogger("localcloud.kafka.client")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


@dataclass(frozen=True)
class LocalKafkaCluster:
    """A running single-node cluster; start it with `KafkaCluster.start`, end it with `stop`."""

    region: str
    bootstrap: str
    """host:port as the host sees it; Wan.bootstrap says it for clients in other regions."""
    properties: Mapping[str, str]
    """The broker's server.properties."""
    process: ServerProcess
    admin: AdminClient
    """May do everything, also where nobody else may do anything."""

    @classmethod
    def start(
        cls,
        site: Site,
        server: Mapping[str, str],
        flags: Sequence[str] = BROKER_FLAGS,
        logins: Logins | None = None,
    ) -> LocalKafkaCluster:
        """Format the storage and start the broker of a region; returns when it answers.

        `server` are the properties of the MSK configuration (server.py says which a single node overrides);
        the site's directory must not hold an earlier cluster. With `logins` the broker wants one of each
        client and denies by default; without, everybody may do everything.
        Raises ServerProcessError with the end of the broker's log.
        """
        site.directory.mkdir(parents=True, exist_ok=True)
        config = site.directory / "server.properties"
        listeners, port = site.wan.listeners(site.region), site.wan.port(site.region, _CONTROLLER_PORT)
        properties = server_properties(server, listeners, port, site.directory / "data", logins)
        config.write_text(render_properties(properties))
        _format(site, config)
        command = site.command(flags, "kafka.Kafka", str(config))
        process = ServerProcess(f"broker of {site.region}", command, site.directory / "broker.log", {})
        bootstrap = site.wan.bootstrap(site.region)
        login = logins.librdkafka(ADMINISTRATOR) if logins else {}
        cluster = cls(site.region, bootstrap, properties, process, _admin(bootstrap, login))
        try:
            process.wait_until(cluster.answers, _READY_SECONDS)
        except ServerProcessError:
            process.stop(0)
            raise
        return cluster

    @property
    def log(self) -> Path:
        """The broker's log file."""
        return self.process.log

    def answers(self) -> bool:
        """Whether the broker answers a metadata request within a second."""
        try:
            return bool(self.admin.list_topics(timeout=1).brokers)
        except KafkaException:
            return False

    def topics(self) -> dict[str, int]:
        """Every topic, internal ones too, and its number of partitions."""
        found = self.admin.list_topics(timeout=10).topics
        return {name: len(topic.partitions) for name, topic in sorted(found.items())}

    def create_topics(self, partitions: Mapping[str, int], config: Mapping[str, str] | None = None) -> None:
        """Create topics (name -> partitions) with the same topic config; returns when they can be written to.

        Does nothing without topics. Raises confluent_kafka.KafkaException, for a topic that exists too, and
        ServerProcessError when one gets no leader.
        """
        if not partitions:  # which the client refuses
            return
        new = [
            NewTopic(name, num_partitions=count, replication_factor=1, config=dict(config or {}))
            for name, count in partitions.items()
        ]
        for future in self.admin.create_topics(new).values():
            future.result()
        deadline = time.monotonic() + _LEADER_SECONDS
        for topic in partitions:
            while not self._has_leaders(topic):
                if time.monotonic() > deadline:
                    raise ServerProcessError(
                        f"{topic} has no leader after {_LEADER_SECONDS} s:\n{self.process.tail()}"
                    )
                time.sleep(0.05)

    def end_offsets(self, topic: str) -> dict[int, int]:
        """Partition -> the offset after its last record (control records of transactions count too).

        Raises KeyError where there is no such topic.
        """
        partitions = [TopicPartition(topic, n) for n in range(self.topics()[topic])]
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = self.admin.list_offsets(dict.fromkeys(partitions, latest))
        return {partition.partition: future.result().offset for partition, future in asked.items()}

    def stop(self) -> None:
        """SIGTERM, and SIGKILL after 20 s."""
        self.process.stop(_STOP_SECONDS)

    def restart(self, *, kill: bool = False) -> None:
        """Stop the broker (`kill`: without warning) and start it again with the same data; returns when it
        answers. Raises ServerProcessError."""
        if kill:
            self.process.kill()
        self.stop()
        self.process.start_again()
        self.process.wait_until(self.answers, _READY_SECONDS)

    def _has_leaders(self, topic: str) -> bool:
        # The topic is in the metadata before its broker has taken the lead: NOT_LEADER_FOR_PARTITION until
        # then.
        try:
            return bool(self.end_offsets(topic))
        except (KeyError, KafkaException):
            return False


def start_clusters(
    sites: Sequence[Site],
    server: Mapping[str, Mapping[str, str]],
    flags: Sequence[str] = BROKER_FLAGS,
    logins: Logins | None = None,
) -> dict[str, LocalKafkaCluster]:
    """Start the clusters of several regions at once; `server` has the properties of each region's.

    If one fails the others are stopped and its error is raised.
    """
    with ThreadPoolExecutor(max_workers=len(sites)) as pool:
        futures = {
            site.region: pool.submit(LocalKafkaCluster.start, site, server[site.region], flags, logins)
            for site in sites
        }
    failed = [error for future in futures.values() if (error := future.exception())]
    if failed:
        stop_together(*(future.result().stop for future in futures.values() if not future.exception()))
        raise failed[0]
    return {region: future.result() for region, future in futures.items()}


def _format(site: Site, config: Path) -> None:
    identifier = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    # one argument: one id in 64 begins with a dash
    arguments = ("format", f"--cluster-id={identifier}", "--config", str(config))
    command = site.outside(_FORMAT_FLAGS, "kafka.tools.StorageTool", *arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerProcessError(f"formatting the storage of {config} failed:\n{done.stdout}{done.stderr}")


def _admin(bootstrap: str, login: Mapping[str, str]) -> AdminClient:
    # librdkafka waits longer and longer between connections; a broker that has just opened its port must not
    # wait.
    hurried: dict[str, str | int] = {"reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 100}
    return AdminClient({"bootstrap.servers": bootstrap, **hurried, **login}, logger=_silent)
