"""Finding the words a judge quotes in the answer itself; what is not there proves nothing.

A quote is looked for word for word, then without regard to case, white space and typographic
marks, then, if it is long enough for that to mean something, with a few characters wrong.
"""

from __future__ import annotations

from typing import Final

from rapidfuzz import fuzz

from grader.domain import Evidence
from grader.text.neutral import MARKS
from rubrics.model import Span

MAX_QUOTE_CHARACTERS: Final = 300
"""Longest quote looked for, in characters; a judge that quotes more has copied, not chosen."""

MIN_FUZZY_CHARACTERS: Final = 20
"""Shortest quote, in characters, that may be off by a few: below it one letter can turn the meaning."""

MIN_FUZZY_RATIO: Final = 92.0
"""Least `rapidfuzz.fuzz.partial_ratio`, 0-100: about one wrong character in twelve."""

_SAME_MARK: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-"}
    | {shown: mark for mark, shown in MARKS.items()}
)
_NEGATIONS: Final = frozenset(
    "no not never none cannot without neither nor dont don't doesn't isn't aren't wasn't won't can't couldn't".split()
)


def find_quote(text: str, quote: str) -> Evidence | None:
    """Where `text` says `quote`, as the characters that really stand there; None where it does not say it."""
    quote = quote.strip().strip("\"'“”‘’…").strip()
    if not any(char.isalnum() for char in quote) or len(quote) > MAX_QUOTE_CHARACTERS:
        return None
    start = text.find(quote)
    if start >= 0:
        return evidence(text, Span(start=start, end=start + len(quote)))
    return _find_folded(text, quote)


def evidence(text: str, span: Span) -> Evidence:
    """The words of `text` at `span`."""
    return Evidence(start=span.start, end=span.end, text=span.of(text))


def says(text: str, quote: str) -> bool:
    """Whether `quote` stands in `text` but for case, white space and typographic marks."""
    return _fold(quote)[0].strip() in _fold(text)[0]


def _find_folded(text: str, quote: str) -> Evidence | None:
    folded_text, positions = _fold(text)
    folded_quote = _fold(quote)[0].strip()
    start = folded_text.find(folded_quote)
    if start < 0:
        return _find_fuzzy(text, folded_text, positions, folded_quote)
    return evidence(text, _unfolded(positions, start, start + len(folded_quote)))


def _find_fuzzy(text: str, folded_text: str, positions: list[int], folded_quote: str) -> Evidence | None:
    if len(folded_quote) < MIN_FUZZY_CHARACTERS or len(folded_quote) > len(folded_text):
        return None
    found = fuzz.partial_ratio_alignment(folded_quote, folded_text, score_cutoff=MIN_FUZZY_RATIO)
    if found is None or found.dest_end <= found.dest_start:
        return None
    start, end = _whole_words(folded_text, found.dest_start, found.dest_end)
    if _negations(folded_text[start:end]) != _negations(folded_quote):
        return None  # "is lost" is one word away from "is not lost"
    return evidence(text, _unfolded(positions, start, end))


def _whole_words(folded: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and folded[start - 1].isalnum() and folded[start].isalnum():
        start -= 1
    while end < len(folded) and folded[end - 1].isalnum() and folded[end].isalnum():
        end += 1
    while start < end and folded[start].isspace():
        start += 1
    while end > start and folded[end - 1].isspace():
        end -= 1
    return start, end


def _negations(folded: str) -> int:
    return sum(word.strip(".,;:!?()") in _NEGATIONS for word in folded.split())


def _fold(text: str) -> tuple[str, list[int]]:
    """`text` in lower case with single spaces and plain marks, and where each of its characters came from."""
    chars: list[str] = []
    positions: list[int] = []
    for position, char in enumerate(text.translate(_SAME_MARK)):
        folded = " " if char.isspace() else char.casefold()
        if folded == " " and (not chars or chars[-1] == " "):
            continue
        chars += folded
        positions += [position] * len(folded)
    positions.append(len(text))
    return "".join(chars), positions


def _unfolded(positions: list[int], start: int, end: int) -> Span:
    """The span of the original characters behind the folded range `[start, end)`."""
    return Span(start=positions[start], end=positions[end - 1] + 1)
