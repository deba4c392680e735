"""Every fault that can be planted in a rubric is found by name, with a mend; the reviewed bank has none."""

from __future__ import annotations

from typing import Any

import pytest

from rubrics.bank import Bank
from rubrics.checks import Check, Finding, Severity, check
from rubrics.model import Group, GroupKind, KeyPoint, KeyPointKind, Question, Rubric, Span

BANK = Bank()
QUESTION = Question(id="tides", title="Tides", text="Why are there tides in the oceans?")
REFERENCE = "The moon pulls the water. The earth turns below two bulges. The sun strengthens the pull twice a month."
POINTS = (
    KeyPoint(
        id="k1", text="The moon's gravity pulls the water.", weight=3, required=True, source=Span(start=0, end=25)
    ),
    KeyPoint(id="k2", text="The earth turns below two bulges of water.", weight=2, source=Span(start=26, end=60)),
    KeyPoint(id="k3", text="The sun strengthens the pull twice a month.", weight=2, source=Span(start=61, end=103)),
)


def rubric(*points: KeyPoint, groups: tuple[Group, ...] = (), reference: str | None = REFERENCE) -> Rubric:
    return Rubric(question=QUESTION, reference_answer=reference, key_points=points or POINTS, groups=groups)


def with_text(text: str, **changes: Any) -> Rubric:
    return rubric(*POINTS[:2], POINTS[2].model_copy(update={"text": text, **changes}))


def found(rubric: Rubric) -> list[tuple[Check, Severity]]:
    return [(finding.check, finding.severity) for finding in check(rubric)]


def errors(rubric: Rubric) -> list[Finding]:
    return [finding for finding in check(rubric) if finding.severity is Severity.ERROR]


def test_a_sound_rubric_has_nothing_to_mend() -> None:
    assert check(rubric()) == ()


@pytest.mark.parametrize("question", BANK.questions(), ids=lambda question: question.id)
def test_no_rubric_of_the_bank_has_an_error(question: Question) -> None:
    assert errors(BANK.rubric(question.id)) == []


@pytest.mark.parametrize(
    ("text", "name", "mend"),
    [
        ("Gravity.", Check.VAGUE, "whole sentence"),
        ("The moon, the sun etc. pull the water of the sea.", Check.VAGUE, "exactly"),
        ("Various factors change the height of the water.", Check.VAGUE, "exactly"),
        ("A good understanding of gravity and water.", Check.VAGUE, "exactly"),
        ("The pull of the sun is very important.", Check.VAGUE, "exactly"),
        ("The pull is better.", Check.VAGUE, "exactly"),
        ("The tides have many advantages for people.", Check.VAGUE, "exactly"),
        ("Something about the pull of the sun.", Check.VAGUE, "exactly"),
        ("The moon handles the water properly.", Check.VAGUE, "exactly"),
        ("Gravitational pull.", Check.VAGUE, "whole sentence"),
        ("Understands the pull of the moon.", Check.UNJUDGEABLE, "able person"),
        ("Shows good communication skills.", Check.UNJUDGEABLE, "able person"),
        ("The candidate knows how the sun pulls.", Check.UNJUDGEABLE, "able person"),
        ("The sun pulls the water. The wind piles it up.", Check.COMPOUND, "“The sun pulls the water.” and “The wind"),
        (
            "The sun pulls, and it also heats the water.",
            Check.COMPOUND,
            "“The sun pulls.” and “It also heats the water",
        ),
        ("The sun pulls the water and also heats it.", Check.COMPOUND, "“Heats it.”"),
        ("It pulls the water twice a month.", Check.UNJUDGEABLE, "Name what is meant"),
        ("This strengthens the pull.", Check.UNJUDGEABLE, "Name what is meant"),
        ("The sun pulls, as shown in the figure.", Check.UNJUDGEABLE, "Write out"),
        ("How does the sun strengthen the pull?", Check.UNJUDGEABLE, "answer to it as a statement"),
        ("The answer is clear and concise.", Check.UNJUDGEABLE, "State a fact"),
        ("The sun's role is clearly explained.", Check.UNJUDGEABLE, "State a fact"),
        ("There are tides in the oceans.", Check.ECHO, "what the question asks for"),
        ("The water is pulled by the gravity of the moon.", Check.DUPLICATE, "Keep one of them"),
        ("The moon's gravity pulls the water.", Check.DUPLICATE, "weight of both (5)"),
    ],
)
def test_a_point_that_is_worded_badly_is_an_error_by_name_with_a_mend(text: str, name: Check, mend: str) -> None:
    faults = [finding for finding in errors(with_text(text)) if finding.check is name]
    assert len(faults) == 1
    assert "k3" in faults[0].key_points
    assert mend in faults[0].mend


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("The answer should mention that the sun strengthens the pull.", "Write only: The sun strengthens the pull."),
        ("Explains how the sun strengthens it", "what is true of it"),
        ("Identifies the sun's pull twice a month", "what is true of it"),
    ],
)
def test_a_point_that_describes_the_answer_is_a_warning_with_the_statement_itself(text: str, mend: str) -> None:
    (warning,) = check(with_text(text))
    assert (warning.check, warning.severity) == (Check.UNJUDGEABLE, Severity.WARNING)
    assert mend in warning.mend


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("F = G m M / r^2", KeyPointKind.FORMULA),
        ("The moon does not pull the water.", KeyPointKind.STATEMENT),
        ("States by the water feel the pull of the sun twice a month.", KeyPointKind.STATEMENT),
        ("It is known that the sun helps twice a month.", KeyPointKind.STATEMENT),
    ],
)
def test_a_point_that_only_looks_like_a_fault_is_no_error(text: str, kind: KeyPointKind) -> None:
    assert errors(with_text(text, kind=kind)) == []


