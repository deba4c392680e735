"""What a learner leaves behind is handed out, erased, and expires like everything about a candidate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grader.access import Principal, Scope
from grader.assessment import AssessmentOrder, Candidate, OrderState, Platform, SavedAnswer
from grader.candidates import Candidates
from grader.erased import Erased
from grader.fakes import (
    FakeAttemptStore,
    FakeAuditLog,
    FakeBasisStore,
    FakeBatchStore,
    FakeBulkJobStore,
    FakeErasures,
    FakeGradeStore,
    FakeIdempotencyStore,
    FakeInterviewStore,
    FakeOrderStore,
    FakeOutbox,
    FakePendingGrades,
    FakeReferralStore,
    FakeResponseCache,
    FakeReviewStore,
    FakeStudyStore,
    separately,
)
from grader.practice import Attempt, Draft, Help, Reveal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN = Principal("acme", frozenset({Scope.ADMIN}), "ann")


@pytest.fixture
def candidates() -> Candidates:
    """Nothing is held yet."""
    return Candidates(
        FakeGradeStore(),
        FakeBasisStore(),
        FakeReviewStore(),
        FakePendingGrades(),
        FakeResponseCache(),
        FakeIdempotencyStore(),
        FakeOutbox(),
        FakeAuditLog(),
        separately,
        Erased(FakeErasures(), b"secret"),
        FakeAttemptStore(),
        FakeStudyStore(),
        FakeBatchStore(),
        FakeBulkJobStore(),
        FakeOrderStore(),
        FakeInterviewStore(),
        FakeReferralStore(),
    )


async def test_what_a_learner_leaves_behind_is_exported_erased_and_expires(candidates: Candidates) -> None:
    ref, attempt = (
        "candidate-ref-9",
        Attempt(id="a1", candidate_ref="candidate-ref-9", question_id="DL0028", grade_id="g1", begun_at=NOON),
    )
    shown = Reveal(attempt_id="a1", key_point_id="k1", help=Help.TOPIC, seen_at=NOON)
    for leave in (candidates.erase(ANN, ref), candidates.expire("acme", NOON + timedelta(days=1))):
        await candidates.attempts.begin("acme", attempt)
        await candidates.attempts.reveal("acme", shown)
        await candidates.studies.draft("acme", ref, "DL0028", Draft(text="draft-4444", saved_at=NOON))
        held = await candidates.export(ANN, ref)
        assert (held.attempts, held.reveals) == ((attempt,), (shown,))
        assert "draft-4444" in held.model_dump_json()
        await leave
        held = await candidates.export(ANN, ref)
        assert (held.attempts, held.reveals, held.studies) == ((), (), ())


async def test_orders_and_what_was_written_for_them_are_exported_erased_and_expire(candidates: Candidates) -> None:
    made = {"id": "o1", "test_id": "t1", "platform": Platform.ASHBY, "candidate": Candidate(ref="c-9")}
    order = AssessmentOrder.model_validate(
        {
            **made,
            "questions": ("DL0028",),
            "state": OrderState.STARTED,
            "ordered_at": NOON,
            "stepped_at": NOON,
            "expires_at": NOON + timedelta(days=14),
        }
    )
    written = SavedAnswer(question_id="DL0028", text="answer-5555", revision=1, saved_at=NOON)
    for leave in (candidates.erase(ANN, "c-9"), candidates.expire("acme", NOON + timedelta(days=1))):
        await candidates.orders.add("acme", order)
        await candidates.orders.save("acme", "o1", written)
        (held,) = (await candidates.export(ANN, "c-9")).orders
        assert (held.order, held.answers) == (order, (written,))
        await leave
        assert (await candidates.export(ANN, "c-9")).orders == ()
        assert await candidates.orders.answers("acme", "o1") == ()
