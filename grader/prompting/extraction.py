"""The JSON object in a model's reply, however it is wrapped: fences, words around it, several objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

MAX_CHARACTERS: Final = 200_000
"""Longest text looked into: 50 verdicts with three quotes of 300 characters each are a quarter of that."""

MAX_OBJECTS: Final = 200
"""Objects looked at; no reply, and no answer that imitates one, has more."""


def json_objects(text: str) -> tuple[dict[str, Any], ...]:
    """Every outermost JSON object in `text`, in order; one with a key twice, NaN or too deep nesting is none."""
    return tuple(_objects(text[:MAX_CHARACTERS]))


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
