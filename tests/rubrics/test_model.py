"""Rubrics are consistent, immutable and known by their content."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric, Span

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


def test_notes_do_not_change_the_hash() -> None:
    assert rubric(notes="checked twice").content_hash == rubric().content_hash


def test_a_rubric_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        rubric().question = QUESTION  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"key_points": ()}, "at least 1"),
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
