"""The formulas in a text: runs of mathematics, divided at commas and relations, and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from grader.formulas.beside import Token
from grader.formulas.expression import Call, Expression, Operation, Total, names, parts
from grader.formulas.parsing import readings
from grader.formulas.symbols import folded
from grader.formulas.tokens import tokens
from rubrics.model import Span

Side = tuple[Expression, ...]
"""What one side of a formula can mean."""


@dataclass(frozen=True)
class Formula:
    """An expression, or several that are said to be equal; `span` is where it stands in its text.

    One that is `cut` goes on in words ("x plus the input"): nobody can tell what it says. `called` is the word that it
    is said of, in lower case ("precision = ..."). Where a sign of it is `spoken`, nobody hears its brackets.
    """

    span: Span
    sides: tuple[Side, ...]
    cut: bool = False
    called: str = ""
    spoken: bool = False

    @property
    def said(self) -> Side:
        """What it says: the last side, every reading of it."""
        return self.sides[-1]

    @property
    def subject(self) -> Side:
        """What it says it of: every reading of the sides before the last."""
        return tuple(one for side in self.sides[:-1] for one in side)


MAX_FORMULAS: Final = 25
"""Formulas read in one text; of 692 labelled answers none has more than 13. It bounds the time of hostile ones."""


def formulas(text: str, vocabulary: frozenset[str] = frozenset()) -> tuple[Formula, ...]:
    """The first MAX_FORMULAS formulas in `text`, in order; `vocabulary` are names to expect (`names_of`)."""
    found = _named(folded(tokens(text, vocabulary), vocabulary), vocabulary)
    return tuple(islice(_read(text, found), MAX_FORMULAS))


def _read(text: str, found: Sequence[Token]) -> Iterator[Formula]:
    """The formulas of all runs; one that goes on behind a word from a run that ends in a sign is cut."""
    pending = False
    for before, run in _runs(found):
        said = [token for token in run if token.sign != "glue"]
        for number, piece in enumerate(_pieces(run)):
            word = text[before.start : before.end] if before and not number else ""
            for formula in _formula(piece, word):
                yield replace(formula, cut=formula.cut or (pending and not number))
        pending = bool(said) and said[-1].sign in _SIGNS


def _named(found: Sequence[Token], vocabulary: frozenset[str]) -> list[Token]:
    """The tokens, a word that only says what the expected name behind it is ("times recall R") made glue."""
    told = list(found)
    for place, token in enumerate(told[:-1]):
        before = next((one for one in reversed(told[:place]) if one.sign != "glue"), None)
        signed = before is not None and before.spoken and before.sign in _SIGNS | {"of"}
        named = told[place + 1].sign == "name" and told[place + 1].text in vocabulary
        if token.sign == "word" and signed and named and token.text.isalpha():
            told[place] = replace(token, sign="glue")
    return told


def names_of(found: Sequence[Formula]) -> frozenset[str]:
    """The names in formulas, and the letters and words that they are put together from."""
    whole = {name.removesuffix("()") for one in found for side in one.sides for each in side for name in names(each)}
    heads = {
        part.head for one in found for side in one.sides for each in side for part in parts(each)
        if isinstance(part, Call)
    }  # fmt: skip
    pieces = {piece for name in whole | heads for piece in name.replace("'", "").split("_")}
    return frozenset(piece for piece in whole | heads | pieces if piece)


def _runs(found: Sequence[Token]) -> Iterator[tuple[Token | None, list[Token]]]:
    """The stretches without a word of prose, each with the word before it."""
    before: Token | None = None
    run: list[Token] = []
    for token in found:
        if token.sign == "word":
            yield before, run
            before, run = token, []
        else:
            run.append(token)
    yield before, run


_DIVIDERS: Final = frozenset({",", ";", "and", "..."})
_SIGNS: Final = frozenset({"*", "+", "-", "/", "over", "pm"})
_EDGES: Final = frozenset({"glue", "of", "and", ",", ";", "=", "given", "sub", "hat", "bar", "'", "!", "...", "in"})
_VISIBLE: Final = _SIGNS | {"^", "frac", "sqrt", "sum", "prod", "int", "=", "<", ">", "(", "of", "function", "|"}
"""Signs of which a formula has one."""

_REACHING: Final = frozenset({"^", "_", "of", "function", "sqrt", "sum", "prod"})
"""Behind these something must follow."""

_OPENING: Final = frozenset({"(", "{"})
_CLOSING: Final = frozenset({")", "}"})


def _pieces(run: Sequence[Token]) -> Iterator[list[Token]]:
    """A run divided at the commas between formulas; one before "times" is a pause."""
    piece: list[Token] = []
    depth = 0
    for token, following in zip(run, [*run[1:], None], strict=False):
        depth += (token.sign in _OPENING) - (token.sign in _CLOSING)
        pause = following is not None and following.sign in _SIGNS and following.spoken
        if token.sign in _DIVIDERS and depth <= 0:
            if not pause:
                yield piece
                piece = []
        else:
            piece.append(token)
    yield piece


def _trimmed(piece: Sequence[Token]) -> list[Token]:
    """Without what begins or ends no formula, and without brackets that have no other half."""
    kept = list(piece)
    edges = _EDGES | ({"|"} if sum(token.sign == "|" for token in kept) % 2 else set())
    while kept and (kept[0].sign in edges | {"*", "/", "+", "over", "^"} or _unclosed(kept, kept[0].sign in _OPENING)):
        kept.pop(0)
    while kept and (kept[-1].sign in edges | _SIGNS | {"^", "_"} or (kept[-1].sign in _CLOSING and _excess(kept) < 0)):
        kept.pop()
    return kept


def _unclosed(tokens: Sequence[Token], opens: bool) -> bool:  # noqa: FBT001 - what the caller has seen
    return opens and _excess(tokens) > 0


def _excess(tokens: Sequence[Token]) -> int:
    return sum((token.sign in _OPENING) - (token.sign in _CLOSING) for token in tokens)


def _formula(piece: Sequence[Token], before: str) -> Iterator[Formula]:
    if not piece:
        return
    kept = _trimmed(piece)
    if not any(token.sign in _VISIBLE for token in kept):
        return  # "KV" is an abbreviation
    sides = tuple(readings(_trimmed(side)) for side in _sides(kept))
    plain = [token for token in piece if token.sign != "glue"]
    cut = plain[0].sign in _SIGNS - {"-"} or plain[-1].sign in _SIGNS | _REACHING or not all(sides)
    called = before.lower() if piece[0].sign == "=" and before.isalpha() else ""
    span = Span(start=kept[0].start, end=kept[-1].end)
    spoken = any(token.spoken and token.sign in _VISIBLE for token in kept)
    whole = Formula(span, tuple(side for side in sides if side), cut, called, spoken)
    if whole.sides and any(_says(one) for side in whole.sides for one in side):
        yield whole


def _sides(piece: Sequence[Token]) -> Iterator[list[Token]]:
    side: list[Token] = []
    depth = 0
    for token in piece:
        depth += (token.sign in _OPENING) - (token.sign in _CLOSING)
        if token.sign == "=" and depth <= 0:
            yield side
            side = []
        else:
            side.append(token)
    yield side


def _says(expression: Expression) -> bool:
    """Whether an expression is more than a name or a number."""
    return isinstance(expression, Operation | Total | Call)
