"""JSON Schema of an environment file, for editors: `python -m topology.schema` writes it.

Editors that know the YAML language server complete and check a file whose first line is
`# yaml-language-server: $schema=environment.schema.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from topology.model import Environment

__all__ = ["SCHEMA_FILE", "json_schema", "render"]

SCHEMA_FILE = Path(__file__).resolve().parent.parent / "environments" / "environment.schema.json"


def json_schema() -> dict[str, Any]:
    """The schema. A region's `kafka` is merged over the environment's, so nothing in it is required."""
    schema = Environment.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "msk-mirror environment"} | {
        key: value for key, value in schema.items() if key != "title"
    }


def render() -> str:
    """The text of the file, sorted, so that a change of the model is a change of few lines."""
    return json.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    SCHEMA_FILE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"wrote {SCHEMA_FILE.name}\n")


if __name__ == "__main__":
    main()
