"""The seed page format: saved web pages of interview questions, several to a file.

    Category: Medium                  or `Author: admin`, which gives no difficulty

      • DL0028 Sliding Window Attention

        <the question>

        Answer

        <the reference answer>


        Login to view more content
      • DL0024 ...

Pages glued together read as one: a head in the middle holds for the questions behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Final

from pydantic import ValidationError

from rubrics.errors import RubricFileError
from rubrics.model import Difficulty, Question
from rubrics.sources import SourceQuestion

CATEGORIES: Final = {"DL": "Deep Learning", "ML": "Machine Learning"}
"""The category that the letters of a question id stand for; other letters give none."""

_NOISE: Final = "Login to view more content"
_HEAD: Final = re.compile(r"(?P<key>Category|Author):\s*(?P<value>\S.*)")
_TITLE: Final = re.compile(r"\s*•\s*(?P<id>(?P<letters>[A-Z]{2})\d{4})\s+(?P<title>\S.*)")
_ANSWER: Final = "Answer"


def read_seed_page(text: str, *, file: str) -> tuple[SourceQuestion, ...]:
    """The questions of a page in their order, ids repeated where the page repeats them.

    RubricFileError with `file` and line for a page without questions, an unknown difficulty, text
    outside a question, and a question whose text, `Answer` line or answer is missing or too long.
    """
    entries = tuple(_entries(text, file))
    if not entries:
        raise RubricFileError("holds no question; one starts with a line such as '• DL0001 Title'", file=file, line=1)
    return tuple(_source_question(entry, file) for entry in entries)


@dataclass
class _Entry:
    """A question as found: its title line and the lines below it, numbered as in the file."""

    line: int
    id: str
    letters: str
    title: str
    difficulty: Difficulty | None
    lines: list[str] = field(default_factory=list)


def _entries(text: str, file: str) -> Iterator[_Entry]:
    difficulty: Difficulty | None = None
    entry: _Entry | None = None
    for number, line in _lines_without_noise(text):
        if head := _HEAD.fullmatch(line):
            difficulty = _difficulty(head, file, number)
        elif title := _TITLE.fullmatch(line):
            if entry:
                yield entry
            entry = _Entry(number, title["id"], title["letters"], title["title"].strip(), difficulty)
        elif entry:
            entry.lines.append(line)
        elif line.strip():
            raise RubricFileError("text outside a question; expected '• DL0001 Title'", file=file, line=number)
    if entry:
        yield entry


def _lines_without_noise(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines; what is glued to the end of a noise line is a line of its own."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        for part in line.split(_NOISE):
            yield number, part.rstrip()


def _difficulty(head: re.Match[str], file: str, line: int) -> Difficulty | None:
    if head["key"] == "Author":
        return None
    value = head["value"].strip().lower()
    if value not in set(Difficulty):
        allowed = ", ".join(level.value for level in Difficulty)
        raise RubricFileError(f"{value!r} is no difficulty; use {allowed}", file=file, line=line, field="Category")
    return Difficulty(value)


def _source_question(entry: _Entry, file: str) -> SourceQuestion:
    stripped = [line.strip() for line in entry.lines]
    if _ANSWER not in stripped:
        raise RubricFileError("has no 'Answer' line", file=file, line=entry.line, field=entry.id)
    cut = stripped.index(_ANSWER)
    asked = " ".join(" ".join(stripped[:cut]).split())
    answer = dedent("\n".join(entry.lines[cut + 1 :])).strip()
    for what, found in (("question text", asked), ("answer", answer)):
        if not found:
            raise RubricFileError(f"has no {what}", file=file, line=entry.line, field=entry.id)
    return _checked(entry, asked, answer, file)


def _checked(entry: _Entry, asked: str, answer: str, file: str) -> SourceQuestion:
    try:
        question = Question(
            id=entry.id,
            title=entry.title,
            text=asked,
            category=CATEGORIES.get(entry.letters),
            difficulty=entry.difficulty,
        )
        return SourceQuestion(question=question, reference_answer=answer, origin=f"{file}:{entry.line}")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RubricFileError(f"{place}: {first['msg']}", file=file, line=entry.line, field=entry.id) from error
