"""docs/reference/environment.md says of every field what it is, and is the models'."""

from __future__ import annotations

import re

import pytest

from topology.reference import REFERENCE_FILE, render
from topology.schema import json_schema

MODELS = json_schema()["$defs"]
TEXT = render()


def test_the_committed_reference_is_the_models() -> None:
    assert REFERENCE_FILE.read_text(encoding="utf-8") == TEXT, "run `make reference`"


@pytest.mark.parametrize("model", sorted(MODELS))
def test_every_field_of_a_model_has_a_row_with_a_meaning(model: str) -> None:
    for field in MODELS[model]["properties"]:
        rows = re.findall(rf"^\| `{field}` \|.*\| (.*) \|$", TEXT, re.MULTILINE)
        assert rows, f"{model}.{field} has no row"
        assert all(rows), f"{model}.{field} has no docstring"


def test_every_link_leads_to_a_heading() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= anchors


def test_limits_defaults_and_what_is_required_are_told() -> None:
    assert "| `account` | string, `^[0-9]{12}$` | *required* | AWS account id" in TEXT
    assert "| `count` | integer, at least 1, at most 60 | `3` | Brokers in the cluster" in TEXT
    assert '| `policy` | `default`, `identity` | `"default"` |' in TEXT
    assert "| `flows` | list of: section [`flows[]`](#flows) | *required* |" in TEXT
