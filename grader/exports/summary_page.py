"""The summary as one HTML file: nothing is loaded from elsewhere, it prints, and no text in it can become markup."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from grader.exports.export import Export
from grader.exports.summary import summarise

_HERE: Final = Path(__file__).parent


async def summary_page(export: Export) -> AsyncIterator[str]:
    """The page, in one piece."""
    summary = await summarise(export)
    yield _template().render(summary=summary, progress=export.progress, batch=export.progress.batch)


@cache
def _template() -> Template:
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["percent"] = lambda share: "–" if share is None else f"{share:.0%}"
    made.filters["number"] = lambda count: f"{count:,}"
    made.filters["words"] = lambda code: str(code).replace("_", " ")
    return made.get_template("summary.html")
