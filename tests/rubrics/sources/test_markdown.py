"""Markdown: headings or bold lines ask, the text below answers."""

from __future__ import annotations

import pytest

from rubrics.errors import RubricFileError
from rubrics.sources import Contents
from rubrics.sources.markdown import read_markdown
from rubrics.sources.material import Material


def contents(text: str) -> Contents:
    return read_markdown(Material("q.md", text.encode()))


def asked(text: str) -> list[tuple[str, str]]:
    return [(each.question.text, each.reference_answer) for each in contents(text).questions]


BOTH = [("Why are there tides?", "The moon pulls.\n\n- near side\n- far side"), ("What is wind?", "Moving air.")]


@pytest.mark.parametrize(
    "text",
    [
        "## Why are there tides?\n\nThe moon pulls.\n\n- near side\n- far side\n\n## What is wind?\nMoving air.\n",
        "**Why are there tides?**\n\nThe moon pulls.\n\n- near side\n- far side\n\n**What is wind?**\nMoving air.\n",
        "Why are there tides?\n---\nThe moon pulls.\n\n- near side\n- far side\n\nWhat is wind?\n---\nMoving air.",
        (
            "### Q1: Why are there tides?\n\n**Answer:** The moon pulls.\n\n- near side\n- far side\n\n---\n\n"
            "### Q2: What is wind?\n\nA: Moving air.\n"
        ),
        (
            "# Sea\n## Why are there tides?\n### Answer\nThe moon pulls.\n\n- near side\n- far side\n# Air\n"
            "## What is wind?\n### Answer\nMoving air.\n"
        ),
    ],
)
def test_headings_and_bold_lines_ask(text: str) -> None:
    assert asked(text) == BOTH


def test_headings_without_question_marks_ask_at_the_level_that_repeats() -> None:
    text = "# Glossary\n\n## Tides\nThe moon pulls.\n\n### In detail\nTwice a day.\n\n## Wind\nMoving air.\n"
    assert asked(text) == [("Tides", "The moon pulls.\n\n### In detail\nTwice a day."), ("Wind", "Moving air.")]


def test_the_heading_above_is_the_category_and_a_leading_id_the_id() -> None:
    question = contents("# Sea\n## DL0042: Why are there tides?\nThe moon.\n").questions[0]
    assert (question.question.id, question.question.category) == ("DL0042", "Sea")
    assert question.question.text == "Why are there tides?"
    assert question.origin == "q.md:2"


def test_text_between_heading_and_answer_is_the_question() -> None:
    found = contents("## Tides?\nWhy are there tides, and how often?\n\n### Answer\nThe moon.\n").questions[0]
    assert (found.question.title, found.question.text) == ("Tides?", "Why are there tides, and how often?")
    assert found.reference_answer == "The moon."


def test_what_looks_like_a_heading_in_code_is_none() -> None:
    text = "## How to comment?\n\n```python\n# Is this a question?\n```\n"
    assert asked(text) == [("How to comment?", "```python\n# Is this a question?\n```")]


def test_what_is_left_out_is_reported_with_its_line() -> None:
    found = contents("Some words.\n\n## Why?\n\n## What?\nThis.\n")
    assert [(left.what, left.origin) for left in found.left_out] == [("Some words.", "q.md:1"), ("Why?", "q.md:3")]


@pytest.mark.parametrize("text", ["just words\n", "# Why?\n", "- a\n- b\n"])
def test_a_text_without_questions_or_without_answers_is_an_error(text: str) -> None:
    with pytest.raises(RubricFileError, match=r"no question|no text below"):
        contents(text)
