"""The ECS tasks have what the pods have, within ECS's limits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.topology.environments import environment
from topology.ecs.fargate import MEMORY_OF_CPU, TaskSize, smallest_size
from topology.ecs.tasks import MOST_CHARACTERS, EcsTask, TaskSite, operations_task, worker_task
from topology.kubernetes.workload import jvm_flags
from topology.model import Environment

REGION = "us-east-1"
SITE = TaskSite("/aws/ecs/mirrormaker2/orders-test", {"BOOTSTRAP_US_EAST_1": "b-1:9098"})
IMAGES = Path(__file__).resolve().parents[4] / "image" / "images.yaml"


@pytest.fixture(scope="module")
def loaded() -> Environment:
    return environment({"runtime": {"eks": False, "ecs": {}}})


@pytest.fixture(scope="module")
def workers(loaded: Environment) -> EcsTask:
    assert loaded.runtime.ecs
    return worker_task(loaded, REGION, loaded.runtime.ecs, SITE)


@pytest.fixture(scope="module")
def operations(loaded: Environment) -> EcsTask:
    return operations_task(loaded, REGION, SITE)


@pytest.fixture(params=["workers", "operations"])
def task(request: pytest.FixtureRequest) -> EcsTask:
    found: EcsTask = request.getfixturevalue(request.param)
    return found


def by_name(task: EcsTask) -> dict[str, dict[str, Any]]:
    return {container["name"]: container for container in task.containers}


@pytest.mark.parametrize(
    ("runtime", "kind"),
    [
        ({}, "eks"),
        ({"ecs": {}}, "both"),
        ({"eks": True, "ecs": {}}, "both"),
        ({"eks": False, "ecs": {}}, "ecs"),
    ],
)
def test_an_environment_is_on_one_runtime_or_on_both(runtime: dict[str, Any], kind: str) -> None:
    assert environment({"runtime": runtime}).runtime.kind == kind


def test_a_worker_runs_with_the_arguments_of_a_pod(loaded: Environment, workers: EcsTask) -> None:
    connect = by_name(workers)["connect"]
    assert connect["image"] == loaded.mirrormaker.image.reference
    assert connect["command"][: len(jvm_flags(loaded.mirrormaker))] == list(jvm_flags(loaded.mirrormaker))
    assert connect["command"][-2:] == [
        "org.apache.kafka.connect.cli.ConnectDistributed",
        "/etc/mirrormaker2/worker/connect-distributed.properties",
    ]
    assert connect["stopTimeout"] == 120
    assert {"name": "BOOTSTRAP_US_EAST_1", "value": "b-1:9098"} in connect["environment"]


def test_files_are_written_before_anything_reads_them(task: EcsTask) -> None:
    containers = by_name(task)
    files = containers.pop("files")
    assert files["essential"] is False
    (written,) = (m for m in files["mountPoints"] if m["sourceVolume"] == "files")
    assert written["readOnly"] is False
    for container in containers.values():
        mounts = [m for m in container["mountPoints"] if m["sourceVolume"] == "files"]
        if mounts:
            assert mounts == [written | {"readOnly": True}]
            assert container["dependsOn"] == [{"containerName": "files", "condition": "SUCCESS"}]


def test_every_essential_container_has_a_health_check(task: EcsTask) -> None:
    """One without makes the health of the whole task UNKNOWN for ever (ECS API reference, HealthCheck)."""
    essential = [container for container in task.containers if container["essential"]]
    assert essential
    for container in essential:
        check = container["healthCheck"]
        assert check["command"][0] == "CMD"  # the images have no shell
        assert 5 <= check["interval"] <= 300
        assert 2 <= check["timeout"] <= 60
        assert 1 <= check["retries"] <= 10
        assert 0 <= check["startPeriod"] <= 300


def test_health_checks_are_programs_of_their_images(task: EcsTask, loaded: Environment) -> None:
    images = yaml.safe_load(IMAGES.read_text(encoding="utf-8"))
    for container in task.containers:
        if "healthCheck" not in container:
            continue
        connect = container["image"] == loaded.mirrormaker.image.reference
        programs = images["connect"]["programs"] if connect else images["operations"]["entrypoint"]
        assert container["healthCheck"]["command"][1] in programs


def test_liveness_is_that_of_a_pod_and_asks_the_worker_itself(workers: EcsTask) -> None:
    check = by_name(workers)["health"]["healthCheck"]
    assert check["command"][1:4] == ["msk-mirror", "health", "http://127.0.0.1:8083/connectors"]
    assert float(check["command"][5]) < check["timeout"]


def test_nobody_but_the_writer_is_root_and_it_has_no_capabilities(task: EcsTask) -> None:
    for name, container in by_name(task).items():
        assert container["user"] == ("0:0" if name == "files" else "65532:65532")
        assert container["readonlyRootFilesystem"] is True
        assert container["linuxParameters"] == {"capabilities": {"drop": ["ALL"]}}


def test_all_logs_go_to_the_group_of_the_tasks(task: EcsTask) -> None:
    for container in task.containers:
        options = container["logConfiguration"]["options"]
        assert options["awslogs-group"] == SITE.log_group
        assert options["mode"] == "non-blocking"


def test_no_variable_holds_a_secret(task: EcsTask) -> None:
    text = json.dumps(task.containers)
    assert "PASSWORD" not in text.upper()
    assert "secrets" not in {key for container in task.containers for key in container}


def test_the_reconciler_finds_the_workers_by_service_discovery(operations: EcsTask) -> None:
    for name in ("reconciler", "probe"):
        command = by_name(operations)[name]["command"]
        address = "http://connect.mirrormaker2.orders-test.internal:8083"
        assert command[command.index("--connect") + 1] == address


def test_tasks_have_a_size_that_fargate_has(task: EcsTask) -> None:
    assert task.size.memory_mib in MEMORY_OF_CPU[task.size.cpu_units]
    assert len(json.dumps(task.containers)) < MOST_CHARACTERS / 2


@pytest.mark.parametrize(
    ("cpu", "memory", "expected"),
    [(100, 512, (256, 512)), (256, 2049, (512, 3072)), (1025, 1, (2048, 4096)), (256, 31000, (8192, 32768))],
)
def test_the_smallest_size_has_at_least_what_is_asked(
    cpu: int, memory: int, expected: tuple[int, int]
) -> None:
    assert smallest_size(cpu, memory) == TaskSize(*expected)
    assert smallest_size(16384, 200_000) == TaskSize(16384, 122_880)  # which a rule refuses
