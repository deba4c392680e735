"""Lists of criteria, `[{requirement, weight, name?}]`, as autorubric and the LLM Data Company's `rubric` keep them.

HealthBench calls the same `criterion` and `points`.

A negative weight becomes a penalty. Such a list names no question: the file's name stands in its place until
somebody writes one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from rubrics.model import KeyPoint, Question, Rubric
from rubrics.sources import Contents, LeftOut, SourceRubric
from rubrics.sources.building import Place, built, made_id

DEFAULT_WEIGHT: Final = 10.0
"""What a criterion without a weight has in autorubric (docs/api/core-grading.md, version of November 2026)."""

HOLDERS: Final = ("criteria", "rubric", "rubrics")
"""Keys under which a file keeps its list, beside the bare list."""

_REQUIREMENT: Final = ("requirement", "criterion")
_WEIGHT: Final = ("weight", "points")
_READ: Final = frozenset({*_REQUIREMENT, *_WEIGHT, "name", "id"})


def criteria_of(found: object) -> list[Any] | None:
    """The list of criteria in a document, None where it holds none."""
    if isinstance(found, dict):
        found = next((found[name] for name in HOLDERS if isinstance(found.get(name), list)), None)
    if (
        isinstance(found, list)
        and found
        and all(isinstance(each, dict) and _named(each, _REQUIREMENT) for each in found)
    ):
        return found
    return None


def read_criteria(found: object, file: str) -> Contents:
    """The rubric of a list of criteria; RubricFileError names the criterion and the field that is wrong."""
    criteria = criteria_of(found) or []
    names = _names(criteria)
    points = tuple(
        _point(number, each, name, file) for number, (each, name) in enumerate(zip(criteria, names, strict=True))
    )
    text = str(found.get("question") or "") if isinstance(found, dict) else ""
    title = re.sub(r"[_-]+", " ", Path(file).stem).strip() or "Criteria"
    place = Place(file)
    question = built(Question, {"id": made_id(text or title), "title": title[:100], "text": text or title}, place)
    rubric = built(Rubric, {"question": question, "key_points": points}, place)
    return Contents(
        file=file,
        format="criteria",
        rubrics=(SourceRubric(rubric=rubric, origin=file),),
        left_out=(*_without_question(text, file), *_unread(criteria, file)),
    )


def _point(number: int, found: dict[str, Any], name: str, file: str) -> KeyPoint:
    place = Place(file, None, f"[{number}]")
    weight = found.get(_named(found, _WEIGHT) or "weight", DEFAULT_WEIGHT)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight:
        raise place.error("weight must be a number other than 0")
    fields = {
        "id": name,
        "text": found[_named(found, _REQUIREMENT) or "requirement"],
        "weight": abs(weight),
        "penalty": weight < 0,
    }
    return built(KeyPoint, fields, place)


def _named(found: dict[str, Any], names: Sequence[str]) -> str | None:
    """Which of these names a criterion uses."""
    return next((name for name in names if name in found), None)


def _names(criteria: Sequence[dict[str, Any]]) -> list[str]:
    """The criteria's own names where they can be ids, k1, k2, ... where not."""
    found = [str(each.get("name") or each.get("id") or "") for each in criteria]
    slugs = [re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:64] for name in found]
    if all(slugs) and len(set(slugs)) == len(slugs):
        return slugs
    return [f"k{number}" for number in range(1, len(criteria) + 1)]


def _without_question(text: str, file: str) -> Iterator[LeftOut]:
    if not text:
        why = "the list names none; the file's name stands in its place, write the question into the rubric"
        yield LeftOut(what="question", why=why, origin=file)


def _unread(criteria: Sequence[dict[str, Any]], file: str) -> Iterator[LeftOut]:
    for number, each in enumerate(criteria):
        for name in sorted(set(each) - _READ):
            why = (
                "a point here is covered, partly covered, missing or contradicted"
                if name == "options"
                else "no such field"
            )
            yield LeftOut(what=f"{name} of criterion {number + 1}", why=why, origin=f"{file}:[{number}]")
