"""Walking through JSON that somebody else wrote: a value knows its path, and what is not as expected is an error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.adapters.transcripts.source import Source
from grader.adapters.transcripts.times import number, stamp, within
from grader.errors import InvalidTranscript


@dataclass(frozen=True)
class Node:
    """One value of a document."""

    source: Source
    value: Any
    path: str = ""

    def get(self, *keys: str) -> Node:
        """The value at a chain of keys, null where one is not there."""
        node = self
        for key in keys:
            value = node.value.get(key) if isinstance(node.value, dict) else None
            node = Node(self.source, value, f"{node.path}.{key}" if node.path else key)
        return node

    def first(self, *keys: str) -> Node:
        """The value at the first of several keys that has one."""
        return next((node for key in keys if (node := self.get(key)).value is not None), self.get(keys[0]))

    def has(self, *keys: str) -> bool:
        """Whether all `keys` stand here, whatever their values."""
        return isinstance(self.value, dict) and all(key in self.value for key in keys)

    def items(self) -> Iterator[Node]:
        """The members of a list; InvalidTranscript where this is none, nothing where it is null."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.error("should be a list")
        for index, value in enumerate(self.value):
            yield Node(self.source, value, f"{self.path}[{index}]")

    def text(self) -> str:
        """A text; InvalidTranscript where this is none, empty where it is null."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.error("should be a text")
        return self.value

    def seconds(self, scale: float = 1.0) -> float | None:
        """A time, `scale` seconds a unit, as a number or a text; None where it is null or no time in a recording."""
        if self.value is None:
            return None
        if isinstance(self.value, str):
            text = self.value.strip().removesuffix("s")
            return number(text, scale) if stamp(text) is None else stamp(text)
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.error("should be a time")
        try:
            return within(round(self.value * scale, 6))
        except (OverflowError, ValueError):
            return None

    def error(self, problem: str) -> InvalidTranscript:
        """The error that says what is wrong with this value."""
        return self.source.error(f"{problem}; export the file again", self.path or None)


def load(source: Source) -> Node:
    """The JSON a file holds; InvalidTranscript with line and column where it is cut off or no JSON."""
    try:
        return Node(source, json.loads(source.text))
    except json.JSONDecodeError as error:
        cut = error.pos >= len(source.text.rstrip()) or error.msg.startswith("Unterminated")
        why = "ends in the middle; it was cut off, export it again" if cut else f"is not valid JSON: {error.msg}"
        raise source.error(why, f"line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise source.error("is nested too deeply to be a transcript") from error
    except ValueError as error:
        raise source.error(f"is not valid JSON: {error}") from error
