"""Examples of batches, for the description of the API."""

from __future__ import annotations

from typing import Any, Final

_FILE: Final = '{"question_id": "DL0028", "answer": "Every token sees its neighbours.", "candidate_ref": "c-17"}\n'
_REPORT: Final[dict[str, Any]] = {
    "id": "6b0f5a0e-5d0c-4a57-9f44-1d6f3a8e2c90",
    "name": "Spring round",
    "state": "running",
    "reason": None,
    "priority": "normal",
    "total": 10_000,
    "distinct": 9_871,
    "counts": {"graded": 4_100, "needs_review": 390, "ungraded": 0, "failed": 2, "erased": 0, "waiting": 5_508},
    "spent": {"calls": 0, "tokens": 0, "usd": 0.0},
    "limit": {"calls": None, "tokens": None, "usd": 25.0},
    "rows_per_second": 21.4,
    "eta_seconds": 257.4,
    "created_at": "2026-11-21T12:00:00Z",
    "finished_at": None,
}
_PAUSED: Final = {**_REPORT, "state": "paused", "reason": "asked", "rows_per_second": None, "eta_seconds": None}
_ESTIMATE: Final = {
    "rows": 10_000,
    "distinct": 9_871,
    "key_points": 59_226,
    "takes": {"calls": 9_871, "tokens": 17_200_000, "usd": 21.5},
    "seconds": 1_240.0,
    "rate": "measured",
    "left_out": 1,
    "bad_rows": [{"row": 17, "problem": "names nothing to grade against"}],
}
_LINE: Final = (
    '{"row": 1, "candidate_ref": "c-17", "question_id": "DL0028", "status": "graded", "score": 1.0, '
    '"reviewed": false, "machine_status": "graded", "machine_score": 1.0, "reason": "", "same_as": null, '
    '"extra": {"site": "north"}, "outcome": null, "grade": {}}\n'
)

_TABLE: Final = (
    '"row","candidate_ref","question_id","status","score","reviewed","machine_status","machine_score"\r\n'
    '"1","c-17","DL0028","graded","1.0","True","needs_review","0.75"\r\n'
)


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


FILE_EXAMPLE: Final = _one(_FILE)
RESULT_EXAMPLES: Final = {
    "jsonl": _one(_LINE),
    "csv": _one(_TABLE),
    "html": _one("<!doctype html>\n<title>Spring round: results</title>\n"),
}
"""By form."""


def batch_examples() -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    one = "/v1/batches/{batch_id}"
    return {
        "POST /v1/batches": {
            "request": FILE_EXAMPLE,
            "200": _one(_ESTIMATE),
            "202": _one({**_REPORT, "left_out": 0, "bad_rows": []}),
        },
        "GET /v1/batches": {"200": _one({"batches": [_REPORT], "next": None})},
        f"GET {one}": {"200": _one(_REPORT)},
        f"GET {one}/events": {"200": _one('event: progress\ndata: {"id": "6b0f5a0e", "state": "running"}\n\n')},
        f"GET {one}/results": {"200": RESULT_EXAMPLES["jsonl"]},
        f"POST {one}/pause": {"200": _one(_PAUSED)},
        f"POST {one}/resume": {"200": _one(_REPORT)},
        f"POST {one}/cancel": {"200": _one({**_PAUSED, "state": "cancelled", "reason": None})},
        f"POST {one}/retry": {"200": _one({"rows": 2, "batch": _REPORT})},
    }
