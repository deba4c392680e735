"""Seed pages become questions; the same question on two pages becomes one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from rubrics.errors import RubricFileError
from rubrics.model import Difficulty, Question
from rubrics.sources import SourceQuestion, merge
from rubrics.sources.seed_page import read_seed_page

PAGE = """Category: Hard

  • DL9001 Tea Making

    How do you make “tea”?

    Answer

    Boil water and pour it over the leaves.

      An indented line.
    Wait.


    Login to view more content
  • ML9002 Coffee II

    What is coffee,
    and why?

    Answer

    A drink.


    Login to view more content"""


def question(**changes: object) -> SourceQuestion:
    asked = {"id": "q1", "title": "Tea", "text": "What is tea?", **changes}
    answer = str(asked.pop("answer", "A drink."))
    origin = str(asked.pop("origin", "a:1"))
    return SourceQuestion(question=Question.model_validate(asked), reference_answer=answer, origin=origin)


def test_every_question_of_a_page_is_read_in_its_order() -> None:
    assert [source.question.id for source in read_seed_page(PAGE, file="p")] == ["DL9001", "ML9002"]


def test_a_question_has_the_fields_the_page_gives_it() -> None:
    tea, coffee = read_seed_page(PAGE, file="p.txt")
    assert tea.question == Question(
        id="DL9001",
        title="Tea Making",
        text="How do you make “tea”?",
        category="Deep Learning",
        difficulty=Difficulty.HARD,
    )
    assert (tea.origin, coffee.origin) == ("p.txt:3", "p.txt:16")
    assert coffee.question.category == "Machine Learning"


def test_the_indent_of_the_page_goes_and_that_of_the_answer_stays() -> None:
    tea, _ = read_seed_page(PAGE, file="p")
    assert tea.reference_answer == "Boil water and pour it over the leaves.\n\n  An indented line.\nWait."


def test_a_question_over_several_lines_is_one_text() -> None:
    assert read_seed_page(PAGE, file="p")[1].question.text == "What is coffee, and why?"


def test_the_login_prompt_is_in_no_answer() -> None:
    assert all("Login" not in source.reference_answer for source in read_seed_page(PAGE, file="p"))


def test_an_author_page_gives_no_difficulty() -> None:
    page = PAGE.replace("Category: Hard", "Author: admin")
    assert {source.question.difficulty for source in read_seed_page(page, file="p")} == {None}


def test_a_head_glued_to_the_login_prompt_holds_for_what_follows() -> None:
    glued = PAGE + PAGE.replace("Category: Hard", "Author: admin").replace("900", "800")
    read = read_seed_page(glued, file="p")
    assert [source.question.difficulty for source in read] == [Difficulty.HARD, Difficulty.HARD, None, None]


@pytest.mark.parametrize(
    ("page", "line", "complaint"),
    [
        ("", 1, "no question"),
        ("Category: Hard\n", 1, "no question"),
        ("Category: Tricky\n" + PAGE, 1, "'tricky' is no difficulty; use easy, medium, hard"),
        ("Hello\n" + PAGE, 1, "text outside a question"),
        ("\n\n  • DL9001 Tea\n\n    Why?\n", 3, "no 'Answer' line"),
        ("  • DL9001 Tea\n\n    Why?\n\n    Answer\n\n", 1, "no answer"),
        ("  • DL9001 Tea\n\n    Answer\n\n    Because.\n", 1, "no question text"),
        ("  • DL9001 Tea\n\n    Why?\n\n    Answer\n\n    " + "a" * 20_001, 1, "reference_answer"),
    ],
)
def test_a_broken_page_is_refused_with_its_line(page: str, line: int, complaint: str) -> None:
    with pytest.raises(RubricFileError, match=complaint) as refused:
        read_seed_page(page, file="page.txt")
    assert (refused.value.file, refused.value.line) == ("page.txt", line)


def test_merging_keeps_one_copy_of_each_question_and_says_where_the_others_stood() -> None:
    merged = merge([question(), question(id="q2", origin="a:9"), question(origin="b:1")])
    assert [source.question.id for source in merged.questions] == ["q1", "q2"]
    assert [(one.question_id, one.origins) for one in merged.merged] == [("q1", ("a:1", "b:1"))]
    assert merged.conflicts == ()


def test_a_field_one_copy_lacks_is_filled_in_and_is_no_conflict() -> None:
    merged = merge([question(), question(difficulty=Difficulty.EASY, tags=("drinks",), origin="b:1")])
    assert merged.questions[0].question.difficulty is Difficulty.EASY
    assert merged.questions[0].question.tags == ("drinks",)
    assert merged.questions[0].origin == "a:1"
    assert merged.conflicts == ()


def test_copies_that_differ_keep_the_first_and_report_the_field_and_both_places() -> None:
    merged = merge([question(), question(text="What's tea?", answer="A plant.", origin="b:1")])
    assert merged.questions == (question(),)
    assert [(one.field, one.kept, one.ignored) for one in merged.conflicts] == [
        ("text", "a:1", "b:1"),
        ("reference_answer", "a:1", "b:1"),
    ]


def test_two_questions_of_one_file_under_one_id_are_refused() -> None:
    with pytest.raises(RubricFileError, match="b:9: has the id q1 of another question, at b:1") as refused:
        merge([question(), question(origin="b:1"), question(text="What is coffee?", answer="A bean.", origin="b:9")])
    assert "id of its own" in str(refused.value)


def test_a_value_filled_in_from_a_later_copy_conflicts_with_still_later_ones() -> None:
    copies = [question(), question(difficulty=Difficulty.EASY, origin="b:1")]
    merged = merge([*copies, question(difficulty=Difficulty.HARD, origin="c:1")])
    assert merged.questions[0].question.difficulty is Difficulty.EASY
    assert [(one.field, one.kept, one.ignored) for one in merged.conflicts] == [("difficulty", "b:1", "c:1")]


def test_white_space_is_no_conflict() -> None:
    assert merge([question(), question(answer="A  drink.\n", origin="b:1")]).conflicts == ()


def test_the_five_seed_pages_hold_46_questions_and_one_duplicate(shared: Path) -> None:
    pages = [(path, path.read_text("utf-8")) for path in sorted((shared / "seeds").glob("*.txt"))]
    merged = merge(source for path, text in pages for source in read_seed_page(text, file=path.name))
    assert len(merged.questions) == 46
    assert [one.question_id for one in merged.merged] == ["DL0004"]
    assert merged.conflicts == ()
    difficulties = Counter(source.question.difficulty for source in merged.questions)
    assert difficulties[Difficulty.MEDIUM] == 10
    assert next(s for s in merged.questions if s.question.id == "DL0004").question.difficulty is Difficulty.EASY
    glued = read_seed_page("".join(text for _, text in pages), file="glued")
    assert [one.question for one in merge(glued).questions] == [one.question for one in merged.questions]
