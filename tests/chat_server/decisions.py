"""The decisions endpoint: probabilities for each question about one input."""

from __future__ import annotations

from typing import Any

from .judging import COVERED_SHARE, PARTIAL_SHARE, share

SURE = 0.9
"""Probability of the value that is chosen; the others share the rest."""


def decides(body: dict[str, Any]) -> dict[str, Any]:
    """One choice for each question, by how many long words of its instructions the input uses."""
    answers = [_choice(question, str(body.get("input", ""))) for question in body.get("questions", [])]
    usage = {
        "input_tokens": 200,
        "output_tokens": 0,
        "total_tokens": 200,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    return {"model": "loopback-decisions-1", "answers": answers, "usage": usage}


def _choice(question: dict[str, Any], text: str) -> dict[str, Any]:
    closeness = share(str(question["instructions"]), text)
    wanted = "covered" if closeness >= COVERED_SHARE else "partial" if closeness >= PARTIAL_SHARE else "missing"
    values = [choice["value"] for choice in question["choices"]]
    rest = (1 - SURE) / (len(values) - 1)
    return {
        "type": "choice",
        "name": question.get("name"),
        "choice": wanted,
        "confidence": SURE,
        "probabilities": [{"value": value, "probability": SURE if value == wanted else rest} for value in values],
    }
