"""Rubrics are consistent, immutable and known by their content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rubrics.bank import Bank
from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric, Ruling, Span

QUESTION = Question(id="q1", title="Tides", text="Why are there tides?")
POINTS = (
    KeyPoint(id="k1", text="The moon's gravity pulls the water.", weight=3),
    KeyPoint(id="k2", text="The sun's gravity adds to it."),
    KeyPoint(id="k3", text="The earth turns under the bulges."),
)


def rubric(**changes: object) -> Rubric:
    return Rubric.model_validate({"question": QUESTION, "key_points": POINTS, **changes})


def test_the_same_content_has_the_same_hash_and_any_edit_another_one() -> None:
    edited = POINTS[0].model_copy(update={"weight": 2.0})
    assert rubric().content_hash == rubric().content_hash
    assert rubric(key_points=(edited, *POINTS[1:])).content_hash != rubric().content_hash


def test_a_copy_with_other_content_has_its_own_hash_and_points() -> None:
    first = rubric()
    assert first.content_hash
    assert first.point("k1") == POINTS[0]
    edited = first.model_copy(update={"key_points": POINTS[1:]})
    assert edited.content_hash == rubric(key_points=POINTS[1:]).content_hash != first.content_hash
    with pytest.raises(KeyError):
        edited.point("k1")


def test_notes_do_not_change_the_hash() -> None:
    assert rubric(notes="checked twice").content_hash == rubric().content_hash


def test_fields_that_came_later_change_no_hash_while_they_say_nothing() -> None:
    before = "sha256:92177601534cde6c711fa89a5564086cffa9a48652ea6ab302aa11960d62807c"
    assert Bank().rubric("DL0028").content_hash == before, "stored grades name the rubrics of the bank by these hashes"
    mistake = POINTS[1].model_copy(update={"penalty": True})
    ruled = POINTS[1].model_copy(update={"rulings": (Ruling(said="solar pull"),)})
    hashes = {rubric(key_points=(POINTS[0], other)).content_hash for other in (POINTS[1], mistake, ruled)}
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"penalty": True, "required": True}, "cannot be required"),
        ({"rulings": (Ruling(said="pull"), Ruling(said="Pull"))}, "ruling on the words used more than once: pull"),
    ],
)
def test_an_impossible_key_point_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        KeyPoint.model_validate({"id": "k1", "text": "a b", **changes})


def test_a_rubric_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        rubric().question = QUESTION  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"key_points": ()}, "at least 1"),
        ({"key_points": (KeyPoint(id="k1", text="a b", penalty=True),)}, "every key point is a penalty"),
        (
            {
                "key_points": (POINTS[0], KeyPoint(id="m", text="a b", penalty=True)),
                "groups": (Group(id="g", kind=GroupKind.PREREQUISITE, members=("k1", "m")),),
            },
            "cannot be in a group: m",
        ),
        ({"key_points": (POINTS[0], POINTS[0])}, "key point id used more than once: k1"),
        ({"groups": (Group(id="g", kind=GroupKind.ANY_OF, members=("k1", "k9")),)}, "do not exist: k9"),
        (
            {
                "groups": (
                    Group(id="g", kind=GroupKind.ANY_OF, members=("k1", "k2")),
                    Group(id="h", kind=GroupKind.EXCLUSIVE, members=("k2", "k3")),
                )
            },
            "used more than once: k2",
        ),
        ({"key_points": (KeyPoint(id="k1", text="a b", source=Span(start=0, end=5)),)}, "its source ends at 5"),
        ({"unheard_of": 1}, "Extra inputs"),
    ],
)
def test_an_inconsistent_rubric_is_refused_with_the_reason(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        rubric(**changes)


@pytest.mark.parametrize(
    ("kind", "members", "k", "complaint"),
    [
        (GroupKind.ANY_OF, ("k1", "k1"), None, "must differ"),
        (GroupKind.ANY_OF, ("k1", "k2"), 1, "k belongs to k_of_n"),
        (GroupKind.K_OF_N, ("k1", "k2"), None, "k belongs to k_of_n"),
        (GroupKind.K_OF_N, ("k1", "k2"), 2, "smaller than the number"),
        (GroupKind.ANY_OF, ("k1",), None, "at least 2"),
    ],
)
def test_an_impossible_group_is_refused(
    kind: GroupKind, members: tuple[str, ...], k: int | None, complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Group(id="g", kind=kind, members=members, k=k)


@pytest.mark.parametrize("weight", [0, -1, 101, float("nan"), float("inf"), "3"])
def test_a_weight_is_a_positive_number_up_to_100(weight: object) -> None:
    with pytest.raises(ValidationError):
        KeyPoint.model_validate({"id": "k1", "text": "a", "weight": weight})


def test_a_span_holds_at_least_one_character() -> None:
    with pytest.raises(ValidationError, match="must lie behind start"):
        Span(start=3, end=3)
