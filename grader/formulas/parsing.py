"""Tokens as an expression, in each of the ways they can be meant.

Written mathematics leaves little open ("1/2x"); spoken mathematics leaves much: how far "over", "of" and "to the" reach
is told by tone. So every `Reach` is tried, and a text says a formula if one of its readings does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from grader.formulas.beside import Token
from grader.formulas.expression import Call, Expression, Name, Number, Operation, Total
from grader.formulas.reaches import POWER, PRODUCT, RELATION, SUM, TIGHT, Reach, ways

MAX_TOKENS: Final = 60
"""Longest expression read; no key point's formula is half of that."""

_OPERANDS: Final = frozenset({"name", "number", "function", "(", "{", "frac", "sqrt", "sum", "prod", "int", "|"})
_CLOSING: Final = {"(": ")", "{": "}", "|": "|"}
_DIVIDERS: Final = frozenset({",", ";", "argument", "given"})


MAX_TRIED: Final = 800
MAX_READINGS: Final = 24
"""Ways to read an expression that are tried, and different readings that are kept; those of the labelled answers have
16 at most."""


_RAISED: Final = Reach(POWER, POWER)
"""How far a written power reaches."""


class Unreadable(ValueError):
    """The tokens are no expression."""


def readings(tokens: Sequence[Token]) -> tuple[Expression, ...]:
    """All expressions the tokens can mean, the plainest first; none where they are no expression."""
    kept = [token for token in tokens if token.sign != "glue"]
    if not 0 < len(kept) <= MAX_TOKENS:
        return ()
    found: dict[Expression, None] = {}
    for reach, calls, joined in islice(ways(kept), MAX_TRIED):
        try:
            found[_Parser(kept, reach, calls=calls, joined=joined).whole()] = None
        except (Unreadable, RecursionError):
            continue
        if len(found) == MAX_READINGS:
            break
    return tuple(found)


