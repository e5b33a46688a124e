"""An environment file is loaded whole, or every mistake of it is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.topology.environments import environment, text
from topology import InvalidEnvironment, load_environment
from topology.loading import environment_path, load_text

ALIASES_OF_ALIASES = "a0: &a0 [x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
"""A hundred million values in nine lines."""


def problems(content: str) -> list[str]:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(content, "test.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["local", "production", "three-regions"])
def test_the_environments_of_the_project_are_valid(name: str) -> None:
    assert load_environment(name).regions


def test_schema_and_rule_mistakes_are_told_in_one_go() -> None:
    found = problems(
        text(
            {
                "colour": "red",
                "kafka/replication_factor": 9,
                "flows/0/policy": "identity",
                "mirrormaker/autoscaling": {"cpu_percent": 700},
                "regions/us-west-2/network/cidr": "10.1.0.0/24",
            }
        )
    )
    assert len(found) == 5
    for fragment in (
        "colour: is not a known key",
        "kafka.replication_factor: is more than the 3 brokers",
        "flows[0].policy: identity is refused",
        "mirrormaker.autoscaling.cpu_percent: input should be less than or equal to 100; found: 700",
        "regions.us-west-2.network.cidr: overlaps 10.1.0.0/16",
    ):
        assert any(fragment in problem for problem in found), fragment


def test_problems_are_told_in_the_order_of_the_file() -> None:
    lines = [int(problem.split(":")[1]) for problem in problems(text({"colour": 1, "account": "1"}))]
    assert lines == sorted(lines)


def test_a_mistake_in_a_list_item_does_not_shift_the_places_of_later_ones() -> None:
    content = text({"flows/0/source": 7, "flows/1": {"source": "us-east-1", "target": "eu-north-1"}})
    assert any("flows[1].target: is not a region of this environment" in p for p in problems(content))


def test_a_region_that_lacks_something_does_not_make_flows_to_it_wrong() -> None:
    content = text({"regions/eu-west-1": {"network": {"cidr": "10.9.0.0/16"}}})
    content += "- {source: us-east-1, target: eu-west-1}\n"
    assert problems(content) == ["test.yaml:17: regions.eu-west-1.eks: is required"]


def test_a_shared_mistake_is_told_once_and_where_it_was_written() -> None:
    found = problems(text({"kafka/storage": {"volume_gib": 2000}}))
    assert len(found) == 1
    assert "kafka.storage.autoscaling.max_gib" in found[0]


def test_a_region_overrides_parts_of_the_shared_kafka_section() -> None:
    loaded = environment(
        {
            "kafka/server_properties": {"num.io.threads": "8"},
            "regions/us-east-1/kafka": {"broker": {"count": 6}, "server_properties": {"log.roll.ms": "1"}},
        }
    )
    east, west = (loaded.regions[r].kafka for r in ("us-east-1", "us-west-2"))
    assert (east.broker.count, west.broker.count) == (6, 3)
    assert east.server_properties == {"num.io.threads": "8", "log.roll.ms": "1"}
    assert west.server_properties == {"num.io.threads": "8"}


def test_the_default_version_is_one_that_the_brokers_take() -> None:
    regions = environment({"regions/us-east-1/kafka": {"broker": {"type": "express.m7g.large"}}}).regions
    assert regions["us-east-1"].kafka.version == "3.9.x.kraft"
    assert regions["us-west-2"].kafka.version == "3.9.x"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "test.yaml:1: is not a mapping; found: None"),
        ("- a\n", "is not a mapping"),
        ("project: [unclosed\n", "is not YAML"),
        ("project: a\nproject: b\n", "test.yaml:2: project: is given twice; the first is in line 1"),
        ("1: a\n", "has a key that is not text"),
        ("a: !!python/object:os.system {}\n", "a: has a tag"),
        ("account: 123456789012\n", "account: must be quoted"),
        ("a: 1\nb: x\x07y\n", "test.yaml:2: is not YAML: text does not have this character; found: U+0007"),
        ("a: !!bool x\n", "a: cannot be read as bool; found: 'x'"),
        ("a: !!int ''\n", "a: cannot be read as int"),
        ("a: !!timestamp x\n", "a: has a tag"),
        ("a: !!seq x\n", "a: has a tag"),
        ("a: !!binary AAAA\n", "a: has a tag"),
        (f"a: 0x{'f' * 5000}\n", "a: is a number of more than 64 bits"),
        (f"a: {'9' * 5000}\n", "a: cannot be read as int"),
        ('a: "\\ud800"\n', "a: cannot be read as str"),
        ("? [a]\n: b\n", "has a key that is not text"),
        (f"a:\n  {'[' * 60}{']' * 60}\n", "test.yaml:2: is not YAML: more than 50 values within each other"),
        (f"a: {'[' * 3000}", "test.yaml:1: is not YAML: values within values without end"),
        ("a: &a [*a]\n", "more than 50 values within each other"),
        ("a: &a {<<: *a}\n", "more than 50 values within each other"),
        (ALIASES_OF_ALIASES, "more than 50000 values"),
        ("<<: 1\n", "test.yaml:1: is not YAML: << takes a mapping"),
        ("flows: {a: 1}\n", "flows: input should be a valid tuple"),
        ("regions: []\n", "regions: input should be a valid dictionary"),
    ],
)
def test_what_is_no_environment_at_all_is_told_without_a_traceback(content: str, message: str) -> None:
    assert any(message in problem for problem in problems(content)), problems(content)


def test_a_problem_is_one_line_whatever_the_file_has_in_it() -> None:
    found = problems(text({"new\nline\x1b[31m": 1, "x" * 10_000: 1, "project": "y" * 10_000}))
    assert all(problem.isprintable() and len(problem) < 700 for problem in found), found


def test_a_mapping_has_the_keys_of_another_and_its_own_win() -> None:
    shared = "kafka: &shared\n  default_partitions: 3\n  planned_topics: 5\n"
    content = text({"regions/us-east-1/kafka": "HERE"}).replace(
        "HERE", "{default_partitions: 4, <<: *shared}"
    )
    kafka = load_text(shared + content, "test.yaml").regions["us-east-1"].kafka
    assert (kafka.default_partitions, kafka.planned_topics) == (4, 5)


def test_a_mistake_in_what_is_merged_is_told_where_it_was_written() -> None:
    shared = "kafka: &shared\n  colour: red\n"
    content = text({"regions/us-east-1/kafka": "HERE"}).replace("HERE", "{<<: *shared}")
    assert problems(shared + content)[0].startswith("test.yaml:2: kafka.colour: is not a known key")


def test_an_account_without_quotes_is_the_only_mistake_of_its_file() -> None:
    provider = "arn:aws:iam::012345670123:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
    content = text({"account": "012345670123", "regions/us-east-1/eks/oidc_provider_arn": provider})
    (problem,) = problems(content.replace("'012345670123'", "012345670123"))
    assert "account: must be quoted" in problem


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account", "١٢٣٤٥٦٧٨٩٠١٢"),
        ("kafka/version", f"3.{'9' * 5000}.x"),
        ("mirrormaker/connect/config_topic", "c" * 300),
        ("mirrormaker/connect/group_id", "*"),
        ("flows/0/topics/include", ["{source}.orders"]),
        ("flows/0/groups/include", ["{target}.orders"]),
        ("flows/0/topics/include", ["*a*a*a*a*a"]),
        ("state/key_prefix", "/"),
        ("environment", "test-"),
        ("alarms/period_seconds", 86_400),
        ("alarms/notify/warning", ["a${b}@example.com"]),
        ("mirrormaker/replicas/max", 2**31),
        ("mirrormaker/node_selector", {"spot": "not a label"}),
        ("regions/us-east-1/network/zones", ["a", "b", "q"]),
    ],
)
def test_values_that_a_service_would_refuse_are_refused_where_they_stand(path: str, value: object) -> None:
    found = problems(text({path: value}))
    where = re.sub(r"/(\d+)", r"[\1]", path).replace("/", ".")
    assert any(f": {where}" in problem for problem in found), found


def test_unknown_keys_come_with_those_that_are_known() -> None:
    (problem,) = problems(text({"flows/0/topics": {"includes": []}}))
    assert problem.endswith("topics.includes: is not a known key; allowed: include, exclude"), problem


def test_a_file_that_is_not_there_is_a_problem_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InvalidEnvironment, match=r"cannot be read: No such file.*production"):
        load_environment(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_a_name_that_can_be_no_file_is_told_too(name: str) -> None:
    with pytest.raises(InvalidEnvironment, match="cannot be read"):
        load_environment(name)


def test_bytes_that_are_no_text_have_a_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("project: a\ntags: {city: München}\n".encode("latin-1"))
    with pytest.raises(InvalidEnvironment, match=r"latin.yaml:2: is not UTF-8; found: byte 0xfc"):
        load_environment(path)


def test_a_name_is_an_environment_of_the_project_and_a_path_a_file(tmp_path: Path) -> None:
    assert environment_path("production").name == "production.yaml"
    assert environment_path(str(tmp_path / "x.yaml")) == tmp_path / "x.yaml"


def test_problems_have_a_form_for_machines() -> None:
    with pytest.raises(InvalidEnvironment) as caught:
        load_text(text({"kafka/replication_factor": 9}), "test.yaml")
    (problem,) = caught.value.problems
    as_json = problem.as_json()
    assert as_json["path"] == "kafka.replication_factor"
    assert as_json["allowed"] == "1 to 3"
    assert isinstance(as_json["line"], int)
