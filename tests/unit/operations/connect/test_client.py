"""The client of Connect's REST interface against a worker that misbehaves."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from operations.connect.client import NO_STATUS, ConnectClient, ConnectError, Offset

CONFIG = {"connector.class": "X", "tasks.max": "1"}
REBALANCE = {"error_code": 409, "message": "Cannot complete request because of a conflicting operation"}


def client(*urls: str, **settings: Any) -> ConnectClient:
    return ConnectClient(urls, **{"timeout": 2.0, "deadline": 10.0, **settings})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, REBALANCE),
        (503, {"error_code": 503, "message": "starting"}),
        (404, b"<html>Error 404 Not Found</html>"),
        (500, {"error_code": 500, "message": "Request timed out. The worker is currently joining"}),
        (500, {"error_code": 500, "message": "IO Error trying to forward REST request: closed"}),
        (500, {"error_code": 500, "message": "Failed to retrieve offsets for source connector a"}),
    ],
)
def test_what_passes_by_itself_is_asked_again(scripted: Any, answer: Any, status: int, body: Any) -> None:
    worker = scripted(answer(status, body), answer(status, body), answer(200, {"name": "a"}))
    client(worker.url).put_config("a", CONFIG)
    assert worker.asked == [("PUT", "/connectors/a/config", CONFIG)] * 3


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "Connector configuration is invalid"), (404, "Connector a not found"), (500, "NullPointer")],
)
def test_what_does_not_pass_is_raised_at_once(scripted: Any, answer: Any, status: int, message: str) -> None:
    worker = scripted(answer(status, {"error_code": status, "message": message}))
    with pytest.raises(ConnectError) as raised:
        client(worker.url).put_config("a", CONFIG)
    assert len(worker.asked) == 1
    assert str(raised.value) == f"PUT {worker.url}/connectors/a/config: answered {status}: {message}"


def test_a_refusing_worker_gives_way_to_the_next(scripted: Any, answer: Any, refusing_url: str) -> None:
    worker = scripted(answer(200, []))
    assert client(refusing_url, worker.url).plugins() == ()


def test_the_worker_that_answered_is_asked_first_the_next_time(scripted: Any, answer: Any) -> None:
    starting, ready = scripted(answer(503)), scripted(answer(200, []))
    both = client(starting.url, ready.url)
    both.plugins()
    both.plugins()
    assert (len(starting.asked), len(ready.asked)) == (1, 2)


def test_nobody_answers_until_the_deadline(refusing_url: str) -> None:
    with pytest.raises(ConnectError, match=r"no answer: .*refused.*tried \d+ times") as raised:
        client(refusing_url, deadline=0.6).plugins()
    assert raised.value.status is None
    assert raised.value.attempts > 1


def test_an_answer_cut_in_half_is_asked_for_again(scripted: Any, answer: Any) -> None:
    plugin = [{"class": "a.B", "type": "source", "version": "1"}]
    worker = scripted(answer(200, plugin, cut=True), answer(200, plugin))
    assert [one.class_name for one in client(worker.url).plugins()] == ["a.B"]


def test_a_slow_answer_is_asked_for_again(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(200, [], delay=1.0), answer(200, []))
    client(worker.url, timeout=0.2).plugins()
    assert len(worker.asked) == 2


def test_an_answer_that_is_not_json_is_named(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(200, b"<html>a proxy page</html>"))
    with pytest.raises(ConnectError, match="not JSON: '<html>a proxy"):
        client(worker.url).plugins()


def test_a_stop_ends_the_repetitions(refusing_url: str) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begin = time.monotonic()
    with pytest.raises(ConnectError):
        client(refusing_url, deadline=60.0, stop=stop).plugins()
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize("urls", [[], ["127.0.0.1:8083"], ["ftp://a"], ["http://"], ["http://a:b"]])
def test_a_wrong_address_is_refused_with_what_is_allowed(urls: list[str]) -> None:
    with pytest.raises(ValueError, match="address of a Connect worker"):
        ConnectClient(urls)


def test_an_existing_connector_is_not_created_again(scripted: Any, answer: Any) -> None:
    exists = answer(409, {"error_code": 409, "message": "Connector a already exists"})
    worker = scripted(exists)
    with pytest.raises(ConnectError, match="already exists"):
        client(worker.url).create("a", CONFIG)
    assert len(worker.asked) == 1


@pytest.mark.parametrize("other", [False, True])
def test_a_creation_whose_answer_was_lost_counts_if_it_is_ours(
    scripted: Any, answer: Any, other: bool
) -> None:
    exists = answer(409, {"error_code": 409, "message": "Connector a already exists"})
    found = {**CONFIG, "name": "a", **({"tasks.max": "9"} if other else {})}
    worker = scripted(answer(201, {"name": "a"}, cut=True), exists, answer(200, found))
    lost = client(worker.url)
    if other:
        with pytest.raises(ConnectError, match="already exists"):
            lost.create("a", CONFIG, "STOPPED")
    else:
        lost.create("a", CONFIG, "STOPPED")
    assert worker.asked[0] == (
        "POST", "/connectors", {"name": "a", "config": CONFIG, "initial_state": "STOPPED"},
    )  # fmt: skip


def test_a_connector_without_a_status_is_listed(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(200, {"a": {"info": {"name": "a", "config": CONFIG}}}), answer(200, {}))
    (connector,) = client(worker.url).connectors().values()
    assert (connector.name, connector.state, connector.tasks) == ("a", NO_STATUS, ())


def test_deleting_what_is_gone_is_success(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(404, {"error_code": 404, "message": "Connector a not found"}))
    client(worker.url).delete("a")
    refused = scripted(answer(500, {"error_code": 500, "message": "no"}))
    with pytest.raises(ConnectError):
        client(refused.url).delete("a")


def test_calls_without_a_body_reach_their_path(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(204))
    connect = client(worker.url)
    connect.stop("a")
    connect.pause("a")
    connect.resume("a")
    connect.restart("a", include_tasks=True, only_failed=False)
    connect.delete_offsets("a")
    assert worker.asked == [
        ("PUT", "/connectors/a/stop", None),
        ("PUT", "/connectors/a/pause", None),
        ("PUT", "/connectors/a/resume", None),
        ("POST", "/connectors/a/restart?includeTasks=true&onlyFailed=false", None),
        ("DELETE", "/connectors/a/offsets", None),
    ]


def test_offsets_are_written_in_the_form_they_are_read(scripted: Any, answer: Any) -> None:
    found = {
        "offsets": [{"partition": {"cluster": "A", "topic": "t", "partition": 0}, "offset": {"offset": 7}}]
    }
    forgotten = {"partition": {"cluster": "A", "topic": "t", "partition": 1}, "offset": None}
    worker = scripted(answer(200, {"offsets": [*found["offsets"], forgotten]}))
    connect = client(worker.url)
    offsets = connect.offsets("a")
    assert offsets == (Offset({"cluster": "A", "topic": "t", "partition": 0}, {"offset": 7}),)
    connect.patch_offsets("a", offsets)
    assert worker.asked[-1] == ("PATCH", "/connectors/a/offsets", found)


def test_a_ready_worker_speaks_for_the_cluster(scripted: Any, answer: Any, refusing_url: str) -> None:
    starting = scripted(answer(503, {"status": "starting", "message": "joining"}))
    ready = scripted(answer(200, {"status": "healthy", "message": "up"}))
    assert client(refusing_url, starting.url, ready.url).health().ready
    unready = client(refusing_url, starting.url).health()
    assert (unready.code, unready.message) == (503, "joining")
    with pytest.raises(ConnectError, match="no answer"):
        client(refusing_url).health()


def test_readiness_is_waited_for(scripted: Any, answer: Any, refusing_url: str) -> None:
    worker = scripted(
        answer(404, b"<html>"), answer(503, {"message": "joining"}), answer(200, {"message": "up"})
    )
    assert client(worker.url).await_ready().message == "up"
    with pytest.raises(ConnectError, match="no answer"):
        client(refusing_url).await_ready(deadline=0.3)
    with pytest.raises(ConnectError, match="503: joining"):
        client(scripted(answer(503, {"message": "joining"})).url).await_ready(deadline=0.3)


def test_every_worker_is_asked_whether_it_is_ready(scripted: Any, answer: Any, refusing_url: str) -> None:
    ready, busy = scripted(answer(200)), scripted(answer(503, {"error_code": 503, "message": "starting"}))
    assert client(ready.url).unready() == ()
    starting, refusing = client(ready.url, busy.url, refusing_url).unready()
    assert starting == f"{busy.url}/health: 503: starting"
    assert refusing.startswith(f"GET {refusing_url}/health: no answer: ")
