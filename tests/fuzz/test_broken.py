"""Environment files with mistakes in them, of any kind: told with their place, never by a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from tests.fuzz.judgement import judge_file
from tests.fuzz.mistakes.mutations import changed_bytes, changed_data, changed_text
from tests.fuzz.profile import fuzzed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken") / "environment.yaml"


@fuzzed(few=20, share=0.3)
@given(content=changed_data())
def test_wrong_data_is_refused_with_its_place(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    judge_file(file)


@fuzzed(few=20, share=0.25)
@given(content=changed_text())
def test_wrong_text_is_refused_with_its_place(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    judge_file(file)


@fuzzed(few=10, share=0.1)
@given(content=changed_bytes())
def test_wrong_bytes_are_refused_with_their_place(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    judge_file(file)


def test_what_is_told_does_not_depend_on_the_order_of_hashes(tmp_path: Path) -> None:
    """Sets have another order in every process: a plan, and an answer, must not."""

    @fuzzed(few=8, share=0.02)
    @given(content=changed_data())
    def each(content: bytes) -> None:
        (tmp_path / f"{len(list(tmp_path.iterdir()))}.yaml").write_bytes(content)

    each()
    files = sorted(map(str, tmp_path.iterdir()))
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.fuzz.told", *files],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    ]
    assert told[0]
    assert told[0].splitlines() == told[1].splitlines()
