"""What people take back or leave open when they speak: the last clear word counts, and both ways at once is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grader.text.sentences import sentences
from grader.text.words import words
from grader.transcripts.fillers import fillers
from rubrics.model import Span

MIN_WORDS_TAKEN_BACK: Final = 3
"""With fewer words before it in its sentence, a correction takes back the sentence before."""


class Why(StrEnum):
    """Why words of a candidate are not part of the answer."""

    TAKEN_BACK = "taken_back"
    BOTH_WAYS = "both_ways"
    FILLER = "filler"
    STUTTER = "stutter"


@dataclass(frozen=True)
class LeftOut:
    """Characters of a text that are not part of the answer, and why."""

    span: Span
    why: Why


_CUE: Final = (
    r"(?:no[,.]?\s+wait|wait[,.]?\s+no|(?:no[,.]?\s+)?scratch\s+that|(?:no[,.]?\s+)?strike\s+that|no[,.]?\s+sorry"
    r"|sorry[,.]?\s+(?:no\b|i\s+mean[t]?|that'?s\s+(?:wrong|not\s+right))|actually[,.]?\s+no\b|i\s+take\s+that\s+back"
    r"|i\s+misspoke|let\s+me\s+correct\s+(?:myself|that)|forget\s+what\s+i\s+(?:just\s+)?said|that\s+was\s+wrong)"
)
_CORRECTION: Final = re.compile(rf"\b{_CUE}(?:[,.;\s]+(?:sorry|no|{_CUE}))*\b[,.;]*\s*", re.IGNORECASE)
"""How people announce that what they just said is not what they mean."""

_OPPOSITES: Final = (
    ("faster", "slower"), ("increases?", "decreases?"), ("increasing", "decreasing"), ("increased", "decreased"),
    ("higher", "lower"), ("larger", "smaller"), ("bigger", "smaller"), ("raises?", "lowers?"), ("fewer", "more"),
    ("less", "more"), ("linear", "quadratic"), ("better", "worse"), ("with", "without"), ("does", "does\\s?n[o']t"),
    ("is", "is\\s?n[o']t"), ("can", "can(?:not|'t)"), ("before", "after"), ("positive", "negative"), ("up", "down"),
    ("stable", "unstable"), ("shrinks?", "grows?"), ("helps?", "hurts?"),
)  # fmt: skip
_EITHER_ORDER: Final = "|".join(
    rf"\b{one}\b.{{0,40}}?\bor\b.{{0,30}}?\b{other}\b" for pair in _OPPOSITES for one, other in (pair, pair[::-1])
)
_BOTH: Final = re.compile(_EITHER_ORDER, re.IGNORECASE)
_OPEN: Final = re.compile(
    r"\b(?:one of the two|one or the other|either(?!\s+(?:can|could|may))|not sure|don'?t know|no idea|can'?t say|maybe"
    r"|perhaps|whichever)\b",
    re.IGNORECASE,
)
_REVERSIBLE: Final = re.compile(
    r"\bor (?:maybe |perhaps )?(?:(?:it'?s )?the other way (?:a)?round|the opposite|vice versa|the reverse)\b",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(r"\bthe\b", re.IGNORECASE)
_BARE_FILLER: Final = re.compile(r"(?<![\w'’-])(?:um|er|erm|eh)(?![\w'’-])[,…]?\s?", re.IGNORECASE)
"""What is a filler in English without a comma, too, and a word elsewhere (German `um`, Portuguese `um`)."""

_STUTTER: Final = re.compile(r"\b([\w'’]+),?\s+(?=\1\b)", re.IGNORECASE)
_MEANT_TWICE: Final = frozenset({"very", "really", "much", "many", "far", "that", "had", "yes", "no", "more", "so"})


def left_out(text: str) -> tuple[LeftOut, ...]:
    """What of a candidate's words is no part of the answer, in order; ranges may touch but never overlap."""
    found = [*_taken_back(text), *_both_ways(text), *_stutters(text)]
    found += [LeftOut(span, Why.FILLER) for span in fillers(text)]
    if _ENGLISH.search(text):
        bare = (Span(start=match.start(), end=match.end()) for match in _BARE_FILLER.finditer(text))
        found += [LeftOut(span, Why.FILLER) for span in bare]
    return tuple(_apart(sorted(found, key=lambda each: (each.span.start, -each.span.end))))


def _taken_back(text: str) -> Iterator[LeftOut]:
    """Each correction, with what it takes back: its sentence so far, or the sentence before."""
    spans = sentences(text)
    for cue in _CORRECTION.finditer(text):
        place = next((i for i, span in enumerate(spans) if span.start <= cue.start() < span.end), None)
        if place is None:
            continue
        start = spans[place].start
        if len(words(text[start : cue.start()])) < MIN_WORDS_TAKEN_BACK and place > 0:
            start = spans[place - 1].start
        yield LeftOut(Span(start=start, end=cue.end()), Why.TAKEN_BACK)


def _both_ways(text: str) -> Iterator[LeftOut]:
    for span in sentences(text):
        said = span.of(text)
        if _REVERSIBLE.search(said) or (_OPEN.search(said) and _BOTH.search(said)):
            yield LeftOut(span, Why.BOTH_WAYS)


def _stutters(text: str) -> Iterator[LeftOut]:
    for match in _STUTTER.finditer(text):
        if match[1].casefold() not in _MEANT_TWICE and not match[1].isdecimal():
            yield LeftOut(Span(start=match.start(), end=match.end()), Why.STUTTER)


def _apart(found: list[LeftOut]) -> Iterator[LeftOut]:
    """Without what lies in a range before it; what sticks out of one begins at its end."""
    end = 0
    for each in found:
        if each.span.end > end:
            yield LeftOut(Span(start=max(end, each.span.start), end=each.span.end), each.why)
            end = each.span.end
