"""`python -m tests.synth.compare_commits BASE`: what this checkout synthesizes differently from a commit.

For changes of the code that must not change a resource, such as moved files. Every environment of both
checkouts is synthesized; the files are compared byte for byte. Exit code 1 where any of them differs, 2 where
BASE cannot be checked out.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SHOWN_LINES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each environment, and the start of each difference."""
    parser = argparse.ArgumentParser(prog="compare_commits", description="Compare synthesized output.")
    parser.add_argument("base", help="the commit to compare with, for example HEAD~1")
    base = parser.parse_args(arguments).base
    with tempfile.TemporaryDirectory() as directory:
        old = Path(directory, "base")
        added = _git("worktree", "add", "--detach", str(old), base)
        if added.returncode:
            sys.stderr.write(added.stderr)
            return 2
        try:
            return max([_compared(old, name) for name in _environments(CHECKOUT, old)], default=0)
        finally:
            _git("worktree", "remove", "--force", str(old))


def _compared(old: Path, name: str) -> int:
    before, after = (_synthesized(checkout, name) for checkout in (old, CHECKOUT))
    differing = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    print(f"{name}: {len(after)} files, {len(differing)} differ")
    for path in differing:
        lines = difflib.unified_diff(
            before.get(path, "").splitlines(),
            after.get(path, "").splitlines(),
            f"base/{path}",
            f"now/{path}",
            lineterm="",
        )
        print("\n".join(list(lines)[:SHOWN_LINES]))
    return 1 if differing else 0


def _synthesized(checkout: Path, name: str) -> dict[str, str]:
    """Path below cdktf.out -> text, for an environment of the checkout."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [sys.executable, str(checkout / "main.py")],
            cwd=directory,
            env=os.environ
            | {
                "MSK_MIRROR_ENV": str(checkout / "environments" / f"{name}.yaml"),
                "PYTHONPATH": str(checkout),
            },
            check=True,
        )
        files = sorted(path for path in Path(directory, "cdktf.out").rglob("*") if path.is_file())
        return {str(path.relative_to(directory)): path.read_text(encoding="utf-8") for path in files}


def _environments(*checkouts: Path) -> Iterator[str]:
    """Names of the environments that all checkouts have."""
    named = [{file.stem for file in (one / "environments").glob("*.yaml")} for one in checkouts]
    yield from sorted(set.intersection(*named))


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(CHECKOUT), *arguments], check=False, capture_output=True, text=True
    )


if __name__ == "__main__":
    sys.exit(main())
