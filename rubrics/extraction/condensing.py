"""From drafts to at most ten points: repeats and asides go, what belongs together is joined, the lightest goes last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from rubrics.extraction.drafts import Draft
from rubrics.extraction.entries import Drop, DropReason
from rubrics.extraction.salience import room_for, salience
from rubrics.extraction.words import STOPWORDS, Words, contained, jaccard, stems
from rubrics.model import KeyPointKind, Span

MAX_POINTS: Final = 10
"""Points of one extracted rubric: more than a person checks at a glance, or an answer can be expected to make."""

MAX_DRAFTS: Final = 120
"""Drafts looked at, from the start of the text: what joins into ten points is far less, and the work grows squared."""

MIN_ITEMS: Final = 3
"""With fewer list items than this, prose is not left out as a repeat of them."""

REPEAT_SHARE: Final = 0.6
"""Share of a sentence's content words found in the list items from which it only announces or sums them up."""

DEFINITION_REPEAT_SHARE: Final = 0.9
"""The same for the first sentence: a definition shares words with its items and still says what the thing is."""

SUMMARY_REPEAT_SHARE: Final = 0.5
"""The same for a first sentence that names three things and more: it sums up the items and defines nothing."""

CROWDED_REPEAT_SHARE: Final = 0.45
"""The same where there are more than MAX_POINTS drafts: leaving a half-repeat out beats joining strangers."""

_ENUMERATES: Final = re.compile(r"[^,(]+,[^,(]+,\s+(?:and|or)\s")
_MIN_WORDS: Final = 4
"""Content words a sentence must have besides the topic's to be judged a repeat: fewer overlap by chance."""

_MAX_JOINED: Final = 700
"""Characters of a point joined from several drafts; with its label it stays below the 1,000 of a key point."""


_MAX_HALVES: Final = 200
"""Characters up to which half a sentence takes its other half along; of 312 answers that matches most points."""

_MAX_CONTINUED: Final = 300
"""Characters up to which a sentence joins the one it goes on from: about two of them."""


class Condensed(NamedTuple):
    """At most MAX_POINTS drafts in the order of the text, and the passages that repeat others or say less."""

    drafts: tuple[Draft, ...]
    dropped: tuple[Drop, ...]


def condense(drafts: Sequence[Draft], topic: Words, asked: Words) -> Condensed:
    """The drafts brought down to MAX_POINTS.

    `topic` are the words of the question's topic, which everything shares, `asked` those of the whole question.
    """
    drafts = drafts[:MAX_DRAFTS]
    repeats = _repeats(drafts, topic, REPEAT_SHARE)
    kept = _continued_joined(drafts, repeats)
    if len(kept) > MAX_POINTS:
        repeats = _repeats(drafts, topic, CROWDED_REPEAT_SHARE)
        kept = _continued_joined(drafts, repeats)
    kept, asides = _without_asides(kept, asked)
    while len(kept) > MAX_POINTS:
        kept = _with_closest_joined(kept) or _without_lightest(kept)
    repeated = ((drafts[index].span, DropReason.REPEATS) for index in sorted(repeats))
    left_out = ((one.draft.span, DropReason.DETAIL) for one in asides)
    return Condensed(tuple(one.draft for one in kept), (*repeated, *left_out))


def _without_asides(kept: Sequence[_Kept], asked: Words) -> tuple[list[_Kept], list[_Kept]]:
    """The drafts that are main points, and those left out; a half of a sentence goes with the other half of it."""
    asides = _asides(kept, asked)
    main: list[_Kept] = []
    for one in kept:
        half = bool(main) and main[-1].draft.place == one.draft.place and _joinable(main[-1], one, _MAX_HALVES)
        if half and (one in asides) != (main[-1] in asides):
            main[-1] = _joined(main[-1], one)
        else:
            main.append(one)
    return [one for one in main if one not in asides], [one for one in main if one in asides]


def _asides(kept: Sequence[_Kept], asked: Words) -> list[_Kept]:
    """The statements of prose that say least, where there are more than the text has room for."""
    prose = [one for one in kept if not one.draft.listed and one.draft.kind is not KeyPointKind.FORMULA]
    said = [one.draft.said for one in prose]
    halves = {at for at, (one, other) in enumerate(pairwise(prose), 1) if one.draft.place == other.draft.place}
    scores = salience(said, asked, halves)
    ranked = sorted(range(len(prose)), key=lambda place: (not prose[place].draft.marked, -scores[place]))
    return [prose[place] for place in sorted(ranked[room_for(said) :])]


def _repeats(drafts: Sequence[Draft], topic: Words, share: float) -> frozenset[int]:
    """Prose that the list items say again, with what leans on it, and formulas that stand twice."""
    prose = _repeated_prose(drafts, topic, share)
    hanging = {place + 1 for place in prose if place + 1 < len(drafts) and drafts[place + 1].continued}
    return frozenset({*prose, *hanging, *_repeated_formulas(drafts)})


