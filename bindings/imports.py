"""Which submodules of the provider packages a set of Python files imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from bindings.provider import Provider

__all__ = ["CHECKOUT", "SOURCES", "imported_submodules"]

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = (CHECKOUT / "modules", CHECKOUT / "stacks")


def imported_submodules(provider: Provider, folders: Iterable[Path] = SOURCES) -> frozenset[str]:
    """The Python names of the provider's submodules that any file below the folders imports, at the top or
    inside a function. A file that does not parse counts as empty: Python says so where it is imported.
    """
    found: set[str] = set()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            source = file.read_bytes()
            if provider.package.encode() in source:
                found.update(_in_source(source, provider.package))
    return frozenset(found)


def _in_source(source: bytes, package: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == package:
            modules = [f"{package}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        else:
            continue
        yield from (module.split(".")[1] for module in modules if module.startswith(f"{package}."))
