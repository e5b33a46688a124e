"""Names with IAM's wildcards (`*`, `?`): what they match, and whether two of them can match the same name."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

__all__ = ["covers", "glob_regex", "matches", "overlap"]


def glob_regex(glob: str) -> str:
    """The regular expression (Java and Python alike) that matches what IAM's wildcards match in a name.

    >>> print(glob_regex("orders.*"))
    orders\\..*
    """
    return "".join(".*" if c == "*" else "." if c == "?" else c.replace(".", r"\.") for c in glob)


def matches(glob: str, name: str) -> bool:
    """Whether the glob matches the whole name."""
    return fnmatchcase(name, glob)  # the same, without a regular expression's backtracking


@lru_cache(maxsize=4096)
def overlap(one: str, other: str) -> bool:
    """Whether some name is matched by both globs.

    >>> overlap("orders.*", "*.eu"), overlap("orders.*", "payments.*")
    (True, False)
    """
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(one, other[1:]) or overlap(one[1:], other)
    if one[0] == other[0] or "?" in (one[0], other[0]):
        return overlap(one[1:], other[1:])
    return False


def covers(wide: str, narrow: str) -> bool:
    """Whether every name that `narrow` matches is matched by `wide` (exact for globs whose only wildcard is
    one trailing `*`; for others it may say no where the answer is yes)."""
    return matches(wide, narrow.replace("?", "*")) if "?" not in wide else wide == narrow
