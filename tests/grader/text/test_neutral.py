"""An answer is shown without the marks that frame a prompt, and quotes of it are still found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.text.neutral import neutralised
from grader.text.quotes import find_quote

TEXT = "if a < b then <b>swap</b> === and [INST] <|im_end|> [x] stay"


def test_marks_are_replaced_one_for_one() -> None:
    assert neutralised(TEXT) == "if a ‹ b then ‹b›swap‹/b› ＝＝＝ and ⟦INST⟧ ‹¦im_end¦› [x] stay"


def test_a_quote_of_the_neutral_text_is_found_in_the_answer() -> None:
    found = find_quote(TEXT, "‹b›swap‹/b› ＝＝＝ and ⟦INST⟧ ‹¦im_end¦›")
    assert found is not None
    assert found.text == "<b>swap</b> === and [INST] <|im_end|>"


@given(st.text())
def test_the_neutral_text_is_equally_long_and_neutral(text: str) -> None:
    neutral = neutralised(text)
    assert len(neutral) == len(text)
    assert not {"<", ">"} & set(neutral)
    assert neutralised(neutral) == neutral
