"""Two brokers that deny by default, and workers that may do what a synthesized policy permits."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException

from localcloud.kafka.acls import ANY_RULE, acls
from localcloud.kafka.authorizer_log import AuthorizerLog, Decision
from localcloud.kafka.cluster import BROKER_FLAGS, LocalKafkaCluster, start_clusters
from localcloud.kafka.logins import ADMINISTRATOR, Logins
from localcloud.kafka.site import Site
from localcloud.wan import Wan
from localcloud.workers import ConnectWorker, bootstrap_environment, localize
from operations.connect.client import ConnectClient
from operations.connect.connector_flows import load_flows
from operations.kafka.clusters import Cluster
from operations.probe.probe import Probe
from operations.reconciler.reconcile import Reconciler
from tests.localcloud.kafka.running import sites
from topology.aws.names import bootstrap_variable
from topology.kafka.broker_properties import server_properties
from topology.kafka.java_properties import render_properties
from topology.model import Environment
from topology.observability.metrics import Publisher
from topology.replication.connectors import connectors, worker_properties

__all__ = ["OPERATIONS", "OPERATOR", "SOURCE", "TARGET", "TOPIC", "WORKERS", "Stage"]
__all__ += ["drop_rules", "staged", "waited"]

SOURCE, TARGET = "us-east-1", "us-west-2"
TOPIC = "demo.orders"
WORKERS, OPERATIONS = "workers", "operations"
"""The users that stand for the two roles."""
OPERATOR = "operator"
"""Who moves consumer groups."""
EVERYTHING_ALLOWED = "-Dmsk-mirror.authorizer.log=debug"
GONE_SECONDS = 60.0
STOP_SECONDS = 3.0


@dataclass
class Stage:
    """What runs; `begin` makes it as new for an environment and its policies, `end` ends the worker."""

    sites: Mapping[str, Site]
    clusters: Mapping[str, LocalKafkaCluster]
    logins: Logins
    directory: Path
    environment: Environment
    worker: ConnectWorker | None = None
    logs: dict[str, AuthorizerLog] = field(default_factory=dict)
    patience: float = math.inf
    """Seconds after a denial until what is waited for counts as failed."""

    @property
    def mirrored(self) -> str:
        """The topic's name at the target."""
        return f"{SOURCE}.{TOPIC}"

    def cluster(self, region: str, user: str = ADMINISTRATOR) -> Cluster:
        """A region's cluster as a user reaches it."""
        return Cluster(region, self.clusters[region].bootstrap, self.logins.librdkafka(user))

    def begin(self, environment: Environment, policies: Mapping[str, Mapping[str, Any]]) -> None:
        """Nothing but a source topic and heartbeats, and each user with the rules of its policy."""
        self.end()
        self.environment = environment
        for cluster in self.clusters.values():
            wipe(cluster)
        source = self.clusters[SOURCE]
        # heartbeats come from the workers of the source's region, which are not here
        source.create_topics({TOPIC: 1, "heartbeats": 1})
        for user, policy in policies.items():
            self.grant(user, policy)
        self.logs = {region: AuthorizerLog(cluster.log) for region, cluster in self.clusters.items()}

    def grant(self, user: str, policy: Mapping[str, Any]) -> None:
        """Give a user the rules of a policy, beside those that it has."""
        for region, rules in acls(policy, user).items():
            for made in self.clusters[region].admin.create_acls(rules).values():
                made.result()

    def start_worker(self) -> ConnectWorker:
        """A worker in the target's region, with the properties of the stack; it is not ready yet."""
        site = self.sites[TARGET]
        addresses = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
        text = render_properties(worker_properties(self.environment, TARGET))
        login = self.logins.java(WORKERS)
        self.worker = ConnectWorker.start(site, text, addresses, kafka_login=login)
        return self.worker

    def reconcile(self, seconds: float) -> bool:
        """Whether the connectors of the environment run after `seconds` at the latest."""
        assert self.worker is not None
        with ConnectClient([self.worker.rest_url], deadline=seconds) as client:
            report = Reconciler(client, self._connectors(WORKERS), prune=True).settle(seconds)
        return report.settled and not report.failed

    @contextmanager
    def probe(self) -> Iterator[Probe]:
        """The probe of the target's region, logged in as operations."""
        assert self.worker is not None
        addresses = {
            bootstrap_variable(region): cluster.bootstrap for region, cluster in self.clusters.items()
        }
        flows = load_flows(self._connectors(OPERATIONS), addresses)
        publisher = Publisher(self.environment.project, self.environment.environment)
        with (
            ConnectClient([self.worker.rest_url], deadline=10) as client,
            Probe(flows, client, publisher, threading.Event()) as probe,
        ):
            yield probe

    def _connectors(self, user: str) -> Path:
        """The directory of connectors whose clients log in as `user`."""
        directory = self.directory / f"connectors-{user}"
        directory.mkdir(exist_ok=True)
        for name, config in connectors(self.environment, TARGET).items():
            local = localize(config, login=self.logins.java(user)).properties
            (directory / f"{name}.json").write_text(json.dumps({"name": name, "config": local}))
        return directory

    def denied(self, user: str = WORKERS) -> list[tuple[str, Decision]]:
        """What a user was denied since the beginning, with the region."""
        return [(region, one) for region, log in self.logs.items() for one in log.denied(user)]

    def allowed(self, user: str) -> list[tuple[str, Decision]]:
        """What a user asked for and was allowed since the beginning, with the region."""
        decisions = [(region, one) for region, log in self.logs.items() for one in log.decisions()]
        return [(region, one) for region, one in decisions if one.user == user and one.allowed]

    def waits(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether a condition comes to hold within `seconds`, or `patience` after something was denied."""
        denied_at = math.inf

        def over() -> bool:
            nonlocal denied_at
            if self.denied(WORKERS) or self.denied(OPERATIONS):
                denied_at = min(denied_at, time.monotonic())
            return time.monotonic() > denied_at + self.patience

        held = False

        def holds() -> bool:
            nonlocal held
            held = held_now(condition)
            return held or over()

        waited(holds, seconds)
        return held

    def said(self) -> str:
        """Denials, and the end of the worker's log."""
        denied = "\n".join(f"{region}: {one}" for region, one in self.denied())
        return f"{denied}\n{self.worker.process.tail(30) if self.worker else ''}"

    def end(self) -> None:
        """End the worker; one that may not do what it wants would take a minute."""
        if self.worker is not None:
            self.worker.process.stop(STOP_SECONDS)
            self.worker = None


@contextmanager
def staged(directory: Path, environment: Environment) -> Iterator[Stage]:
    """Both brokers, for as long as the block takes."""
    logins = Logins.of(WORKERS, OPERATIONS, OPERATOR)
    with Wan.start([SOURCE, TARGET]) as wan:
        places = sites(wan, directory)
        servers = {region: server_properties(environment, region) for region in places}
        flags = (*BROKER_FLAGS, EVERYTHING_ALLOWED)
        clusters = start_clusters(list(places.values()), servers, flags, logins)
        stage = Stage(places, clusters, logins, directory, environment)
        try:
            yield stage
        finally:
            stage.end()
            for cluster in clusters.values():
                cluster.stop()


def wipe(cluster: LocalKafkaCluster) -> None:
    """Take away every rule, group and topic but Kafka's own."""
    admin = cluster.admin
    drop_rules(cluster)
    assert waited(lambda: without_groups(cluster), GONE_SECONDS), "a worker that was killed is still a member"
    topics = [topic for topic in cluster.topics() if not topic.startswith("__")]
    if topics:
        for deleted in admin.delete_topics(topics).values():
            deleted.result()
    assert waited(lambda: not set(topics) & set(cluster.topics()), GONE_SECONDS)


def drop_rules(cluster: LocalKafkaCluster) -> None:
    """Take away every rule."""
    for gone in cluster.admin.delete_acls([ANY_RULE]).values():
        gone.result()


def without_groups(cluster: LocalKafkaCluster) -> bool:
    """Whether all consumer groups are gone; those with members cannot be deleted."""
    groups = [group.group_id for group in cluster.admin.list_consumer_groups().result().valid]
    for deleted in cluster.admin.delete_consumer_groups(groups).values() if groups else ():
        deleted.result()
    return True


def waited(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether a condition comes to hold within `seconds`; an error of Kafka counts as no."""
    deadline = time.monotonic() + seconds
    while not held_now(condition):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def held_now(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except KafkaException:
        return False
