"""The formats there are, by the ending of a file's name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from grader.exports.export import Export
from grader.exports.json_lines import json_lines
from grader.exports.summary_page import summary_page
from grader.exports.table import table


@dataclass(frozen=True)
class Format:
    """How results are written; `write` gives the file's text piece by piece, `aliases` are other names of the type."""

    name: str
    media_type: str
    write: Callable[[Export], AsyncIterator[str]]
    aliases: tuple[str, ...] = ()


FORMATS: Final = (
    Format("jsonl", "application/jsonl", json_lines, ("application/x-ndjson", "application/json")),
    Format("csv", "text/csv", table),
    Format("html", "text/html", summary_page),
)
"""The first is what is sent where nobody asks for another."""


def format_of(name: str) -> Format | None:
    """The format with this name, which is also the ending of its files; None where there is none."""
    return next((each for each in FORMATS if each.name == name), None)
