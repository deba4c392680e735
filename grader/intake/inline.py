"""A question that is in no bank, as it comes along with an answer."""

from __future__ import annotations

import hashlib

from rubrics.model import Question


def inline_question(text: str) -> Question:
    """The question; the same text always has the same id."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    first_line = (text.strip().splitlines() or [text])[0]
    return Question(id=f"inline-{digest}", title=first_line[:100], text=text)
