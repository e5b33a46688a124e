"""Java properties: what is rendered is read back, here and by the rules of java.util.Properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.kafka.java_properties import parse_properties, render_properties

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT.filter(bool), TEXT))
def test_rendered_properties_are_read_back(properties: dict[str, str]) -> None:
    assert parse_properties(render_properties(properties)) == properties


@given(st.dictionaries(TEXT.filter(bool), TEXT))
def test_rendered_text_is_ascii_with_a_line_for_each_property(properties: dict[str, str]) -> None:
    """Kafka reads the file as ISO 8859-1."""
    text = render_properties(properties)
    assert text.isascii()
    assert text.count("\n") == len(properties)


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("a=b", {"a": "b"}),
        ("a = b ", {"a": "b "}),
        ("a: b", {"a": "b"}),
        ("a b", {"a": "b"}),
        ("a", {"a": ""}),
        ("  # no\n! no\n\n a=1", {"a": "1"}),
        ("a=one, \\\n   two", {"a": "one, two"}),
        ("a=one\\\\\nb=2", {"a": "one\\", "b": "2"}),
        ("a\\ b\\=c=d", {"a b=c": "d"}),
        ("a=\\u00e9\\t\\q", {"a": "é\tq"}),
        ("a=b=c:d", {"a": "b=c:d"}),
    ],
)
def test_the_forms_that_java_reads(text: str, properties: dict[str, str]) -> None:
    assert parse_properties(text) == properties


@pytest.mark.parametrize(
    ("text", "message"),
    [("a=\\u12", "Invalid"), ("a=1\na=2", "a is set more than once")],
)
def test_what_java_would_refuse_or_swallow_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_properties(text)