class _Parser:
    """Precedence climbing over the tokens; `reach` is that of the open places."""

    def __init__(self, tokens: Sequence[Token], reach: Mapping[int, Reach], *, calls: bool, joined: bool) -> None:
        self._tokens = tokens
        self._reach = reach
        self._calls = calls
        self._joined = joined
        self._at = 0
        self._held = False
        self._barred = False
        self._readers: dict[str, Callable[[Token], Expression]] = {
            "number": lambda token: Number(float(token.text)),
            **dict.fromkeys("+-", self._signed),
            **dict.fromkeys("({|", self._bracketed),
            "frac": self._fraction,
            "sqrt": self._root,
            **dict.fromkeys(("sum", "prod", "int"), self._total),
            "name": self._name,
            "function": self._function,
        }

    def whole(self) -> Expression:
        found = self._expression(0)
        if self._at < len(self._tokens):
            raise Unreadable
        return found

    def _sign(self) -> str:
        return self._tokens[self._at].sign if self._at < len(self._tokens) else ""

    def _take(self) -> Token:
        if self._at >= len(self._tokens):
            raise Unreadable
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if self._take().sign != sign:
            raise Unreadable

    def _reached(self, written: int) -> int:
        """How strongly what stands behind the token just taken must bind; `written` where nothing is open."""
        reach = self._reach.get(self._at - 1)
        return written if reach is None else reach.right

    def _reached_expression(self, written: int, place: int) -> Expression:
        """What the open sign at `place` reaches."""
        reach = self._reach.get(place, Reach(right=written))
        outside, self._held = self._held, reach.holds
        found = self._once() if reach.once else self._expression(reach.right)
        self._held = outside
        return found

    def _once(self) -> Expression:
        """One sum or difference of two, no more."""
        left = self._expression(PRODUCT)
        if self._sign() not in {"+", "-"}:
            return left
        return Operation(self._take().sign, left, self._expression(PRODUCT))

    def _skip(self, sign: str) -> bool:
        found = self._sign() == sign
        self._at += found
        return found

    # Signs between operands

    def _expression(self, least: int) -> Expression:
        left = self._operand()
        while (more := self._more(left, least)) is not None:
            left = more
        return left

    def _more(self, left: Expression, least: int) -> Expression | None:
        """`left` with the next sign and what stands behind it; None where that binds less than `least`."""
        sign = self._sign()
        if sign in {"+", "-", "pm"} and least <= SUM:
            return Operation(self._take().sign, left, self._expression(self._reached(SUM + 1)))
        if sign in {"*", "/", "over"} and least <= self._reach.get(self._at, Reach()).left:
            return self._multiplied(left, sign)
        if sign == "^" and least <= self._reach.get(self._at, _RAISED).left:
            self._take()
            return Operation("^", left, self._exponent())
        if sign == "factorial" and least <= self._reach.get(self._at, _RAISED).left:
            self._take()
            return Call("factorial", (left,))
        if sign in {"<", ">"} and least <= RELATION:
            return self._compared(left, self._take().sign)
        return self._joined_with(left, least)

    def _multiplied(self, left: Expression, sign: str) -> Expression | None:
        if self._held and self._tokens[self._at].spoken:
            return None
        self._take()
        return Operation("*" if sign == "*" else "/", left, self._expression(self._reached(PRODUCT + 1)))

    def _joined_with(self, left: Expression, least: int) -> Expression | None:
        """A product without a sign."""
        strength = TIGHT - 1 if self._joined else PRODUCT
        if self._sign() in _OPERANDS and least <= strength and self._is_factor():
            return Operation("*", left, self._expression(strength + 1))
        return None

    def _compared(self, left: Expression, sign: str) -> Expression:
        right = self._expression(RELATION + 1)
        return Operation("<", left, right) if sign == "<" else Operation("<", right, left)

    def _is_factor(self) -> bool:
        """Whether the next operand may be multiplied without a sign: not a number ("x 2"), nor what may close a bar."""
        token = self._tokens[self._at]
        if token.sign == "|":
            return not self._barred
        return token.sign != "number" or not (token.spoken or token.spaced)

    def _exponent(self) -> Expression:
        reached = self._reached(POWER)
        negative = self._skip("-")
        found = self._expression(reached)
        return _negative(found) if negative else found

    # Operands

    def _operand(self) -> Expression:
        token = self._take()
        reader = self._readers.get(token.sign)
        if reader is None:
            raise Unreadable
        return reader(token)

    def _signed(self, sign: Token) -> Expression:
        found = self._expression(PRODUCT)
        return _negative(found) if sign.sign == "-" else found

    def _bracketed(self, opening: Token) -> Expression:
        found = self._enclosed(opening.sign)
        return Call("abs", (found,)) if opening.sign == "|" else found

    def _fraction(self, _command: Token) -> Expression:
        return Operation("/", self._braced(), self._braced())

    def _total(self, sign: Token) -> Expression:
        return Total(sign.sign, sign.text, self._opened(PRODUCT))

    def _enclosed(self, sign: str) -> Expression:
        outside = self._held, self._barred
        self._held, self._barred = False, sign == "|"
        found = self._expression(0)
        if self._skip("given"):
            found = Operation("given", found, self._expression(0))
        self._expect(_CLOSING[sign])
        self._held, self._barred = outside
        return found

    def _braced(self) -> Expression:
        """A group in braces, or the single token that LaTeX allows instead."""
        return self._expression(POWER + 1)

    def _opened(self, written: int) -> Expression:
        """What stands behind the sign just taken, or behind its "of"."""
        place = self._at - 1 + self._skip("of")
        return self._reached_expression(written, place)

    def _root(self, _sign: Token) -> Expression:
        return Call("sqrt", (self._braced() if self._sign() in {"(", "{"} else self._opened(TIGHT),))

    def _name(self, token: Token) -> Expression:
        if self._skip("of"):
            return Call(token.text, self._spoken_arguments())
        adjacent = self._sign() == "(" and not self._tokens[self._at].spaced
        if adjacent and self._calls:
            return Call(token.text, self._arguments())
        return Name(token.text)

    def _function(self, token: Token) -> Expression:
        power = self._exponent() if self._skip("^") else None
        if self._sign() in {"(", "{"}:
            found: Expression = Call(token.text, self._arguments())
        elif self._skip("of"):
            found = Call(token.text, self._spoken_arguments())
        elif self._sign() in _OPERANDS:
            found = Call(token.text, (self._reached_expression(PRODUCT, self._at - 1),))
        elif len(self._tokens) == 1:
            return Name(token.text)  # the subject of an equation
        else:
            raise Unreadable
        return Operation("^", found, power) if power else found

    def _arguments(self) -> tuple[Expression, ...]:
        closing = _CLOSING[self._take().sign]
        outside, self._barred = self._barred, True  # a bar in P(A|B) opens nothing
        found = [self._expression(0)]
        while self._sign() in _DIVIDERS or (self._sign() == "|" and closing != "|"):
            given = self._take().sign in {"given", "|"}
            following = self._expression(0)
            found = [*found[:-1], Operation("given", found[-1], following)] if given else [*found, following]
        self._expect(closing)
        self._barred = outside
        return tuple(found)

    def _spoken_arguments(self) -> tuple[Expression, ...]:
        place = self._at - 1
        found = [self._reached_expression(PRODUCT, place)]
        while self._sign() in {"argument", "given"}:
            given = self._take().sign == "given"
            following = self._reached_expression(PRODUCT, place)
            found = [*found[:-1], Operation("given", found[-1], following)] if given else [*found, following]
        return tuple(found)


def _negative(expression: Expression) -> Expression:
    if isinstance(expression, Operation) and expression.sign == "*":
        return replace(expression, left=_negative(expression.left))
    return Operation("-", Number(0.0), expression)
