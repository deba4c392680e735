"""Expressions, and the number each one has when its names have numbers.

Nothing is rewritten: order, brackets, fractions and powers, e^x and exp(x) come out the same because the numbers do.
"""

from __future__ import annotations

import cmath
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from grader.formulas.notation import SAME_FUNCTION

MAX_MAGNITUDE: Final = 1e60
"""Beyond it numbers no longer tell formulas apart."""


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    value: float


@dataclass(frozen=True)
class Name:
    """A symbol; its subscripts and accents belong to it ("x_i", "m_hat")."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function of its arguments; `head` is one of FUNCTIONS or any name."""

    head: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Operation:
    """`sign` is one of + - * / ^ < pm and given."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Total:
    """A sum, product or integral (`kind`) of a body; `bounds` are its limits without the index, empty where unsaid."""

    kind: str
    bounds: str
    body: Expression


Expression = Number | Name | Call | Operation | Total


@dataclass(frozen=True)
class Trial:
    """Numbers for all names, made from `seed`; `renamed` gives a name the number of another.

    Limits of sums count only where `bounded`. `fixed` names have the number they are given.
    """

    seed: int
    renamed: Mapping[str, str]
    bounded: bool = True
    fixed: Mapping[str, complex] = field(default_factory=dict)

    def of(self, name: str) -> float:
        """The number of a name, 0.5 to 1.5, nothing round."""
        shown = self.renamed.get(name, name)
        return 0.5 + (zlib.crc32(f"{self.seed}:{shown}".encode()) % 99_991) / 99_991


def value(expression: Expression, trial: Trial) -> complex:
    """The number an expression has in a trial; ArithmeticError where it has none."""
    match expression:
        case Number(found):
            return complex(found)
        case Name(name):
            return {"e": math.e, "pi": math.pi, **trial.fixed}.get(name) or trial.of(name)
        case Call(head, arguments):
            return _called(head, [value(one, trial) for one in arguments], trial)
        case Operation(sign, left, right):
            return _operated(sign, value(left, trial), value(right, trial), trial)
        case Total(kind, bounds, body):
            return _total(kind, bounds if trial.bounded else "", value(body, trial), trial)


_KNOWN: Final[dict[str, Callable[[complex], complex]]] = {
    "exp": cmath.exp,
    "log": cmath.log,
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
}
_CHOOSING: Final = {"max": max, "min": min}


def _called(head: str, arguments: list[complex], trial: Trial) -> complex:
    base = head.partition("_")[0].lower()
    plain = SAME_FUNCTION.get(base, base)
    if plain in _KNOWN and len(arguments) == 1:
        return _KNOWN[plain](arguments[0])
    if plain in _CHOOSING and len(arguments) > 1:
        return complex(_CHOOSING[plain](one.real for one in arguments))
    shown = trial.of(f"{plain if len(head) > 1 else head}()")
    return shown + sum(cmath.sin((place + 2) * shown + one / 2) for place, one in enumerate(arguments))


def _operated(sign: str, left: complex, right: complex, trial: Trial) -> complex:
    match sign:
        case "+" | "-" | "pm":  # of "±" both are meant, so it is neither of them
            return left + {"+": 1.0, "-": -1.0, "pm": trial.of("±")}[sign] * right
        case "*":
            return _bounded(left * right)
        case "/":
            return left / right
        case "^":
            return _bounded(left**right)
        case _:  # "<", "given": neither commutes
            return cmath.sin(left) + 3 * cmath.sin(right + 0.5)


def _bounded(number: complex) -> complex:
    if not abs(number) < MAX_MAGNITUDE:
        raise OverflowError
    return number


def _total(kind: str, bounds: str, body: complex, trial: Trial) -> complex:
    """A sum is linear in its body, a product a power of it: as many terms as no real one has."""
    terms = 2 + trial.of(f"{kind} {bounds}")
    return _bounded(body**terms) if kind == "prod" else body * terms


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    yield expression
    match expression:
        case Call(_, arguments):
            for one in arguments:
                yield from parts(one)
        case Operation(_, left, right):
            yield from parts(left)
            yield from parts(right)
        case Total(_, _, body):
            yield from parts(body)


def names(expression: Expression) -> frozenset[str]:
    """The names in it that stand for something, those of unknown functions with brackets: "x_i", "F()"."""
    symbols = {one.name for one in parts(expression) if isinstance(one, Name)} - {"e", "pi"}
    heads = {f"{one.head}()" for one in parts(expression) if isinstance(one, Call) and len(one.head) == 1}
    return frozenset(symbols | heads)


def in_order(expression: Expression) -> tuple[str, ...]:
    """Its names, numbers and signs from left to right, as one says them: without brackets."""
    match expression:
        case Number(found):
            return (str(found),)
        case Name(name):
            return (name,)
        case Call(head, arguments):
            return (head, *(piece for one in arguments for piece in in_order(one)))
        case Operation(sign, left, right):
            return (*in_order(left), sign, *in_order(right))
        case Total(kind, bounds, body):
            return (kind, bounds, *in_order(body))


def size(expression: Expression) -> int:
    """How many names, numbers, functions and signs it is made of."""
    return sum(1 for _ in parts(expression))
