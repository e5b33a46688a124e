import gc
import typing
from collections.abc import Iterator

import pytest

from bindings.generated_code import lighten


@pytest.fixture
def lightened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The objects whose type hints Python itself resolved since lighten()."""
    resolved: list[object] = []
    original = typing.get_type_hints

    def recording(obj: typing.Any, *arguments: typing.Any, **options: typing.Any) -> dict[str, typing.Any]:
        resolved.append(obj)
        return original(obj, *arguments, **options)

    monkeypatch.setattr(typing, "get_type_hints", recording)
    thresholds = gc.get_threshold()
    lighten()
    yield resolved
    gc.set_threshold(*thresholds)


def _typecheckingstub__1(scope: "int", *, name: "str | None" = None) -> None: ...


def any_other(scope: "int") -> None: ...


def test_hints_of_a_stub_are_resolved_once(lightened: list[object]) -> None:
    first, second = (typing.get_type_hints(_typecheckingstub__1) for _ in range(2))
    assert first == second == {"scope": int, "name": str | None, "return": type(None)}
    assert lightened == [_typecheckingstub__1]


def test_a_changed_answer_does_not_change_the_next_one(lightened: list[object]) -> None:
    typing.get_type_hints(_typecheckingstub__1).clear()
    assert typing.get_type_hints(_typecheckingstub__1)["scope"] is int
    assert lightened == [_typecheckingstub__1]


def test_other_functions_and_options_are_left_to_python(lightened: list[object]) -> None:
    for _ in range(2):
        assert typing.get_type_hints(any_other)["scope"] is int
        assert typing.get_type_hints(_typecheckingstub__1, include_extras=True)["scope"] is int
    assert lightened == [any_other, _typecheckingstub__1] * 2
