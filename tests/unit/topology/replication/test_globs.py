"""Wildcards mean the same to IAM, to MirrorMaker and to the rules."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from topology.replication.globs import covers, glob_regex, matches, overlap

NAMES = st.text("ab.-", min_size=1, max_size=6)
GLOBS = st.text("ab.*?", min_size=1, max_size=6)


@given(GLOBS, NAMES)
def test_the_regular_expression_matches_the_same_names(glob: str, name: str) -> None:
    assert (re.fullmatch(glob_regex(glob), name) is not None) == matches(glob, name)


@given(GLOBS, GLOBS, NAMES)
def test_globs_that_share_a_name_overlap(one: str, other: str, name: str) -> None:
    if matches(one, name) and matches(other, name):
        assert overlap(one, other)
        assert overlap(other, one)


@given(GLOBS, GLOBS, NAMES)
def test_what_is_covered_is_matched(wide: str, narrow: str, name: str) -> None:
    if covers(wide, narrow) and matches(narrow, name):
        assert matches(wide, name)


def test_many_wildcards_take_no_time() -> None:
    started = time.process_time()
    assert not covers("*a" * 20 + "b", "a" * 200)
    assert not overlap("*a" * 100, "*b" * 100)
    assert time.process_time() - started < 5


def test_prefixes_that_differ_do_not_overlap() -> None:
    assert not overlap("orders.*", "payments.*")
    assert overlap("orders.*", "*.eu")
    assert not covers("orders.*", "orders")
    assert covers("orders.*", "orders.eu.*")
