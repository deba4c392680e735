"""Sentences of other people change what an answer makes of their points, and of no others."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label
from grader.training.examples import Example, Target, mark
from grader.training.grafting import Sayings
from rubrics.model import Span

Said = tuple[str, Label] | None
"""The words that speak of a point and what they make of it; None where nothing does."""


def answer(text: str, *points: Said, question: str = "Why?") -> Example:
    spans = [Span(start=(at := text.index(said[0])), end=at + len(said[0])) if said else None for said in points]
    labels = [said[1] if said else Label.MISSING for said in points]
    targets = tuple(Target(f"statement {n}", frozenset({label}), marked=True) for n, label in enumerate(labels))
    return Example(question, mark(text, spans), targets)


def words(example: Example) -> str:
    return " ".join(word.text for word in example.words)


def labels(example: Example) -> list[Label | None]:
    return [target.label for target in example.targets]


RIGHT = answer(
    "It warms slowly. It cools at night.", ("It warms slowly", Label.COVERED), ("It cools at night", Label.COVERED)
)
WRONG = answer("It warms at once. I know.", ("It warms at once", Label.CONTRADICTED), None)


def grafted(example: Example, *others: Example, seed: int = 0) -> Example:
    return Sayings.of(others).graft(example, random.Random(seed))


def test_what_was_right_is_wrong_where_another_person_said_it_wrongly() -> None:
    found = grafted(RIGHT, WRONG)
    assert words(found) == "It warms at once. It cools at night."
    assert labels(found) == [Label.CONTRADICTED, Label.COVERED]
    assert [word.text for word in found.words if word.carries(0)] == ["It", "warms", "at", "once."]
    assert [word.text for word in found.words if word.carries(1)] == ["It", "cools", "at", "night."]


def test_what_nobody_spoke_of_comes_in_somewhere() -> None:
    silent = answer("I forgot the rest. It cools at night.", None, ("It cools at night", Label.COVERED))
    places = {words(grafted(silent, WRONG, seed=seed)).find("It warms at once") for seed in range(20)}
    assert places == {0, len("I forgot the rest. "), len("I forgot the rest. It cools at night. ")}
    assert labels(grafted(silent, WRONG)) == [Label.CONTRADICTED, Label.COVERED]


def test_a_point_that_went_with_the_sentence_is_missing() -> None:
    both = "It warms slowly and cools at night"
    found = grafted(answer(f"{both}. Well.", (both, Label.COVERED), (both, Label.COVERED)), WRONG)
    assert labels(found) == [Label.CONTRADICTED, Label.MISSING]


def test_a_point_that_came_with_the_sentence_is_what_the_other_person_made_of_it() -> None:
    both = "It warms at once and stays warm"
    other = answer(f"{both}. Well.", (both, Label.CONTRADICTED), (both, Label.CONTRADICTED))
    assert labels(grafted(answer("Well. I forgot it.", None, None), other)) == [Label.CONTRADICTED, Label.CONTRADICTED]


def test_of_a_point_of_which_both_speak_differently_nothing_is_known() -> None:
    both = "It warms at once and stays warm"
    other = answer(f"{both}. Well.", (both, Label.CONTRADICTED), (both, Label.CONTRADICTED))
    seen = {tuple(labels(grafted(RIGHT, other, seed=seed))) for seed in range(20)}
    assert seen == {(Label.CONTRADICTED, None), (None, Label.CONTRADICTED)}


def test_nothing_changes_where_nobody_said_anything_else() -> None:
    assert grafted(RIGHT, RIGHT) == RIGHT
    assert grafted(RIGHT) == RIGHT


def test_answers_to_another_question_lend_nothing() -> None:
    elsewhere = answer("It warms at once.", ("It warms at once", Label.CONTRADICTED), None, question="How?")
    assert grafted(RIGHT, elsewhere) == RIGHT


@given(st.integers(0, 10_000))
def test_a_sentence_is_never_in_pieces_and_every_mark_has_its_label(seed: int) -> None:
    found = grafted(RIGHT, WRONG, seed=seed)
    order = [word.sentence for word in found.words]
    assert all(order.index(number) + order.count(number) > place for place, number in enumerate(order))
    for number, target in enumerate(found.targets):
        assert bool(found.evidence(number)) == (target.label is not Label.MISSING)
