"""The LLM judge's prompt: reviewable files, put together here, known by their hash.

The order serves the provider's prefix cache and the defence at once: rules, question and key points
come first and are the same for every answer to a question; the answer stands between delimiters it
cannot guess; the rules have the last word.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from grader.domain import Label
from rubrics.model import Rubric

SCHEMA_NAME: Final = "verdicts"
OFFERED: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""What a model may say; `ungraded` is ours to say about the model."""

_NONCE_CHARACTERS: Final = 32
"""128 bits in hex: an answer cannot contain a delimiter it cannot guess."""


@dataclass(frozen=True)
class Prompt:
    """The two messages of one judge call."""

    system: str
    user: str


def build_prompt(rubric: Rubric, answer: str, *, secret: bytes) -> Prompt:
    """The messages that ask for one verdict a key point; the same input and secret give the same prompt."""
    nonce = hmac.new(secret, answer.encode(), hashlib.sha256).hexdigest()[:_NONCE_CHARACTERS]
    points = "\n".join(f"- {point.id}: {point.text}" for point in rubric.key_points)
    user = _text("user.md").format(
        question=rubric.question.text, key_points=points, answer=answer, nonce=nonce, count=len(rubric.key_points)
    )
    return Prompt(_text("system.md"), user)


def response_schema(rubric: Rubric) -> dict[str, Any]:
    """JSON schema of the model's answer, in the strict subset: all required, nothing extra, no limits on the wire."""
    verdict = {
        "key_point_id": {"type": "string", "enum": [point.id for point in rubric.key_points]},
        "quotes": {"type": "array", "items": {"type": "string"}},
        "reason": {"type": "string"},
        "verdict": {"type": "string", "enum": [label.value for label in OFFERED]},
    }
    return _closed_object({"verdicts": {"type": "array", "items": _closed_object(verdict)}})


@cache
def prompt_hash() -> str:
    """`sha256:` and 64 hex digits over the prompt files: which wording a verdict was given under."""
    texts = "\0".join(_text(name) for name in ("system.md", "user.md"))
    return "sha256:" + hashlib.sha256(texts.encode()).hexdigest()


def _closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


@cache
def _text(name: str) -> str:
    return files("grader.prompting").joinpath(name).read_text("utf-8").strip()
