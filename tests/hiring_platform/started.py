"""Orders that candidates have begun and written to, put into a store as if by a platform."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from grader.access import Principal
from grader.assessment import AssessmentOrder, Candidate, HumanReview, OrderState, Platform, SavedAnswer, Test
from grader.bootstrap import Storage, build_connections
from tests.receiver import Receiver

QUESTIONS = ("DL0028", "DL0001")
TEST = "6a1c3c2e-0000-4000-8000-000000000001"
CONNECTION = "6a1c3c2e-0000-4000-8000-000000000002"


async def started(
    storage: Storage, who: Principal, receiver: Receiver, answers: Sequence[str], due_at: datetime | None = None
) -> list[AssessmentOrder]:
    """Orders by Greenhouse, begun two hours ago for one hour, one for each of the answers; nobody looks at them yet."""
    await build_connections(storage.settings, storage).connect(who, CONNECTION, Platform.GREENHOUSE, "")
    begun = datetime.now(UTC) - timedelta(hours=2)
    test = Test(id=TEST, name="ML", question_ids=QUESTIONS, review=HumanReview.NEVER, minutes=60, created_at=begun)
    await storage.tests.add(who.tenant, test)
    orders = []
    for number, text in enumerate(answers):
        order = AssessmentOrder(
            id=f"6a1c3c2e-0000-4000-9000-{number:012}",
            test_id=TEST,
            platform=Platform.GREENHOUSE,
            connection=CONNECTION,
            callback=receiver.url(f"/{number}"),
            candidate=Candidate(ref=f"c-{number}"),
            questions=QUESTIONS,
            state=OrderState.STARTED,
            ordered_at=begun,
            stepped_at=begun,
            expires_at=begun + timedelta(days=1),
            minutes=60,
            started_at=begun,
            due_at=due_at,
        )
        orders.append(await storage.orders.add(who.tenant, order))
        answer = SavedAnswer(question_id=QUESTIONS[0], text=text, revision=1, saved_at=begun)
        await storage.orders.save(who.tenant, order.id, answer)
    return orders
