"""Worked examples for the prompt, drawn from what people corrected. None are used unless a file is given.

One JSON object a line: `{"question", "key_point", "answer", "quote", "reason", "verdict"}`; `quote` may be null.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from grader.domain import Label
from grader.errors import ConfigurationError
from grader.text.neutral import neutralised
from rubrics.model import Immutable, Line

MAX_EXAMPLES = 20
"""More make every call dearer and no verdict better."""


class Example(Immutable):
    """One verdict that a person gave or confirmed."""

    question: Line
    key_point: Line
    answer: str = Field(min_length=1, max_length=2_000)
    quote: Line | None
    reason: Line
    verdict: Label = Field(strict=False)


def load_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a JSON-lines file; ConfigurationError names the line that is wrong."""
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the examples {path} cannot be read: {error}") from error
    if len(lines) > MAX_EXAMPLES:
        raise ConfigurationError(f"{path} has {len(lines)} examples, {MAX_EXAMPLES} are allowed")
    return tuple(_example(path, number, line) for number, line in enumerate(lines, start=1))


def rendered(examples: tuple[Example, ...]) -> str:
    """The examples as a part of the system message, empty where there are none."""
    if not examples:
        return ""
    return "\n\n".join(("Examples of verdicts that people confirmed:", *map(_rendered, examples)))


def _example(path: Path, number: int, line: str) -> Example:
    try:
        example = Example.model_validate_json(line)
    except ValidationError as error:
        raise ConfigurationError(f"{path}, line {number}: {error.errors()[0]['msg']}") from error
    if example.verdict is Label.UNGRADED:
        raise ConfigurationError(f"{path}, line {number}: an example needs a verdict, not `ungraded`")
    return example


def _rendered(example: Example) -> str:
    return (
        f"Question: {example.question}\nKey point: {example.key_point}\nAnswer: {neutralised(example.answer)}\n"
        f"Quote: {example.quote or 'none'}\nReason: {example.reason}\nVerdict: {example.verdict.value}"
    )
