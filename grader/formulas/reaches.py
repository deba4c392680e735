"""How far the signs of spoken mathematics may reach, and every choice of it for one expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product
from typing import Final, NamedTuple

from grader.formulas.beside import Token

RELATION, LOOSE, SUM, PRODUCT, TIGHT, POWER = 3, 5, 10, 20, 30, 40
"""How strongly signs bind, loosest first."""

MAX_OPEN_TOKENS: Final = 30
"""Longest expression read in more than the plainest way; nobody speaks a longer one in one breath."""


MAX_ALIKE: Final = 400
"""Choices tried by which the same word always reaches as far."""


class Reach(NamedTuple):
    """How far one sign reaches: it binds what is before it by `left`, what is behind it by `right`.

    Where it `holds`, it ends before the next spoken "times": "the root of one minus a, times b". Where it reaches
    `once`, it ends behind one sign: "F of n minus one, plus".
    """

    left: int = PRODUCT
    right: int = PRODUCT
    holds: bool = False
    once: bool = False


_OF: Final = (
    Reach(),
    Reach(right=TIGHT),
    Reach(right=SUM),
    Reach(right=SUM, holds=True),
    Reach(right=LOOSE - 1),
    Reach(right=SUM, once=True),
)
_OVER: Final = tuple(Reach(left, right) for left in (PRODUCT, LOOSE) for right in (PRODUCT + 1, SUM, TIGHT))
_TIMES: Final = (
    Reach(right=PRODUCT + 1), Reach(LOOSE, PRODUCT + 1), Reach(right=SUM), Reach(LOOSE, SUM)
)  # fmt: skip
_PLUS: Final = (Reach(right=SUM + 1), Reach(right=LOOSE))
"""Behind a spoken "plus" a sum may be meant as a whole: "plus one minus a, times b"."""

_RAISED: Final = (
    Reach(POWER, POWER), Reach(POWER, PRODUCT), Reach(POWER, LOOSE - 1), Reach(SUM, POWER), Reach(SUM, PRODUCT)
)  # fmt: skip
"""What is raised is what stands right before, or all of a sum: "x minus m, squared"."""


def ways(tokens: Sequence[Token]) -> Iterator[tuple[dict[int, Reach], bool, bool]]:
    """Every choice of what is open: the reach of each open place, whether "W(x)" calls W, whether "1/2x" is 1/(2x)."""
    signs = [token.sign for token in tokens]
    places = {
        place: choices
        for place, token in enumerate(tokens if len(tokens) <= MAX_OPEN_TOKENS else ())
        if (choices := _choices(token, signs[place + 1 :]))
    }
    bracket = any(one == "name" and other == "(" for one, other in pairwise(signs))
    divided = "/" in signs or "over" in signs
    for calls, joined in product((True, False) if bracket else (True,), (False, True) if divided else (False,)):
        for chosen in _chosen(tokens, places):
            yield chosen, calls, joined


def _chosen(tokens: Sequence[Token], places: dict[int, tuple[Reach, ...]]) -> Iterator[dict[int, Reach]]:
    """Every choice for the open places: first those by which the same word reaches as far each time it is said."""
    words = {tokens[place].text: choices for place, choices in places.items()}
    for chosen in islice(product(*words.values()), MAX_ALIKE):
        told = dict(zip(words, chosen, strict=True))
        yield {place: told[tokens[place].text] for place in places}
    if len(words) < len(places):
        for chosen in product(*places.values()):
            yield dict(zip(places, chosen, strict=True))


def _choices(token: Token, following: Sequence[str]) -> tuple[Reach, ...]:
    if token.sign == "over":
        return _OVER
    if token.spoken and token.sign == "+" and "*" in following and "-" in following:
        return _PLUS
    if token.spoken and token.sign == "factorial":
        return _RAISED[:1] + _RAISED[3:4]
    if token.spoken and token.sign in {"*", "^"}:
        return _TIMES if token.sign == "*" else _RAISED
    bracketed = bool(following) and following[0] in {"(", "{", "of"}
    opens = token.sign == "of" or (token.sign in {"function", "sqrt", "sum", "prod", "int"} and not bracketed)
    return _OF if opens else ()