@pytest.mark.parametrize(
    ("points", "name", "severity"),
    [
        ({"k1": {"weight": 10.0}}, Check.WEIGHT, Severity.ERROR),
        ({"k2": {"weight": 0.1}}, Check.WEIGHT, Severity.WARNING),
        (
            {"k1": {"weight": 1.0}, "k2": {"weight": 1.0}, "k3": {"weight": 9.0, "penalty": True}},
            Check.WEIGHT,
            Severity.ERROR,
        ),
        ({"k1": {"required": False}}, Check.REQUIRED, Severity.WARNING),
        ({"k2": {"required": True}, "k3": {"required": True}}, Check.REQUIRED, Severity.WARNING),
        ({"k2": {"source": None}}, Check.UNSOURCED, Severity.WARNING),
        ({"k2": {"source": POINTS[0].source}, "k3": {"source": POINTS[0].source}}, Check.UNCOVERED, Severity.WARNING),
    ],
)
def test_odd_weights_requirements_and_sources_are_named(
    points: dict[str, dict[str, Any]], name: Check, severity: Severity
) -> None:
    changed = (point.model_copy(update=points.get(point.id, {})) for point in POINTS)
    assert (name, severity) in found(rubric(*changed))


def test_a_rubric_without_reference_answer_is_told_so() -> None:
    bare = (point.model_copy(update={"source": None}) for point in POINTS)
    assert found(rubric(*bare, reference=None)) == [(Check.UNSOURCED, Severity.WARNING)]


def group(kind: GroupKind, *members: str, k: int | None = None) -> Group:
    return Group(id=f"g-{'-'.join(members)}", kind=kind, members=members, k=k)


@pytest.mark.parametrize(
    ("groups", "name", "severity"),
    [
        ((group(GroupKind.EXCLUSIVE, "k2", "k3"),), Check.GROUP, Severity.ERROR),
        ((group(GroupKind.ANY_OF, "k1", "k2"),), Check.GROUP, Severity.WARNING),
        ((group(GroupKind.ANY_OF, "k1", "k2"),), Check.REQUIRED, Severity.WARNING),
        ((group(GroupKind.K_OF_N, "k1", "k2", "k3", k=2),), Check.GROUP, Severity.WARNING),
        ((group(GroupKind.PREREQUISITE, "k2", "k1"),), Check.REQUIRED, Severity.ERROR),
        (
            (group(GroupKind.PREREQUISITE, "k1", "k2"), group(GroupKind.PREREQUISITE, "k2", "k1")),
            Check.GROUP,
            Severity.ERROR,
        ),
    ],
)
def test_a_group_that_cannot_be_meant_is_named(groups: tuple[Group, ...], name: Check, severity: Severity) -> None:
    assert (name, severity) in found(rubric(groups=groups))
