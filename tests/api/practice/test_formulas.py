"""Formulas become markup that a browser draws, and nothing else does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.formulas import prose

TAG = re.compile(r"</?([a-z]+)")
DRAWN = {"sub", "sup", "code", "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac",
         "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mfenced", "mpadded",
         "mphantom"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("O(n^2) and d_k", "O(n<sup>2</sup>) and d<sub>k</sub>"),
        ("10000^(2i/d_model)", "10000<sup>2i/d_model</sup>"),
        ("softmax(QK^T / sqrt(d_k))", "softmax(QK<sup>T</sup> / √(d<sub>k</sub>))"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("costs $5 and $6", "costs $5 and $6"),
    ],
)
def test_plain_formulas_are_raised_and_lowered_and_the_rest_is_text(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize("text", [r"$\frac{a}{b}$", r"\(x^2\)", r"\[\sum_i x_i\]", "$$a$$"])
def test_latex_is_drawn(text: str) -> None:
    assert prose(text).startswith("<math")


@pytest.mark.parametrize("text", [r"$\href{javascript:alert(1)}{x}$", r"$\frac{$", r"\(\style{color:red}{x}\)"])
def test_latex_that_is_no_formula_or_not_harmless_is_shown_as_it_is_written(text: str) -> None:
    assert "javascript:" not in re.sub(r"<code>.*</code>", "", prose(text))
    assert set(TAG.findall(prose(text))) <= DRAWN


PIECES = [*"$\\()[]{}^_<>&\"'ab1 ", "frac", "href", "<script>"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_text_makes_another_element(text: str) -> None:
    assert set(TAG.findall(prose(text))) <= DRAWN
