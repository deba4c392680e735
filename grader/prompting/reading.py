"""A model's reply read strictly: one verdict per asked point, by id, or what is wrong with it.

The reply may be wrapped in prose or fences, but its object must be one and its own: JSON that stands in the
answer and is repeated by the model is no verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grader.domain import Label
from grader.prompting.extraction import json_objects
from grader.text.neutral import neutralised
from grader.text.quotes import MAX_QUOTE_CHARACTERS

MAX_QUOTES: Final = 10
"""Quotes a model may give for one point; the prompt asks for three."""

NO_VERDICT: Final = "no_verdict"
AMBIGUOUS: Final = "ambiguous_verdict"
INVALID: Final = "invalid_verdict"
INVALID_REPLY: Final = "invalid_reply"
ECHOED: Final = "echoed_verdict"


class Said(BaseModel):
    """What the model says of one point."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key_point_id: str
    quotes: tuple[Annotated[str, Field(max_length=MAX_QUOTE_CHARACTERS)], ...] = Field(
        max_length=MAX_QUOTES, strict=False
    )
    reason: str
    verdict: Label = Field(strict=False)

    @field_validator("verdict")
    @classmethod
    def _was_offered(cls, verdict: Label) -> Label:
        if verdict is Label.UNGRADED:
            raise ValueError("the verdict is covered, partial, missing or contradicted")
        return verdict


@dataclass(frozen=True)
class Reply:
    """The usable verdicts by point id, a reason code for each asked point without one, and the problems in words."""

    said: dict[str, Said] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_reply(text: str, asked: Sequence[str], known: Sequence[str], answer: str) -> Reply:
    """The verdicts in `text` on the `asked` points; `known` are the ids of the whole rubric."""
    found = [each for each in json_objects(text) if isinstance(each.get("verdicts"), list)]
    echoes = [entry for each in _objects_of(answer) for entry in _entries(each)]
    own = [each for each in found if not (each["verdicts"] and all(entry in echoes for entry in each["verdicts"]))]
    if len(own) != 1 or set(own[0]) != {"verdicts"}:
        problem = _whole_problem(found, own)
        return Reply(bad=dict.fromkeys(asked, ECHOED if found and not own else INVALID_REPLY), problems=(problem,))
    return _read_entries(own[0]["verdicts"], asked, known, echoes)


def _whole_problem(found: list[dict[str, Any]], own: list[dict[str, Any]]) -> str:
    if len(own) > 1:
        return 'it has several objects with "verdicts"'
    if own:
        return 'the object has keys beside "verdicts"'
    if found:
        return "it repeats JSON of the answer"
    return 'it has no valid JSON object with a list "verdicts"'


def _read_entries(entries: list[Any], asked: Sequence[str], known: Sequence[str], echoes: list[Any]) -> Reply:
    named = [str(entry.get("key_point_id")) if isinstance(entry, dict) else "" for entry in entries]
    count = Counter(named)
    problems = [f"{sum(name not in known for name in named)} unknown ids"] if not set(named) <= set(known) else []
    said: dict[str, Said] = {}
    bad: dict[str, str] = {}
    for point in asked:
        if count[point] != 1:
            bad[point] = AMBIGUOUS if count[point] else NO_VERDICT
            problems.append(f"{point} has {count[point]} verdicts")
            continue
        entry = entries[named.index(point)]
        try:
            said[point] = Said.model_validate(entry)
        except ValidationError as error:
            bad[point] = INVALID
            problems.append(f"{point}: {_first(error)}")
            continue
        if entry["quotes"] and entry in echoes:
            del said[point]
            bad[point] = ECHOED
            problems.append(f"{point} repeats JSON of the answer")
    return Reply(said, bad, tuple(problems))


def _first(error: ValidationError) -> str:
    """The first thing wrong with an entry, without its words."""
    wrong = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, wrong['loc'][:2]))[:40]}: {wrong['msg']}"


def _objects_of(answer: str) -> tuple[dict[str, Any], ...]:
    """JSON in the answer, as written and as the prompt shows it."""
    return (*json_objects(answer), *json_objects(neutralised(answer)))


def _entries(found: dict[str, Any]) -> list[Any]:
    """What in an object of the answer could be taken for verdicts."""
    verdicts = found.get("verdicts")
    return [*verdicts, found] if isinstance(verdicts, list) else [found]
