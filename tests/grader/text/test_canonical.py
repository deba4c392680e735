"""The canonical text has nothing a person cannot see, and every character of it knows where it came from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.errors import InvalidAnswer
from grader.text.canonical import MAX_BYTES, MAX_CHARACTERS, MAX_TOKENS, answer_hash, canonicalise, token_estimate
from rubrics.model import Span

texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)
tricky = st.text(
    st.sampled_from("ae\u0301\u0323\u200b\u200d\ufe0f\u202e\U000e0041\r\n\u1100\u1161\u11a8한👩🏽❤क्षि\u09c7\u09be ﷺ"),
    max_size=30,
)


@given(texts | tricky)
def test_every_character_has_an_origin_and_origins_never_go_back(text: str) -> None:
    answer = canonicalise(text)
    assert len(answer.offsets) == len(answer.text) + 1
    assert list(answer.offsets) == sorted(answer.offsets)
    assert answer.offsets[-1] == len(text)


@example("\u0300\u094d\u200c")  # composing moves the mark between the joiner and its letter
@given(texts | tricky)
def test_canonical_text_is_composed_and_stays_as_it_is(text: str) -> None:
    once = canonicalise(text).text
    assert unicodedata.is_normalized("NFC", once)
    assert canonicalise(once).text == once


@given(texts | tricky)
def test_every_span_leads_back_to_a_part_of_the_original(text: str) -> None:
    answer = canonicalise(text)
    for start in range(len(answer.text)):
        original = answer.original_span(Span(start=start, end=start + 1))
        assert 0 <= original.start < original.end <= len(text)


@pytest.mark.parametrize(
    ("typed", "seen", "kind"),
    [
        ("co\u200bst", "cost", "zero_width"),
        ("cost\U000e0069\U000e0067", "cost", "tag"),
        ("\u202ecost\u202c", "cost", "bidi"),
        ("co\0st\x1b", "cost", "control"),
        ("c" + "\u0301" * 9, "ć\u0301\u0301\u0301", "combining"),
        ("a\ufe0f\ufe0f\ufe0f", "a\ufe0f", "variation_selector"),
    ],
)
def test_what_a_person_cannot_see_is_dropped_and_counted(typed: str, seen: str, kind: str) -> None:
    answer = canonicalise(typed)
    assert answer.text == seen
    assert list(answer.removed) == [kind]


@pytest.mark.parametrize("text", ["👨‍👩‍👧 family", "می‌خواهم", "क्‍ष", "naïve Ångström", "❤️ ok", "x² ≤ √n"])
def test_honest_writing_is_left_alone(text: str) -> None:
    answer = canonicalise(unicodedata.normalize("NFD", text))
    assert answer.text == unicodedata.normalize("NFC", text)
    assert not answer.removed


def test_line_ends_become_one_newline() -> None:
    assert canonicalise("a\r\nb\rc\u2028d\u0085e").text == "a\nb\nc\nd\ne"


def test_the_same_answer_has_the_same_hash_however_it_is_encoded() -> None:
    assert answer_hash(canonicalise("cafe\u0301")) == answer_hash(canonicalise("caf\u00e9"))


@pytest.mark.parametrize(
    "text", ["a" * (MAX_CHARACTERS + 1), "字" * (MAX_BYTES // 3 + 1), "half \ud800 pair", "字" * (MAX_TOKENS + 1)]
)
def test_what_is_too_long_or_no_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidAnswer):
        canonicalise(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("word " * 400, 500), ("слово " * 400, 1_100), ("字" * 500, 500), ("🙂" * 100, 200), ("", 0)],
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert token_estimate(text) == tokens


@pytest.mark.parametrize("text", ["word and " * 2_222, "слово " * 2_900, "字" * 7_900])
def test_a_long_answer_in_any_script_is_within_the_limits(text: str) -> None:
    assert canonicalise(text).text == text
