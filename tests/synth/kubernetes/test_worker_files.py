"""mirrormaker-R: ConfigMaps of workers and connectors, and what rolls the pods."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.connect.configmaps import read_connectors, read_worker_config
from tests.synth.stack_json import resource, resources
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.kubernetes.pods import worker_arguments
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties

Stack = dict[str, Any]
Synthesize = Callable[[Environment], dict[str, Stack]]
Stacks = Callable[[str], dict[str, Stack]]
WORKLOADS = [
    (name, region)
    for name in ("local", "production", "three-regions")
    for region in load_environment(name).regions
]
TRICKY = {
    "mirrormaker/worker_properties": {
        "client.id": "tab\there \\ é ${env:POD_IP} %{x}",
    },
    "mirrormaker/connector_properties/source": {
        "config.properties.exclude": "${env:POD_IP}\n%{if}",
        "source.consumer.client.rack": " lead",
    },
}


@pytest.fixture(scope="module")
def stack(synthesized: Stacks) -> Stack:
    return synthesized("production")["mirrormaker-us-east-1"]


@pytest.fixture(scope="module")
def changed(synthesize: Synthesize) -> dict[str, Stack]:
    """The base environment, and with one worker property, and with one connector property more."""
    return {
        name: synthesize(environment(changes))["mirrormaker-us-east-1"]
        for name, changes in {
            "base": {},
            "worker": {"mirrormaker/worker_properties": {"offset.flush.interval.ms": "5000"}},
            "connector": {"mirrormaker/connector_properties/source": {"consumer.poll.timeout.ms": "500"}},
        }.items()
    }


def mounted(stack: Stack, deployment: str) -> str:
    volumes = resource(stack, "kubernetes_deployment_v1", deployment)["spec"]["template"]["spec"]["volume"]
    (name,) = [volume["config_map"]["name"] for volume in volumes if "config_map" in volume]
    return str(name)


def config_map(stack: Stack, component: str) -> dict[str, Any]:
    return resource(stack, "kubernetes_config_map_v1", f"{component}-files")


@pytest.mark.parametrize(("name", "region"), WORKLOADS)
def test_workers_read_what_the_topology_derives(synthesized: Stacks, name: str, region: str) -> None:
    loaded = load_environment(name)
    found = read_worker_config(synthesized(name)[f"mirrormaker-{region}"])
    assert found.properties == worker_properties(loaded, region)
    assert found.jvm_args == worker_arguments(loaded.mirrormaker)


@pytest.mark.parametrize(("name", "region"), WORKLOADS)
def test_connectors_are_exactly_the_flows_of_the_region(synthesized: Stacks, name: str, region: str) -> None:
    found = read_connectors(synthesized(name)[f"mirrormaker-{region}"])
    wanted = connectors(load_environment(name), region)
    assert found == {key: {"name": key, "config": config} for key, config in wanted.items()}


def test_text_that_looks_like_a_template_survives(synthesize: Synthesize) -> None:
    loaded = environment(TRICKY)
    found = synthesize(loaded)["mirrormaker-us-east-1"]
    assert read_worker_config(found).properties == worker_properties(loaded, "us-east-1")
    configs = {name: one["config"] for name, one in read_connectors(found).items()}
    assert configs == connectors(loaded, "us-east-1")


@pytest.mark.parametrize("component", ["worker", "operations"])
def test_terraform_sees_no_template_in_the_files(stack: Stack, component: str) -> None:
    for text in config_map(stack, component)["data"].values():
        assert "${" not in text.replace("$${", "")
        assert "%{" not in text.replace("%%{", "")
    assert "$${env:BOOTSTRAP_US_EAST_1}" in json.dumps(config_map(stack, component)["data"])


def test_one_key_for_each_connector(stack: Stack) -> None:
    data = config_map(stack, "operations")["data"]
    assert {f"{json.loads(text)['name']}.json" for text in data.values()} == set(data)


def test_files_are_immutable_and_replaced_before_they_go(stack: Stack) -> None:
    for component in ("worker", "operations"):
        found = config_map(stack, component)
        assert found["immutable"] is True
        assert found["lifecycle"] == {"create_before_destroy": True}


def test_changed_property_renames_the_config_map(changed: dict[str, Stack]) -> None:
    assert mounted(changed["base"], "workers") != mounted(changed["worker"], "workers")
    assert mounted(changed["base"], "operations") == mounted(changed["worker"], "operations")


def test_changed_connector_rolls_the_reconciler_and_no_worker(changed: dict[str, Stack]) -> None:
    assert mounted(changed["base"], "operations") != mounted(changed["connector"], "operations")
    assert mounted(changed["base"], "workers") == mounted(changed["connector"], "workers")


def test_pods_mount_the_config_maps_of_the_stack(changed: dict[str, Stack]) -> None:
    for found in changed.values():
        names = {one["metadata"]["name"] for one in resources(found, "kubernetes_config_map_v1").values()}
        assert {mounted(found, "workers"), mounted(found, "operations")} == names
