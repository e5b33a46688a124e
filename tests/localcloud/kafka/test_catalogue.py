"""The catalogue says what Kafka's own definitions say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from localcloud.kafka import catalogue
from localcloud.kafka.catalogue import (
    CATALOGUE_DIRECTORY,
    SECTIONS,
    CatalogueError,
    Definition,
    parse,
    render,
)
from tests.localcloud.kafka.running import libs
from topology.kafka.guarded_properties import CLASSES


def definition(name: str, kind: str, default: str, valid: str = "", importance: str = "low") -> str:
    """One entry as ConfigDef.toHtml writes it."""
    rows = {"Type": kind, "Default": default, "Valid Values": valid, "Importance": importance}
    table = "".join(f"<tr><th>{title}:</th><td>{cell}</td></tr>\n" for title, cell in rows.items())
    anchor = f'<a id="{name}"></a><a id="configs_{name}" href="#configs_{name}">{name}</a>'
    text = "<p>Text with <code>code</code>.</p>"
    return f"<li>\n<h4>{anchor}</h4>\n{text}\n<table><tbody>\n{table}</tbody></table>\n</li>\n"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (definition("linger.ms", "long", "5", "[0,...]"), Definition("long", "5", "[0,...]", "low")),
        (definition("max.age", "long", "300000 (5 minutes)"), Definition("long", "300000", "", "low")),
        (definition("exclude", "list", "a (b)"), Definition("list", "a (b)", "", "low")),
        (definition("rack", "string", "null"), Definition("string", None, "", "low")),
        (definition("client.id", "string", '""'), Definition("string", "", "", "low")),
        (definition("key.serializer", "class", ""), Definition("class", "", "", "low", required=True)),
        (
            definition("v", "string", "a", "java.Some$Check@7eac9008"),
            Definition("string", "a", "java.Some$Check", "low"),
        ),
        (definition("p", "string", "&lt;a&gt; &amp; b"), Definition("string", "<a> & b", "", "low")),
    ],
)
def test_an_entry_is_read_as_kafka_means_it(html: str, expected: Definition) -> None:
    assert list(parse(html, "test").values()) == [expected]


def test_a_required_property_has_no_default_in_the_file() -> None:
    sections = {"producer": parse(definition("b", "class", "") + definition("a", "string", "null"), "test")}
    content = json.loads(render("1.2.3", sections))
    assert content["definitions"]["producer"]["b"] == {"type": "class", "valid": "", "importance": "low"}
    assert content["definitions"]["producer"]["a"]["default"] is None
    assert list(content["definitions"]["producer"]) == ["a", "b"]


def test_output_that_is_no_table_of_definitions_is_refused_with_its_class() -> None:
    with pytest.raises(CatalogueError, match=r"some\.Config: no definition found"):
        parse("<html>Usage: ...</html>", "some.Config")
    with pytest.raises(
        CatalogueError, match=r"some\.Config: linger\.ms: rows Importance, Valid Values are missing"
    ):
        parse("<h4>linger.ms</h4><th>Type:</th><td>int</td><th>Default:</th><td>0</td>", "some.Config")


def clients_jar(directory: Path, version: str) -> None:
    with zipfile.ZipFile(directory / "kafka-clients-9.9.9.jar", "w") as jar:
        jar.writestr("kafka/kafka-version.properties", f"commitId=abc\nversion={version}\n")


def test_the_version_comes_from_the_jar_and_not_from_its_name(tmp_path: Path) -> None:
    clients_jar(tmp_path, "4.1.1")
    assert catalogue.kafka_version(tmp_path) == "4.1.1"
    (tmp_path / "kafka-clients-3.9.1.jar").touch()
    with pytest.raises(CatalogueError, match=r"found kafka-clients-3\.9\.1\.jar, kafka-clients-9\.9\.9\.jar"):
        catalogue.kafka_version(tmp_path)


def test_a_missing_java_is_named_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clients_jar(tmp_path, "1.2.3")
    monkeypatch.setenv("MSK_MIRROR_KAFKA_LIBS", str(tmp_path))
    assert catalogue.main(["1.2.3", "--java", "no-such-java"]) == 2
    assert "no-such-java: not found" in capsys.readouterr().err
    assert not (CATALOGUE_DIRECTORY / "kafka-1.2.3.json").exists()


@pytest.mark.kafka
def test_the_committed_file_is_what_the_jars_say() -> None:
    version = catalogue.kafka_version(libs())
    committed = (CATALOGUE_DIRECTORY / f"kafka-{version}.json").read_text()
    assert catalogue.generate(libs()) == committed, "`make catalogue` writes the file anew"


@pytest.mark.kafka
def test_every_class_that_properties_may_name_is_in_the_jars() -> None:
    allowed = {name for entry in CLASSES for name in entry.allowed}
    found = set()
    for path in libs().glob("*.jar"):
        with zipfile.ZipFile(path) as jar:
            found |= allowed & {name.removesuffix(".class").replace("/", ".") for name in jar.namelist()}
    assert found == allowed


@pytest.mark.parametrize("path", sorted(CATALOGUE_DIRECTORY.glob("kafka-*.json")), ids=lambda path: path.stem)
def test_a_committed_file_has_every_section_and_the_properties_that_this_project_sets(path: Path) -> None:
    content: dict[str, Any] = json.loads(path.read_text())
    assert path.name == f"kafka-{content['kafka_version']}.json"
    definitions = content["definitions"]
    assert set(definitions) == set(SECTIONS)
    for section, name in (
        ("producer", "linger.ms"),
        ("consumer", "receive.buffer.bytes"),
        ("admin", "bootstrap.servers"),
        ("worker", "scheduled.rebalance.max.delay.ms"),
        ("source_connector", "offset-syncs.topic.location"),
        ("source_connector", "tasks.max"),
        ("source_connector", "replication.policy.class"),
        ("checkpoint_connector", "sync.group.offsets.enabled"),
        ("heartbeat_connector", "emit.heartbeats.interval.seconds"),
        ("broker", "socket.send.buffer.bytes"),
        ("topic", "min.insync.replicas"),
    ):
        assert name in definitions[section], f"{section} has no {name}"


def test_what_kafka_4_removed_is_in_3_9_and_not_in_4_1() -> None:
    old, new = (
        json.loads((CATALOGUE_DIRECTORY / f"kafka-{version}.json").read_text())["definitions"]
        for version in ("3.9.1", "4.1.1")
    )
    assert {"topics.blacklist", "config.properties.blacklist"} <= old["source_connector"].keys()
    assert not [name for section in new.values() for name in section if "blacklist" in name]
    assert "zookeeper.connect" in old["broker"]
    assert "zookeeper.connect" not in new["broker"]
    assert old["producer"]["linger.ms"]["default"] == "0"
    assert new["producer"]["linger.ms"]["default"] == "5"  # KAFKA-18030
