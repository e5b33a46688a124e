"""Checkpoints and offset syncs as bytes, and which offset of one cluster is which on the other."""

from __future__ import annotations

import struct

import pytest

from operations.kafka.offset_translation import Checkpoint, OffsetSync, SyncedOffsets

ORDERS = ("orders", 2)


def string(text: str) -> bytes:
    return struct.pack(">h", len(text.encode())) + text.encode()


def syncs(*pairs: tuple[int, int]) -> SyncedOffsets:
    return SyncedOffsets(OffsetSync(ORDERS, *pair) for pair in pairs)


def test_a_checkpoint_is_read_from_its_record() -> None:
    key = string("gruppe-ä") + string("us-east-1.orders") + struct.pack(">i", 2)
    value = struct.pack(">hqq", 0, 1050, 950) + string("")
    found = Checkpoint.of(key, value, 1_700_000_000_000)
    assert found == Checkpoint("gruppe-ä", ("us-east-1.orders", 2), 1050, 950, 1_700_000_000_000)


def test_an_offset_sync_is_read_from_its_record() -> None:
    key = string("orders") + struct.pack(">i", 2)
    assert OffsetSync.of(key, struct.pack(">qq", 100, 90)) == OffsetSync(ORDERS, 100, 90)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"", struct.pack(">hqq", 0, 1, 1)),
        (string("g"), struct.pack(">hqq", 0, 1, 1)),
        (string("g") + string("t") + b"\0", struct.pack(">hqq", 0, 1, 1)),
        (b"\x7f\xffshort", struct.pack(">hqq", 0, 1, 1)),
        (string("g") + string("t") + struct.pack(">i", 0), b"\0\0"),
        (string("g") + string("t") + struct.pack(">i", 0), struct.pack(">hqq", 1, 1, 1)),
    ],
)
def test_other_bytes_are_no_checkpoint(key: bytes, value: bytes) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|string"):
        Checkpoint.of(key, value, 0)


@pytest.mark.parametrize("value", [b"", struct.pack(">qqq", 1, 1, 1)])
def test_other_bytes_are_no_offset_sync(value: bytes) -> None:
    with pytest.raises(ValueError, match="offset sync"):
        OffsetSync.of(string("orders") + struct.pack(">i", 2), value)


@pytest.mark.parametrize(
    ("upstream", "downstream"),
    [(99, None), (100, 10), (101, 11), (150, 11), (199, 11), (200, 105), (900, 106)],
)
def test_a_commit_is_translated_as_mirrormaker_does(upstream: int, downstream: int | None) -> None:
    assert syncs((100, 10), (200, 105)).downstream(ORDERS, upstream) == downstream


@pytest.mark.parametrize(
    ("downstream", "upstream"), [(9, None), (10, 100), (11, 101), (104, 101), (105, 200), (500, 201)]
)
def test_what_was_consumed_of_a_mirror_is_translated_back(downstream: int, upstream: int | None) -> None:
    assert syncs((100, 10), (200, 105)).upstream(ORDERS, downstream) == upstream


def test_the_distance_is_at_most_as_if_nothing_had_been_left_out() -> None:
    known = syncs((100, 10))
    assert known.downstream_at_most(ORDERS, 130) == 40
    assert known.upstream_at_most(ORDERS, 40) == 130


def test_records_that_were_sent_twice_are_not_skipped() -> None:
    # 50..53 were sent, the worker was killed, and 51.. were sent again
    known = syncs((50, 100), (53, 103), (51, 104), (54, 107))
    assert known.upstream(ORDERS, 104) == 51
    assert known.upstream(ORDERS, 103) == 51
    assert known.upstream(ORDERS, 108) == 55


def test_a_topic_that_was_made_anew_begins_again() -> None:
    at_the_source = syncs((0, 0), (900, 900), (0, 1000), (10, 1010))
    assert at_the_source.upstream(ORDERS, 950) is None
    assert at_the_source.upstream(ORDERS, 1005) == 1
    at_the_target = syncs((0, 0), (900, 900), (901, 0))
    assert at_the_target.downstream(ORDERS, 900) is None
    assert at_the_target.downstream(ORDERS, 901) == 0


def test_nothing_is_known_of_another_partition() -> None:
    assert syncs((100, 10)).downstream(("orders", 0), 100) is None
