"""Expressions are the same when their numbers are, and any text can be looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.formulas.comparing import Likeness, compare
from grader.formulas.finding import MAX_FORMULAS, Formula, formulas


def read(text: str) -> Formula:
    (found,) = formulas(text)
    return found


def alike(one: str, other: str) -> bool:
    return compare(read(one), read(other)).likeness is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b·c", "c·b + a"),
        ("a·(b + c)", "a·b + a·c"),
        ("(a + b)²", "a² + 2·a·b + b²"),
        ("e^x / 2", "½·exp(x)"),
        ("√x + 1", "x^(1/2) + 1"),
        ("a/(b·c)", "a/b/c"),
        (r"\frac{1}{N}\sum_{i=1}^{N} x_i", "(1/N) Σ x_i"),
        ("f(x) − 1", "f(x) - 1"),
        ("‖a‖·2", "2 ||a||"),
        ("10,000·x", "10000*x"),
    ],
)
def test_rewriting_changes_nothing(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a − b", "b − a"),
        ("a/b + 1", "b/a + 1"),
        ("a^b", "b^a"),
        ("Σ x_i²", "(Σ x_i)²"),
        (r"\sum_{i=1}^{n} x_i", r"\sum_{i=1}^{n-1} x_i"),
        ("f(x) + 1", "f(x + 1)"),
        ("max(0, x)", "min(0, x)"),
        ("P(A|B)·2", "P(B|A)·2"),
        ("log(x) + 1", "log(x + 1)"),
    ],
)
def test_what_differs_is_not_the_same(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize("text", ["A well-known fact.", "The AI of I/O?", "See KV cache (2020).", "a b c", "", "= + ="])
def test_prose_holds_no_formula(text: str) -> None:
    assert all(any(mark in text[one.span.start : one.span.end] for mark in "/(") for one in formulas(text))


PIECES = st.sampled_from(
    ["x", "y_i", "F(", ")", " + ", "−", "²", r"\frac{a}{b}", "{", "}", "√", " over ", " times ", " squared", "Σ_j",
     " root of ", "^", "_", "=", " is ", "|", ", ", "softmax", "1e9", "9" * 30, "ŷ", "½", "\\", "$", " the ", "∇",
     "W_(", "V_{", "Σ_"]
)  # fmt: skip


@pytest.mark.parametrize("text", ["W_(", "y = n_(in", "V_{", "y = Σ_", "y = Σ_{i=1", r"\hat{W_("])
def test_an_open_bracket_at_the_end_is_no_error(text: str) -> None:
    assert isinstance(formulas(text), tuple)


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map("".join))
def test_any_text_can_be_read_and_a_formula_is_like_itself(text: str) -> None:
    found = formulas(text)
    assert len(found) <= MAX_FORMULAS
    for one in found:
        assert 0 <= one.span.start < one.span.end <= len(text)
        assert compare(one, one).likeness in {Likeness.SAME, Likeness.UNRELATED}
