"""`verify --validate` on real mirrors: one that keeps everything, and some that alter or leave out a part."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)

from operations.__main__ import main
from operations.connect.client import ConnectClient
from operations.migration.source_offsets import stopped
from operations.reconciler.reconcile import Reconciler
from operations.verification.topic_agreement import own_config
from operations.verification.validation import Expectation, ValidationCheck, validate
from operations.verification.verify import VerifiedFlow
from tests.e2e.group_traffic import PARTITIONS, Numbers, Reader
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from topology.aws.names import bootstrap_variable

pytestmark = pytest.mark.kafka

GROUP = f"{SOURCE}.validated"
SECONDLY = {
    "refresh.topics.interval.seconds": "1",
    "refresh.groups.interval.seconds": "1",
    "emit.checkpoints.interval.seconds": "1",
    "sync.group.offsets.interval.seconds": "1",
}

Carry = Callable[..., VerifiedFlow]


@pytest.fixture
def carry(mirror: Mirror, connect: ConnectClient, directory: Path, request: pytest.FixtureRequest) -> Carry:
    """A new topic with a configuration, mirrored by a source connector with changes."""

    def carried(settings: dict[str, str], **changes: str) -> VerifiedFlow:
        topic = f"demo.{request.node.name.removeprefix('test_')[:40]}"
        mirror.clusters[SOURCE].create_topics({topic: PARTITIONS}, settings)
        write(directory, f"{FLOW}-source", {**config(topics=topic, **changes), **SECONDLY})
        write(
            directory, f"{FLOW}-checkpoint", {**config("checkpoint", topics=topic, groups=GROUP), **SECONDLY}
        )
        assert Reconciler(connect, directory).settle(60).settled
        return VerifiedFlow(mirror.cluster(SOURCE), mirror.cluster(TARGET), topic, f"{SOURCE}.{topic}")

    return carried


def states(checks: tuple[ValidationCheck, ...]) -> dict[str, str]:
    return {check.name: check.state for check in checks}


def test_a_flow_that_keeps_everything_is_well(
    mirror: Mirror, carry: Carry, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"retention.ms": "7200000", "max.message.bytes": "500000", "min.insync.replicas": "1"}
    flow = carry(settings)
    with Numbers(flow.source.bootstrap, flow.topic, 500):
        one = Reader(flow.source.bootstrap, flow.topic, GROUP)
        one.until(lambda: len(one.read) >= 500 and {n % PARTITIONS for n in one.read} == {0, 1, 2})
    arguments = [
        *("verify", "--source-alias", SOURCE, "--target-alias", TARGET),
        *("--source-bootstrap", flow.source.bootstrap, "--target-bootstrap", flow.target.bootstrap),
        *("--topic", flow.topic, "--mirrored-topic", flow.mirrored_topic, "--count", "20"),
        *("--validate", "--connect", mirror.urls[0], "--group", GROUP, "--json"),
    ]

    def said() -> dict[str, Any]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        return {"code": ended.value.code, **json.loads(capsys.readouterr().out)}

    found: dict[str, Any] = {}

    def well() -> bool:
        found.update(said())
        return bool(found["code"] == 0)

    wait_until(well, 60, "checkpoints and topic configuration have come", lambda: json.dumps(found, indent=1))
    assert found["flows"][0]["received"] == 20
    rows = {check["check"]: (check["state"], check["found"]) for check in found["checks"]}
    for part in ("keys", "values", "headers"):
        assert rows[part] == ("ok", "byte for byte")
    assert rows["records"] == ("ok", "5 arrived: bytes, null key, empty, headers, tombstone")
    assert rows["timestamps"] == ("ok", "to the millisecond")
    assert rows["partitions"] == ("ok", "3 at the source, 3 in the mirror")
    assert rows["ACL sync"] == ("ok", "sync.topic.acls.enabled=false")
    assert rows["ACLs"] == ("ok", "none of the original's on the mirror")
    assert rows["topic configuration"][0] == "ok"
    assert rows[f"group {GROUP}"][0] == rows[f"group {GROUP}, offsets"][0] == "ok"


def test_both_ways_are_followed_in_one_command(
    mirror: Mirror, directory: Path, carry: Carry, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror.clusters[TARGET].create_topics({"demo.homeward": 1})
    ends = {"source": TARGET, "target": SOURCE}
    turned = {
        **{f"{end}.cluster.alias": region for end, region in ends.items()},
        **{
            f"{end}.cluster.bootstrap.servers": "${env:" + bootstrap_variable(region) + "}"
            for end, region in ends.items()
        },
        # the workers are beside the other cluster, where their producers would write
        "producer.override.bootstrap.servers": "${env:" + bootstrap_variable(SOURCE) + "}",
    }
    write(directory, f"{TARGET}-to-{SOURCE}-source", {**config(topics="demo.homeward"), **turned})
    flow = carry({})
    with pytest.raises(SystemExit) as ended:
        main(
            [
                *("verify", "--source-alias", SOURCE, "--target-alias", TARGET),
                *("--source-bootstrap", flow.source.bootstrap, "--target-bootstrap", flow.target.bootstrap),
                *("--topic", flow.topic, "--mirrored-topic", flow.mirrored_topic, "--count", "20"),
                *("--back", f"demo.homeward:{TARGET}.demo.homeward", "--json", "--validate"),
                *("--connect", mirror.urls[0], "--back-connect", mirror.urls[0]),
            ]
        )
    said = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0, said
    assert [(one["source"], one["received"], one["loops"]) for one in said["flows"]] == [
        (SOURCE, 20, 0),
        (TARGET, 20, 0),
    ]
    both = {f"{SOURCE} -> {TARGET} {flow.topic}", f"{TARGET} -> {SOURCE} demo.homeward"}
    assert {row["flow"] for row in said["checks"] if row["check"] == "headers"} == both


def test_headers_that_a_converter_alters_are_found(carry: Carry) -> None:
    flow = carry({}, header__converter="org.apache.kafka.connect.storage.SimpleHeaderConverter")
    checks = validate([Expectation(flow, quiet_seconds=30)])
    assert states(checks)["records"] == "ok"
    assert states(checks)["headers"] == "failed"
    assert states(checks)["keys"] == states(checks)["values"] == "ok"
    assert states(checks)["ACL sync"] == "skipped"


def test_a_configuration_that_is_not_synced_and_rules_that_are_copied_are_found(
    mirror: Mirror, connect: ConnectClient, carry: Carry
) -> None:
    flow = carry({"retention.ms": "7200000"}, sync__topic__acls__enabled="true")
    wait_until(lambda: flow.mirrored_topic in flow.target.topics(), 60, "it is mirrored")
    # with rules on a topic those who have none are kept from it
    everything, reading = AclOperation.ALL, AclOperation.READ
    _permit(mirror, SOURCE, flow.topic, {"User:ANONYMOUS": everything, "User:someone": everything})
    _permit(mirror, TARGET, flow.mirrored_topic, {"User:ANONYMOUS": everything, "User:someone": reading})
    connect.stop(f"{FLOW}-source")
    stopped(connect, f"{FLOW}-source")  # it shows STOPPED before its tasks have ended
    _alter(mirror, flow.topic, "retention.ms", "3600000")
    wait_until(
        lambda: own_config(flow.source, flow.topic)[0]["retention.ms"] == "3600000", 30, "it is altered"
    )
    checks = validate([Expectation(flow, connect, (GROUP,), quiet_seconds=1)])
    rows = {check.name: (check.state, check.found) for check in checks}
    assert rows["records"][0] == "failed"
    assert rows["topic configuration"][0] == "failed"
    assert "retention.ms: 3600000 at the source, 7200000 in the mirror" in rows["topic configuration"][1]
    assert rows["ACL sync"] == ("failed", "sync.topic.acls.enabled=true")
    assert rows["ACLs"] == ("failed", "the mirror has rules of the original: User:someone READ")
    assert rows[f"group {GROUP}"][0] == "failed"


def _alter(mirror: Mirror, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    for altered in mirror.clusters[SOURCE].admin.incremental_alter_configs([resource]).values():
        altered.result()


def _permit(mirror: Mirror, region: str, topic: str, users: dict[str, AclOperation]) -> None:
    kind, literal, allow = ResourceType.TOPIC, ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    rules = [AclBinding(kind, topic, literal, user, "*", what, allow) for user, what in users.items()]
    for made in mirror.clusters[region].admin.create_acls(rules).values():
        made.result()
