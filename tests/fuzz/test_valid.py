"""Environments with any of the options: accepted, derived, and the same however the file is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.census import CENSUS
from tests.fuzz.derivations import derived
from tests.fuzz.generation.fields import field_paths, set_paths
from tests.fuzz.generation.strategies import documents
from tests.fuzz.judgement import judge_problems, judge_valid
from tests.fuzz.profile import fuzzed
from tests.fuzz.writing import block, reordered, styles
from topology import InvalidEnvironment
from topology.loading import load_text
from topology.model import Environment


@fuzzed(few=15, share=0.2)
@given(document=documents(), data=st.data())
def test_an_environment_derives_the_same_however_it_is_written(
    document: dict[str, Any], data: st.DataObject
) -> None:
    environment = accepted(document, CENSUS)
    if environment is None:
        return
    judge_valid(environment)
    texts = derived(environment)
    assert changed(texts, derived(load_text(data.draw(styles(document))))) == set()
    assert changed(parsed(texts), parsed(derived(load_text(block(reordered(document)))))) == set()


def test_every_option_is_generated_and_nine_of_ten_environments_are_valid() -> None:
    seen: Counter[str] = Counter()
    missing = set(field_paths(Environment))

    def see(document: dict[str, Any]) -> None:
        missing.difference_update(set_paths(Environment, document))
        accepted(document, seen)

    for attempt in range(10):  # hypothesis stays near what it began with: several beginnings see more
        fuzzed(few=40, share=0.05, attempt=attempt)(given(document=documents())(see))()
        if not missing and attempt >= 2:
            break
    CENSUS.update(seen)
    assert missing == set()
    assert seen["valid"] > 9 * seen["refused by a rule"], seen


def accepted(document: Mapping[str, Any], seen: Counter[str]) -> Environment | None:
    """The environment, or None where a rule refuses it; counted."""
    text = block(document)
    try:
        environment = load_text(text)
    except InvalidEnvironment as error:
        seen["refused by a rule"] += 1
        judge_problems(error, text.encode())
        return None
    seen["valid"] += 1
    return environment


def changed(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """What is derived differently; names alone, because the texts are long."""
    return {name for name in one if one[name] != other[name]}


def parsed(texts: Mapping[str, str]) -> dict[str, Any]:
    """Without the order of keys, which is the file's where a mapping is passed on."""
    return {name: json.loads(text) for name, text in texts.items()}
