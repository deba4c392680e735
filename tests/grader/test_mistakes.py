"""Which answers say the same on a point, and one verdict for all of them; over fakes."""

from __future__ import annotations

import pytest

from grader.domain import Evidence, Grade, Label, Status
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from grader.mistakes import Decided, Decision, Mistakes, pieces
from grader.referral import Reason, Referral
from grader.review import OverrideReason
from grader.reviewing import Verdict
from grader.triage import Triage
from rubrics.bank import Bank
from tests.grader.house import ANN, BOB, NOON, House

MISSED = OverrideReason.EVIDENCE_MISSED


@pytest.fixture
def house() -> House:
    return House()


def mistakes_of(house: House) -> Mistakes:
    kept = house.grades, house.reviews, house.referrals, house.reservations, house.audit
    triage = Triage(*kept, house.reviewer.together, lambda: NOON)
    return Mistakes(house.grades, house.bases, house.reviews, house.referrals, house.reviewer, triage)


async def doubted(house: House, grade_id: str, answer: str, quote: str = "") -> Grade:
    """A kept grade that waits: k3 is wrong because of the quote, all else is missing."""
    request = Request(Bank().rubric("DL0028"), answer)
    made = await Grader({"fake": FakeJudge({"k3": Label.CONTRADICTED})}, "fake").grade(request)
    start = answer.find(quote)
    proof = (Evidence(start=start, end=start + len(quote), text=quote),) if quote else ()
    points = tuple(
        point.model_copy(update={"evidence": proof if point.key_point_id == "k3" else ()}) for point in made.points
    )
    changed = {"id": grade_id, "status": Status.NEEDS_REVIEW, "created_at": NOON, "points": points}
    grade = made.model_copy(update=changed)
    await house.keeper.keep("acme", request, grade, None)
    return grade


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("The cost stays quadratic.", "the cost  stays quadratic", True),
        ("“It is linear”, he said", "it is linear he said!", True),
        ("The cost stays quadratic", "The cost does not stay quadratic", False),
        ("O(n log k)", "O(k log n)", False),
        ("lr - eta*g", "lr + eta*g", False),
        ("BFS needs more than DFS", "DFS needs more than BFS", False),
        ("It takes 8 bits", "It takes 16 bits", False),
    ],
)
def test_texts_are_alike_only_if_the_same_words_and_signs_follow_each_other(one: str, other: str, alike: bool) -> None:  # noqa: FBT001 - a parameter
    assert (pieces(one) == pieces(other)) is alike


async def test_answers_with_the_same_words_on_a_point_are_a_cluster(house: House) -> None:
    for number, ending in enumerate(("fine", "good", "well")):
        await doubted(house, f"g{number}", f"The cost stays quadratic. All is {ending}.", "The cost stays quadratic.")
    await doubted(house, "g9", "The cost stays the same.", "The cost stays the same.")
    (cluster,) = await mistakes_of(house).clusters("acme")
    assert cluster.first.point.key_point_id == "k3"
    assert [each.grade.id for each in cluster.members] == ["g0", "g1", "g2"]
    assert await mistakes_of(house).cluster("acme", "g1", "k3") == cluster
    assert await mistakes_of(house).cluster("acme", "g9", "k3") is None
    assert await mistakes_of(house).clusters("other") == ()


async def test_where_nothing_was_quoted_the_whole_answers_must_be_alike(house: House) -> None:
    await doubted(house, "g1", "I know nothing of it.")
    await doubted(house, "g2", "I know nothing  of it")
    await doubted(house, "g3", "I know something of it.")
    found = await mistakes_of(house).clusters("acme")
    assert {tuple(each.grade.id for each in cluster.members) for cluster in found} == {("g1", "g2")}
    assert {cluster.first.point.key_point_id for cluster in found} == {"k1", "k2", "k3", "k4", "k5"}


