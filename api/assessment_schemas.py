"""What goes over the wire about tests, orders to take them, and connections to hiring platforms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.cursors import MAX_LENGTH
from api.queries import Limit
from api.schemas import Strict
from api.texts import Line
from api.webhook_schemas import DeliveryOut
from grader.assessment import (
    LONGEST_MINUTES,
    MAX_QUESTIONS,
    MOST_ATTEMPTS,
    AssessmentOrder,
    Candidate,
    CandidateFeedback,
    HumanReview,
    OrderState,
    Platform,
    Result,
    Test,
)
from grader.links import Links, Purpose
from grader.ports import Connection, Delivery
from rubrics.model import Identifier

PAGE = 50

MOST_CATEGORIES = 6
"""Each two of them are crossed, too: fifteen tables more."""


class TestIn(Strict):
    """A test to set up; what each field means says the test itself."""

    __test__ = False

    name: Annotated[Line, Field(max_length=200)]
    description: str = Field(default="", max_length=2_000)
    question_ids: list[Identifier] = Field(min_length=1, max_length=MAX_QUESTIONS)
    judge: str | None = Field(default=None, min_length=1, max_length=64)
    pass_mark: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    minutes: int | None = Field(default=None, ge=1, le=LONGEST_MINUTES, description="None: no limit")
    days: int = Field(default=14, ge=1, le=90, description="How long an invitation may be taken up")
    attempts: int | None = Field(
        default=None, ge=1, le=MOST_ATTEMPTS, description="How often one candidate may begin it; None: no limit"
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    feedback: Annotated[CandidateFeedback, Field(strict=False)] = CandidateFeedback.NONE
    review: Annotated[HumanReview, Field(strict=False)] = HumanReview.FLAGGED

    @field_validator("question_ids")
    @classmethod
    def _each_once(cls, ids: list[str]) -> list[str]:
        if len(set(ids)) != len(ids):
            raise ValueError("a question stands twice")
        return ids

    def to_test(self, test_id: str, at: datetime) -> Test:
        """The test this describes."""
        fields = self.model_dump() | {"question_ids": tuple(self.question_ids)}
        return Test(id=test_id, created_at=at, **fields)


class TestList(BaseModel):
    """Every test of the tenant, the oldest first."""

    __test__ = False

    tests: list[Test]


class PersonIn(Strict):
    """One candidate's groups by category, such as `{"sex": "female"}`, and whether they were selected."""

    ref: str = Field(min_length=1, max_length=200)
    groups: dict[Annotated[str, Field(min_length=1, max_length=100)], Annotated[str, Field(max_length=100)]] = Field(
        max_length=MOST_CATEGORIES
    )
    selected: bool | None = Field(default=None, description="None: whether they passed the test's mark")


class ImpactIn(Strict):
    """The groups of a test's candidates; they are used for this answer and kept nowhere."""

    candidates: list[PersonIn] = Field(min_length=1, max_length=50_000)


class CandidateIn(Strict):
    """Who is to take a test; name and e-mail are shown to the candidate, and to no judge."""

    ref: str = Field(min_length=1, max_length=200)
    name: str = Field(default="", max_length=500)
    email: str = Field(default="", max_length=320)


class OrderIn(Strict):
    """An order to take a test."""

    test_id: str = Field(min_length=1, max_length=64)
    candidate: CandidateIn
    extra_minutes: int = Field(default=0, ge=0, le=LONGEST_MINUTES)


class OrderChange(Strict):
    """What may change while an order is open."""

    extra_minutes: int = Field(ge=0, le=LONGEST_MINUTES, description="In all, beside the test's own minutes")


class NoDetails(Strict):
    """An empty object."""


class OrderOut(BaseModel):
    """An order; whoever has its `invitation_url` takes the test, whoever has its `report_url` reads the result."""

    id: str
    test_id: str
    platform: Platform
    candidate: Candidate
    state: OrderState
    ordered_at: datetime
    expires_at: datetime
    started_at: datetime | None
    deadline: datetime | None
    submitted_at: datetime | None
    ended_at: datetime | None
    extra_minutes: int
    result: Result | None
    invitation_url: str
    report_url: str

    @classmethod
    def of(cls, order: AssessmentOrder, links: Links) -> Self:
        """The order with its links."""
        same = {name: getattr(order, name) for name in cls.model_fields if name not in {"invitation_url", "report_url"}}
        return cls(
            **same,
            invitation_url=links.url(Purpose.INVITATION, order.id),
            report_url=links.url(Purpose.REPORT, order.id),
        )


class OrderPage(BaseModel):
    """Some orders, the newest first; `next` is the cursor of the following page, null on the last."""

    orders: list[OrderOut]
    next: str | None


class OrderParameters(BaseModel):
    """Which orders are wanted, and from where on."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[OrderState | None, Field(description="In this state; `in_review` waits for a person")] = None
    limit: Annotated[Limit, Field(description="Most orders of a page")] = PAGE
    cursor: Annotated[str | None, Field(max_length=MAX_LENGTH, description="`next` of the page before")] = None


class ConnectionIn(Strict):
    """A platform to connect; Ashby and Workable take calls of ours by keys of theirs, Greenhouse by the one we give it.

    `workable` is unverified, and refused where the service does not serve it.
    """

    platform: Literal["greenhouse", "ashby", "workable"]
    api_key: str | None = Field(default=None, pattern=r"^[!-9;-~]{1,500}$", description="Theirs, without a colon")


class ConnectionOut(BaseModel):
    """A connection; `base_url` is where the platform finds its routes."""

    id: str
    platform: Platform
    created_at: datetime
    base_url: str

    @classmethod
    def of(cls, connection: Connection, base_url: str) -> Self:
        """The connection without keys."""
        where = f"{base_url}/integrations/{connection.platform}"
        return cls(id=connection.id, platform=connection.platform, created_at=connection.created_at, base_url=where)


class ConnectionList(BaseModel):
    """Every connection that counts, the oldest first."""

    connections: list[ConnectionOut]


class ConnectionKey(BaseModel):
    """What the platform sends: as the user name of Basic credentials, with an empty password; Workable as a token."""

    key: str


class ToldOut(DeliveryOut):
    """One message to a platform, about an order."""

    order_id: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """As it is shown."""
        return cls(order_id=delivery.about, **DeliveryOut.of(delivery).model_dump())


class ToldPage(BaseModel):
    """Some of what a platform was told or is to be told, the newest first; `next` is the next page's cursor."""

    deliveries: list[ToldOut]
    next: str | None
