"""What is told: ids, labels and numbers, never what somebody wrote. Whoever wants more asks the API for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from grader.assessment import AssessmentOrder, OrderState
from grader.domain import Grade
from grader.review import Appeal, Outcome, Override

ID_CHARACTERS: Final = 32
"""Of a message id, in hex: 128 bits."""


class EventType(StrEnum):
    """What can have happened; `ping` is sent when it is asked for."""

    BATCH_COMPLETED = "batch.completed"
    BATCH_FAILED = "batch.failed"
    GRADE_COMPLETED = "grade.completed"
    GRADE_REVIEWED = "grade.reviewed"
    ORDER_COMPLETED = "order.completed"
    ORDER_FAILED = "order.failed"
    PING = "ping"


@dataclass(frozen=True)
class WebhookEvent:
    """Something that happened to `about`, the id of a grade, a batch or an order; two with one `key` are one event."""

    type: EventType
    about: str
    key: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def payload(self) -> str:
        """The body: type, time and data, as the specification proposes; below its 20 kB."""
        whole = {"type": self.type.value, "timestamp": self.at.astimezone(UTC).isoformat(), "data": dict(self.data)}
        return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)

    @property
    def dedup_key(self) -> str:
        """Names it among the tenant's events."""
        return f"{self.type.value}:{self.key}"

    def message_id(self, tenant: str) -> str:
        """What receivers know it by; the same event has the same id, whenever and however often it is told."""
        named = f"{tenant}\0{self.dedup_key}".encode()
        return "msg_" + hashlib.sha256(named).hexdigest()[:ID_CHARACTERS]


def grade_completed(grade: Grade) -> WebhookEvent:
    """A grade is there."""
    told = {"id", "status", "question_id", "rubric_hash", "candidate_ref", "score", "score_interval", "passed"}
    more = {"missed", "contradicted", "flags", "regrade_of", "created_at"}
    data = grade.model_dump(mode="json", include=told | more)
    return WebhookEvent(EventType.GRADE_COMPLETED, grade.id, grade.id, grade.created_at, data)


def grade_reviewed(grade: Grade, decision: Override | Appeal, outcome: Outcome, at: datetime) -> WebhookEvent:
    """A person has decided: has put another verdict in the machine's place, or has answered an appeal."""
    data = {
        "id": grade.id,
        "question_id": grade.question_id,
        "candidate_ref": grade.candidate_ref,
        "decision": "override" if isinstance(decision, Override) else f"appeal_{decision.state.value}",
        "number": decision.number,
        "key_point_id": decision.key_point_id,
        "outcome": outcome.model_dump(mode="json"),
    }
    return WebhookEvent(EventType.GRADE_REVIEWED, grade.id, f"{decision.id}", at, data)


def batch_completed(batch_id: str, at: datetime, *, generation: int = 1, **counts: int) -> WebhookEvent:
    """A batch has come to its end; `counts` by name: total, graded, needs_review, ungraded, failed."""
    data = {"id": batch_id, "generation": generation, **counts}
    return WebhookEvent(EventType.BATCH_COMPLETED, batch_id, f"{batch_id}:{generation}", at, data)


def batch_failed(batch_id: str, at: datetime, reason: str, *, generation: int = 1, **counts: int) -> WebhookEvent:
    """A batch halts until it is resumed; `reason` is a short code, `counts` as for `batch_completed`."""
    data = {"id": batch_id, "generation": generation, "reason": reason, **counts}
    return WebhookEvent(EventType.BATCH_FAILED, batch_id, f"{batch_id}:{generation}", at, data)


def order_ended(order: AssessmentOrder) -> WebhookEvent | None:
    """An order has a result, or a corrected one, or has ended without: cancelled or expired. None while it goes on."""
    told = {"id", "test_id", "platform", "ordered_at", "started_at", "submitted_at", "ended_at"}
    data = order.model_dump(mode="json", include=told) | {"candidate_ref": order.candidate.ref}
    if order.state is OrderState.COMPLETE and order.result is not None:
        scores = {"score", "score_interval", "passed", "needs_review", "corrections"}
        data |= order.result.model_dump(mode="json", include=scores)
        data["reviewed"] = order.result.released_by is not None
        key = f"{order.id}:{order.result.corrections}"
        return WebhookEvent(EventType.ORDER_COMPLETED, order.id, key, order.stepped_at, data)
    if order.ended:
        data["reason"] = order.state.value
        return WebhookEvent(EventType.ORDER_FAILED, order.id, order.id, order.stepped_at, data)
    return None