async def test_a_preview_says_what_changes_and_keeps_nothing(house: House) -> None:
    for grade_id in ("g1", "g2"):
        await doubted(house, grade_id, "Cheap it is not.", "Cheap it is not.")
    mistakes = mistakes_of(house)
    cluster = await mistakes.cluster("acme", "g1", "k3")
    assert cluster is not None
    changes = await mistakes.preview("acme", cluster.members, Label.COVERED)
    assert [(each.before, each.after, each.possible) for each in changes] == [(0.0, 0.2, True)] * 2
    assert await house.reviews.overrides("acme", "g1") == ()


async def test_one_decision_counts_for_all_that_were_chosen(house: House) -> None:
    for grade_id in ("g1", "g2", "g3"):
        await doubted(house, grade_id, "Cheap it is not.", "Cheap it is not.")
    mistakes = mistakes_of(house)
    cluster = await mistakes.cluster("acme", "g1", "k3")
    assert cluster is not None
    assert await mistakes.decide(ANN, cluster.members[:2], Decision(Label.PARTIAL, MISSED, "Half.")) == Decided(2, 0)
    overrides = [await house.reviews.overrides("acme", grade_id) for grade_id in ("g1", "g2", "g3")]
    assert [[each.verdict for each in made] for made in overrides] == [[Label.PARTIAL], [Label.PARTIAL], []]
    assert [item.text for item in overrides[0][0].evidence] == ["Cheap it is not."]
    assert await mistakes.cluster("acme", "g1", "k3") is None, "what is decided is in no cluster"


async def test_what_is_to_be_judged_blind_or_was_decided_is_in_no_cluster(house: House) -> None:
    grades = [await doubted(house, f"g{n}", "Cheap it is not.", "Cheap it is not.") for n in range(3)]
    await house.referrals.refer("acme", Referral("g0", "DL0028", (Reason.SAMPLE,), NOON))
    await house.reviewer.override(ANN, grades[1], Verdict("k3", Label.COVERED, MISSED, "It is."), "o1")
    assert await mistakes_of(house).cluster("acme", "g2", "k3") is None
    assert await mistakes_of(house).cluster("acme", "g2", "k1") is not None


async def test_a_grade_of_other_rules_is_left_alone(house: House) -> None:
    old = await doubted(house, "g1", "Cheap it is not.", "Cheap it is not.")
    await doubted(house, "g2", "Cheap it is not.", "Cheap it is not.")
    house.grades.grades["acme", "g1"] = old.model_copy(update={"score": 0.77, "score_interval": (0.77, 0.77)})
    mistakes = mistakes_of(house)
    cluster = await mistakes.cluster("acme", "g1", "k3")
    assert cluster is not None
    assert [each.possible for each in await mistakes.preview("acme", cluster.members, Label.COVERED)] == [False, True]
    assert await mistakes.decide(ANN, cluster.members, Decision(Label.COVERED, MISSED, "It is.")) == Decided(1, 0)


async def test_what_another_has_open_is_left_to_them_and_what_is_ones_own_is_not(house: House) -> None:
    for grade_id in ("g1", "g2", "g3"):
        await doubted(house, grade_id, "Cheap it is not.", "Cheap it is not.")
    mistakes = mistakes_of(house)
    for who, grade_id in ((BOB, "g1"), (ANN, "g2")):
        referral = await house.referrals.find("acme", grade_id)
        assert referral is not None
        await mistakes.triage.reserve(who, referral)
    cluster = await mistakes.cluster("acme", "g1", "k3")
    assert cluster is not None
    assert await mistakes.others(ANN) == {"g1": "key-bob"}
    decision = Decision(Label.COVERED, MISSED, "It is.")
    assert await mistakes.decide(ANN, cluster.members, decision) == Decided(2, 1)
    made = [len(await house.reviews.overrides("acme", grade_id)) for grade_id in ("g1", "g2", "g3")]
    assert made == [0, 1, 1]
