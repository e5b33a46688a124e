"""What is wrong is said in words: by readiness, by the reconciler's condition and by an event."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from operations.cli.commands import FAILED, OK
from operations.cli.commands.rollout import run
from tests.e2e.kubernetes.stage import SOURCE, TARGET, TOPIC, Stage
from tests.e2e.waiting import wait_until
from topology.state.outputs import BOOTSTRAP_BROKERS_IAM

NAMESPACE = "mirrormaker2"
NOBODY_LISTENS = 9
ABOUT_WORKERS = ("WorkersNotStarting", "WorkersNotReady")
"""Reasons of conditions and events: pods do not come up, or came up and are not ready."""


@contextmanager
def denied(stage: Stage, kind: ResourceType, name: str, operation: AclOperation) -> Iterator[None]:
    """Meanwhile nobody may do this on the target's cluster."""
    what = (kind, name, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*", operation, AclPermissionType.DENY)
    admin = stage.kafka[TARGET].admin
    for future in admin.create_acls([AclBinding(*what)]).values():
        future.result()
    try:
        yield
    finally:
        for future in admin.delete_acls([AclBindingFilter(*what)]).values():
            future.result()


def about_workers(stage: Stage) -> str:
    """What the reconciler says about worker pods now."""
    found = stage.conditions()
    return "; ".join(found[reason] for reason in ABOUT_WORKERS if reason in found)


def await_words(say: Callable[[], str], part: str, seconds: float) -> str:
    """What the reconciler says as soon as `part` is in it; a later pass may find something else."""
    heard: list[str] = []

    def said() -> bool:
        heard.append(say())
        return part in heard[-1]

    wait_until(said, seconds, f"the reconciler says {part}", every=0.5)
    return heard[-1]


def noted(stage: Stage) -> list[str]:
    """What events say about worker pods."""
    return [note for reason in ABOUT_WORKERS for note in stage.events(reason)]


@pytest.mark.extended
def test_a_missing_permission_on_a_topic_is_named_and_passes(stage: Stage) -> None:
    topic = f"{SOURCE}.{TOPIC}"
    with stage.scenario("topic permission taken and given back") as scenario:
        scenario.traffic.await_more()
        with denied(stage, ResourceType.TOPIC, topic, AclOperation.WRITE):
            message = await_words(lambda: stage.conditions().get("TasksFailed", ""), "FAILED", 120)
            # not ready for failures that last: the first ones are restarted, and seen as warnings
            wait_until(
                lambda: not stage.ready("operations"), 360, "the operations pod is not ready", every=0.5
            )
            wait_until(lambda: bool(stage.events("TasksFailed")), 60, "an event says so")
        for said in (message, *stage.events("TasksFailed")):
            assert "TopicAuthorizationException" in said
            assert "IAM role" in said
        scenario.figures["seconds_to_running"] = stage.await_running(360)
        stage.await_ready(1, "operations")
        scenario.traffic.await_more()


@pytest.mark.extended
def test_a_wrong_bootstrap_address_keeps_the_old_workers_and_is_named(stage: Stage) -> None:
    right = stage.workload.values
    host = stage.wan.address(TARGET)
    wrong = {name: dict(outputs) for name, outputs in right.items()}
    wrong[f"msk-{TARGET}"][BOOTSTRAP_BROKERS_IAM] = f"{host}:{NOBODY_LISTENS}"
    with stage.scenario("wrong bootstrap address rolled out") as scenario:
        old = set(stage.ready())
        stage.workload.values = wrong
        stage.workload.apply(wait=False)
        began = time.monotonic()
        message = await_words(lambda: about_workers(stage), "last exit", 240)
        scenario.figures["seconds_to_words"] = time.monotonic() - began
        wait_until(lambda: any("last exit" in said for said in noted(stage)), 120, "an event says so")
        assert old <= set(stage.ready())
        scenario.traffic.await_more()
        stage.workload.values = right
        stage.workload.apply()
        stage.await_running()
        scenario.traffic.await_more()
    assert "does not answer: check its bootstrap address" in message


@pytest.mark.extended
def test_a_missing_image_keeps_the_old_workers_and_the_rollout_command_names_it(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Terraform's next apply is green here: its provider has stored the new image."""

    def rollout(seconds: float = 0) -> int:
        return run("local", TARGET, seconds, False, lambda *_: stage.cluster.api(NAMESPACE))

    with stage.scenario("missing image rolled out") as scenario:
        old = set(stage.ready())
        assert rollout(60) == OK
        stage.take({"mirrormaker": {"image": {"tag": "not-built"}}}).apply(wait=False)
        began = time.monotonic()
        await_words(lambda: about_workers(stage), "not-built", 120)
        scenario.figures["seconds_to_words"] = time.monotonic() - began
        capsys.readouterr()
        assert rollout() == FAILED
        said = capsys.readouterr().out
        assert old <= set(stage.ready())
        stage.take({}).apply()
        assert rollout(180) == OK
        stage.await_running()
        scenario.traffic.await_more()
    assert re.search(r"replicas are updated\n  pod .*: (ErrImage|ImagePull)\w+: .*not-built", said)


@pytest.mark.extended
def test_a_role_without_the_workers_group_keeps_the_old_workers_and_is_named(stage: Stage) -> None:
    group = "mirrormaker2-foreign"
    with (
        stage.scenario("role without permissions rolled out") as scenario,
        denied(stage, ResourceType.GROUP, group, AclOperation.READ),
    ):
        old = set(stage.ready())
        stage.take({"mirrormaker": {"connect": {"group_id": group}}}).apply(wait=False)
        began = time.monotonic()
        message = await_words(lambda: about_workers(stage), "GroupAuthorizationException", 300)
        scenario.figures["seconds_to_words"] = time.monotonic() - began
        wait_until(
            lambda: any("GroupAuthorization" in said for said in noted(stage)), 120, "an event says so"
        )
        assert old <= set(stage.ready())
        stage.take({}).apply()
        stage.await_running()
        scenario.traffic.await_more()
    assert "IAM role" in message
