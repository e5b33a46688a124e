"""Terraform's text: references to outputs of other stacks, and what stands for `${` itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["References", "Unresolved", "outputs_in"]

Values = Mapping[str, Mapping[str, Any]]
"""Outputs of stacks, by the stack's name and their own."""

# Terraform language, "Strings and Templates": $${ and %%{ are literal, ${ } interpolates, %{ } directs
TEMPLATE: Final = re.compile(r"\$\$\{|%%\{|[$%]\{(?P<expression>[^}]*)\}?")
OUTPUT: Final = re.compile(r"data\.terraform_remote_state\.(?P<stack>[\w-]+)\.outputs\.(?P<output>[\w-]+)")


class Unresolved(str):
    """Text with a reference that has no value: there is a problem about it already."""

    __slots__ = ()


@dataclass
class References:
    """Puts values for references, and keeps what is wrong with them."""

    values: Values
    problems: list[str] = field(default_factory=list)

    def resolve(self, value: Any, where: str) -> Any:
        """The same value with all its texts as Terraform would have them."""
        if isinstance(value, str):
            return self._text(value, where)
        if isinstance(value, Mapping):
            inside = f"{where}." if where else ""
            return {self._text(key, where): self.resolve(one, f"{inside}{key}") for key, one in value.items()}
        if isinstance(value, list):
            return [self.resolve(one, f"{where}[{index}]") for index, one in enumerate(value)]
        return value

    def _text(self, text: str, where: str) -> Any:
        alone = TEMPLATE.fullmatch(text)
        if alone and alone["expression"] is not None:  # a reference and nothing else keeps its type
            found = self._value(alone, where)
            return Unresolved(text) if found is None else found
        parts, known, end = [], True, 0
        for found in TEMPLATE.finditer(text):
            value = found[0][1:] if found["expression"] is None else self._value(found, where)
            known = known and value is not None
            parts += [text[end : found.start()], str(value)]
            end = found.end()
        return "".join([*parts, text[end:]]) if known else Unresolved(text)

    def _value(self, found: re.Match[str], where: str) -> Any:
        """What a reference stands for; None, and a problem, where that is not known."""
        output = OUTPUT.fullmatch(found["expression"].strip()) if found[0].startswith("${") else None
        if not output:
            self.problems.append(f"{where}: {found[0]} cannot be resolved; only outputs of other stacks can")
            return None
        value = self.values.get(output["stack"], {}).get(output["output"])
        if value is None:
            self.problems.append(f"{where}: there is no value of {output['stack']}.{output['output']}")
        return value


def outputs_in(value: Any) -> dict[str, frozenset[str]]:
    """Names of the outputs that the texts within a value refer to, by stack."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text in _texts(value):
        for template in TEMPLATE.finditer(text):
            output = OUTPUT.fullmatch((template["expression"] or "").strip())
            if output:
                found[output["stack"]].add(output["output"])
    return {stack: frozenset(found[stack]) for stack in sorted(found)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield key
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
