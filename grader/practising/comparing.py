"""An attempt beside the one before: points gained and lost, and the words that changed."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grader.domain import Label
from grader.practice import Result

MAX_COMPARED_WORDS: Final = 4_000
"""Words above which a text is shown as replaced, since comparing takes quadratic time."""

_RANK: Final = {Label.CONTRADICTED: 0, Label.MISSING: 0, Label.PARTIAL: 1, Label.COVERED: 2}


@dataclass(frozen=True)
class Comparison:
    """What changed from one result to the next: ids of points that are better or worse, and the score's difference.

    `score` is in points of 100, null where one of the two has none.
    """

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    score: int | None


def compare(before: Result, after: Result) -> Comparison:
    """What changed; points that one of the two does not judge are left out."""
    steps = {
        point: _RANK[label] - _RANK[before.verdicts[point]]
        for point, label in after.verdicts.items()
        if label in _RANK and before.verdicts.get(point) in _RANK
    }
    known = before.score is not None and after.score is not None
    return Comparison(
        gained=tuple(point for point, step in steps.items() if step > 0),
        lost=tuple(point for point, step in steps.items() if step < 0),
        score=round((after.score or 0) * 100) - round((before.score or 0) * 100) if known else None,
    )


class Edit(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """A stretch of words, white space included, that was kept, added or removed."""

    edit: Edit
    text: str


def words_changed(before: str, after: str) -> tuple[Change, ...]:
    """The way from one text to the other, word by word; what was kept and added, joined, is `after`."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > MAX_COMPARED_WORDS:
        return _stretches([(Edit.REMOVED, old), (Edit.ADDED, new)])
    found: list[tuple[Edit, list[str]]] = []
    for tag, start, end, begin, stop in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append((Edit.KEPT, new[begin:stop]))
        else:
            found += [(Edit.REMOVED, old[start:end]), (Edit.ADDED, new[begin:stop])]
    return _stretches(found)


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def _stretches(found: list[tuple[Edit, list[str]]]) -> tuple[Change, ...]:
    return tuple(Change(edit, "".join(words)) for edit, words in found if words)
