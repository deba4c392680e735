"""Tables in a reference answer become points, a row each."""

from __future__ import annotations

from rubrics.extraction.structure import Extraction, extract
from rubrics.model import Question


def drawn(reference: str, title: str = "Green Tea") -> Extraction:
    return extract(Question(id="q1", title=title, text="What about it?"), reference)


TABLE = """Green and black tea differ.

| Aspect | Green | Black |
|---|:---:|---|
| Oxidation | stopped by steam | complete |
| Caffeine | less | more |
"""


def test_a_row_of_a_table_is_a_point_that_says_what_each_column_says() -> None:
    rows = drawn(TABLE, "Tea").rubric.key_points[1:]
    assert [row.text for row in rows] == [
        "Tea — oxidation: green: stopped by steam; black: complete.",
        "Tea — caffeine: green: less; black: more.",
    ]
    assert [row.topic for row in rows] == ["Oxidation", "Caffeine"]
    assert rows[0].source is not None
    assert rows[0].source.of(TABLE) == "Oxidation | stopped by steam | complete"


def test_a_table_may_lack_bars_at_its_edges() -> None:
    rubric = drawn("Term | Meaning\n--- | ---\nsencha | green tea in the sun\nmatcha | ground green tea").rubric
    assert rubric.key_points[0].text == "Sencha: meaning: green tea in the sun."


def test_a_table_without_a_head_is_left_out_by_name() -> None:
    dropped = drawn("Green tea is a drink.\n\n| a | b |\n| c | d |").coverage.dropped
    assert [(one.text, one.reason.value) for one in dropped] == [("| a | b |\n| c | d |", "table")]
