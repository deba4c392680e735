"""The real input: every seed question, and answers of other fields, become rubrics of a sound size."""

from __future__ import annotations

import json
from pathlib import Path

from rubrics.extraction.captions import is_caption
from rubrics.extraction.structure import extract
from rubrics.model import KeyPointKind, Question
from rubrics.serialization import format_rubric, parse_rubric
from rubrics.sources import merge
from rubrics.sources.seed_page import read_seed_page


def seeds(shared: Path) -> list[tuple[Question, str]]:
    pages = sorted((shared / "seeds").glob("*.txt"))
    merged = merge(source for path in pages for source in read_seed_page(path.read_text("utf-8"), file=path.name))
    return [(source.question, source.reference_answer) for source in merged.questions]


def test_every_seed_question_gives_three_to_ten_covering_points(shared: Path) -> None:
    extractions = [extract(question, answer) for question, answer in seeds(shared)]
    assert len(extractions) == 46
    assert all(3 <= len(one.rubric.key_points) <= 10 for one in extractions)
    assert min(one.coverage.share for one in extractions) > 0.9


def test_no_caption_of_a_seed_page_becomes_a_point(shared: Path) -> None:
    for question, answer in seeds(shared):
        for point in extract(question, answer).rubric.key_points:
            assert point.source is not None
            assert not any(is_caption(line.strip()) for line in point.source.of(answer).split("\n"))
            assert "Login to view" not in point.text


def test_formulas_of_the_seed_pages_explain_their_symbols(shared: Path) -> None:
    formulas = [
        point
        for question, answer in seeds(shared)
        for point in extract(question, answer).rubric.key_points
        if point.kind is KeyPointKind.FORMULA
    ]
    assert len(formulas) > 20
    assert sum(bool(point.symbols) for point in formulas) / len(formulas) > 0.6


def test_an_extracted_rubric_survives_its_file(shared: Path) -> None:
    for question, answer in seeds(shared):
        rubric = extract(question, answer).rubric
        assert parse_rubric(format_rubric(rubric)) == rubric


def test_answers_of_other_fields_give_three_to_ten_points_too(shared: Path) -> None:
    files = sorted((shared / "goldtrain").glob("*/questions.jsonl"))
    rows = [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()[::8]]
    assert rows
    for row in rows:
        question = Question(id=row["question_id"], title=row["title"], text=row["question"])
        extraction = extract(question, row["reference_answer"])
        assert 3 <= len(extraction.rubric.key_points) <= 10
        assert extraction.coverage.share > 0.8
