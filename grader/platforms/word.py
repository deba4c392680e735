"""Word of an order for a platform, as the outbox takes it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from grader.assessment import AssessmentOrder
from grader.ports import Delivery


def word_of(order: AssessmentOrder, kind: str, name: str, payload: Mapping[str, Any]) -> Delivery:
    """A delivery to the order's platform, due at once; what has the same `name` is told once for each correction."""
    if order.result is not None and order.result.corrections:
        name = f"{name}:{order.result.corrections}"
    return Delivery(
        id=str(uuid.uuid4()),
        kind=kind,
        target=order.connection,
        dedup_key=name,
        message_id=name,
        about=order.id,
        payload=json.dumps(payload),
        created_at=order.stepped_at,
        due_at=order.stepped_at,
    )
