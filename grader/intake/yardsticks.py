"""What a row is graded against: a question's rubric, one in the row itself, or one drawn from a reference answer."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from grader.intake.inline import inline_question
from grader.intake.row import AnswerRow, RowFault
from rubrics.errors import RubricError, RubricFileError, UnknownQuestion
from rubrics.model import Rubric
from rubrics.sources.documents import load_json

KEPT: Final = 1_000
"""Rubrics held in memory, the last used ones: about 20 MB."""

MAX_RUBRIC: Final = 256 * 1024
"""Characters of a rubric in a row, as of a rubric file."""


@dataclass
class Yardsticks:
    """Finds the rubric of a row; `default` is that of rows which name none.

    `of_question` gives what a question is graded by, or raises UnknownQuestion. What was found is kept: most files ask
    few questions of many people.
    """

    of_question: Callable[[str], Awaitable[Rubric]]
    default: Rubric | None = None
    _known: OrderedDict[bytes, Rubric | RowFault] = field(default_factory=OrderedDict, init=False)

    async def rubric(self, row: AnswerRow) -> Rubric:
        """The rubric of a row; RowFault where there is none, or it is none."""
        given = (row.question_id, row.rubric, row.question, row.reference_answer)
        if self.default is not None and not any(given):
            return self.default
        key = hashlib.blake2b(repr(given).encode(), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = await self._found(row)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        known = self._known[key]
        if isinstance(known, RowFault):
            raise known
        return known

    async def _found(self, row: AnswerRow) -> Rubric | RowFault:
        try:
            return await self._sought(row)
        except RowFault as fault:
            return fault
        except UnknownQuestion:
            return RowFault("there is no such question", "question_id")
        except RubricError as error:
            return RowFault(str(error), "reference_answer")
        except ValidationError as error:
            return _first(error, "question")

    async def _sought(self, row: AnswerRow) -> Rubric:
        if row.question_id is not None:
            return await self.of_question(row.question_id)
        if row.rubric is not None:
            return _written(row.rubric)
        return await asyncio.to_thread(_drawn, row.question or "", row.reference_answer or "")


def _drawn(question: str, reference_answer: str) -> Rubric:
    from rubrics.extraction.structure import extract  # noqa: PLC0415 - 0.1 s, only where a row has a reference answer

    return extract(inline_question(question), reference_answer).rubric


def _written(text: str) -> Rubric:
    """The rubric in a cell or an object: as the API takes it, or as a rubric file has it."""
    if len(text) > MAX_RUBRIC:
        raise RowFault(f"has {len(text)} characters, {MAX_RUBRIC} are allowed", "rubric")
    try:
        found: Any = load_json(text, file="rubric")
    except RubricFileError as error:
        raise RowFault("is not valid JSON", "rubric", error.problem) from error
    if not isinstance(found, dict):
        raise RowFault("must be an object such as {question, key_points: [{id, text}]}", "rubric")
    try:
        if isinstance(found.get("question"), str):
            found["question"] = inline_question(found["question"]).model_dump(mode="json")
        return Rubric.model_validate_json(json.dumps(found))
    except ValidationError as error:
        raise _first(error, "rubric") from error


def _first(error: ValidationError, column: str) -> RowFault:
    """The first thing that is wrong; what stands behind a colon, and an unknown field's name, are the file's words."""
    first = error.errors(include_url=False, include_input=False)[0]
    said, _, seen = first["msg"].removeprefix("Value error, ").partition(": ")
    known = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    where = ".".join(str(part) for part in known)
    return RowFault(
        f"{where}: {said}" if where else said, column, seen or ".".join(map(str, first["loc"][len(known) :]))
    )
