"""Between what is deployed and what runs here, only addresses and authentication differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.workers.localize import ADDRESS_KEYS, Substitution, is_authentication, localize
from topology.loading import load_environment
from topology.replication.connectors import SECURITY, connectors, worker_properties

CLIENTS = ("", "producer.", "consumer.", "admin.")
CLUSTERS = ("source.cluster.", "target.cluster.", "source.consumer.", "producer.override.", "source.admin.")

KEYS = st.one_of(
    st.sampled_from(sorted(ADDRESS_KEYS)),
    st.builds(
        lambda prefix, key: prefix + key,
        st.sampled_from(CLIENTS + CLUSTERS),
        st.sampled_from(sorted(SECURITY)),
    ),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,3}", fullmatch=True),
)


@given(
    st.dictionaries(KEYS, st.text(max_size=20)),
    st.dictionaries(st.sampled_from(sorted(ADDRESS_KEYS)), st.text(max_size=20)),
)
def test_nothing_but_addresses_and_authentication_changes(
    properties: dict[str, str], addresses: dict[str, str]
) -> None:
    before = dict(properties)
    localized = localize(properties, addresses)
    assert properties == before, "the input is left alone"
    changed = {change.key for change in localized.changes}
    assert all(key in ADDRESS_KEYS or is_authentication(key) for key in changed)
    for key in properties.keys() | localized.properties.keys():
        assert (properties.get(key) != localized.properties.get(key)) == (key in changed)
    assert not [key for key in localized.properties if is_authentication(key) and key not in addresses]


@pytest.mark.parametrize("environment", ["local", "production", "three-regions"])
def test_of_the_deployed_configuration_exactly_this_changes(environment: str) -> None:
    loaded = load_environment(environment)
    for region in loaded.regions:
        worker = worker_properties(loaded, region)
        addresses = {"listeners": "http://127.0.0.1:20001", "rest.advertised.port": "20001"}
        assert {(change.key, change.after) for change in localize(worker, addresses).changes} == {
            *addresses.items(),
            *((prefix + key, None) for prefix in CLIENTS for key in SECURITY),
        }
        for config in connectors(loaded, region).values():
            assert {(change.key, change.after) for change in localize(config).changes} == {
                (prefix + key, None) for prefix in ("source.cluster.", "target.cluster.") for key in SECURITY
            }


@pytest.mark.parametrize(
    "key",
    [
        *(prefix + key for prefix in CLIENTS + CLUSTERS for key in ("security.protocol", "sasl.mechanism")),
        "source.cluster.sasl.jaas.config",
        "admin.override.sasl.client.callback.handler.class",
    ],
)
def test_authentication_is_recognised_under_every_prefix(key: str) -> None:
    assert is_authentication(key)


@pytest.mark.parametrize(
    "key",
    [
        "admin.listeners",
        "source.cluster.alias",
        "sasl",
        "my.security.protocol",
        "security.protocols",
        "consumer.group",
    ],
)
def test_other_properties_are_not_taken_for_authentication(key: str) -> None:
    assert not is_authentication(key)


def test_only_addresses_can_be_replaced() -> None:
    with pytest.raises(
        ValueError, match=r"tasks\.max: no address; allowed are admin\.listeners, bootstrap\.servers"
    ):
        localize({"tasks.max": "4"}, {"tasks.max": "1"})


def test_changes_say_before_and_after() -> None:
    properties = {"listeners": "http://0.0.0.0:8083", "sasl.mechanism": "AWS_MSK_IAM", "group.id": "g"}
    addresses = {"listeners": "http://0.0.0.0:8084", "rest.advertised.port": "8084"}
    assert localize(properties, addresses).changes == (
        Substitution("listeners", "http://0.0.0.0:8083", "http://0.0.0.0:8084"),
        Substitution("rest.advertised.port", None, "8084"),
        Substitution("sasl.mechanism", "AWS_MSK_IAM", None),
    )
    assert localize({"listeners": "same"}, {"listeners": "same"}).changes == ()
