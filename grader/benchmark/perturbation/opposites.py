"""Words and their opposites, form by form, so that a sentence stays grammatical when one replaces the other."""

from __future__ import annotations

from typing import Final

_DIRECTIONS: Final = """
    increase increases increased increasing | decrease decreases decreased decreasing
    raise raises raised raising | reduce reduces reduced reducing
    rise rises rose rising | fall falls fell falling
    grow grows grew growing | shrink shrinks shrank shrinking
    improve improves improved improving | worsen worsens worsened worsening
    higher | lower
    larger | smaller
    bigger | smaller
    greater | smaller
    more | fewer
    more | less
    longer | shorter
    faster | slower
    stronger | weaker
    better | worse
    easier | harder
    high | low
    large | small
    big | small
"""
"""Up and down: a key point may name a direction with another word than the answer does."""

_PAIRS: Final = """
    always | never
    before | after
    without | with
    possible | impossible
    necessary | unnecessary
    maximum | minimum
    maximise maximises maximised maximising | minimise minimises minimised minimising
    maximize maximizes maximized maximizing | minimize minimizes minimized minimizing
    best | worst
    same | opposite
    positive | negative
    positively | negatively
    above | below
    inside | outside
    internal | external
    linear | nonlinear
    supervised | unsupervised
    dependent | independent
    mutable | immutable
    public | private
    synchronous | asynchronous
    forward | backward
    horizontally | vertically
    horizontal | vertical
    strong | weak
    early | late
    earlier | later
    short | long
    sparse | dense
    true | false
    cheap | expensive
    cheaper | dearer
    slow | fast
    wide | narrow
    hot | cold
    rich | poor
    heavy | light
    allowed | forbidden
    permanent | temporary
    directly | indirectly
"""


def _rows(table: str) -> list[tuple[list[str], list[str]]]:
    sides = (line.split("|") for line in table.strip().splitlines())
    return [(one.split(), other.split()) for one, other in sides]


def _opposites() -> dict[str, str]:
    """Each word's opposite, from the last row that has it; `less` and `fewer` both go back to `more`."""
    found: dict[str, str] = {}
    for one, other in _rows(_DIRECTIONS) + _rows(_PAIRS):
        found |= dict(zip(one, other, strict=True)) | dict(zip(other, one, strict=True))
    return found


def _families() -> dict[str, frozenset[str]]:
    """For each word the words that a key point may use to say the same."""
    directions, pairs = _rows(_DIRECTIONS), _rows(_PAIRS)
    up = frozenset(word for one, _ in directions for word in one)
    down = frozenset(word for _, other in directions for word in other)
    found = dict.fromkeys(up, up) | dict.fromkeys(down, down)
    for sides in pairs:
        for side in sides:
            found |= {word: found.get(word, frozenset()) | frozenset(side) for word in side}
    return found


OPPOSITES: Final = _opposites()
FAMILIES: Final = _families()
