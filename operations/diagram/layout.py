"""Where the boxes of a diagram are and how its arrows run, in pixels; y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

__all__ = ["BOX_HEIGHT", "BOX_WIDTH", "MARGIN", "Arrow", "Point", "arrow", "centers"]

BOX_WIDTH, BOX_HEIGHT = 310.0, 118.0
MARGIN = 30.0
APART = 260.0
"""Free space between two boxes side by side: room for the words on an arrow."""
SHIFT = 16.0
"""How far an arrow is from the line between two boxes. That of the other direction is on the other side."""


@dataclass(frozen=True)
class Point:
    """A place in the picture."""

    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """A line from the border of a box to that of another; its words are along it, turned by `degrees`."""

    start: Point
    end: Point
    words: Point
    degrees: float


def centers(count: int) -> list[Point]:
    """Centers of `count` boxes: one, two side by side, more on an ellipse that begins at the top."""
    if count <= 2:
        step = BOX_WIDTH + APART
        return [Point(MARGIN + BOX_WIDTH / 2 + step * n, MARGIN + BOX_HEIGHT / 2) for n in range(count)]
    wide, high = _radii(count)
    angles = [2 * pi * n / count - pi / 2 for n in range(count)]
    x = MARGIN + BOX_WIDTH / 2 - min(wide * cos(one) for one in angles)
    y = MARGIN + BOX_HEIGHT / 2 + high
    return [Point(x + wide * cos(one), y + high * sin(one)) for one in angles]


def arrow(source: Point, target: Point) -> Arrow:
    """From the box at `source` to that at `target`, on the right of the line between their centers."""
    x, y = target.x - source.x, target.y - source.y
    length = hypot(x, y)
    aside = Point(-y / length * SHIFT, x / length * SHIFT)
    begin, end = _border(source, x, y, aside), _border(target, -x, -y, aside)
    middle = Point((begin.x + end.x) / 2, (begin.y + end.y) / 2)
    degrees = atan2(y, x) * 180 / pi
    if abs(degrees) > 90:  # never upside down
        degrees -= 180 * _sign(degrees)
    return Arrow(begin, end, Point(middle.x + aside.x * 0.8, middle.y + aside.y * 0.8), degrees)


def _radii(count: int) -> tuple[float, float]:
    """Of the ellipse on which neighbouring boxes have room for an arrow with words between them."""
    chord = 2 * sin(pi / count)
    return (BOX_WIDTH + APART) / chord, (BOX_HEIGHT + APART / 2) / chord


def _border(center: Point, x: float, y: float, aside: Point) -> Point:
    """Where a line from the center, moved `aside`, leaves the box in the direction (x, y)."""
    across = (BOX_WIDTH / 2 - aside.x * _sign(x)) / abs(x) if x else float("inf")
    along = (BOX_HEIGHT / 2 - aside.y * _sign(y)) / abs(y) if y else float("inf")
    part = min(across, along)
    return Point(center.x + aside.x + x * part, center.y + aside.y + y * part)


def _sign(number: float) -> float:
    return 1.0 if number > 0 else -1.0
