"""Workers between off and on: what a preparing worker does not read, and records through the states."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import yaml
from confluent_kafka import Producer

from localcloud.workers import ConnectWorker, bootstrap_environment, localize
from operations.connect.client import ConnectClient, ConnectError
from operations.verification.production import Load
from operations.verification.verify import FlowResult, Verification
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror
from tests.e2e.waiting import wait_until
from topology.kafka.java_properties import render_properties
from topology.loading import environment_path, load_text
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties

pytestmark = pytest.mark.kafka

CONNECTOR = f"{FLOW}-source"
FIRST_NUMBER = 10
"""Of the workers here: those of the session have 0 and 1."""


def environment_of(state: str, name: str) -> Environment:
    """`local` with a Connect cluster of its own, beside that of the session."""
    document = yaml.safe_load(environment_path("local").read_text(encoding="utf-8"))
    topics = {f"{kind}_topic": f"{name}.{kind}.internal" for kind in ("config", "offset", "status")}
    connect = {"group_id": name, "offset_partitions": 1, "status_partitions": 1, **topics}
    document["mirrormaker"] |= {"exactly_once": state, "connect": connect}
    document["flows"][0] |= {"checkpoints": {"enabled": False}, "heartbeats": {"enabled": False}}
    return load_text(yaml.safe_dump(document), "exactly-once.yaml")


def source_config(environment: Environment, topic: str) -> dict[str, str]:
    return localize(connectors(environment, TARGET)[CONNECTOR]).properties | {"topics": topic}


@contextmanager
def worker(mirror: Mirror, environment: Environment, number: int) -> Iterator[ConnectWorker]:
    """A worker that has joined its group; it is stopped at the end unless it has ended before."""
    site = mirror.sites[TARGET]
    addresses = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
    text = render_properties(worker_properties(environment, TARGET) | {"offset.flush.interval.ms": "1000"})
    started = ConnectWorker.start(site, text, addresses, FIRST_NUMBER + number)
    try:
        started.wait_ready()
        yield started
    finally:
        started.stop()


def abort_offset(mirror: Mirror, topic: str, storage: str, offset: int) -> None:
    """What a worker of `on` leaves when it is killed in a transaction: an offset that does not count."""
    place = [CONNECTOR, {"cluster": SOURCE, "partition": 0, "topic": topic}]
    producer = Producer(
        {"bootstrap.servers": mirror.clusters[TARGET].bootstrap, "transactional.id": f"killed-{topic}"}
    )
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(
        storage, key=json.dumps(place, separators=(",", ":")), value=json.dumps({"offset": offset})
    )
    producer.flush(30)
    producer.abort_transaction(30)


def source_offset(one: ConnectWorker) -> int | None:
    with ConnectClient([one.rest_url], deadline=60) as client:
        found = [offset.offset for offset in client.offsets(CONNECTOR) if offset.offset is not None]
    return found[0]["offset"] if found else None


@pytest.mark.migration
def test_a_preparing_worker_does_not_skip_what_was_never_written(mirror: Mirror) -> None:
    """Without it records are lost on the way from on to off; a worker that is off shows that."""
    topic, name = "demo.aborted", "eos-aborted"
    flow = mirror.flow(topic, 1)
    off, preparing = (environment_of(state, name) for state in ("off", "preparing"))
    with worker(mirror, off, 0) as first, ConnectClient([first.rest_url], deadline=60) as client:
        client.put_config(CONNECTOR, source_config(off, topic))
        run = Verification([flow], Load(count=50, rate=50))
        with run.going():
            wait_until(lambda: run.progress()[0].received == 50, 90, "50 records cross", run.progress)
        client.stop(CONNECTOR)
        wait_until(lambda: source_offset(first) is not None, 60, "the source offset is kept")
        kept = source_offset(first)
    abort_offset(mirror, topic, f"{name}.offset.internal", 1_000_000)
    with worker(mirror, preparing, 1) as second:
        assert source_offset(second) == kept
    with worker(mirror, off, 2) as third:
        assert source_offset(third) == 1_000_000, "Kafka reads aborted offsets: preparing is needed"


@pytest.mark.migration
@pytest.mark.timeout(600)
def test_no_record_is_lost_from_off_to_on_and_none_is_there_twice_once_it_is_on(mirror: Mirror) -> None:
    """Each state takes over as a Deployment rolls: the new worker joins, then the old one leaves. On the way
    back, too."""
    topic, name = "demo.states", "eos-states"
    flow = mirror.flow(topic, 4)
    rolling, on, back = (Verification([flow], Load(rate=200, duration=900)) for _ in range(3))
    states = {state: environment_of(state, name) for state in ("off", "preparing", "on")}
    with worker(mirror, states["off"], 0) as first:
        put(first, states["off"], topic)
        began = now_ms()
        with rolling.going():
            crossing(rolling)
            with worker(mirror, states["preparing"], 1) as second:
                crossing(rolling)
                first.stop()
                put(second, states["preparing"], topic)
                crossing(rolling)
                with worker(mirror, states["on"], 2) as third:
                    crossing(rolling)
                    second.stop()
                    put(third, states["on"], topic)
                    result = ended(rolling, began)
                    assert result.lost == 0, result
                    began = now_ms()
                    with on.going(), worker(mirror, states["on"], 3) as fourth:
                        crossing(on)
                        third.kill()
                        crossing(on)
                        result = ended(on, began)
                        assert (result.lost, result.duplicated) == (0, 0), result
                        on_the_way_back(mirror, back, states, fourth, topic)


def on_the_way_back(
    mirror: Mirror, run: Verification, states: dict[str, Environment], old: ConnectWorker, topic: str
) -> None:
    """on -> preparing, where the old worker is killed in its transactions, -> off."""
    began = now_ms()
    with run.going():
        crossing(run)
        with worker(mirror, states["preparing"], 4) as preparing:
            crossing(run)
            old.kill()
            put(preparing, states["preparing"], topic)
            crossing(run)
            with worker(mirror, states["off"], 5) as off:
                preparing.stop()
                put(off, states["off"], topic)
                result = ended(run, began)
                assert result.lost == 0, result


def put(one: ConnectWorker, environment: Environment, topic: str) -> None:
    """As the reconciler does it: again until the leader is one that takes it."""

    def taken() -> bool:
        try:
            with ConnectClient([one.rest_url], deadline=30) as client:
                client.put_config(CONNECTOR, source_config(environment, topic))
        except ConnectError:
            return False
        return True

    wait_until(taken, 90, "the connector is as the state wants it")


def crossing(run: Verification) -> None:
    """Waits until 400 more records have arrived."""
    before = run.progress()[0].received
    wait_until(lambda: run.progress()[0].received >= before + 400, 150, "records cross", run.progress)


def ended(run: Verification, since_ms: int) -> FlowResult:
    """Stops sending, waits for what was sent, and counts."""
    run.stop_sending()
    wait_until(lambda: run.over(45), 150, "all that was sent has arrived or is late", run.progress)
    (result,) = run.results(since_ms)
    return result


def now_ms() -> int:
    return int(time.time() * 1000)
