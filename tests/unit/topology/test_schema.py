"""The JSON Schema for editors says what the model says."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from topology.loading import environment_path
from topology.schema import SCHEMA_FILE, json_schema, render


def test_the_committed_schema_is_the_models() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == render(), "run `make schema`"


@pytest.mark.parametrize("name", ["local", "production", "three-regions"])
def test_the_environments_of_the_project_satisfy_the_schema(name: str) -> None:
    jsonschema.validate(yaml.safe_load(environment_path(name).read_text()), json_schema())


def test_the_schema_refuses_unknown_keys() -> None:
    data = yaml.safe_load(environment_path("local").read_text()) | {"colour": "red"}
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate(data, json_schema())


def test_every_key_of_the_model_is_described_or_has_a_default() -> None:
    for name, definition in json.loads(render())["$defs"].items():
        assert "description" in definition, name
