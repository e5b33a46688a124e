"""Figures and names of the pods that must agree with each other."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment, third_region
from topology.environment_file.merge import deep_merge
from topology.kubernetes.pods import (
    clusters_of,
    cpu_quantity,
    labels,
    memory_quantity,
    reconciler_arguments,
    rollout_minutes,
)
from topology.replication.worker_files import content_hash


@pytest.mark.parametrize(
    ("millicores", "quantity"), [(1000, "1"), (2000, "2"), (250, "250m"), (1500, "1500m")]
)
def test_cpu_is_written_as_the_api_server_writes_it_back(millicores: int, quantity: str) -> None:
    assert cpu_quantity(millicores) == quantity


@pytest.mark.parametrize(("mib", "quantity"), [(2048, "2Gi"), (1536, "1536Mi"), (64, "64Mi")])
def test_memory_is_written_as_the_api_server_writes_it_back(mib: int, quantity: str) -> None:
    assert memory_quantity(mib) == quantity


def test_a_rollout_of_all_replicas_fits_the_wait() -> None:
    workload = environment({"mirrormaker/replicas": {"min": 2, "max": 20}}).mirrormaker
    assert rollout_minutes(workload) * 60 >= 20 * 90


def test_workers_talk_to_their_own_cluster_and_the_sources_of_their_flows() -> None:
    one_way = [{"source": "us-east-1", "target": "us-west-2", "checkpoints": {"sync_group_offsets": False}}]
    loaded = environment({"regions/eu-west-1": third_region(), "flows": one_way})
    assert clusters_of(loaded, "us-west-2") == {
        "BOOTSTRAP_US_WEST_2": "us-west-2",
        "BOOTSTRAP_US_EAST_1": "us-east-1",
    }


def test_selectors_keep_worker_and_operations_apart() -> None:
    worker, operations = (labels(environment(), "us-east-1", name) for name in ("worker", "operations"))
    assert worker.selector.items() <= worker.all.items()
    assert not worker.selector.items() <= operations.all.items()
    assert "app.kubernetes.io/component" not in worker.shared


@pytest.mark.parametrize("prune", [False, True])
def test_connectors_are_deleted_only_where_the_environment_asks_for_it(prune: bool) -> None:
    given = {"mirrormaker/operations/prune": True} if prune else {}
    arguments = reconciler_arguments(environment(given), "us-east-1", "rest")
    assert ("--prune" in arguments) is prune


def test_the_hash_sees_names_and_texts_but_not_their_order() -> None:
    assert content_hash({"a": "1", "b": "2"}) == content_hash({"b": "2", "a": "1"})
    assert len({content_hash(files) for files in ({"a": "1"}, {"a": "2"}, {"b": "1"}, {})}) == 4


def test_merging_goes_as_deep_as_both_and_changes_neither() -> None:
    base, over = {"a": {"b": 1, "c": [1]}, "d": {"e": 1}}, {"a": {"b": 2}, "d": 3, "f": {}}
    assert deep_merge(base, over) == {"a": {"b": 2, "c": [1]}, "d": 3, "f": {}}
    assert (base["a"], over["a"]) == ({"b": 1, "c": [1]}, {"b": 2})
