"""Kafka's own configuration definitions: which properties a version has, and which values they take.

    python -m localcloud.kafka.catalogue           # topology/catalogue/kafka-<version>.json of all VERSIONS
    python -m localcloud.kafka.catalogue 4.1.1     # one version

Kafka's configuration classes carry a `main` that prints their ConfigDef as HTML (it makes the tables of
kafka.apache.org/documentation). Running those needs a plain JRE; the text is parsed, not typed by hand.
Definitions that Kafka marks as internal (ConfigDef.defineInternal) are not printed and so are absent here.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from localcloud.kafka.validators import UnknownValidatorError, limits_of

__all__ = ["CATALOGUE_DIRECTORY", "SECTIONS", "VERSIONS", "CatalogueError", "Definition"]
__all__ += ["generate", "jars_of", "kafka_version", "parse", "render"]

CATALOGUE_DIRECTORY = Path(__file__).parents[2] / "topology" / "catalogue"

VERSIONS = ("4.1.1", "3.9.1", "3.8.1")
"""The workers' version, then 3.x of brokers (MSK Developer Guide, "Supported Apache Kafka versions")."""

_CONNECT = "org.apache.kafka.connect"
_MIRROR = ("runtime.SourceConnectorConfig", "mirror.MirrorConnectorConfig")

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "producer": ("org.apache.kafka.clients.producer.ProducerConfig",),
    "consumer": ("org.apache.kafka.clients.consumer.ConsumerConfig",),
    "admin": ("org.apache.kafka.clients.admin.AdminClientConfig",),
    "worker": (f"{_CONNECT}.runtime.distributed.DistributedConfig",),
    # A mirror connector accepts what every source connector does, what the three of them share, and its own.
    # MirrorConnectorConfig's ssl.* and sasl.* are read with the prefixes source.cluster. and target.cluster.
    "source_connector": tuple(f"{_CONNECT}.{c}" for c in (*_MIRROR, "mirror.MirrorSourceConfig")),
    "checkpoint_connector": tuple(f"{_CONNECT}.{c}" for c in (*_MIRROR, "mirror.MirrorCheckpointConfig")),
    "heartbeat_connector": tuple(f"{_CONNECT}.{c}" for c in (*_MIRROR, "mirror.MirrorHeartbeatConfig")),
    "broker": ("kafka.server.KafkaConfig",),
    "topic": ("org.apache.kafka.storage.internals.log.LogConfig",),
}
"""Section -> the classes whose definitions it unites; of a name in several, the last class decides."""


class CatalogueError(RuntimeError):
    """Jars, Java or Kafka's output are not what the generator needs; the text says which and what to do."""


@dataclass(frozen=True)
class Definition:
    """One property as Kafka defines it; all values in Kafka's own spelling.

    `default` is None where Kafka's default is null and `required` is true where Kafka has no default at all.
    `valid` is the text of Kafka's validator, empty where Kafka checks only the type.
    """

    type: str
    default: str | None
    valid: str
    importance: str
    required: bool = False

    def as_json(self) -> dict[str, Any]:
        """The entry of the JSON file. A required property has no "default" key; "limits" is what the
        validator's text means (localcloud/kafka/validators.py), absent where it limits nothing."""
        default = {} if self.required else {"default": self.default}
        limits = limits_of(self.valid)
        stated = {"limits": limits} if limits else {}
        return {"type": self.type, **default, "valid": self.valid, **stated, "importance": self.importance}


def generate(jars: Path, java: str = "java") -> str:
    """The text of kafka-<version>.json for the Kafka whose jars lie in the directory `jars`.

    Starts one short JVM for each distinct class of SECTIONS, two at a time.
    Raises CatalogueError if a class does not run or prints something else than the table of a ConfigDef.
    """
    classes = sorted({name for names in SECTIONS.values() for name in names})
    with ThreadPoolExecutor(max_workers=2) as pool:
        printed = pool.map(lambda name: _print_definitions(name, jars, java), classes)
        parsed = {name: parse(text, where=name) for name, text in zip(classes, printed, strict=True)}
    sections = {
        section: {key: value for name in names for key, value in parsed[name].items()}
        for section, names in SECTIONS.items()
    }
    return render(kafka_version(jars), sections)


def parse(html: str, where: str) -> dict[str, Definition]:
    """Property name -> Definition from the HTML of ConfigDef.toHtml; `where` names the class in errors."""
    parser = _ConfigDefParser()
    parser.feed(html)
    parser.close()
    if not parser.rows:
        raise CatalogueError(f"{where}: no definition found in {len(html)} characters of output")
    return {name: _definition(row, f"{where}: {name}") for name, row in parser.rows.items()}


def render(version: str, sections: Mapping[str, Mapping[str, Definition]]) -> str:
    """The JSON text: sections and properties sorted, one property a line: a new version reads as a diff."""
    blocks = []
    for section in sorted(sections):
        lines = [
            f"    {json.dumps(name)}: {json.dumps(definition.as_json(), ensure_ascii=False)}"
            for name, definition in sorted(sections[section].items())
        ]
        blocks.append(f"  {json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n  }")
    head = (
        f'"kafka_version": {json.dumps(version)},\n"generated_by": "python -m localcloud.kafka.catalogue",\n'
    )
    return "{\n" + head + '"definitions": {\n' + ",\n".join(blocks) + "\n}\n}\n"


