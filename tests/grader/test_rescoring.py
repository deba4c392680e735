"""What an edit would do to stored grades is told from their verdicts, without asking a judge."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label
from grader.ports import GivenGrade
from grader.rescoring import Anew, preview, to_judge
from grader.scoring import Policy, score_labels
from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric

C, P, M, X, U = Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED, Label.UNGRADED
OLD = Rubric(
    question=Question(id="tides", title="Tides", text="Why?"),
    key_points=(
        KeyPoint(id="k1", text="The moon pulls.", weight=3),
        KeyPoint(id="k2", text="The sun helps.", weight=2),
        KeyPoint(id="k3", text="The earth turns.", weight=1),
    ),
)


def edited(**points: dict[str, object]) -> Rubric:
    changed = tuple(point.model_copy(update=points.get(point.id, {})) for point in OLD.key_points)
    return OLD.model_copy(update={"key_points": changed})


def given_grade(number: int, *labels: Label, pass_mark: float | None = 0.5) -> GivenGrade:
    said = dict(zip(("k1", "k2", "k3"), labels, strict=True))
    policy = Policy(pass_mark=pass_mark)
    result = score_labels(OLD, said, policy)
    return GivenGrade.model_validate(
        {
            "id": f"g{number}",
            "score": result.value,
            "passed": result.passed,
            "points": [{"key_point_id": key, "verdict": label} for key, label in said.items()],
            "provenance": {"policy": vars(policy)},
        }
    )


GRADES = [given_grade(number, *labels) for number, labels in enumerate(product((C, P, M, X), repeat=3))]


def test_an_edit_that_changes_nothing_changes_no_grade() -> None:
    found = preview(OLD, OLD, GRADES)
    assert (found.grades, found.changed, found.undecided, found.to_judge) == (64, 0, 0, ())
    assert found.summary == "0 of 64 grades change."


def test_a_weight_edit_names_the_grades_that_change_and_cross_the_pass_mark() -> None:
    grades = [given_grade(1, C, M, M), given_grade(2, M, C, C), given_grade(3, C, C, C)]
    found = preview(OLD, edited(k1={"weight": 1.0}, k3={"weight": 3.0}), grades)
    assert (found.changed, found.newly_passed, found.newly_failed, found.undecided) == (2, 0, 1, 0)
    assert [(change.grade_id, change.before, change.after) for change in found.changes] == [
        ("g1", 0.5, 0.1667),
        ("g2", 0.5, 0.8333),
    ]
    assert found.summary == "2 of 3 grades change, 1 crosses the pass mark."
    assert found.judge_calls == 0


def test_groups_penalties_and_required_points_are_arithmetic_too() -> None:
    any_of = OLD.model_copy(update={"groups": (Group(id="g", kind=GroupKind.ANY_OF, members=("k1", "k2")),)})
    assert preview(OLD, any_of, [given_grade(1, C, M, M)]).changes[0].after == 0.75
    assert preview(OLD, edited(k3={"penalty": True}), [given_grade(1, C, M, C)]).changes[0].after == 0.4
    required = preview(OLD, edited(k2={"required": True}), [given_grade(1, C, M, C)])
    assert (required.changed, required.newly_failed) == (0, 1)


def test_another_pass_mark_can_be_tried() -> None:
    grades = [given_grade(1, C, M, M, pass_mark=None)]
    found = preview(OLD, edited(k1={"weight": 1.0}), grades, pass_mark=0.5)
    assert found.newly_failed == 1


def test_a_reworded_point_leaves_scores_open_and_says_which_point_to_judge() -> None:
    found = preview(OLD, edited(k3={"text": "The earth rotates."}), [given_grade(1, C, M, C)])
    assert (found.to_judge, found.undecided, found.changed) == (("k3",), 1, 0)
    assert found.summary == "0 of 1 grades change; 1 need points judged anew."


def test_points_that_were_judged_anew_close_the_score() -> None:
    new = edited(k3={"text": "The earth rotates."})
    found = preview(OLD, new, [given_grade(1, C, M, C)], anew=Anew({"g1": {"k3": M}}, 1))
    assert (found.undecided, found.changes[0].after, found.judge_calls) == (0, 0.5, 1)


def test_a_grade_that_was_open_stays_open() -> None:
    found = preview(OLD, edited(k1={"weight": 1.0}), [given_grade(1, C, U, M)])
    assert (found.changed, found.undecided) == (0, 0)


@given(
    st.lists(st.sampled_from([C, P, M, X]), min_size=3, max_size=3), st.lists(st.floats(0.1, 9), min_size=3, max_size=3)
)
def test_a_previewed_score_is_the_one_that_grading_would_give(labels: list[Label], weights: list[float]) -> None:
    new = edited(**{f"k{number}": {"weight": weight} for number, weight in enumerate(weights, start=1)})
    found = preview(OLD, new, [given_grade(1, *labels)])
    expected = score_labels(new, dict(zip(("k1", "k2", "k3"), labels, strict=True)), Policy()).value
    before = given_grade(1, *labels).score
    assert found.changed == (expected != before)
    assert found.mean_after == expected
    assert to_judge(OLD, new) == ()
