"""Extra properties can neither override what guards the platform nor load a class that is not known."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.environments import environment
from topology.environment_file.problem import Problem
from topology.kafka.catalogue import definitions, settable_on_msk, versions
from topology.kafka.guarded_properties import CLASSES, RESERVED
from topology.model import Environment
from topology.model.mirrormaker import ConnectorProperties
from topology.rules import RULES
from topology.rules.replication.prefixes import UNREAD
from topology.rules.replication.properties import CLIENT_PREFIXES

BASE = environment()
CATALOGUE = definitions("4.1")
COMPONENTS = ("worker", "source_connector", "checkpoint_connector", "heartbeat_connector")
CLIENTS = ("producer", "consumer", "admin")
EVIL = "com.example.Evil"
BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"
JMX = "org.apache.kafka.common.metrics.JmxReporter"


def with_extra(component: str, key: str, value: str) -> Environment:
    """The base with one more property, past everything that a file's text goes through."""
    kind = component.removesuffix("_connector")
    extra = (
        {"worker_properties": {key: value}}
        if kind == "worker"
        else {"connector_properties": ConnectorProperties(**{kind: {key: value}})}
    )
    return BASE.model_copy(update={"mirrormaker": BASE.mirrormaker.model_copy(update=extra)})


def problems(component: str, key: str, value: str) -> list[Problem]:
    return check(with_extra(component, key, value))


def check(checked: Environment) -> list[Problem]:
    """What the rules on properties find; the other rules cost more than they do."""
    return [problem for rule in RULES if "properties" in rule.id for problem in rule.check(checked)]


class Decision(NamedTuple):
    component: str
    key: str
    value: str
    message: str
    """Empty: free."""


SECURITY, DERIVED = "is a security setting", "is derived from the environment"
CLASS, REFERENCE = "loads a class that is not one of those known here", "reads through a config provider"
BROWSERS, RECORDS = "lets browsers in", "loads classes into the way of every record"
DECISIONS = [
    Decision("worker", "sasl.mechanism", "PLAIN", SECURITY),
    Decision("worker", "admin.sasl.jaas.config", "com.sun.security.auth.module.X required;", SECURITY),
    Decision("worker", "consumer.security.protocol", "PLAINTEXT", SECURITY),
    Decision("worker", "security.providers", EVIL, SECURITY),
    Decision("worker", "listeners.https.ssl.keystore.location", "/x", DERIVED),
    Decision("worker", "admin.listeners", "http://0.0.0.0:9999", DERIVED),
    Decision("worker", "listeners", "http://0.0.0.0:9999", DERIVED),
    Decision("worker", "rest.advertised.listener", "https", DERIVED),
    Decision("worker", "rest.extension.classes", EVIL, DERIVED),
    Decision("worker", "inter.worker.verification.algorithms", "HmacMD5", SECURITY),
    Decision("worker", "connect.protocol", "eager", SECURITY),
    Decision("worker", "plugin.path", "/tmp", DERIVED),  # noqa: S108
    Decision("worker", "plugin.discovery", "hybrid_warn", DERIVED),
    Decision("source_connector", "connector.plugin.version", "4.0.0", "decided by the image"),
    Decision("worker", "config.providers", "file", DERIVED),
    Decision("worker", "config.providers.file.class", EVIL, DERIVED),
    Decision("worker", "producer.config.providers", "file", DERIVED),
    Decision("worker", "connector.client.config.override.policy", EVIL, DERIVED),
    Decision("worker", "producer.bootstrap.servers", "elsewhere:9098", DERIVED),
    Decision("worker", "access.control.allow.origin", "*", BROWSERS),
    Decision("worker", "response.http.headers.config", "set Access-Control-Allow-Origin: *", BROWSERS),
    Decision("worker", "key.converter", BYTES, DERIVED),
    Decision("worker", "metric.reporters", f"{JMX},{EVIL}", CLASS),
    Decision("worker", "metric.reporters", "", CLASS),
    Decision("worker", "producer.interceptor.classes", EVIL, CLASS),
    Decision("worker", "client.id", "${file:/etc/passwd:root}", REFERENCE),
    Decision("worker", "client.id", "${env:AWS_WEB_IDENTITY_TOKEN_FILE}", REFERENCE),
    Decision("worker", "client.id", "${env:POD_IP}${dir:/etc:passwd}", REFERENCE),
    Decision("worker", "client.id", "${file:${env:POD_IP}}", REFERENCE),
    Decision("worker", "metric.reporters", JMX, ""),
    Decision("worker", "client.id", "mirror-${env:POD_IP}", ""),
    Decision("worker", "offset.flush.timeout.ms", "9000", ""),
    Decision("worker", "consumer.max.poll.records", "100", "has no effect"),
    Decision("worker", "admin.retry.backoff.ms", "200", ""),
    Decision("source_connector", "config.providers", "file", DERIVED),
    Decision("source_connector", "producer.override.config.providers.file.class", EVIL, DERIVED),
    Decision("source_connector", "producer.override.sasl.jaas.config", "x", SECURITY),
    Decision("source_connector", "target.cluster.security.protocol", "PLAINTEXT", SECURITY),
    Decision("source_connector", "source.consumer.bootstrap.servers", "elsewhere:9098", DERIVED),
    Decision("source_connector", "transforms", "hoist", RECORDS),
    Decision("source_connector", "transforms.hoist.type", EVIL, RECORDS),
    Decision("source_connector", "predicates.p.type", EVIL, RECORDS),
    Decision("source_connector", "source.consumer.interceptor.classes", EVIL, CLASS),
    Decision("source_connector", "producer.override.partitioner.class", EVIL, CLASS),
    Decision("source_connector", "source.consumer.key.deserializer", EVIL, CLASS),
    Decision("source_connector", "topic.filter.class", EVIL, CLASS),
    Decision("source_connector", "forwarding.admin.class", EVIL, CLASS),
    Decision("source_connector", "value.converter", "org.apache.kafka.connect.json.JsonConverter", CLASS),
    Decision("source_connector", "value.converter", BYTES, ""),
    Decision("source_connector", "source.consumer.fetch.max.bytes", "1000000", ""),
    Decision("checkpoint_connector", "group.filter.class", EVIL, CLASS),
    Decision("heartbeat_connector", "header.converter", EVIL, CLASS),
]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda one: f"{one.component}-{one.key}")
def test_what_becomes_of_a_property(decision: Decision) -> None:
    said = [problem.message for problem in problems(*decision[:3])]
    if decision.message:
        assert len(said) == 1, said
        assert decision.message in said[0]
    else:
        assert said == []


