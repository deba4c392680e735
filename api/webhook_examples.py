"""Examples of what goes in and out about webhooks; made of the models themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from api.webhook_schemas import DeliveryOut, DeliveryPage, Replayed, SecretList, SecretOut, WebhookList, WebhookOut

_NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
_ID: Final = "b0c5f0a2-7f0e-4d7a-9a51-0c1f6a5e8d11"
_GRADE: Final = "3f0c2a52-1d0e-4c39-8a3e-5a9d1f6c7b21"
_URL: Final = "https://hooks.example.com/grades"


def webhook_examples() -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    webhook = _webhook().model_dump(mode="json")
    delivery = _delivery()
    told = delivery.model_dump(mode="json")
    secrets = SecretList(secrets=[SecretOut(secret="whsec_" + "A" * 43 + "=", ends_at=None)])
    base = "/v1/webhooks/{webhook_id}"
    return {
        "POST /v1/webhooks": {
            "request": _one({"url": _URL, "events": ["grade.completed", "batch.completed"]}),
            "201": _one(webhook),
        },
        "GET /v1/webhooks": {"200": _one(WebhookList(webhooks=[_webhook()]).model_dump(mode="json"))},
        f"GET {base}": {"200": _one(webhook)},
        f"PATCH {base}": {"request": _one({"enabled": True}), "200": _one(webhook)},
        f"GET {base}/secrets": {"200": _one(secrets.model_dump(mode="json"))},
        f"POST {base}/rotations": {
            "request": _one({"overlap_hours": 24}),
            "201": _one({**webhook, "secret_number": 2}),
        },
        f"POST {base}/pings": {"request": _one({}), "202": _one(told)},
        f"POST {base}/replays": {
            "request": {
                "all": {"summary": "All that is dead", "value": {}},
                "one": {"summary": "One delivery", "value": {"delivery_id": _ID}},
            },
            "200": _one(Replayed(replayed=3).model_dump(mode="json")),
        },
        f"GET {base}/deliveries": {"200": _one(DeliveryPage(deliveries=[delivery], next=None).model_dump(mode="json"))},
        f"GET {base}/deliveries/{{delivery_id}}": {"200": _one(told)},
    }


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


def _webhook() -> WebhookOut:
    return WebhookOut(
        id=_ID,
        url=_URL,
        events=["grade.completed", "batch.completed"],
        description="",
        enabled=True,
        disabled_because=None,
        failing_since=None,
        secret_number=1,
        created_at=_NOON,
    )


def _delivery() -> DeliveryOut:
    data = {"id": _GRADE, "status": "graded", "question_id": "DL0028", "candidate_ref": "c-17", "score": 0.75}
    return DeliveryOut(
        id=_ID,
        message_id="msg_0a9c4f2be7d1538862f4ac19bd05e7c6",
        state="delivered",
        tries=1,
        status=204,
        reason="",
        created_at=_NOON,
        tried_at=_NOON,
        next_try_at=None,
        payload={"type": "grade.completed", "timestamp": "2026-11-21T12:00:00+00:00", "data": data},
    )
