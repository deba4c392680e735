"""Any text at all gives a sound rubric, or an error that says why not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rubrics.errors import ExtractionError
from rubrics.extraction.structure import Extraction, extract
from rubrics.model import Question


def drawn(reference: str, title: str) -> Extraction:
    return extract(Question(id="q1", title=title, text="What about it?"), reference)


FRAGMENTS = st.sampled_from(
    ["(1) ", "2. ", "- ", "  - ", "Head: ", "# Title", "Where:", "\n", "\n\n", ". ", "; ", ": ", "$$", "y = F(x) + x",
     "x is the input", "It ", "The model computes a sum", "Advantages:", "Below shows x.", ", and the ", "(2) ", "```",
     "| a | b |", "|---|---|", "This ", "\\frac{a}{b}", "光合作用。", "or (x):", "Example: ", "\x1c", "\u2028", "**"],
)  # fmt: skip
TEXTS = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=30).map("".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["Green Tea", "What is tea?", ":", "Advantages of tea"]))
def test_any_text_gives_a_sound_rubric_or_an_error(reference: str, title: str) -> None:
    try:
        extraction = drawn(reference, title)
    except ExtractionError:
        return
    stripped = reference.strip()
    ids = [point.id for point in extraction.rubric.key_points]
    assert extraction.rubric.reference_answer == stripped
    assert 1 <= len(ids) == len(set(ids)) <= 10
    for point in extraction.rubric.key_points:
        assert point.source is not None
        assert point.source.of(stripped).strip()
    assert all(one.span.of(stripped) == one.text for one in extraction.coverage.uncovered)
    assert all(one.span.of(stripped) == one.text for one in extraction.coverage.dropped)
    assert drawn(reference, title) == extraction