def test_every_reserved_key_has_a_case() -> None:
    bare = [
        re.sub(r"^((source|target|cluster|producer|consumer|admin|override)\.)+", "", d.key)
        for d in DECISIONS
    ]
    for entry in RESERVED:
        assert any(re.fullmatch(entry.keys, key) for key in bare), entry.keys
        assert entry.reason


def prefixes_of(component: str) -> list[tuple[str, str]]:
    """Prefix and the catalogue's section behind it, the component's own first."""
    return [("", component), *CLIENT_PREFIXES[component]]


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_property_that_kafka_types_as_a_class_takes_a_foreign_one(component: str) -> None:
    for prefix, section in prefixes_of(component):
        for key, definition in CATALOGUE[section].items():
            if definition["type"] == "class":
                assert problems(component, prefix + key, EVIL), prefix + key


@pytest.mark.parametrize("component", COMPONENTS)
def test_classes_on_the_list_pass(component: str) -> None:
    derived = {"replication.policy.class"} | (
        {"key.converter", "value.converter", "header.converter"} if component == "worker" else set()
    )
    for prefix, section in prefixes_of(component):
        if prefix in UNREAD.get(component, {}):
            continue
        for entry in CLASSES:
            if entry.key in CATALOGUE[section] and entry.allowed and entry.key not in derived:
                assert not problems(component, prefix + entry.key, entry.allowed[0]), prefix + entry.key


