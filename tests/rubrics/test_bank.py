"""The shipped bank: every question of the seed pages, each with a rubric a learner can be taught by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rubrics.bank import Bank
from rubrics.errors import RubricFileError, UnknownQuestion
from rubrics.model import Difficulty, KeyPointKind, Rubric
from rubrics.sources import merge
from rubrics.sources.seed_page import read_seed_page

BANK = Bank()
RUBRICS = [BANK.rubric(question.id) for question in BANK.questions()]
MAX_COPIED_WORDS = 7
"""Words a bank text may share in a row with the pages: terms and formulas are longer than a phrase."""


def test_the_bank_holds_the_questions_of_the_seed_pages(shared: Path) -> None:
    pages = " ".join(path.read_text("utf-8") for path in (shared / "seeds").glob("*.txt"))
    assert {rubric.question.id for rubric in RUBRICS} == set(re.findall(r"\b(?:DL|ML)\d{4}\b", pages))
    assert len(RUBRICS) == 46


def test_questions_stand_as_the_pages_give_them(shared: Path) -> None:
    pages = sorted((shared / "seeds").glob("*.txt"))
    given = merge(entry for page in pages for entry in read_seed_page(page.read_text("utf-8"), file=page.name))
    asked = {entry.question.id: entry.question for entry in given.questions}
    for rubric in RUBRICS:
        page = asked[rubric.question.id]
        assert rubric.question.title == page.title
        assert (rubric.question.category, rubric.question.difficulty) == (page.category, page.difficulty)
        assert _letters(rubric.question.text) == _letters(page.text)


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.question.id)
def test_every_rubric_can_teach(rubric: Rubric) -> None:
    assert rubric.reference_answer is not None
    assert 3 <= len(rubric.key_points) <= 10
    assert any(point.required for point in rubric.key_points)
    assert all(point.topic and point.hint and point.paraphrases for point in rubric.key_points)
    assert all(point.source is not None for point in rubric.key_points), "every point is stated in the reference"
    assert rubric.question.category == {"DL": "Deep Learning", "ML": "Machine Learning"}[rubric.question.id[:2]]


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.question.id)
def test_every_formula_has_its_symbols_and_another_way_to_say_it(rubric: Rubric) -> None:
    formulas = [point for point in rubric.key_points if point.kind is KeyPointKind.FORMULA]
    assert all(point.symbols and point.paraphrases for point in formulas)


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.question.id)
def test_no_sentence_is_taken_from_the_pages(rubric: Rubric, shared: Path) -> None:
    page = " ".join(path.read_text("utf-8") for path in (shared / "seeds").glob("*.txt"))
    copied = _runs(page) & _runs(f"{rubric.reference_answer} {' '.join(point.text for point in rubric.key_points)}")
    assert copied == set()


def test_questions_are_found_by_difficulty_category_and_words() -> None:
    assert {question.difficulty for question in BANK.questions(difficulty=Difficulty.MEDIUM)} == {Difficulty.MEDIUM}
    assert {question.id[:2] for question in BANK.questions(category="machine learning")} == {"ML"}
    assert [question.id for question in BANK.questions(text="sliding WINDOW")] == ["DL0028"]


def test_an_unknown_question_is_an_error_that_says_where_to_look() -> None:
    with pytest.raises(UnknownQuestion, match="grader questions list"):
        BANK.rubric("../secrets")


def test_another_folder_can_be_the_bank(tmp_path: Path) -> None:
    (tmp_path / "q1.yaml").write_text("question: {id: q1}\n")
    with pytest.raises(RubricFileError, match=r"question\.title"):
        Bank(tmp_path).rubric("q1")


def _letters(text: str) -> str:
    """Letters and digits without LaTeX commands: marks and formulas may be set differently."""
    return re.sub(r"[\W_]+", "", re.sub(r"\\[a-z]+", "", text)).lower()


def _runs(text: str) -> set[tuple[str, ...]]:
    """Runs of MAX_COPIED_WORDS + 1 words of three letters or more; formulas have few of those."""
    words = re.findall(r"[a-z]{3,}", text.lower())
    length = MAX_COPIED_WORDS + 1
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
