"""From an environment file to a checked model, or to every mistake in it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from topology.environment_file.document import Document, parse
from topology.environment_file.merge import deep_merge
from topology.environment_file.problem import InvalidEnvironment, Path, Problem, shown
from topology.model import Environment
from topology.model.schema_paths import known_keys
from topology.rules import check

__all__ = [
    "as_written",
    "display_name",
    "environment_path",
    "load_environment",
    "load_text",
    "located",
    "with_shared_sections",
]

SHARED_SECTIONS = ("kafka", "retention")
ENVIRONMENTS = FilePath(__file__).resolve().parent.parent / "environments"


def environment_path(name_or_path: str) -> FilePath:
    """`production` is `environments/production.yaml` of this project; anything else is a path."""
    named = {file.stem: file for file in ENVIRONMENTS.glob("*.yaml")}
    return named.get(name_or_path, FilePath(name_or_path))


def load_environment(name_or_path: str | FilePath) -> Environment:
    """Load and check an environment, by name or path.

    Raises InvalidEnvironment with all problems of the file, in file order.
    """
    path = environment_path(str(name_or_path))
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: not a path at all
        reason = getattr(error, "strerror", None) or str(error)
        names = ", ".join(sorted(file.stem for file in ENVIRONMENTS.glob("*.yaml")))
        raise InvalidEnvironment(
            [Problem((), f"cannot be read: {reason}", allowed=f"a path, or one of {names}", file=str(path))]
        ) from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{content[error.start]:02x}"
        problem = Problem((), "is not UTF-8", found, "text in UTF-8", file=display_name(path), line=line)
        raise InvalidEnvironment([problem]) from error
    return load_text(text, display_name(path))


def load_text(text: str, file: str = "environment") -> Environment:
    """The same from text; `file` is how problems name it."""
    document = parse(text)
    problems = list(document.problems)
    environment: Environment | None = None
    if isinstance(document.data, dict):
        problems += _unquoted_account(document.data)
        environment, found = _validate(document.data)
        problems += found
    elif not problems:
        problems.append(
            Problem((), "is not a mapping", found=shown(document.data), allowed="keys such as project")
        )
    if problems:
        raise InvalidEnvironment(_located(problems, document, file))
    if environment is None:
        raise AssertionError("a document without problems gives an environment")
    return environment


def located(problems: Sequence[Problem], name_or_path: str | FilePath) -> list[Problem]:
    """Problems with file and line, of an environment file that has been loaded; in file order."""
    path = environment_path(str(name_or_path))
    return _located(list(problems), parse(path.read_text(encoding="utf-8")), display_name(path))


def _validate(data: dict[str, Any]) -> tuple[Environment | None, list[Problem]]:
    """Schema and rules. Where the schema fails, what is wrong is taken out and the rest is checked all the
    same, so that one reading shows all mistakes; rules stay silent about what was taken out."""
    data = with_shared_sections(data)
    problems: list[Problem] = []
    removed: list[Path] = []
    for attempt in range(8):
        try:
            environment = Environment.model_validate(data)
        except ValidationError as error:
            details = _own_errors(error)
            if attempt == 0:  # later attempts see only the holes that taking out has left
                problems += [_schema_problem(detail) for detail in details]
            cuts = {_smallest_removable(data, detail) for detail in details}
            if () in cuts:
                return None, problems
            harmless = {_smallest_removable(data, d) for d in details if d["type"] == "extra_forbidden"}
            for cut in sorted(cuts, key=_backwards, reverse=True):
                _remove(data, cut)
                if cut not in harmless:
                    removed.append(cut)
        else:
            return environment, problems + _rule_problems(environment, removed)
    return None, problems


def _own_errors(error: ValidationError) -> list[ErrorDetails]:
    """Without `too short` of lists whose items are wrong: pydantic counts the right ones only."""
    details = error.errors(include_url=False)
    places = {detail["loc"] for detail in details}
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(len(p) > len(detail["loc"]) and p[: len(detail["loc"])] == detail["loc"] for p in places)
    ]


def _rule_problems(environment: Environment, removed: Sequence[Path]) -> list[Problem]:
    lost_regions = {cut[1] for cut in removed if len(cut) == 2 and cut[0] == "regions"}
    problems = []
    for problem in check(environment):
        path = problem.path
        for cut in reversed(removed):  # positions in a list as they were before items were taken out
            at = len(cut) - 1
            if len(path) > at and path[:at] == cut[:at] and isinstance(cut[at], int):
                step = path[at]
                if isinstance(step, int) and step >= cut[at]:  # type: ignore[operator]
                    path = (*path[:at], step + 1, *path[at + 1 :])
        if problem.found not in lost_regions and not _touches(path, removed):
            problems.append(replace(problem, path=path))
    return problems


def _backwards(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)


def with_shared_sections(data: dict[str, Any]) -> dict[str, Any]:
    """Each region's `kafka` and `retention` sections merged over the environment's."""
    data = copy.deepcopy(data)
    regions = data.get("regions")
    for section in SHARED_SECTIONS:
        shared = data.get(section)
        if isinstance(shared, dict) and isinstance(regions, dict):
            for region in regions.values():
                if isinstance(region, dict) and isinstance(region.get(section, {}), dict):
                    region[section] = deep_merge(shared, region.get(section, {}))
    return data


def _unquoted_account(data: dict[str, Any]) -> list[Problem]:
    """YAML reads 012345678901 as an octal number: say so instead of `should be a string`."""
    account = data.get("account")
    if not isinstance(account, int) or isinstance(account, bool):
        return []
    written = str(account) if account >= 10**11 else f"{account:o}"
    data["account"] = written.zfill(12)
    return [Problem(("account",), "must be quoted", found=written, allowed="twelve digits in quotes")]


def _schema_problem(detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return Problem(path, "is required")
        case "extra_forbidden":
            return Problem(path, "is not a known key", allowed=", ".join(known_keys(path[:-1])))
        case "literal_error" | "enum":
            return Problem(
                path, "has a value that is not known", shown(detail["input"]), str(context["expected"])
            )
        case "string_pattern_mismatch":
            return Problem(path, "is not written as it must be", shown(detail["input"]), context["pattern"])
    message = detail["msg"][0].lower() + detail["msg"][1:]
    return Problem(path, message, found=shown(detail["input"]))


def _smallest_removable(data: Any, detail: ErrorDetails) -> Path:
    """What to take out so that the rest can be checked: the value itself (its default then applies), or the
    mapping that lacks a required key; `()` where nothing would be left."""
    path = tuple(step for step in detail["loc"] if step != "[key]")
    existing: Path = ()
    node: Any = data
    for step in path[:-1] if detail["type"] == "missing" else path:
        if not _holds(node, step):
            break
        node = node[step]
        existing = (*existing, step)
    return existing


def _remove(data: Any, path: Path) -> None:
    node = data
    for step in path[:-1]:
        if not _holds(node, step):
            return  # taken out with something around it
        node = node[step]
    if isinstance(node, dict):
        node.pop(path[-1], None)
    elif isinstance(node, list) and isinstance(path[-1], int) and path[-1] < len(node):
        node.pop(path[-1])


def _holds(node: Any, step: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node


def _touches(path: Path, removed: Iterable[Path]) -> bool:
    return any(path[: len(cut)] == cut or cut[: len(path)] == path for cut in removed)


def _located(problems: list[Problem], document: Document, file: str) -> list[Problem]:
    located = []
    for problem in problems:
        path = as_written(problem.path, document)
        line = problem.line or document.line(path)
        located.append(replace(problem, path=path, file=file, line=line))
    unique = list(dict.fromkeys(located))
    return sorted(unique, key=lambda p: p.line)


def as_written(path: Path, document: Document) -> Path:
    """A setting that a region has from a section of the environment, by the place that was written."""
    if len(path) > 3 and path[0] == "regions" and path[2] in SHARED_SECTIONS:
        shared = path[2:]
        if _known(shared, document) > max(1, _known(path, document) - 2):
            return shared
    return path


def _known(path: Path, document: Document) -> int:
    return max(length for length in range(len(path) + 1) if path[:length] in document.lines)


def display_name(path: FilePath) -> str:
    """How problems name a file: relative to the working directory where it is in there."""
    try:
        return str(path.resolve().relative_to(FilePath.cwd()))
    except ValueError:
        return str(path)