def test_every_list_of_kafka_is_known_to_name_classes_or_not() -> None:
    """Kafka types lists of classes as it types lists of topics: a new one must be looked at by people."""
    harmless = {"groups", "groups.exclude", "topics", "topics.exclude", "topic.creation.groups"}
    harmless |= {"config.properties.exclude"}
    lists = {
        key
        for section in (*COMPONENTS, *CLIENTS)
        for key, definition in CATALOGUE[section].items()
        if definition["type"] == "list"
    }
    guarded = {entry.key for entry in CLASSES}
    reserved = {key for key in lists if any(re.fullmatch(entry.keys, key) for entry in RESERVED)}
    assert lists == harmless | (guarded & lists) | reserved | {"admin.listeners"}


def test_msk_lets_brokers_name_one_class_only() -> None:
    for kind in ("standard", "express"):
        known = [definitions(version)["broker"] for version in versions()]
        naming = {
            key
            for key in settable_on_msk(kind)
            if re.search(r"class|reporter|provider|listener|sasl|ssl|security|authorizer|jaas", key)
            or any(broker.get(key, {}).get("type") in ("class", "password") for broker in known)
        }
        # addresses, which the rule on them checks
        assert naming == {"replica.selector.class", "custom.advertised.listeners"}


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("org.apache.kafka.common.replica.RackAwareReplicaSelector", False),
        (EVIL, True),
        ("", True),
    ],
)
def test_brokers_select_replicas_by_kafkas_own_classes(value: str, refused: bool) -> None:
    regions = {
        name: region.model_copy(
            update={
                "kafka": region.kafka.model_copy(
                    update={"server_properties": {"replica.selector.class": value}}
                )
            }
        )
        for name, region in BASE.regions.items()
    }
    assert bool(check(BASE.model_copy(update={"regions": regions}))) is refused


# -- whatever stands before it

WORDS = ("source", "target", "cluster", "producer", "consumer", "admin", "override")
ALL_KEYS = sorted({key for section in (*COMPONENTS, *CLIENTS) for key in CATALOGUE[section]})
GUARDED = [
    key
    for key in ALL_KEYS
    if key.startswith(("sasl.", "ssl.", "security.", "listeners", "rest.", "inter.worker", "access.control"))
    or re.search(r"class|interceptor|reporter|provider|plugin\.(path|discovery)|override\.policy", key)
    or any(CATALOGUE[s].get(key, {}).get("type") in ("class", "password") for s in (*COMPONENTS, *CLIENTS))
] + [
    "bootstrap.servers",
    "config.providers.x.class",
    "transforms.x.type",
    "predicates.x.type",
    "connect.protocol",
]
prefix = st.lists(st.sampled_from(WORDS), max_size=4).map(lambda words: "".join(f"{word}." for word in words))
names = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,3}", fullmatch=True)


@settings(max_examples=400, deadline=None)
@given(
    component=st.sampled_from(COMPONENTS),
    before=prefix,
    key=st.one_of(
        st.sampled_from(GUARDED),
        st.builds("{}.{}".format, st.sampled_from(["sasl", "ssl", "security", "config.providers"]), names),
    ),
    value=st.one_of(st.just(EVIL), st.text(max_size=20)),
)
def test_no_prefix_lets_a_guarded_key_through(component: str, before: str, key: str, value: str) -> None:
    found = problems(component, before + key, value)
    assert found, f"{component}: {before + key}={value!r}"
    assert {problem.path[-1] for problem in found} == {before + key}


@settings(max_examples=400, deadline=None)
@given(
    component=st.sampled_from(COMPONENTS),
    before=prefix,
    key=st.one_of(st.sampled_from(ALL_KEYS), names),
    value=st.sampled_from(["1", "true", "a,b", EVIL, "${env:HOME}", "${file:/x:y}"]),
)
def test_what_passes_is_no_guard_no_class_and_no_reference(
    component: str, before: str, key: str, value: str
) -> None:
    if problems(component, before + key, value):
        return
    assert "${" not in value
    suspicious: Any = re.search(
        r"class|sasl|ssl|secur|provider|plugin\.(path|disc)|interceptor|reporter|listener|rest\.|extension"
        r"|(?<!re)bootstrap\.|transforms|predicates|access\.control|http\.headers|(key|value|header)\.converter$"
        r"|serializer|inter\.worker|connect\.protocol|override\.policy",
        before + key,
    )
    assert not suspicious, f"{component}: {before + key}={value}"
