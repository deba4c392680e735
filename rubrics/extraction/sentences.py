"""Where sentences and clauses begin and end: spans, so that every statement can be traced to the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rubrics.extraction.references import is_expletive, leans_back, opens_scope, resolved, subject_of_sentence
from rubrics.extraction.verbs import finite_verb
from rubrics.extraction.words import STOPWORDS
from rubrics.model import Span

MAX_SENTENCE: Final = 600
"""Characters of one sentence; unpunctuated text is cut here, so that a point with its label fits its 1,000."""

WRAPPED_LINE: Final = 60
"""Characters from which a line without a full stop was probably broken by the editor and goes on below."""

_TERMINAL: Final = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s|$)|[。！？؟۔।]+[」』）”]*")
_CLOSED: Final = re.compile(r"[.!?…:。！？؟۔।;][\"'”’)\]*_]*$")
_STRUCTURE: Final = re.compile(r"(?:[-*+•–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_PARENTHESES: Final = re.compile(r"\([^()\n]*\)")

_NEVER_LAST: Final = frozenset("e.g i.e eg ie vs cf dr mr mrs ms prof st approx resp ca incl viz".split())
_BEFORE_NUMBER: Final = frozenset("fig figs eq eqs no nos vol pp p sec ch art para".split())
_SELDOM_LAST: Final = frozenset("etc al inc ltd jr sr u.s u.k a.m p.m".split())
_LOOK: Final = 80
"""Characters looked at on either side of a full stop."""


def sentences(text: str, span: Span) -> tuple[Span, ...]:
    """The sentences inside `span` of `text`, without surrounding white space, each up to MAX_SENTENCE characters."""
    part = span.of(text)
    cuts = [0, *sorted({*_stops(part), *_line_ends(part)}), len(part)]
    return tuple(
        piece for start, end in pairwise(cuts) for piece in _pieces(text, span.start + start, span.start + end)
    )


def continues(line: str, following: str) -> bool:
    """Whether `following` goes on with the sentence of `line`: an editor wrapped it there."""
    line, following = line.strip(), following.strip()
    if not line or not following or _CLOSED.search(line) or _STRUCTURE.match(following):
        return False
    return following[0].islower() or (len(line) >= WRAPPED_LINE and " " in line)


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space at its edges; None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start=start, end=end) if start < end else None


def _stops(part: str) -> Iterator[int]:
    """The ends of sentences, those inside parentheses left out."""
    aside = {place for match in _PARENTHESES.finditer(part) for place in range(match.start(), match.end() - 1)}
    for match in _TERMINAL.finditer(part):
        if match.start() not in aside and (match.group() != "." or _is_full_stop(part, match.start())):
            yield match.end()


def _line_ends(part: str) -> Iterator[int]:
    position = 0
    for line, following in pairwise(part.split("\n")):
        position += len(line) + 1
        if not continues(line, following):
            yield position


def _is_full_stop(part: str, dot: int) -> bool:
    """Whether a dot ends a sentence, and not an abbreviation, a name or a list marker."""
    before = part[max(0, dot - _LOOK) : dot].split()
    after = (part[dot + 1 : dot + _LOOK].split() or [""])[0]
    word = before[-1].lstrip("([\"'“") if before else ""
    if word.lower() in _NEVER_LAST or (word.lower() in _BEFORE_NUMBER and after[:1].isdigit()):
        return False
    if word == "v" and len(before) > 1 and before[-2][:1].isupper() and after[:1].isupper():
        return False  # "Marbury v. Madison"
    if word.lower() in _SELDOM_LAST and not after[:1].isupper():
        return False
    return not _is_marker(before) and not _is_initial(before, after)


def _is_marker(before: list[str]) -> bool:
    """Whether the dot stands behind the number of a list item: "1. Mutual exclusion"."""
    opens = len(before) == 1 or (len(before) > 1 and before[-2].endswith((".", ";", ":")))
    return opens and bool(re.fullmatch(r"\d{1,2}|[a-z]", before[-1]))


def _is_initial(before: list[str], after: str) -> bool:
    """Whether the dot is part of a name: in "J. Smith" and "C. difficile", not in "vitamin K. Its effect"."""
    if not before or not re.fullmatch(r"[A-Z]", before[-1]):
        return False
    named = len(before) == 1 or before[-2][:1].isupper() or before[-2] == "by"
    return after[:1].islower() or (named and after[:1].isupper() and after.lower() not in STOPWORDS)


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence, cut at a semicolon, comma or space where it is too long."""
    while end - start > MAX_SENTENCE:
        window = text[start : start + MAX_SENTENCE]
        marks = [window.rfind(mark) for mark in ("; ", ", ", " ", "\n")]
        late = next((mark for mark in marks if mark > MAX_SENTENCE // 2), MAX_SENTENCE - 1)
        if piece := trimmed(text, start, start + late + 1):
            yield piece
        start += late + 1
    if piece := trimmed(text, start, end):
        yield piece


_MIN_CLAUSE_WORDS: Final = 4
"""Words of a clause that can stand alone."""

_SEMICOLON: Final = re.compile(r"(?<=\S)\s*;\s+(?=\S)")
_NUMBERED: Final = re.compile(r"(?<=[^\s,;:])[,;:]?\s+\(\d{1,2}\)\s+(?=\S)")
_COORDINATED: Final = re.compile(
    r"(?<=\S)\s*,\s+(?:and|but)\s+(?=(?:the|a|an|each|every|all|no|most|it|they)\s)", re.IGNORECASE
)


_BACK_POINTING: Final = re.compile(r"\b(?:it|them|they)\b", re.IGNORECASE)
"""Words by which the clause behind "and" speaks of the one before it."""


def clauses(text: str, sentence: Span) -> tuple[Span, ...]:
    """The full clauses of a sentence where it can safely be divided, else the sentence itself.

    Safe is ";", an inline "(2)", and ", and the ...", each between two clauses with a verb of their own. A sentence
    that opens with a condition or a place is not divided at "and": what it opens with holds for both halves.
    """
    said = sentence.of(text)
    marks = [*_SEMICOLON.finditer(said), *_NUMBERED.finditer(said)]
    if not opens_scope(said):
        marks += _COORDINATED.finditer(said)
    spans: list[Span] = []
    start = 0
    for mark in sorted(marks, key=lambda found: found.start()):
        if mark.start() > start and _divides(said, start, mark):
            spans.append(Span(start=sentence.start + start, end=sentence.start + mark.start()))
            start = mark.end()
    return (*spans, Span(start=sentence.start + start, end=sentence.end))


def _divides(said: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a mark is outside parentheses and between two clauses.

    The second one must be clear by itself, or once its pronoun is known to mean the subject of the first.
    """
    before, after = said[start : mark.start()], said[mark.end() :]
    if said.count("(", 0, mark.start()) > said.count(")", 0, mark.start()):
        return False
    speaks_of_it = resolved(after, subject_of_sentence(before)) is not None or _same_pronoun(before, after)
    if leans_back(after) and not speaks_of_it:
        return False
    joined = not mark.group().lstrip().startswith(";")
    if joined and (":" in before or opens_scope(after)):
        return False
    if joined and not speaks_of_it and _BACK_POINTING.search(after):
        return False
    return _stands_alone(before) and _stands_alone(after)


def _same_pronoun(before: str, after: str) -> bool:
    """Whether both clauses open with the same "it" or "they": whom one means, the other does."""
    first, second = (part.split(maxsplit=1)[0].lower() for part in (before, after))
    return first == second and first in {"it", "they"} and not is_expletive(before)


def _stands_alone(clause: str) -> bool:
    """Whether the words up to the next semicolon have a subject and a verb, or give an order."""
    first = clause.split(";", maxsplit=1)[0]
    verb = finite_verb(first)
    orders = verb is not None and verb.position == 0 and not verb.word.endswith("s")
    return len(first.split()) >= _MIN_CLAUSE_WORDS and verb is not None and (orders or verb.position > 0)


_TAIL: Final = re.compile(r"(?<=\S)\s*,\s+(?=(?:thereby\s+|thus\s+)?[a-z]+ing\s)")
_MIN_TAIL_WORDS: Final = 5
"""Words on either side of the comma before a closing participle."""


def tails(said: str) -> tuple[str, str] | None:
    """A sentence and its closing participle (", leading to faster convergence"); None where it has none."""
    for mark in _TAIL.finditer(said):
        halves = said[: mark.start()], said[mark.end() :]
        if min(len(half.split()) for half in halves) >= _MIN_TAIL_WORDS:
            return halves
    return None
