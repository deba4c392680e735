"""What goes over the wire about webhooks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.cursors import MAX_LENGTH
from api.queries import PAGE, Limit
from api.schemas import Strict
from grader.delivery.destination import MAX_URL
from grader.ports import Delivery, DeliveryState, Endpoint
from grader.webhooks import Secret, Wanted

MAX_OVERLAP_HOURS: Final = 7 * 24
"""How long an earlier secret may go on signing."""

EventName = Literal[
    "batch.completed", "batch.failed", "grade.completed", "grade.reviewed", "order.completed", "order.failed"
]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL)]
Description = Annotated[str, Field(max_length=200)]


def _each_once(events: list[EventName]) -> list[EventName]:
    return list(dict.fromkeys(events))


EventNames = Annotated[list[EventName], Field(min_length=1, max_length=20), AfterValidator(_each_once)]


class WebhookRequest(Strict):
    """Where to send which events."""

    url: Url
    events: EventNames
    description: Description = ""

    @property
    def wanted(self) -> Wanted:
        """What the endpoint is to be."""
        return Wanted(self.url, tuple(self.events), self.description)


class WebhookChange(Strict):
    """What is to change; what is left out, or null, stays as it is. `enabled` pauses a webhook, or starts it again."""

    url: Url | None = None
    events: EventNames | None = None
    description: Description | None = None
    enabled: bool | None = None

    @property
    def wanted(self) -> Wanted:
        """What the endpoint is to be."""
        return Wanted(self.url, None if self.events is None else tuple(self.events), self.description, self.enabled)


class RotationRequest(Strict):
    """For how long the present secret still signs beside the new one."""

    overlap_hours: float = Field(default=24, ge=0, le=MAX_OVERLAP_HOURS, allow_inf_nan=False)


class PingRequest(Strict):
    """Nothing needs to be said."""


class WebhookOut(BaseModel):
    """A webhook; `disabled_because` is paused, gone (it answered 410) or failing (for five days), null while it is on.

    `secret_number` counts its secrets; `GET …/secrets` shows them.
    """

    id: str
    url: str
    events: list[EventName]
    description: str
    enabled: bool
    disabled_because: Literal["paused", "gone", "failing"] | None
    failing_since: datetime | None
    secret_number: int
    created_at: datetime

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """As it is shown."""
        told = endpoint.model_dump(include={"id", "url", "description", "failing_since", "created_at"})
        return cls(
            **told,
            events=[*endpoint.events],
            enabled=not endpoint.disabled,
            disabled_because=endpoint.disabled or None,
            secret_number=endpoint.generation,
        )


class WebhookList(BaseModel):
    """A tenant's webhooks, the oldest first."""

    webhooks: list[WebhookOut]


class SecretOut(BaseModel):
    """A secret that signs; until `ends_at`, or, where that is null, until it is rotated."""

    secret: str
    ends_at: datetime | None

    @classmethod
    def of(cls, secret: Secret) -> Self:
        """As it is shown."""
        return cls(secret=secret.text, ends_at=secret.ends_at)


class SecretList(BaseModel):
    """What a webhook's events are signed with, the newest first."""

    secrets: list[SecretOut]


class DeliveryOut(BaseModel):
    """One event to one webhook.

    `status` is the receiver's last answer, null where none came; `reason` says in a word why it is not delivered;
    `next_try_at` is null once it is delivered or dead.
    """

    id: str
    message_id: str
    state: Literal["waiting", "delivered", "dead"]
    tries: int
    status: int | None
    reason: str
    created_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None
    payload: dict[str, Any]

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """As it is shown."""
        same = ("id", "message_id", "tries", "status", "reason", "created_at", "tried_at")
        return cls(
            **{name: getattr(delivery, name) for name in same},
            state=delivery.state.value,
            next_try_at=delivery.due_at if delivery.state is DeliveryState.WAITING else None,
            payload=json.loads(delivery.payload),
        )


class DeliveryPage(BaseModel):
    """A page of deliveries, the newest first; `next` is the cursor of the next page, null on the last."""

    deliveries: list[DeliveryOut]
    next: str | None


class DeliveryParameters(BaseModel):
    """Which deliveries are wanted, and from where on."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[DeliveryState | None, Field(description="In this state; `dead` are the dead letters")] = None
    limit: Annotated[Limit, Field(description="Most deliveries of a page")] = PAGE
    cursor: Annotated[str | None, Field(max_length=MAX_LENGTH, description="`next` of the page before")] = None


class ReplayRequest(Strict):
    """Which delivery to send again; null: all that are dead."""

    delivery_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class Replayed(BaseModel):
    """How many deliveries are sent again."""

    replayed: int
