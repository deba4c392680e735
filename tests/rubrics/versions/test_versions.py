"""A rubric's life: versions that never change, what an edit changed, rulings that enter the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rubrics.errors import UnknownKeyPoint, WrongState
from rubrics.model import CountsAs, Group, GroupKind, KeyPoint, KeyPointKind, Question, Rubric, Ruling, Symbol
from rubrics.serialization import format_rubric, parse_rubric
from rubrics.versions import State, drafted
from rubrics.versions.differences import Kind, differences, is_free, reused
from rubrics.versions.rulings import PointRuling, with_rulings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD = Rubric(
    question=Question(id="tides", title="Tides", text="Why are there tides?"),
    reference_answer="The moon pulls. The sun helps.",
    key_points=(
        KeyPoint(id="k1", text="The moon pulls.", weight=3),
        KeyPoint(id="k2", text="The sun helps."),
        KeyPoint(id="k3", text="The earth turns."),
    ),
    groups=(Group(id="g", kind=GroupKind.ANY_OF, members=("k2", "k3")),),
)


def edited(**points: dict[str, object]) -> Rubric:
    changed = tuple(point.model_copy(update=points.get(point.id, {})) for point in OLD.key_points)
    return OLD.model_copy(update={"key_points": changed})


def ruling(point: str = "k1", said: str = "lunar attraction", minute: int = 0, **changes: object) -> PointRuling:
    given = Ruling.model_validate({"said": said, **changes})
    at = NOON + timedelta(minutes=minute)
    return PointRuling(id=f"r{minute}", question_id="tides", key_point_id=point, ruling=given, ruled_at=at)


def test_every_edit_is_a_new_version_based_on_the_one_before() -> None:
    first = drafted(OLD, [], NOON)
    second = drafted(edited(k1={"weight": 2.0}), [first], NOON, made_by="me", note="lighter")
    assert (first.number, first.state, first.based_on) == (1, State.DRAFT, None)
    assert (second.number, second.based_on, second.made_by) == (2, first.id, "me")
    assert first.id == OLD.content_hash != second.id


def test_the_same_content_is_the_same_version() -> None:
    first = drafted(OLD, [], NOON)
    assert drafted(OLD, [first, drafted(edited(k1={"weight": 2.0}), [first], NOON)], NOON) is first


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        ((), None),
        ((State.PUBLISHED, State.RETIRED, State.PUBLISHED), None),
        ((State.PUBLISHED, State.RETIRED, State.RETIRED), None),
        ((State.PUBLISHED, State.DRAFT), State.DRAFT),
        ((State.RETIRED,), State.RETIRED),
    ],
)
def test_a_version_moves_only_where_its_life_leads(way: tuple[State, ...], refused: State | None) -> None:
    version = drafted(OLD, [], NOON)
    for state in way[:-1] if refused else way:
        version = version.moved(state, NOON)
    if refused:
        with pytest.raises(WrongState, match=f"cannot become {refused}"):
            version.moved(refused, NOON)
    assert version.rubric is OLD


def test_nothing_differs_from_itself() -> None:
    assert differences(OLD, OLD) == ()
    assert reused(OLD, OLD) == {"k1": "k1", "k2": "k2", "k3": "k3"}


@pytest.mark.parametrize(
    ("new", "where", "judged"),
    [
        (edited(k1={"weight": 2.0}), "k1.weight", False),
        (edited(k1={"required": True}), "k1.required", False),
        (edited(k1={"hint": "What pulls?"}), "k1.hint", False),
        (edited(k1={"text": "The moon attracts."}), "k1.text", True),
        (edited(k1={"kind": KeyPointKind.FORMULA}), "k1.kind", True),
        (edited(k1={"rulings": (Ruling(said="lunar"),)}), "k1.rulings", True),
        (edited(k1={"paraphrases": ("The moon attracts.",)}), "k1.paraphrases", True),
        (edited(k1={"topic": "what pulls"}), "k1.topic", False),
        (edited(k1={"symbols": (Symbol(name="m", meaning="mass"),)}), "k1.symbols", False),
        (OLD.model_copy(update={"groups": ()}), "group g", False),
        (OLD.model_copy(update={"reference_answer": "The moon."}), "reference_answer", False),
        (OLD.model_copy(update={"question": OLD.question.model_copy(update={"text": "Why?"})}), "question.text", True),
    ],
)
def test_a_change_is_named_and_says_whether_it_is_judged_anew(new: Rubric, where: str, judged: bool) -> None:  # noqa: FBT001
    (change,) = differences(OLD, new)
    assert (change.where, change.judged) == (where, judged)
    assert is_free(differences(OLD, new)) is not judged


@pytest.mark.parametrize("read", [{"topic": "the force"}, {"symbols": (Symbol(name="m", meaning="mass"),)}])
def test_what_the_judge_of_formulas_reads_is_judged_anew_on_formulas(read: dict[str, object]) -> None:
    old = edited(k1={"kind": KeyPointKind.FORMULA, "text": "F = m a"})
    (point, *rest) = old.key_points
    new = old.model_copy(update={"key_points": (point.model_copy(update=read), *rest)})
    assert [change.judged for change in differences(old, new)] == [True]
    assert reused(old, new) == {"k2": "k2", "k3": "k3"}


def test_points_that_come_and_go_are_named() -> None:
    new = OLD.model_copy(
        update={"key_points": (*OLD.key_points[:2], KeyPoint(id="k4", text="Coasts differ.")), "groups": ()}
    )
    changes = differences(OLD, new)
    assert [(change.kind, change.where, change.judged) for change in changes] == [
        (Kind.ADDED, "k4", True),
        (Kind.REMOVED, "k3", False),
        (Kind.REMOVED, "group g", False),
    ]


def test_verdicts_hold_for_a_point_that_only_got_another_id() -> None:
    assert reused(OLD, edited(k2={"id": "sun"})) == {"k1": "k1", "sun": "k2", "k3": "k3"}


def test_verdicts_hold_for_no_point_when_the_question_asks_something_else() -> None:
    new = OLD.model_copy(update={"question": OLD.question.model_copy(update={"text": "Why?"})})
    assert reused(OLD, new) == {}


def test_rulings_enter_the_next_version_and_its_file() -> None:
    ruled = with_rulings(OLD, [ruling(), ruling("k2", "solar pull", 1, counts_as=CountsAs.PARTIAL)])
    assert [each.said for each in ruled.point("k1").rulings] == ["lunar attraction"]
    assert ruled.content_hash != OLD.content_hash
    assert parse_rubric(format_rubric(ruled)) == ruled


def test_of_two_rulings_on_the_same_words_the_later_one_counts() -> None:
    later = ruling(said="Lunar Attraction", minute=2, counts_as=CountsAs.MISSING)
    (kept,) = with_rulings(OLD, [later, ruling(minute=1)]).point("k1").rulings
    assert kept.counts_as is CountsAs.MISSING


def test_no_ruling_changes_nothing_and_one_on_an_unknown_point_is_refused() -> None:
    assert with_rulings(OLD, []) is OLD
    with pytest.raises(UnknownKeyPoint, match="it has k1, k2, k3"):
        with_rulings(OLD, [ruling("k9")])
