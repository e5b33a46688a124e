"""Boxes of a diagram do not overlap, and arrows run between them."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest

from operations.diagram.layout import BOX_HEIGHT, BOX_WIDTH, MARGIN, Point, arrow, centers

COUNTS = range(1, 9)


def on_border(point: Point, center: Point) -> bool:
    across, along = abs(point.x - center.x) / (BOX_WIDTH / 2), abs(point.y - center.y) / (BOX_HEIGHT / 2)
    return max(across, along) == pytest.approx(1.0)


@pytest.mark.parametrize("count", COUNTS)
def test_boxes_are_apart_and_inside_the_picture(count: int) -> None:
    found = centers(count)
    assert len(found) == count
    for one, other in combinations(found, 2):
        assert abs(one.x - other.x) > BOX_WIDTH or abs(one.y - other.y) > BOX_HEIGHT
    assert min(one.x for one in found) >= MARGIN + BOX_WIDTH / 2 - 1e-6
    assert min(one.y for one in found) >= MARGIN + BOX_HEIGHT / 2 - 1e-6


@pytest.mark.parametrize("count", COUNTS)
def test_arrows_begin_and_end_at_the_borders_of_their_boxes(count: int) -> None:
    for source, target in permutations(centers(count), 2):
        line = arrow(source, target)
        assert on_border(line.start, source)
        assert on_border(line.end, target)


def test_the_two_directions_are_two_lines_with_words_that_are_upright() -> None:
    for one, other in permutations(centers(5), 2):
        there, back = arrow(one, other), arrow(other, one)
        assert abs(there.words.x - back.words.x) + abs(there.words.y - back.words.y) > 20
        assert -90 <= there.degrees <= 90
