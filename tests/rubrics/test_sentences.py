"""Sentences end where a reader ends them, and are joined or divided only where it is safe."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.extraction.references import Subject, announces, leans_back, resolved, subject_of_sentence
from rubrics.extraction.sentences import MAX_SENTENCE, clauses, sentences, tails
from rubrics.extraction.verbs import is_clause
from rubrics.model import Span


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text, Span(start=0, end=len(text)))]


def divided(text: str) -> list[str]:
    return [span.of(text) for span in clauses(text, Span(start=0, end=len(text)))]


@pytest.mark.parametrize(
    "text",
    [
        "Boil water. | Add leaves. | Wait!",
        "Use a pot, e.g. a clay pot. | Warm it, i.e. rinse it.",
        "See Fig. 3 for it. | Steam rises.",
        "It holds vitamin K. | Its taste is mild.",
        "J. Smith drinks C. sinensis. | He likes it.",
        "Cups, pots, etc. are warm. | The tea is not.",
        "It costs 3.50 a cup. | rinse the pot first.",
        "Wait (about 3 min. or so. Not more). | Drink.",
        'He said "drink it." | Then he left.',
        "1. Boil it. | 2. Pour it.",
        "先烧水。| 然后泡茶。",
        "पानी उबालें। | चाय डालें।",
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str) -> None:
    assert split(text.replace("|", "")) == [part.strip() for part in text.split("|")]


def test_a_line_break_ends_a_sentence_unless_an_editor_wrapped_it() -> None:
    assert split("Green tea\nBlack tea") == ["Green tea", "Black tea"]
    assert split("Green tea is\nnot black.") == ["Green tea is\nnot black."]


@given(st.text())
def test_sentences_cover_the_text_in_order_and_are_never_too_long(text: str) -> None:
    spans = sentences(text, Span(start=0, end=max(len(text), 1)))
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(span.end - span.start <= MAX_SENTENCE for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    "text",
    [
        "Green tea is steamed after picking; | black tea is rolled and oxidised.",
        "The pot keeps the heat for long, and | the lid keeps the aroma inside.",
        "Green tea is steamed early; | it is not oxidised at all.",
        "It is steamed quite early, and | it is not oxidised at all.",
        "First the water is boiled, | (2) and the leaves are added then.",
    ],
)
def test_full_clauses_are_divided(text: str) -> None:
    assert [part.strip(" ,;") for part in divided(text.replace("| ", ""))] == [
        part.strip(" ,;").removesuffix(", and").removeprefix("(2) ") for part in text.split("|")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Tea, coffee and water are drinks.",
        "The pot, the cup, and the lid are warm.",
        "In the pot the water boils, and the leaves sink to the ground.",
        "Green tea is steamed with care; where it is not, it turns black.",
        "The pot (which is hot; the lid is hot too) stands on the stove.",
        "Known kinds are green tea, where leaves are steamed; black tea, where they are rolled.",
    ],
)
def test_what_depends_on_each_other_is_not_divided(text: str) -> None:
    assert divided(text) == [text]


def test_a_closing_participle_is_found_where_both_halves_say_something() -> None:
    assert tails("The lid closes the pot tightly, keeping the heat and the aroma inside.") == (
        "The lid closes the pot tightly",
        "keeping the heat and the aroma inside.",
    )
    assert tails("The lid closes, keeping heat.") is None


@pytest.mark.parametrize(
    "text",
    ["It is warm.", "They boil.", "This keeps the heat.", "In this pot water boils.", "The former is green.",
     "For small cups it takes a minute.", "However, it is hot."],
)  # fmt: skip
def test_a_sentence_with_a_pronoun_leans_on_the_one_before(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize(
    "text",
    ["The pot is warm.", "It is better to wait.", "He initialization is common.", "The same-day rule holds.",
     "Water that boils is hot."],
)  # fmt: skip
def test_a_sentence_with_its_own_subject_does_not(text: str) -> None:
    assert not leans_back(text)


@pytest.mark.parametrize(
    ("sentence", "phrase", "plural"),
    [
        ("A clay pot keeps the heat.", "A clay pot", False),
        ("Tea leaves (dried) are brown.", "Tea leaves", True),
        ("In China, green tea is common.", "green tea", False),
        ("Tea pots, especially small ones, are cheap.", "Tea pots", True),
    ],
)
def test_the_subject_is_what_stands_before_the_verb(sentence: str, phrase: str, plural: bool) -> None:  # noqa: FBT001
    assert subject_of_sentence(sentence) == Subject(phrase, plural=plural)


@pytest.mark.parametrize(
    "sentence",
    [
        "If the pot is cold, warm it.",
        "Without a lid tea is cold.",
        "Boil water.",
        "Tea and coffee are drinks.",
        "There is tea.",
        "Der Tee ist heiß.",
    ],
)
def test_no_subject_is_better_than_a_wrong_one(sentence: str) -> None:
    assert subject_of_sentence(sentence) is None


POT = Subject("A clay pot", plural=False)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("It keeps the heat.", "A clay pot keeps the heat."),
        ("Its lid is heavy.", "A clay pot's lid is heavy."),
        ("Therefore, it also needs rinsing.", "A clay pot also needs rinsing."),
        ("This method saves time.", "A clay pot saves time."),
        ("They keep the heat.", None),
        ("This keeps the heat.", None),
        ("It follows that tea is hot.", None),
        ("It is important to wait.", None),
        ("It does this by its walls.", None),
        ("Tea and coffee are hot.", None),
    ],
)
def test_a_pronoun_is_replaced_only_where_it_is_no_guess(sentence: str, told: str | None) -> None:
    assert resolved(sentence, POT) == told


def test_only_a_leading_connective_goes() -> None:
    assert resolved("So it keeps heat and aroma, but not for ever.", POT) == (
        "A clay pot keeps heat and aroma, but not for ever."
    )


def test_an_announcement_says_that_something_follows() -> None:
    assert announces("Tea has three main kinds.")
    assert not announces("Three kinds matter: green, black and white.")
    assert not announces("Tea is grown in China.")


@pytest.mark.parametrize("text", ["The lid keeps the heat", "Lids keep heat", "Cooks warmed the pot", "Tea is hot"])
def test_a_clause_has_a_subject_and_a_verb(text: str) -> None:
    assert is_clause(text)


@pytest.mark.parametrize("text", ["Similarity Score", "Use of pots", "Good starting point for tea", "Keep it warm", ""])
def test_a_heading_or_an_order_is_no_clause(text: str) -> None:
    assert not is_clause(text)
