"""Rubrics survive a trip through YAML; a broken file says where it is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics.errors import RubricFileError
from rubrics.model import Group, GroupKind, KeyPoint, KeyPointKind, Question, Rubric, Span, Symbol
from rubrics.serialization import MAX_FILE_BYTES, format_rubric, parse_rubric, read_rubric

GOOD = """\
question:
  id: tides
  title: Tides
  text: Why are there tides?
reference_answer: The moon pulls the water. The sun helps.
key_points:
  - id: k1
    text: The moon's gravity pulls the water.
    weight: 3
    source: The moon pulls the water.
  - id: k2
    text: The sun adds to it.
"""

printable = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Cn", "Co"), blacklist_characters="\ufeff\ufffe\uffff")
)
lines = printable.map(str.strip).filter(bool)


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    reference = draw(st.none() | st.lists(lines, min_size=1, max_size=4).map("\n".join))
    points = tuple(
        KeyPoint(
            id=f"k{number}",
            text=draw(lines),
            topic=draw(st.none() | lines),
            weight=draw(st.sampled_from([1.0, 2.5, 3.0])),
            required=draw(st.booleans()),
            kind=draw(st.sampled_from(KeyPointKind)),
            paraphrases=tuple(draw(st.lists(lines, max_size=2))),
            symbols=tuple(Symbol(name=name, meaning=name) for name in draw(st.lists(lines, max_size=1))),
            source=_span(draw, reference),
        )
        for number in range(1, draw(st.integers(2, 4)))
    )
    groups = (Group(id="g", kind=GroupKind.ANY_OF, members=("k1", "k2")),) if len(points) > 1 else ()
    question = Question(id="q", title=draw(lines), text=draw(lines), tags=tuple(draw(st.lists(lines, max_size=2))))
    return Rubric(question=question, reference_answer=reference, key_points=points, groups=groups)


def _span(draw: st.DrawFn, reference: str | None) -> Span | None:
    if reference is None or draw(st.booleans()):
        return None
    start = draw(st.integers(0, len(reference) - 1))
    return Span(start=start, end=draw(st.integers(start + 1, len(reference))))


@given(rubrics())
def test_a_written_rubric_is_read_back_equal(rubric: Rubric) -> None:
    assert parse_rubric(format_rubric(rubric)) == rubric


def test_a_quoted_source_becomes_the_span_that_says_it() -> None:
    rubric = parse_rubric(GOOD)
    assert rubric.key_points[0].source == Span(start=0, end=25)


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"),
    [
        ("weight: 3", "weight: heavy", 9, "key_points.0.weight", "valid number"),
        ("weight: 3", "wieght: 3", 9, "key_points.0.wieght", "Extra inputs"),
        ("source: The moon", "source: The sea", 10, "key_points.0.source", "word for word"),
        ("id: k2", "id: k1", 1, None, "key point id used more than once: k1"),
        ("  title: Tides", "  title: no", 3, "question.title", "valid string"),
        ("  title: Tides", "  title: Tides\n  title: Ebb", 4, "title", "stands twice"),
        ("title: Tides", "title: [", 5, None, "not valid YAML"),
        ("- id: k2", "- &anchor\n    id: k2\n    symbols: [*anchor]", None, None, "alias"),
        ("text: Why are there tides?", "text: ''", 4, "question.text", "at least 1 character"),
    ],
)
def test_a_broken_file_says_file_line_and_field(
    old: str, new: str, line: int | None, field: str | None, problem: str
) -> None:
    assert old in GOOD
    with pytest.raises(RubricFileError, match=problem) as caught:
        parse_rubric(GOOD.replace(old, new), file="tides.yaml")
    assert caught.value.file == "tides.yaml"
    if line is not None:
        assert caught.value.line == line
    if field is not None:
        assert caught.value.field == field


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]", "a: \0", "? [1]\n: 2", "[" * 5000])
def test_what_is_no_rubric_is_an_error_and_not_a_crash(text: str) -> None:
    with pytest.raises(RubricFileError):
        parse_rubric(text)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(RubricFileError, match="cannot be read"):
        read_rubric(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes("größe".encode("latin-1"))
    with pytest.raises(RubricFileError, match="not UTF-8"):
        read_rubric(tmp_path / "latin.yaml")
    (tmp_path / "long.yaml").write_bytes(b" " * (MAX_FILE_BYTES + 1))
    with pytest.raises(RubricFileError, match="are allowed"):
        read_rubric(tmp_path / "long.yaml")
