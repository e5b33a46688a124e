"""Figures in columns, for people."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["table"]


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as their widest cell, numbers to the right; a cell that is None is a dash."""
    cells = [["-" if cell is None else str(cell) for cell in row] for row in rows]
    right = [bool(rows) and all(_number(row[column]) for row in rows) for column in range(len(header))]
    widths = [max(len(row[column]) for row in [list(header), *cells]) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in [list(header), *cells]
    ]
    return "\n".join(lines)


def _number(cell: object) -> bool:
    return cell is None or isinstance(cell, int | float)
