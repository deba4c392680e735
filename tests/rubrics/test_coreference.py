"""Whom a pronoun means, where that is no guess."""

from __future__ import annotations

import pytest

from rubrics.extraction.casing import Casing
from rubrics.extraction.coreference import Focus, continuation, told
from rubrics.extraction.references import Subject

CASING = Casing("The lid keeps the pot warm, said Anna, and Anna drinks tea in China. A pot is round, tea is green.")
POT = Focus().on(Subject("A clay pot", plural=False)).on(Subject("Tea leaves", plural=True))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("It keeps the heat.", "A clay pot keeps the heat."),
        ("It then beautifies the table.", "A clay pot then beautifies the table."),
        ("They keep the heat.", "Tea leaves keep the heat."),
        ("In China it is used daily.", "In China a clay pot is used daily."),
        ("With hot water they open at once.", "With hot water tea leaves open at once."),
        ("When water boils it is poured.", None),
        ("In China it is better to wait.", None),
        ("He drinks tea.", None),
        ("The lid is heavy.", None),
    ],
)
def test_the_latest_subject_of_the_same_number_is_meant(sentence: str, said: str | None) -> None:
    assert told(sentence, POT, CASING) == said


def test_a_person_is_meant_only_where_a_name_stands_before() -> None:
    anna = Focus().on(Subject("Anna", plural=False))
    assert told("She drinks tea.", anna, CASING) == "Anna drinks tea."
    assert told("Her pot is round.", anna, CASING) == "Anna's pot is round."
    assert told("She initialisation is common.", anna, CASING) is None


@pytest.mark.parametrize(
    ("between", "meant"),
    [
        ("Boil the water first.", "A clay pot"),
        ("There is no other way.", "A clay pot"),
        ("The lid is heavy.", "The lid"),
        ("The customer is pleased.", "A clay pot"),
        ("What is poured too early is lost.", None),
    ],
)
def test_a_sentence_about_nothing_new_leaves_the_subject_and_an_unclear_one_clears_it(
    between: str, meant: str | None
) -> None:
    focus = Focus().on(Subject("A clay pot", plural=False)).behind(between)
    assert (focus.singular.phrase if focus.singular else None) == meant


@pytest.mark.parametrize(
    ("sentence", "goes_on"),
    [
        ("This keeps the heat inside.", ", which keeps the heat inside."),
        ("That also saves time.", ", which also saves time."),
        ("Therefore this saves time.", ", which saves time."),
        ("That is, nobody waits.", "; that is, nobody waits."),
        ("Lids prevent this.", "; lids prevent this."),
        ("Otherwise the leaves burn.", "; otherwise the leaves burn."),
        ("This is why the lid is heavy.", "; this is why the lid is heavy."),
        ("It is warm.", ""),
        ("The price of tea is low.", ""),
    ],
)
def test_what_is_said_of_a_sentence_goes_on_from_it(sentence: str, goes_on: str) -> None:
    assert continuation(sentence, CASING) == goes_on
