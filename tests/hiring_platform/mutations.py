"""What a contract allows and forbids of a request: made from its schema and one request that fits it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ADDED = {"added_later": {"nested": [None, 1, "x"]}}
"""A property that no contract knows yet."""


@dataclass(frozen=True)
class Mutation:
    """A changed request; `allowed` None where the contract allows it and a reader may refuse it all the same."""

    name: str
    body: Any
    allowed: bool


def mutations(schema: dict[str, Any], body: Any) -> Iterator[Mutation]:
    """Every object of the request with one property more, every required one missing, every nullable one null."""
    for path, part in _objects(_flat(schema), body):
        where = "/".join(path) or "the body"
        yield Mutation(
            f"{where} with an unknown property", _put(body, path, {**_get(body, path), **ADDED}), allowed=True
        )
        for name in part.get("required", ()):
            less = {key: value for key, value in _get(body, path).items() if key != name}
            yield Mutation(f"{where} without {name}", _put(body, path, less), allowed=False)
        for name, described in part.get("properties", {}).items():
            kinds = _flat(described).get("type", [])
            if "null" in kinds:
                nothing = {**_get(body, path), name: None}
                yield Mutation(f"{name} of {where} is null", _put(body, path, nothing), allowed=True)
            elif name in part.get("required", ()):
                wrong = {**_get(body, path), name: "x" if kinds == "array" else [7]}
                yield Mutation(f"{name} of {where} is of another type", _put(body, path, wrong), allowed=False)


def _objects(schema: dict[str, Any], body: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if schema.get("type") != "object":
        return
    yield path, schema
    for name, described in schema.get("properties", {}).items():
        if isinstance(body.get(name), dict):
            yield from _objects(_flat(described), body[name], (*path, name))


def _flat(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its `allOf` put together."""
    found = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema.get("allOf", ()):
        found = {**_flat(part), **found}
    return found


def _get(body: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        body = body[name]
    return body


def _put(body: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(body)
    _get(changed, path[:-1])[path[-1]] = value
    return changed
