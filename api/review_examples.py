"""Examples of what people say of grades, and of what is held about a candidate; a test holds them to the schemas."""

from __future__ import annotations

from typing import Any, Final

_AT: Final = "2026-11-21T12:00:00Z"
_OUTCOME: Final = {
    "status": "graded",
    "score": 1.0,
    "score_interval": [1.0, 1.0],
    "passed": None,
    "verdicts": {"k1": "covered"},
    "credits": {"k1": 1.0},
}
_OVERRIDE_REQUEST: Final = {
    "key_point_id": "k1",
    "verdict": "covered",
    "reason_code": "evidence_missed",
    "note": "The first sentence says it.",
    "evidence": [{"start": 0, "end": 52}],
}
_APPEAL_REQUEST: Final = {
    "key_point_id": "k1",
    "reason": "i_covered_this",
    "text": "My first sentence is exactly this point.",
}
_DECISION_REQUEST: Final = {"state": "upheld", "answer": "The sentence is about something else."}


def review(grade_id: str) -> dict[str, Any]:
    """What was said of a grade: an appeal that was upheld, and an override."""
    override = _OVERRIDE_REQUEST | {
        "id": "0d0c9f5e-6a53-4b0e-9d3c-0f5c4e8a1b22",
        "grade_id": grade_id,
        "number": 1,
        "evidence": [{"start": 0, "end": 52, "text": "Every token looks only at a window of tokens around"}],
        "outcome": _OUTCOME,
        "made_by": "8f3kd02m",
        "made_at": _AT,
    }
    appeal = (
        _APPEAL_REQUEST
        | _DECISION_REQUEST
        | {
            "id": "5b1e7c90-3f1d-4a52-8a54-2c9f0d6e7a11",
            "grade_id": grade_id,
            "number": 1,
            "made_by": "2hx9q7wd",
            "made_at": _AT,
            "decided_by": "8f3kd02m",
            "decided_at": _AT,
        }
    )
    return {"grade_id": grade_id, "overrides": [override], "appeals": [appeal], "outcome": _OUTCOME}


def explanation(grade: dict[str, Any]) -> dict[str, Any]:
    """Why `grade` is what it is."""
    point = grade["points"][0]
    kept = ("key_point_id", "text", "weight", "required", "penalty", "judged_by", "confidence", "reason", "evidence")
    explained = {name: point[name] for name in kept} | {
        "machine_verdict": point["verdict"],
        "override": None,
        "verdict": point["verdict"],
        "credit": point["credit"],
        "in_words": "The answer makes this point. So said the judge 'local', with a confidence of 93%.",
    }
    provenance = grade["provenance"]
    return {
        "grade_id": grade["id"],
        "question_id": grade["question_id"],
        "rubric_hash": grade["rubric_hash"],
        "summary": ["The score is 100%."],
        "points": [explained],
        "arithmetic": ["Each point's credit times its weight is added up and divided by what could be earned."],
        "policy": provenance["policy"],
        "groups": [],
        "flags": {},
        "role_of_ai": "A small language model on the server read the answer against each key point.",
        "role_of_code": "Code, not a model, checked that every quotation stands in the answer.",
        "role_of_people": "Nobody has changed a verdict.",
        "requires_human_decision": True,
        "judge": provenance["judge"],
        "embedder": provenance["embedder"],
        "grader_version": provenance["grader_version"],
        "answer_sha256": provenance["answer_sha256"],
        "outcome": _OUTCOME,
    }


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


def review_examples(grade: dict[str, Any], promise: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    said = review(grade["id"])
    held = {"grade": grade, "answer": "Every token …", "overrides": said["overrides"], "appeals": said["appeals"]}
    counts = {"grades": 1, "promised": 0, "replies": 1, "statements": 2, "attempts": 0, "studies": 0, "rows": 0}
    erased = {"receipt": "9c1d…", **counts, "bulk_requests": 0, "orders": 0, "interviews": 1, "entry": f"12:{'0' * 64}"}
    of = "/v1/grades/{grade_id}"
    again = grade | {"regrade_of": "7c1b3f0a-5e0e-4b7e-9d3a-1f2e3d4c5b6a"}
    return {
        f"GET {of}/explanation": {"200": _one(explanation(grade))},
        f"GET {of}/review": {"200": _one(said)},
        f"POST {of}/overrides": {"request": _one(_OVERRIDE_REQUEST), "201": _one(said)},
        f"POST {of}/appeals": {"request": _one(_APPEAL_REQUEST), "201": _one(said)},
        f"PUT {of}/appeals/{{number}}/decision": {"request": _one(_DECISION_REQUEST), "200": _one(said)},
        f"POST {of}/regrades": {"request": _one({"judge": "local"}), "201": _one(again), "202": _one(promise)},
        "GET /v1/candidates/{candidate_ref}/export": {
            "200": _one({"candidate_ref": "c-17", "exported_at": _AT, "grades": [held]})
        },
        "DELETE /v1/candidates/{candidate_ref}": {"200": _one(erased)},
    }
