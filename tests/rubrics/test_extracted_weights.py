"""What an extracted point weighs, and how it reads."""

from __future__ import annotations

import pytest

from rubrics.extraction.structure import Extraction, extract
from rubrics.model import Question


def drawn(reference: str, title: str = "Green Tea") -> Extraction:
    return extract(Question(id="q1", title=title, text="What about it?"), reference)


ASIDES = """Green tea is a drink made from leaves that were steamed, because steam stops the enzymes in the leaf.
It needs water of about eighty degrees: hotter water draws bitter substances out of the leaves.
The leaves may be used for a second pot, which many drinkers of green tea like better than the first.
Green tea keeps for about a year, so the leaves should not be bought in large amounts."""


def test_prose_weighs_by_where_it_stands() -> None:
    weights = [point.weight for point in drawn(ASIDES).rubric.key_points]
    assert weights == sorted(weights, reverse=True)
    assert (weights[0], weights[-1]) == (3, 2)


@pytest.mark.parametrize(
    ("sentence", "weight"),
    [
        ("**Boiling water must stand a while before it is poured.**", 3),
        ("Above all the water stands a while before it is poured.", 3),
        ("The key point is the heat of the water that is poured.", 3),
        ("Water stands a while before it is poured.", 2),
        ("By the way, water stands a while before it is poured.", 1),
        ("(Water stands a while before it is poured.)", 1),
    ],
)
def test_what_is_stressed_weighs_more_and_an_aside_less(sentence: str, weight: float) -> None:
    rubric = drawn(f"Green tea is a drink.\n\n- {sentence}\n- The leaves are rolled.\n- The cups are small.").rubric
    assert rubric.key_points[1].weight == weight


def test_the_extraction_says_how_its_points_read() -> None:
    extraction = drawn("Green tea is a drink. What is picked in spring is steamed early. It takes a minute.")
    read = extraction.readability
    assert [(one.key_point, one.why) for one in read.hard] == [("k3", ("points to something it does not name",))]
    assert read.longest == 8
    assert read.ease is not None
    assert read.ease > 60
