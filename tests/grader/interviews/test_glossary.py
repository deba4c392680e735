"""Terms that were misheard are read as meant, but only where the rubric knows the term."""

from __future__ import annotations

from grader.interviews.glossary import mended
from rubrics.bank import Bank

BANK = Bank()


def meant(text: str, question_id: str) -> list[tuple[str, str]]:
    found = mended(text, BANK.sound_alikes, BANK.rubric(question_id))
    return [(each.span.of(text), each.meant) for each in found]


def test_a_sound_alike_is_read_as_the_term_that_the_rubric_uses() -> None:
    assert meant("Soft max takes the low jits.", "ML0028") == [("Soft max", "softmax"), ("low jits", "logits")]
    assert meant("There are gaps in the colonel.", "DL0023") == [("colonel", "kernel")]


def test_words_stay_what_they_are_where_the_rubric_has_no_such_term() -> None:
    assert meant("The colonel had a tension in his back.", "ML0031") == []


def test_every_term_of_the_glossary_is_one_of_the_bank() -> None:
    rubrics = [BANK.rubric(question.id) for question in BANK.questions()]
    unknown = [
        term
        for term, heard in BANK.sound_alikes.items()
        if not any(mended(each, {term: [each]}, rubric) for rubric in rubrics for each in heard)
    ]
    assert unknown == []
