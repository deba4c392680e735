"""Words in random order are told from sentences by their grammar, whatever they are about."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.selftest.answers import shuffled
from grader.text.word_order import WordOrder, scrambled
from rubrics.bank import Bank

REFERENCES = [bank.rubric(entry.id).reference_answer or "" for bank in [Bank()] for entry in bank.questions()]
SPEECH = (
    "Um, so, the the gradient, you know, it gets it gets smaller, like, every time you go back through a layer, "
    "and then, uh, in the end there is nothing left for for the first layers to learn from, so that is the problem."
)
GERMAN = (
    "Der Gradient wird in jeder Schicht kleiner, und am Ende bleibt für die ersten Schichten nichts übrig, was "
    "sie lernen könnten, weshalb man Abkürzungen zwischen den Schichten einbaut, durch die er ungehindert fließt."
)


def test_every_reference_of_the_bank_is_sentences_and_its_shuffled_words_are_not() -> None:
    assert [text for text in REFERENCES if scrambled(text)] == []
    assert [text for text in REFERENCES if not scrambled(shuffled(text))] == []


def test_words_that_keep_their_commas_and_full_stops_are_recognised_too() -> None:
    chance = random.Random(1)
    missed = [text for text in REFERENCES if not scrambled(" ".join(chance.sample(text.split(), len(text.split()))))]
    assert len(missed) <= 0.05 * len(REFERENCES)


@pytest.mark.parametrize(
    "text",
    [
        SPEECH,
        "+ capacity, + hierarchical features (edges→objects); − vanishing/exploding grads, − compute, − more data",
        GERMAN,
        "the of is",
        "",
    ],
)
def test_speech_notes_other_languages_and_scraps_are_left_to_the_judge(text: str) -> None:
    assert not scrambled(text)


def test_no_labelled_answer_is_taken_for_scrambled_words(shared: Path) -> None:
    files = sorted(shared.glob("gold*/**/answers.jsonl"))
    answers = [json.loads(line)["answer"] for file in files for line in file.read_text("utf-8").splitlines()]
    assert [text for text in answers if scrambled(text)] == []


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    assert scrambled(text) in {True, False}


def test_what_is_counted_is_pairs_of_neighbours_without_a_break_between_them() -> None:
    order = WordOrder.fit(["The cat, the dogs.", "the the cat"])
    assert order.fitted_on == 2
    assert order.shapes == {"the": 3, "~": 2, "~s": 1}
    assert order.pairs == {"the ~": 2, "the ~s": 1}
