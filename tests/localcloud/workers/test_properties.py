"""The text of the worker ConfigMap is read as java.util.Properties would read it, or refused."""

from __future__ import annotations

import pytest

from localcloud.workers.worker import WorkerError, read_properties


def test_java_properties_syntax_is_understood() -> None:
    text = (
        "# a comment\n"
        "group.id = mirrormaker2\n"
        "listeners=http\\://0.0.0.0\\:8083\n"
        "topics=a,\\\n    b\n"
        "empty=\n"
        "pattern=.*[\\\\-\\\\.]internal\n"
        "accent=\\u00e9\n"
        "bootstrap.servers=${env:BOOTSTRAP_US_EAST_1}\n"
    )
    assert read_properties(text, "worker") == {
        "group.id": "mirrormaker2",
        "listeners": "http://0.0.0.0:8083",
        "topics": "a,b",
        "empty": "",
        "pattern": r".*[\-\.]internal",
        "accent": "é",
        "bootstrap.servers": "${env:BOOTSTRAP_US_EAST_1}",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("group.id=a\ngroup.id=b\n", r"worker-0: group\.id is set more than once"),
        ("name=\\u00g1\n", r"worker-0: .*Invalid"),
    ],
)
def test_what_java_would_swallow_or_refuse_is_refused(text: str, message: str) -> None:
    with pytest.raises(WorkerError, match=message):
        read_properties(text, "worker-0")
