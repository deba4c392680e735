"""What a piece of text is by what stands beside it: a word, or something to calculate with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.formulas.notation import GREEK


@dataclass(frozen=True)
class Token:
    """A piece of text `[start, end)`: its `sign` says what it is, `text` which number or name.

    `name`, `function` and `number` carry a text; `word` is no mathematics and ends a formula, `glue` may stand in one.
    `spoken` tells a word from a mark; `spaced` that white space stands before it.
    """

    sign: str
    text: str
    start: int
    end: int
    spoken: bool = False
    spaced: bool = False


MAX_RUN_LETTERS: Final = 3
"""Letters that can be a product of one-letter names ("QK", "nd", "xWz"); more of them are a name or a word."""

_SHORT_WORDS: Final = frozenset(
    "an as at be by do go he if in is it me my no of on or so to up us we for and not are can has was".split()
)
_CALCULATES: Final = frozenset("/ * + − · × ⋅ =".split())
"""Marks that stand between two quantities; "-" may be a dash."""


def is_product(word: str, behind: Token, vocabulary: frozenset[str]) -> bool:
    """Whether a short run of letters is a product: of known names, with a capital inside, or with a power behind."""
    if len(word) > MAX_RUN_LETTERS or not word.isalpha() or word.lower() in _SHORT_WORDS:
        return False
    single = {name for name in vocabulary if len(name) == 1}
    raised = behind.sign == "raised" or (behind.text[:1] in {"^", "/", "·"} and not behind.spaced)
    return set(word) <= single or raised or word[1:] != word[1:].lower() or any(letter in GREEK for letter in word)


def has_factor(raw: Sequence[Token], at: int) -> bool:
    """Whether a number or a sign stands right before a short word: "4ac", "dL/dw"."""
    before = raw[at - 1] if at else raw[at]
    factor = before.sign == "number" or before.text in {"/", "·"}
    return factor and not raw[at].spaced and len(raw[at].text) <= MAX_RUN_LETTERS and raw[at].text.isalpha()


def is_quantity(raw: Sequence[Token], at: int) -> bool:
    """Whether a word is calculated with: between a sign and a sign or bracket ("(revenue − cost) / revenue")."""
    before = raw[at - 1] if at else None
    behind = raw[at + 1] if at + 1 < len(raw) else None
    left = before is not None and before.text in _CALCULATES and (raw[at].spaced or before.text != "/")
    right = behind is not None and behind.text in _CALCULATES and (behind.spaced or behind.text != "/")
    opened = before is not None and before.text in {"(", "{", r"\frac"}
    closed = behind is not None and behind.text in {")", "}"}
    ended = behind is None or (behind.text in {".", ",", ";", "$"} and not behind.spaced)
    braced = opened and closed and before is not None and before.text == "{"
    listed = opened and behind is not None and behind.text == "," and at > 1 and not raw[at - 1].spaced
    return braced or listed or (left and (right or closed or ended)) or (right and opened) or (closed and left)


def is_factorial(raw: Sequence[Token], at: int, vocabulary: frozenset[str]) -> bool:
    """Whether "!" belongs to what is before it, where it might only end a sentence."""
    behind = raw[at + 1] if at + 1 < len(raw) else None
    goes_on = behind is not None and not behind.spaced and behind.sign == "mark"
    signed = behind is not None and behind.text in _CALCULATES
    return not raw[at].spaced and (goes_on or signed or "factorial" in vocabulary)
