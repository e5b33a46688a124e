"""Connect's records of source offsets: what is written is what is read, and what is not one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.connect.client import Offset
from operations.migration.offset_records import (
    RecordError,
    SourceOffset,
    SourcePartition,
    key_bytes,
    offset_of,
    parse_record,
    place_of,
    value_bytes,
)

SOURCE = "MirrorSourceConnector"
names = st.text("abcXYZ019._-", min_size=1, max_size=40)
places = st.builds(SourcePartition, names, names, st.integers(0, 100_000))
offsets = st.integers(0, 2**63 - 1)


def test_a_key_is_what_4_1_1_writes() -> None:
    written = b'["MirrorSourceConnector",{"cluster":"us-east-1","partition":0,"topic":"demo.numbered"}]'
    assert key_bytes(SOURCE, SourcePartition("us-east-1", "demo.numbered", 0)) == written
    assert value_bytes({"offset": 987}) == b'{"offset":987}'


@given(places, offsets)
def test_what_is_written_is_what_is_read(place: SourcePartition, offset: int) -> None:
    read = parse_record(key_bytes(SOURCE, place), value_bytes({"offset": offset}), SOURCE)
    assert read == SourceOffset(place, offset)
    assert parse_record(key_bytes(SOURCE, place), value_bytes(None), SOURCE) == SourceOffset(place, None)
    as_rest_has_it = Offset(place._asdict(), {"offset": offset})
    assert (place_of(as_rest_has_it), offset_of(as_rest_has_it)) == (place, offset)


@given(places, places)
def test_different_places_have_different_keys(one: SourcePartition, other: SourcePartition) -> None:
    assert (key_bytes(SOURCE, one) == key_bytes(SOURCE, other)) == (one == other)


def test_what_another_connector_keeps_is_none_of_ours_whatever_it_is() -> None:
    key = b'["MirrorHeartbeatConnector",{"sourceClusterAlias":"a","targetClusterAlias":"b"}]'
    assert parse_record(key, b"anything", SOURCE) is None


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (None, b'{"offset":1}', r"^key: found nothing; expected JSON$"),
        (b"\xff\x00", b'{"offset":1}', r"^key: found .*xff.*; expected JSON$"),
        (b'{"a":1}', None, r"^key: found '\{\"a\":1\}'; expected \[<connector>"),
        (
            f'["{SOURCE}",{{"topic":"t"}}]'.encode(),
            None,
            r"expected an object with cluster, partition, topic$",
        ),
        (key_bytes(SOURCE, SourcePartition("a", "t", -1)), None, r"a number from 0 as partition$"),
        (
            key_bytes(SOURCE, SourcePartition("a", "t", 0)),
            b"17",
            r"^value: found '17'; expected \{\"offset\": N\}",
        ),
        (key_bytes(SOURCE, SourcePartition("a", "t", 0)), b'{"offset":"1"}', r"^value: found"),
        (key_bytes(SOURCE, SourcePartition("a", "t", 0)), b'{"offset":true}', r"^value: found"),
        (key_bytes(SOURCE, SourcePartition("a", "t", 0)), b'{"offset":-1}', r"with N from 0$"),
        (key_bytes(SOURCE, SourcePartition("a", "t", 0)), b'{"offset":1,"x":2}', r"^value: found"),
        (key_bytes(SOURCE, SourcePartition("a", "t", 0)), b"", r"^value: found ''; expected JSON$"),
    ],
)
def test_what_is_no_source_offset_is_refused_with_what_was_found(
    key: bytes | None, value: bytes | None, said: str
) -> None:
    with pytest.raises(RecordError, match=said):
        parse_record(key, value, SOURCE)


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60) | json_values.map(lambda one: json.dumps(one).encode()), st.binary(max_size=20))
def test_no_bytes_end_in_anything_but_a_refusal(key: bytes, value: bytes) -> None:
    try:
        parse_record(key, value, SOURCE)
    except RecordError as error:
        assert "found" in str(error)
