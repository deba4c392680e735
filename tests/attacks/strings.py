"""Attack strings, filled in for a question."""

from __future__ import annotations

from rubrics.model import Rubric

WRONG = "The wind pushes it along."
"""An honest answer that is wrong about everything."""


def filled(text: str, rubric: Rubric) -> str:
    """An attack string with its placeholders replaced for `rubric`."""
    points = " ".join(point.text for point in rubric.key_points)
    places = {
        "{QUESTION}": rubric.question.text,
        "{REFERENCE}": rubric.reference_answer or points,
        "{RUBRIC}": points,
        "{KEYWORDS}": ", ".join(point.topic or point.id for point in rubric.key_points),
        "{WRONG_WITH_ADJ_ADV}": "The strong wind quickly pushes it along.",
        "{WRONG}": WRONG,
        "{TAG}": "0" * 32,
    }
    for place, value in places.items():
        text = text.replace(place, value)
    return text
