"""The person's own text with the evidence marked in it: nothing added, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.marking import Passage, badge, mark
from grader.domain import Evidence, GradedPoint, Label
from grader.judges.local import SURE_CONTRADICTION

TEXT = "The moon pulls the water."


def graded(text: str, *spans: tuple[int, int], verdict: Label = Label.COVERED) -> GradedPoint:
    """A graded point with evidence at these places of the text."""
    return GradedPoint(
        key_point_id="k",
        text="A point.",
        topic=None,
        weight=1.0,
        required=False,
        verdict=verdict,
        credit=None,
        confidence=None,
        similarity=None,
        judged_by="fake",
        reason="",
        evidence=tuple(Evidence(start=start, end=end, text=text[start:end]) for start, end in spans),
        feedback="",
        hints=(),
    )


def told(passages: tuple[Passage, ...]) -> list[tuple[str, tuple[int, ...], str]]:
    return [(passage.text, passage.points, passage.tone) for passage in passages]


def test_text_without_evidence_is_one_plain_passage() -> None:
    assert told(mark(TEXT, (graded(TEXT, verdict=Label.MISSING),))) == [(TEXT, (), "")]


def test_no_text_gives_no_passage() -> None:
    assert mark("", ()) == ()


def test_evidence_is_marked_with_the_number_and_the_tone_of_its_point() -> None:
    points = (graded(TEXT), graded(TEXT, (4, 8), verdict=Label.PARTIAL))
    assert told(mark(TEXT, points)) == [("The ", (), ""), ("moon", (2,), "partial"), (TEXT[8:], (), "")]


def test_where_the_evidence_of_two_points_overlaps_both_are_named() -> None:
    points = (graded(TEXT, (0, 14)), graded(TEXT, (9, 24), verdict=Label.CONTRADICTED))
    assert told(mark(TEXT, points)) == [
        ("The moon ", (1,), "covered"),
        ("pulls", (1, 2), "contradicted"),
        (" the water", (2,), "contradicted"),
        (".", (), ""),
    ]


def test_a_point_whose_own_evidence_overlaps_is_named_once() -> None:
    assert told(mark(TEXT, (graded(TEXT, (0, 14), (9, 24)),)))[1] == ("pulls", (1,), "covered")


@pytest.mark.parametrize(
    ("labels", "tone"),
    [
        ((Label.COVERED, Label.PARTIAL), "partial"),
        ((Label.COVERED, Label.CONTRADICTED, Label.PARTIAL), "contradicted"),
        ((Label.UNGRADED,), ""),
    ],
)
def test_the_most_serious_label_gives_the_tone(labels: tuple[Label, ...], tone: str) -> None:
    assert Passage("x", (1,), labels).tone == tone


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda pair: pair[0] < pair[1])


@given(
    text=st.text(min_size=40, max_size=60),
    evidence=st.lists(st.tuples(st.lists(SPANS, max_size=3), st.sampled_from(Label)), max_size=5),
)
def test_the_passages_joined_are_the_text_and_every_piece_of_evidence_is_marked(
    text: str, evidence: list[tuple[list[tuple[int, int]], Label]]
) -> None:
    passages = mark(text, tuple(graded(text, *spans, verdict=label) for spans, label in evidence))
    assert "".join(passage.text for passage in passages) == text
    assert all(passage.text for passage in passages)
    for number, (spans, _) in enumerate(evidence, 1):
        marked = sum(len(passage.text) for passage in passages if number in passage.points)
        assert marked == len({place for start, end in spans for place in range(start, end)})


@pytest.mark.parametrize(
    ("judge", "confidence", "said"),
    [
        ("local", SURE_CONTRADICTION - 0.01, "perhaps wrong"),
        ("local", SURE_CONTRADICTION + 0.01, "wrong"),
        ("llm", 0.4, "wrong"),
        ("llm", None, "wrong"),
    ],
)
def test_wrong_is_said_with_reserve_where_the_local_judge_is_not_sure(
    judge: str, confidence: float | None, said: str
) -> None:
    point = graded(TEXT, (0, 8), verdict=Label.CONTRADICTED)
    assert badge(point.model_copy(update={"judged_by": judge, "confidence": confidence})) == said


def test_every_verdict_has_its_word() -> None:
    assert [badge(graded(TEXT, verdict=label)) for label in Label if label is not Label.CONTRADICTED] == [
        "covered",
        "in part",
        "missed",
        "not graded",
    ]
