"""Weights out of a formula: `0.6 * a + 0.4 * b`, `(a + b) / 2`. Read as a syntax tree, never run."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

MAX_CHARACTERS: Final = 1_000

_Terms = dict[str | None, float]
"""The factor of each name; under None the constant."""


def linear_weights(formula: str, names: Sequence[str]) -> dict[str, float] | None:
    """The factor of each of `names`, all of them other than 0; None where `formula` is no weighted sum of them."""
    if len(formula) > MAX_CHARACTERS:
        return None
    try:
        terms = _terms(ast.parse(formula.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, ZeroDivisionError):
        return None
    weights = {name: terms.get(name, 0.0) for name in names}
    known = set(terms) <= {*names, None}
    return weights if known and all(weights.values()) else None


def _terms(node: ast.expr) -> _Terms:
    match node:
        case ast.Constant(value=int() | float() as value):
            return {None: float(value)}
        case ast.Name(id=name):
            return {name: 1.0}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scaled(_terms(operand), -1.0)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            return _sum(_terms(left), _scaled(_terms(right), 1.0 if isinstance(sign, ast.Add) else -1.0))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_terms(left), _terms(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _scaled(_terms(left), 1.0 / _constant(_terms(right)))
    raise ValueError("no weighted sum")


def _sum(left: _Terms, right: _Terms) -> _Terms:
    return {name: left.get(name, 0.0) + right.get(name, 0.0) for name in {**left, **right}}


def _product(left: _Terms, right: _Terms) -> _Terms:
    return _scaled(right, _constant(left)) if set(left) == {None} else _scaled(left, _constant(right))


def _scaled(terms: _Terms, factor: float) -> _Terms:
    return {name: value * factor for name, value in terms.items()}


def _constant(terms: _Terms) -> float:
    if set(terms) != {None}:
        raise ValueError("no number")
    return terms[None]
