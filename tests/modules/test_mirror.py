"""The folders of tests/modules mirror those of modules/."""

from __future__ import annotations

from pathlib import Path

from bindings.imports import CHECKOUT

MODULES = CHECKOUT / "modules"


def test_every_file_of_modules_has_a_test_file() -> None:
    files = {path.relative_to(MODULES) for path in MODULES.glob("*/*.py") if path.stem != "__init__"}
    tests = Path(__file__).parent
    missing = {str(file) for file in files if not (tests / file.parent / f"test_{file.name}").is_file()}
    assert files
    assert missing == set()
