"""Examples of what goes in and out, for the description of the API; a test holds them to the schemas."""

from __future__ import annotations

from typing import Any, Final

from api.assessment_examples import assessment_examples
from api.batch_examples import batch_examples
from api.review_examples import review_examples
from api.rubric_examples import rubric_examples
from api.transcript_examples import transcript_examples
from api.webhook_examples import webhook_examples

_HASH: Final = "sha256:5f1d7a84db00d2fce00b31a7fc73224f5b8e4a21f6a0d3f2f7b9c1f0a1e2d3c4"
_ID: Final = "3f0c2a52-1d0e-4c39-8a3e-5a9d1f6c7b21"
_QUESTION: Final = {
    "id": "DL0028",
    "title": "Sliding Window Attention",
    "text": "Explain the sliding window attention mechanism in transformer architectures.",
    "category": "Attention",
    "difficulty": "medium",
    "tags": ["transformer"],
}
_ANSWER: Final = "Every token looks only at a window of tokens around it, not at the whole sequence."

_POINT: Final = {
    "key_point_id": "k1",
    "text": "Each token attends only to the tokens inside a local window of fixed size.",
    "topic": "what a token may attend to",
    "weight": 3.0,
    "required": True,
    "penalty": False,
    "verdict": "covered",
    "credit": 1.0,
    "confidence": 0.93,
    "similarity": 0.71,
    "judged_by": "local",
    "reason": "",
    "evidence": [{"start": 0, "end": 52, "text": "Every token looks only at a window of tokens around"}],
    "feedback": "You made this point.",
    "hints": [],
}

GRADE: Final[dict[str, Any]] = {
    "id": _ID,
    "status": "graded",
    "question_id": "DL0028",
    "rubric_hash": _HASH,
    "candidate_ref": "c-17",
    "score": 1.0,
    "score_interval": [1.0, 1.0],
    "passed": None,
    "points": [_POINT],
    "groups": [],
    "missed": [],
    "contradicted": [],
    "feedback": {
        "summary": "You covered the key point.",
        "strengths": ["What a token may attend to."],
        "improvements": [],
        "next_step": "Say what the window costs.",
    },
    "flags": [],
    "usage": {
        "llm_calls": 0,
        "input_tokens": 0,
        "cached_input_tokens": 0,
        "output_tokens": 0,
        "cost_usd": 0.0,
        "cached_calls": 0,
        "saved_tokens": 0,
        "saved_usd": 0.0,
    },
    "provenance": {
        "grader_version": "0.1.0",
        "judge": {"name": "local"},
        "embedder": None,
        "answer_sha256": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
        "removed_characters": {},
        "policy": {"partial_credit": 0.5},
    },
    "created_at": "2026-11-21T12:00:00Z",
}

PROMISE: Final = {
    "id": _ID,
    "status": "queued",
    "question_id": "DL0028",
    "rubric_hash": _HASH,
    "candidate_ref": "c-17",
    "score": None,
    "reason": "",
    "accepted_at": "2026-11-21T12:00:00Z",
}

_REQUESTS: Final = {
    "question_id": {
        "summary": "A question of the bank",
        "value": {"question_id": "DL0028", "answer": _ANSWER, "candidate_ref": "c-17"},
    },
    "rubric": {
        "summary": "A rubric sent along",
        "value": {
            "rubric": {
                "question": "Why are there tides?",
                "key_points": [{"id": "moon", "text": "The moon's gravity pulls the oceans.", "weight": 3.0}],
            },
            "answer": "Because the moon attracts the water.",
        },
    },
    "reference_answer": {
        "summary": "A reference answer sent along",
        "value": {
            "question": "Why are there tides?",
            "reference_answer": "The moon's gravity pulls the oceans. The sun adds to it.",
            "answer": "Because the moon attracts the water.",
        },
    },
}


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "GET /healthz": {"200": _one({"status": "ok", "waiting_for": []})},
    "GET /readyz": {
        "200": _one({"status": "ok", "waiting_for": []}),
        "503": _one({"status": "starting", "waiting_for": ["models"]}),
    },
    "GET /metrics": {"200": _one("# HELP grader_grades_total Grades made\n")},
    "GET /v1/questions": {"200": _one({"questions": [_QUESTION], "total": 1})},
    "GET /v1/questions/{question_id}": {"200": _one(_QUESTION)},
    "POST /v1/grades": {"request": _REQUESTS, "201": _one(GRADE), "202": _one(PROMISE)},
    "GET /v1/grades": {"200": _one({"grades": [GRADE], "next": None})},
    "GET /v1/grades/{grade_id}": {
        "200": {"made": {"summary": "Made", "value": GRADE}, "promised": {"summary": "Still to come", "value": PROMISE}}
    },
    **batch_examples(),
    **review_examples(GRADE, PROMISE),
    **rubric_examples(),
    **webhook_examples(),
    **assessment_examples(),
    **transcript_examples(),
}
"""`METHOD template` -> `request` or a status -> examples by name."""
