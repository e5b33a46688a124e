"""Environment files with something wrong in them: changes of their data, their text and their bytes."""

from __future__ import annotations

import copy

from hypothesis import strategies as st

from tests.fuzz.generation.strategies import documents
from tests.fuzz.mistakes.changes import CHANGES, everything
from tests.fuzz.mistakes.edits import EDITS
from tests.fuzz.writing import block

__all__ = ["changed_bytes", "changed_data", "changed_text"]

HOW_MANY = st.sampled_from([1, 1, 1, 2, 3])
LINE_ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32"])
SELDOM = st.sampled_from([False, False, False, False, True])


@st.composite
def changed_data(draw: st.DrawFn) -> bytes:
    """One to three values changed, taken out, renamed, repeated or put elsewhere."""
    data = copy.deepcopy(draw(documents()))
    for _ in range(draw(HOW_MANY)):
        places = list(everything(data))
        if places:
            holder, step = draw(st.sampled_from(places))
            draw(st.sampled_from(CHANGES))(draw, data, holder, step)
    return block(data, allow_unicode=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def changed_text(draw: st.DrawFn) -> bytes:
    """One to three lines or places in the text changed; seldom cut."""
    lines = block(draw(documents())).splitlines()
    for _ in range(draw(HOW_MANY)):
        at = draw(st.integers(0, max(0, len(lines) - 1)))
        lines = draw(st.sampled_from(EDITS))(draw, lines or [""], at)
    text = draw(LINE_ENDS).join(lines)
    end = draw(st.integers(0, len(text))) if draw(SELDOM) else None
    return text[:end].encode("utf-8", "surrogatepass")


@st.composite
def changed_bytes(draw: st.DrawFn) -> bytes:
    """Seldom no text at all; else text, in one encoding or another, with bytes put in and taken out."""
    if draw(SELDOM):
        return draw(st.binary(max_size=200))
    encoded = block(draw(documents())).encode(draw(ENCODINGS))
    start = draw(st.integers(0, len(encoded)))
    end = draw(st.integers(start, min(len(encoded), start + 20)))
    return encoded[:start] + draw(st.binary(max_size=4)) + encoded[end:]
