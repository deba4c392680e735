"""Claims that cite the reference become points; what cites nothing is left out, what nobody claims is filled in."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.errors import ExtractionError
from rubrics.extraction.cited import CitedExtraction, Claim, cited_span, extract_cited
from rubrics.model import KeyPointKind, Question

REFERENCE = """Green tea is made from leaves that are steamed soon after picking.
The steam stops the enzymes, so the leaves stay green. It needs cooler water than black tea,
about 70 to 80 degrees. Too hot water makes it bitter."""

TEA = Question(id="q1", title="Green Tea", text="What is green tea, and how is it brewed?")


def claim(text: str, citation: str, **more: Any) -> Claim:
    return Claim(text=text, citation=citation, **more)


STEAMED = claim(
    "Green tea leaves are steamed soon after picking.", "leaves that are steamed soon after picking", weight=3
)
ENZYMES = claim("Steaming stops the enzymes, which keeps the leaves green.", "The steam stops the enzymes")
WATER = claim("Green tea needs water of 70 to 80 degrees.", "cooler water than black tea,  about 70 to 80 degrees")
BITTER = claim("Too hot water makes green tea bitter.", "Too hot water makes it bitter")
ALL = (STEAMED, ENZYMES, WATER, BITTER)


def drawn(*claims: Claim) -> CitedExtraction:
    return extract_cited(TEA, REFERENCE, claims)


def test_every_claim_is_a_point_at_its_citation_in_the_order_of_the_text() -> None:
    points = drawn(*reversed(ALL)).rubric.key_points
    assert [point.text for point in points] == [one.text for one in ALL]
    assert [point.id for point in points] == ["k1", "k2", "k3", "k4"]
    assert points[2].source is not None
    assert points[2].source.of(REFERENCE) == "cooler water than black tea,\nabout 70 to 80 degrees"
    assert points[0].weight == 3


def test_the_order_of_the_claims_changes_nothing() -> None:
    shuffled = random.Random(1).sample(ALL, len(ALL))
    assert drawn(*shuffled).rubric == drawn(*ALL).rubric


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (claim("Green tea is healthy.", "green tea is very healthy"), "its citation is not in the reference"),
        (claim("Green tea is healthy.", "tea"), "its citation is not in the reference"),
        (claim("Coffee grows in Brazil.", "Too hot water makes it bitter"), "it says nothing of what it cites"),
        (claim("Too hot water makes green tea bitter!", "hot water makes it bitter"), "it repeats a point"),
    ],
)
def test_a_claim_that_does_not_hold_is_left_out_and_named(bad: Claim, reason: str) -> None:
    extraction = drawn(*ALL, bad)
    assert [(one.text, one.reason) for one in extraction.rejected] == [(bad.text, reason)]
    assert len(extraction.rubric.key_points) == 4


def test_what_no_claim_cites_is_filled_in_by_structure() -> None:
    extraction = drawn(STEAMED, ENZYMES)
    texts = [point.text for point in extraction.rubric.key_points]
    assert texts[:2] == [STEAMED.text, ENZYMES.text]
    assert "Too hot water makes green tea bitter." in texts or any("bitter" in text for text in texts[2:])
    assert extraction.filled == tuple(point.id for point in extraction.rubric.key_points[2:])
    assert extraction.coverage.share == 1


def test_a_claim_may_be_required_else_the_first_point_is() -> None:
    assert [point.required for point in drawn(*ALL).rubric.key_points] == [True, False, False, False]
    needed = BITTER.model_copy(update={"required": True})
    assert [point.required for point in drawn(*ALL[:3], needed).rubric.key_points] == [False, False, False, True]


def test_a_claimed_formula_is_a_formula_point() -> None:
    question = Question(id="q1", title="Residual block", text="What does it compute?")
    found = extract_cited(
        question, "A residual block computes y = F(x) + x.", [claim("y = F(x) + x", "y = F(x) + x", formula=True)]
    )
    assert [point.kind for point in found.rubric.key_points] == [KeyPointKind.FORMULA]


def test_nothing_that_holds_is_an_error() -> None:
    with pytest.raises(ExtractionError, match="none of 1 proposed points"):
        drawn(claim("Green tea is healthy.", "it is healthy"))


@given(st.text(max_size=60))
def test_a_citation_is_found_only_where_it_stands(citation: str) -> None:
    span = cited_span(REFERENCE, citation)
    if span is not None:
        assert span.of(REFERENCE).lower().split() == citation.strip().strip("\"'“”‘’…").lower().split()
