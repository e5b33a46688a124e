"""The plan of the reconciler: desired against actual, as values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.connect.client import Connector, Task
from operations.connect.connectors import (
    Action,
    ConnectorSpec,
    Create,
    Delete,
    InvalidConnectors,
    Restart,
    Update,
    load_desired,
    plan,
)
from topology.replication.mirrormaker_names import is_connector_name

SPEC = ConnectorSpec("a-to-b-source", {"connector.class": "X", "topics": "t.*"})

names = st.sampled_from(["a-to-b-source", "a-to-b-checkpoint", "b-to-a-source", "theirs"])
configs = st.dictionaries(st.sampled_from(["k", "l", "m"]), st.sampled_from(["1", "${env:X}"]))
states = st.sampled_from(["RUNNING", "FAILED", "PAUSED", "STOPPED", "UNASSIGNED"])
tasks = st.lists(states, max_size=3).map(lambda found: tuple(Task(i, state) for i, state in enumerate(found)))
desired_sets = st.dictionaries(names, configs).map(
    lambda found: {name: ConnectorSpec(name, config) for name, config in found.items()}
)
actual_sets = st.dictionaries(names, st.tuples(configs, states, tasks)).map(
    lambda found: {
        name: Connector(name, {**config, "name": name}, state, "w", "", tasks)
        for name, (config, state, tasks) in found.items()
    }
)


def connector(state: str = "RUNNING", tasks: tuple[Task, ...] = (), **config: str) -> Connector:
    return Connector(SPEC.name, {**SPEC.named_config, **config}, state, "w", "", tasks)


def applied(actual: dict[str, Connector], actions: list[Action]) -> dict[str, Connector]:
    """What Connect holds after the actions, all restarts having worked."""
    after = dict(actual)
    for action in actions:
        match action:
            case Create(spec) | Update(spec, _):
                after[spec.name] = Connector(
                    spec.name, spec.named_config, "RUNNING", "w", "", (Task(0, "RUNNING"),)
                )
            case Restart(name, _, _):
                after[name] = Connector(name, actual[name].config, "RUNNING", "w", "", (Task(0, "RUNNING"),))
            case Delete(name):
                del after[name]
    return after


@given(desired_sets, actual_sets, st.booleans())
def test_after_the_plan_there_is_nothing_to_do(
    desired: dict[str, ConnectorSpec], actual: dict[str, Connector], prune: bool
) -> None:
    assert plan(desired, applied(actual, plan(desired, actual, prune)), prune) == []


@given(desired_sets, actual_sets)
def test_nothing_is_deleted_unless_asked(
    desired: dict[str, ConnectorSpec], actual: dict[str, Connector]
) -> None:
    assert not any(isinstance(action, Delete) for action in plan(desired, actual))


@given(desired_sets, actual_sets)
def test_pruning_spares_what_is_desired_or_not_ours(
    desired: dict[str, ConnectorSpec], actual: dict[str, Connector]
) -> None:
    deleted = {action.name for action in plan(desired, actual, prune=True) if isinstance(action, Delete)}
    expected = (
        {name for name in actual if name not in desired and is_connector_name(name)} if desired else set()
    )
    assert deleted == expected


def test_a_missing_connector_is_created() -> None:
    assert plan({SPEC.name: SPEC}, {}) == [Create(SPEC)]


def test_an_equal_config_is_left_alone_although_connect_adds_the_name() -> None:
    assert plan({SPEC.name: SPEC}, {SPEC.name: connector(tasks=(Task(0, "RUNNING"),))}) == []


def test_a_different_config_is_updated_and_names_the_properties_without_values() -> None:
    found = connector(topics="secret", old="x")
    (action,) = plan({SPEC.name: SPEC}, {SPEC.name: found})
    assert action == Update(SPEC, ("old", "topics"))
    assert str(action) == "update a-to-b-source: old, topics"


def test_failed_tasks_are_restarted() -> None:
    found = connector(tasks=(Task(0, "RUNNING"), Task(1, "FAILED")))
    (action,) = plan({SPEC.name: SPEC}, {SPEC.name: found})
    assert action == Restart(SPEC.name, connector=False, tasks=(1,))
    assert str(action) == "restart a-to-b-source: task 1 FAILED"


def test_a_failed_connector_rests_before_its_next_restart() -> None:
    actual = {SPEC.name: connector("FAILED")}
    assert plan({SPEC.name: SPEC}, actual, resting={SPEC.name}) == []
    assert plan({SPEC.name: SPEC}, actual) == [Restart(SPEC.name, connector=True, tasks=())]


def test_a_changed_config_does_not_wait_for_the_rest_of_a_failed_connector() -> None:
    actual = {SPEC.name: connector("FAILED", topics="other")}
    assert plan({SPEC.name: SPEC}, actual, resting={SPEC.name}) == [Update(SPEC, ("topics",))]


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED", "UNASSIGNED", "RESTARTING"])
def test_a_connector_that_someone_stopped_stays_so(state: str) -> None:
    assert plan({SPEC.name: SPEC}, {SPEC.name: connector(state)}) == []


def test_an_empty_directory_prunes_nothing() -> None:
    assert plan({}, {SPEC.name: connector()}, prune=True) == []


def test_a_config_map_as_the_kubelet_mounts_it_is_read(tmp_path: Path) -> None:
    data = tmp_path / "..2026_11_23"
    data.mkdir()
    content = {"name": SPEC.name, "config": SPEC.config, "initial_state": "STOPPED"}
    (data / f"{SPEC.name}.json").write_text(json.dumps(content))
    (tmp_path / "..data").symlink_to(data.name)
    (tmp_path / f"{SPEC.name}.json").symlink_to(f"..data/{SPEC.name}.json")
    assert load_desired(tmp_path) == {SPEC.name: ConnectorSpec(SPEC.name, SPEC.config, "STOPPED")}


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("a.json", "{", "not readable as JSON"),
        ("a.json", "[]", "found list; expected an object with name, config"),
        ("a.json", {"name": "a"}, "found ['name']; expected an object with name, config"),
        (
            "a.json",
            {"name": "b", "config": {"connector.class": "X"}},
            "found name 'b'; expected the name of the file",
        ),
        ("a.json", {"name": "a", "config": {}}, "config: expected an object with at least connector.class"),
        (
            "a.json",
            {"name": "a", "config": {"connector.class": "X", "n": 1}},
            "config.n: found 1; allowed: a string",
        ),
        ("a.json", {"name": "a", "config": {"connector.class": "X", "name": "b"}}, "config.name: found 'b'"),
        (
            "a.json",
            {"name": "a", "config": {"connector.class": "X"}, "initial_state": "ON"},
            "allowed: RUNNING",
        ),
        ("a.txt", {"name": "a", "config": {"connector.class": "X"}}, "is not <connector name>.json"),
    ],
)
def test_a_file_that_is_no_connector_is_named(tmp_path: Path, file: str, content: Any, words: str) -> None:
    (tmp_path / file).write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(InvalidConnectors) as raised:
        load_desired(tmp_path)
    assert f"{tmp_path / file}: " in str(raised.value)
    assert words in str(raised.value)


def test_all_wrong_files_are_named_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text("{")
    with pytest.raises(InvalidConnectors) as raised:
        load_desired(tmp_path)
    assert len(raised.value.problems) == 2


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConnectors, match="no such directory"):
        load_desired(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("us-east-1-to-us-west-2-source", True),
        ("a-to-b-heartbeat", True),
        ("a-to-b-checkpoint", True),
        ("a-to-b-sink", False),
        ("jdbc-source", False),
        ("-to--source", False),
    ],
)
def test_only_names_of_our_form_are_ours(name: str, ours: bool) -> None:
    assert is_connector_name(name) is ours