def _repeated_prose(drafts: Sequence[Draft], topic: Words, share: float) -> set[int]:
    items = [stems(f"{one.topic or ''} {one.said}") for one in drafts if one.listed]
    if len(items) < MIN_ITEMS:
        return set()
    said_in_items = frozenset[str]().union(*items)
    found: set[int] = set()
    for index, one in enumerate(drafts):
        words = stems(one.said) - topic
        prose = not one.listed and one.kind is not KeyPointKind.FORMULA
        if prose and len(words) >= _MIN_WORDS:
            opening = SUMMARY_REPEAT_SHARE if _ENUMERATES.search(one.said) else DEFINITION_REPEAT_SHARE
            needed = share if index else opening
            found |= {index} if contained(words, said_in_items) >= needed else set()
    return found


def _repeated_formulas(drafts: Sequence[Draft]) -> set[int]:
    formulas = ["".join(one.said.split()) if one.kind is KeyPointKind.FORMULA else "" for one in drafts]
    return {index for index, formula in enumerate(formulas) if formula and formula in formulas[:index]}


class _Kept(NamedTuple):
    """A draft with the numbers of the first and last of the drafts it was joined from."""

    draft: Draft
    first: int
    last: int


def _continued_joined(drafts: Sequence[Draft], repeats: frozenset[int]) -> list[_Kept]:
    """The drafts without repeats; what goes on from the draft before it joins it, where that is still there."""
    kept: list[_Kept] = []
    for index, one in enumerate(drafts):
        if index in repeats:
            continue
        this = _Kept(one, index, index)
        goes_on = one.continued and not one.marked and kept and kept[-1].draft.kind is not KeyPointKind.FORMULA
        if goes_on and _joinable(kept[-1], this, _MAX_CONTINUED):
            kept[-1] = _joined(kept[-1], this, one.continued)
        else:
            kept.append(this)
    return kept


def _joinable(one: _Kept, other: _Kept, limit: int = _MAX_JOINED) -> bool:
    """Whether two drafts stand side by side in the text and are short enough together."""
    return other.first == one.last + 1 and len(one.draft.said) + len(other.draft.said) <= limit


def _with_closest_joined(kept: list[_Kept]) -> list[_Kept] | None:
    """The two neighbours that belong together most, joined; None where no two do."""
    pairs = [(one.draft, other.draft, at) for at, (one, other) in enumerate(pairwise(kept)) if _joinable(one, other)]
    ranked = [
        (kinship, _likeness(one, other), -len(one.said) - len(other.said), -at)
        for one, other, at in pairs
        if (kinship := _kinship(one, other))
    ]
    if not ranked:
        return None
    at = -max(ranked)[3]
    return [*kept[:at], _joined(kept[at], kept[at + 1]), *kept[at + 2 :]]


def _kinship(one: Draft, other: Draft) -> int:
    """How much of their place two drafts share from the left: 0 nothing, 3 the sentence."""
    shared = [mine == its for mine, its in zip(one.place, other.place, strict=True)]
    return shared.index(False) if False in shared else len(shared)


def _likeness(one: Draft, other: Draft) -> float:
    """Words in common, in tenths, so that length decides between pairs that are about equally close."""
    return round(jaccard(stems(one.said), stems(other.said)), 1)


def _joined(one: _Kept, other: _Kept, continued: str | None = None) -> _Kept:
    first, second = one.draft, other.draft
    said = first.said.rstrip(" .;:") or first.said
    draft = replace(
        first,
        said=f"{said}{continued or f'; {_behind(first, second)}'}",
        span=Span(start=first.span.start, end=max(first.span.end, second.span.end)),
        kind=KeyPointKind.FORMULA if KeyPointKind.FORMULA in {first.kind, second.kind} else first.kind,
        weight=max(first.weight, second.weight),
        symbols=tuple(dict.fromkeys((*first.symbols, *second.symbols))),
    )
    return _Kept(draft, one.first, other.last)


def _behind(first: Draft, second: Draft) -> str:
    """What `second` says behind `first`: with as much of its label as differs."""
    about = [second.label] if second.label not in {"", first.label} else []
    about += [second.aspect] if second.aspect and second.aspect != first.aspect else []
    label = ", ".join(about)
    if label:
        return f"{label}: {second.said}"
    begun = second.said.split(maxsplit=1)[0] if second.said.split() else ""
    lowered = second.inside or begun.lower() in STOPWORDS
    return second.said[:1].lower() + second.said[1:] if lowered else second.said


def _without_lightest(kept: list[_Kept]) -> list[_Kept]:
    """All but the last of the lightest, prose before list items."""
    lightest = min(one.draft.weight for one in kept)
    candidates = [at for at, one in enumerate(kept) if one.draft.weight == lightest]
    last = max([at for at in candidates if not kept[at].draft.listed] or candidates)
    return [*kept[:last], *kept[last + 1 :]]