def kafka_version(jars: Path) -> str:
    """The version that kafka-clients in `jars` says of itself (kafka/kafka-version.properties)."""
    found = sorted(jars.glob("kafka-clients-*.jar"))
    if len(found) != 1:
        names = ", ".join(jar.name for jar in found) or "none"
        raise CatalogueError(f"{jars}: expected one kafka-clients-<version>.jar, found {names}")
    with zipfile.ZipFile(found[0]) as jar:
        text = jar.read("kafka/kafka-version.properties").decode()
    match = re.search(r"^version=(\S+)$", text, re.MULTILINE)
    if match is None:
        raise CatalogueError(f"{found[0]}: kafka/kafka-version.properties has no line version=<version>")
    return match[1]


def jars_of(version: str) -> Path:
    """A directory with the jars of that version: $MSK_MIRROR_KAFKA_LIBS if it holds it, else Maven artifacts.

    The artifacts are resolved once and kept under $MSK_MIRROR_CACHE/catalogue/<version>.
    """
    provided = os.environ.get("MSK_MIRROR_KAFKA_LIBS")
    if provided and kafka_version(Path(provided)) == version:
        return Path(provided)
    kept = _cache() / "catalogue" / version
    if not kept.is_dir():
        _resolve(version, kept)
    return kept


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: write the catalogue files of the versions asked for."""
    options = argparse.ArgumentParser(prog="python -m localcloud.kafka.catalogue", description=main.__doc__)
    options.add_argument("versions", nargs="*", default=VERSIONS, help=f"default: {' '.join(VERSIONS)}")
    options.add_argument("--java", default="java", help="the Java (17 or newer) to run Kafka's classes with")
    parsed = options.parse_args(arguments)
    try:
        for version in parsed.versions:
            target = CATALOGUE_DIRECTORY / f"kafka-{version}.json"
            target.write_text(generate(jars_of(version), parsed.java), encoding="utf-8")
            sys.stdout.write(f"wrote topology/catalogue/{target.name}\n")
    except (CatalogueError, UnknownValidatorError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


class _ConfigDefParser(HTMLParser):
    """Collects name -> {row title: cell} from <h4>name</h4> ... <tr><th>Title:</th><td>cell</td></tr>."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, str]] = {}
        self._name = ""
        self._title = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in ("h4", "th", "td"):
            self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text).strip()
        if tag == "h4":
            self._name = text
            self.rows[text] = {}
        elif tag == "th":
            self._title = text.removesuffix(":")
        elif tag == "td":
            self.rows[self._name][self._title] = text


def _definition(row: Mapping[str, str], where: str) -> Definition:
    missing = {"Type", "Default", "Valid Values", "Importance"} - row.keys()
    if missing:
        raise CatalogueError(
            f"{where}: rows {', '.join(sorted(missing))} are missing: another table than ConfigDef's"
        )
    default = row["Default"]
    if row["Type"] in ("int", "long"):
        # ConfigDef.getConfigValue adds a reading aid to times and sizes: "604800000 (7 days)".
        default = re.sub(r" \([^)]*\)$", "", default)
    return Definition(
        type=row["Type"],
        # ConfigDef prints "" for the empty string, null for null and nothing where there is no default.
        default={"null": None, '""': ""}.get(default, default),
        # A validator without a toString prints as class@identity; the identity may differ in every run.
        valid=re.sub(r"(\.[\w$]+)@[0-9a-f]+\b", r"\1", row["Valid Values"]),
        importance=row["Importance"],
        required=default == "",
    )


def _print_definitions(class_name: str, jars: Path, java: str) -> str:
    # 1 compiler thread level: the program lives for less than a second.
    command = [java, "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*", class_name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except FileNotFoundError:
        raise CatalogueError(f"{java}: not found; Kafka's classes need a Java 17 or newer") from None
    if done.returncode != 0:
        raise CatalogueError(
            f"{class_name} in {jars} ended with {done.returncode}: {done.stderr.strip()[:500]}"
        )
    return done.stdout


def _resolve(version: str, target: Path) -> None:
    import jgo  # noqa: PLC0415 - only this path needs it

    names = ("kafka_2.13", "connect-runtime", "connect-mirror")
    endpoint = "+".join(f"org.apache.kafka:{name}:{version}" for name in names)
    environment = jgo.build(endpoint, cache_dir=_cache() / "catalogue" / "jgo")
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    _link(environment.all_jars, partial)
    partial.rename(target)  # whole or not at all: an interrupted run leaves no half directory behind


def _link(jars: Iterable[Path], directory: Path) -> None:
    for jar in jars:
        shutil.copy2(jar, directory / jar.name)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("MSK_MIRROR_CACHE") or Path(base) / "msk-mirror")


if __name__ == "__main__":
    sys.exit(main())
