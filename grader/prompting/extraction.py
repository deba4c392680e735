"""The JSON object in a model's reply, however it is wrapped: fences, words around it, several objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

MAX_CHARACTERS: Final = 200_000
"""Longest text looked into: 50 verdicts with three quotes of 300 characters each are a quarter of that."""

MAX_OBJECTS: Final = 200
"""Objects looked at; no reply, and no answer that imitates one, has more."""


def json_objects(text: str) -> tuple[dict[str, Any], ...]:
    """Every outermost JSON object in `text`, in order; one with a key twice, NaN or too deep nesting is none."""
    return tuple(_objects(text[:MAX_CHARACTERS]))


class UnusableReply(ValueError):
    """A reply without what was asked for; says what is wrong with it, without its words."""


Reply = TypeVar("Reply", bound=BaseModel)


def read_object(text: str, key: str, shape: type[Reply]) -> Reply:
    """The one JSON object of a reply that has `key`, in its shape; UnusableReply."""
    found = [each for each in json_objects(text) if key in each]
    if len(found) != 1:
        raise UnusableReply(f'it has {len(found)} JSON objects with "{key}"')
    try:
        return shape.model_validate(found[0])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UnusableReply(f"{'.'.join(map(str, first['loc'][:3]))[:60]}: {first['msg']}") from error


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
    place, tried = text.find("{"), 0
    while place >= 0 and tried < MAX_OBJECTS:
        tried += 1
        try:
            found, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            yield found
        place = text.find("{", end)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")
