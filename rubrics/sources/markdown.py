"""Markdown: a question is a heading or a bold line, the reference answer is the text below it.

Where some headings ask (end in `?`, or begin with `Q:` or `Question:`), their level is the level of questions;
else bold lines that ask; else the highest level that stands more than once, or the only one there is. Headings above
are the category, headings below belong to the answer, one that says `Answer` begins it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rubrics.errors import RubricFileError
from rubrics.sources import Contents, LeftOut, SourceQuestion
from rubrics.sources.building import Place, source_question
from rubrics.sources.material import Material

_ASKS: Final = re.compile(r"^(?:Q(?:uestion)?\s*\d*\s*[:.)]\s*\S.*|.*\?)$", re.IGNORECASE | re.DOTALL)
_LABEL: Final = re.compile(r"^Q(?:uestion)?\s*\d*\s*[:.)]\s*|^\d+[.)]\s+", re.IGNORECASE)
_ID: Final = re.compile(
    r"^(?P<id>[A-Z]{1,6}-?\d{1,6})\s*[:.)–-]?\s+(?=\S)|\s*\{#(?P<anchor>[A-Za-z0-9][\w.:-]{0,63})\}$"
)
_ANSWER: Final = re.compile(r"^(?:reference |model |sample |ideal )?answers?\s*:?$", re.IGNORECASE)
_BOLD: Final = re.compile(r"^(?:\*\*|__)(?P<text>.+?)(?:\*\*|__)\s*:?$", re.DOTALL)
_BOLD_LEVEL: Final = 7
"""A bold line ranks below every heading."""


@dataclass(frozen=True)
class _Mark:
    """A heading or a bold line: its rank (1 is highest), its words, and its lines `[start, end)`, counted from 0."""

    level: int
    text: str
    start: int
    end: int


def read_markdown(material: Material) -> Contents:
    """The questions of a Markdown text; RubricFileError where it has none."""
    lines = material.text.split("\n")
    marks = list(_marks(material.text))
    level = _question_level(marks)
    starts = [mark for mark in marks if mark.level == level and not _ANSWER.match(mark.text)]
    if not starts:
        raise RubricFileError(
            "holds no question; one is a heading or a bold line, its answer the text below", file=material.file, line=1
        )
    found: list[SourceQuestion] = []
    left_out = list(_before(lines[: starts[0].start], marks, material.file))
    for mark in starts:
        place = Place(material.file, mark.start + 1)
        asked, answer = _section(mark, marks, lines, level)
        if answer:
            found.append(_question(mark, asked, answer, _category(mark, marks), place))
        else:
            left_out.append(LeftOut(what=mark.text[:100], why="no answer stands below it", origin=str(place)))
    if not found:
        raise RubricFileError("holds headings, but no text below any of them", file=material.file, line=1)
    return Contents(file=material.file, format="Markdown", questions=tuple(found), left_out=tuple(left_out))


def _marks(text: str) -> Iterator[_Mark]:
    """Headings and bold lines of the top level; what looks like one inside code, lists or quotes is none."""
    tokens = MarkdownIt("commonmark").parse(text)
    for opening, inline in pairwise(tokens):
        if opening.level != 0 or opening.map is None or inline.type != "inline":
            continue
        start, end = opening.map
        if opening.type == "heading_open":
            yield _Mark(int(opening.tag[1]), inline.content.strip(), start, end)
        elif opening.type == "paragraph_open":
            yield from _bold_line(inline, start)


def _bold_line(inline: Token, start: int) -> Iterator[_Mark]:
    """The first line of a paragraph where it is bold as a whole."""
    bold = _BOLD.match(inline.content.split("\n", 1)[0].strip())
    if bold:
        yield _Mark(_BOLD_LEVEL, bold["text"].strip(), start, start + 1)


def _question_level(marks: Sequence[_Mark]) -> int:
    asking = [mark.level for mark in marks if _ASKS.match(mark.text)]
    if asking:
        return min(asking)
    levels = Counter(mark.level for mark in marks if mark.level != _BOLD_LEVEL and not _ANSWER.match(mark.text))
    return min((level for level, count in levels.items() if count > 1), default=max(levels, default=_BOLD_LEVEL))


def _section(mark: _Mark, marks: Sequence[_Mark], lines: Sequence[str], level: int) -> tuple[str, str]:
    """More text of the question, and the answer, between this mark and the next of its rank or a higher one."""
    after = [other for other in marks if other.start >= mark.end]
    end = next((other.start for other in after if other.level <= level and not _ANSWER.match(other.text)), len(lines))
    answer = next((other for other in after if other.start < end and _ANSWER.match(other.text)), None)
    if answer is None:
        return "", _body(lines[mark.end : end])
    return _body(lines[mark.end : answer.start]), _body(lines[answer.end : end])


def _body(lines: Sequence[str]) -> str:
    text = "\n".join(lines).strip()
    return re.sub(
        r"\n+(?:-{3,}|\*{3,}|_{3,})$", "", re.sub(r"^(?:\*\*|__)?A(?:nswer)?\s*:(?:\*\*|__)?\s*", "", text)
    ).strip()


def _question(mark: _Mark, more: str, answer: str, category: str | None, place: Place) -> SourceQuestion:
    found = _ID.search(mark.text)
    title = _LABEL.sub("", _ID.sub("", mark.text)).strip() or mark.text
    fields = {
        "id": (found["id"] or found["anchor"]) if found else None,
        "title": title if more else None,
        "text": more or title,
        "category": category,
    }
    return source_question(fields, answer, place)


def _category(mark: _Mark, marks: Sequence[_Mark]) -> str | None:
    """The closest heading above that ranks higher; the file's own title is none where there is a closer one."""
    above = [other for other in marks if other.start < mark.start and other.level < mark.level]
    return above[-1].text[:100] if above else None


def _before(lines: Sequence[str], marks: Sequence[_Mark], file: str) -> Iterator[LeftOut]:
    """What stands before the first question, headings left aside."""
    headings = {line for mark in marks for line in range(mark.start, mark.end)}
    for number, line in enumerate(lines):
        if number not in headings and re.search(r"\w", line):
            yield LeftOut(
                what=line.strip()[:100], why="it stands before the first question", origin=f"{file}:{number + 1}"
            )
            return
