"""Examples of what goes in and out about assessments; made of the models themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.assessment_schemas import ConnectionOut, OrderOut, ToldOut, ToldPage
from api.webhook_schemas import Replayed
from grader.assessment import AssessmentOrder, Candidate, Platform, Test
from grader.impact import Scored, impact
from grader.links import Links
from grader.ports import Connection

_NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
_TEST: Final = "5d3a3ea2-6a0b-4d0e-9c55-41f0a1d3b7c2"
_ORDER: Final = "c7a1b3f4-2a7d-4b7e-8d10-6f2b9f3f8e55"
_CONNECTION: Final = "9e8b6c0a-1f2d-4e3b-8a4c-5d6e7f801234"
_DELIVERY: Final = "4b9a7d1c-0f6e-4c3a-9d2b-8e7f6a5b4c3d"
_BASE_URL: Final = "https://grader.example.com"


def assessment_examples() -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    test, order = _test().model_dump(mode="json"), _order()
    asked = {"name": "ML basics", "question_ids": ["DL0028", "DL0001"], "minutes": 30, "review": "flagged"}
    one = "/v1/assessments/orders/{order_id}"
    return {
        "POST /v1/assessments/tests": {"request": _one(asked), "201": _one(test)},
        "GET /v1/assessments/tests": {"200": _one({"tests": [test]})},
        "GET /v1/assessments/tests/{test_id}": {"200": _one(test)},
        "POST /v1/assessments/tests/{test_id}/impact": {
            "request": _one({"candidates": _people()}),
            "200": _one(impact(_scores(), {each["ref"]: each["groups"] for each in _people()}).model_dump(mode="json")),
        },
        "POST /v1/assessments/orders": {
            "request": _one({"test_id": _TEST, "candidate": {"ref": "c-17", "name": "Ann"}}),
            "201": _one(order),
        },
        "GET /v1/assessments/orders": {"200": _one({"orders": [order], "next": None})},
        f"GET {one}": {"200": _one(order)},
        f"PATCH {one}": {"request": _one({"extra_minutes": 15}), "200": _one({**order, "extra_minutes": 15})},
        f"POST {one}/cancellation": {"request": _one({}), "200": _one({**order, "state": "cancelled"})},
        f"POST {one}/release": {"request": _one({}), "200": _one({**order, "state": "complete"})},
        **_platform_examples(),
    }


def _platform_examples() -> dict[str, dict[str, Any]]:
    made = Connection(id=_CONNECTION, platform=Platform.GREENHOUSE, created_at=_NOON)
    connection = ConnectionOut.of(made, _BASE_URL).model_dump(mode="json")
    return {
        "POST /v1/platforms": {
            "request": {
                "greenhouse": {"summary": "Greenhouse", "value": {"platform": "greenhouse"}},
                "ashby": {"summary": "Ashby", "value": {"platform": "ashby", "api_key": "their-key"}},
            },
            "201": _one(connection),
        },
        "GET /v1/platforms": {"200": _one({"connections": [connection]})},
        "GET /v1/platforms/{connection_id}/key": {"200": _one({"key": f"agp_{_CONNECTION}_{'A' * 43}"})},
        "GET /v1/platforms/{connection_id}/deliveries": {
            "200": _one(ToldPage(deliveries=[_told()], next=None).model_dump(mode="json"))
        },
        "POST /v1/platforms/{connection_id}/replays": {
            "request": {
                "all": {"summary": "All that is dead", "value": {}},
                "one": {"summary": "One message", "value": {"delivery_id": _DELIVERY}},
            },
            "200": _one(Replayed(replayed=2).model_dump(mode="json")),
        },
    }


def _told() -> ToldOut:
    return ToldOut(
        id=_DELIVERY,
        order_id=_ORDER,
        message_id=f"complete:{_ORDER}",
        state="dead",
        tries=10,
        status=503,
        reason="server_error",
        created_at=_NOON,
        tried_at=_NOON + timedelta(hours=75),
        next_try_at=None,
        payload={"url": "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345"},
    )


def _people() -> list[dict[str, Any]]:
    return [{"ref": f"c-{number}", "groups": {"sex": "female" if number % 2 else "male"}} for number in range(4)]


def _scores() -> list[Scored]:
    return [Scored("c-0", 0.4, selected=False), *(Scored(f"c-{number}", 0.7, selected=True) for number in range(1, 4))]


def _test() -> Test:
    return Test(id=_TEST, name="ML basics", question_ids=("DL0028", "DL0001"), minutes=30, created_at=_NOON)


def _order() -> dict[str, Any]:
    order = AssessmentOrder(
        id=_ORDER,
        test_id=_TEST,
        platform=Platform.API,
        candidate=Candidate(ref="c-17", name="Ann"),
        questions=("DL0028", "DL0001"),
        ordered_at=_NOON,
        stepped_at=_NOON,
        expires_at=_NOON + timedelta(days=14),
        minutes=30,
    )
    return OrderOut.of(order, Links(b"for this example only", _BASE_URL)).model_dump(mode="json")


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}
