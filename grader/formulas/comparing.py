"""Whether two formulas say the same: they do when they give the same numbers wherever they are tried.

Schwartz 1980 and Zippel 1979: polynomials that agree at random points are the same, but for bad luck. Letters may
differ where nothing hangs on them; what hangs on them is in `_may_be_renamed`.
"""

from __future__ import annotations

import cmath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations, product
from typing import Final

from grader.formulas.expression import Call, Expression, Name, Operation, Trial, in_order, names, parts, size, value
from grader.formulas.finding import Formula, Side
from grader.formulas.notation import ORDERS

_SEEDS: Final = (11, 23, 47)
_TOLERANCE: Final = 1e-9

MAX_RENAMED: Final = 4
"""Letters that may differ between two formulas; every pairing of them is tried."""

MIN_TELLING_SIZE: Final = 3
"""Size of the least expression that is a statement: "n^2", but not "F(x)"."""

DISTINCTIVE_SIZE: Final = 8
"""Size from which a formula is hardly said of something else: "n^2 d" is, softmax(QK^T/sqrt(d_k)) is not."""

NAMED_SHARE: Final = 0.75
"""Share of all names in two formulas of the same subject that both must use to be versions of one."""

LIKE_SIZE: Final = 0.5
"""Least size of the smaller of two versions of one formula, in sizes of the larger one."""


_ARITHMETIC: Final = frozenset("sqrt exp log max min abs".split())


class Likeness(StrEnum):
    """How a formula of an answer stands to one of a key point."""

    SAME = "same"
    DIFFERENT = "different"
    """About the same thing, and another value."""
    UNRELATED = "unrelated"


@dataclass(frozen=True)
class Comparison:
    """How two formulas stand to each other; `named` tells that both name what they are about, by the same name."""

    likeness: Likeness
    named: bool = False


def compare(reference: Formula, other: Formula, taken: frozenset[str] = frozenset()) -> Comparison:
    """How `other` stands to `reference`; `taken` are names that mean something else, so nothing is renamed to them."""
    named = _same_subject(reference.subject, other.subject) or bool(other.called and reference.called == other.called)
    if _agree(reference, other, taken) or any(_rearranged(reference, other)):
        return Comparison(Likeness.SAME, named)
    if other.spoken and _sounds_alike(reference, other):
        return Comparison(Likeness.UNRELATED)  # brackets tell them apart, and these are not heard
    if _equated(reference) and _equated(other) and _names_of(reference) == _names_of(other):
        return Comparison(Likeness.DIFFERENT, named)
    if any(_is_renamed(one, its) for one in reference.said for side in other.sides for its in side):
        return Comparison(Likeness.UNRELATED)  # letters decide, and nobody can tell what they stand for
    if (named or not _other_subject(reference, other)) and _opposed(reference.said, other.said, named=named):
        return Comparison(Likeness.DIFFERENT, named)
    return Comparison(Likeness.UNRELATED)


def _sounds_alike(reference: Formula, other: Formula) -> bool:
    """Whether both say the same names, numbers and signs in the same order."""
    return not {in_order(one) for one in reference.said}.isdisjoint(in_order(its) for its in other.said)


def _equated(formula: Formula) -> bool:
    """Whether it says of two things with three names and more that they are equal."""
    return len(formula.sides) == 2 and len(_names_of(formula)) >= MIN_TELLING_SIZE  # noqa: PLR2004 - an equation


def _names_of(formula: Formula) -> frozenset[str]:
    return frozenset(name for side in formula.sides for one in side[:1] for name in names(one))


def _rearranged(reference: Formula, other: Formula) -> Iterator[bool]:
    """For each way to read both, whether `other` is the equation of `reference` solved for another name."""
    if not (_equated(reference) and _equated(other)):
        return
    for name in {one.name for one in other.subject if isinstance(one, Name)}:
        for its, left, right in product(other.said, reference.subject, reference.said):
            if name in names(left) | names(right) and name not in names(its):
                yield all(_solves(Trial(seed, {}), name, its, left, right) for seed in _SEEDS)


def _solves(trial: Trial, name: str, its: Expression, left: Expression, right: Expression) -> bool:
    """Whether both sides of an equation have the same number once the name has that of its solution."""
    try:
        solved = replace(trial, fixed={name: value(its, trial)})
        return cmath.isclose(value(left, solved), value(right, solved), rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    except (ArithmeticError, ValueError):
        return False


def _agree(reference: Formula, other: Formula, taken: frozenset[str]) -> bool:
    if any(size(one) > 1 for one in reference.said):
        told = other.sides[1:] if _same_subject(reference.subject, other.subject) else other.sides
        return any(_same(one, its, taken) for one in reference.said for side in told for its in side)
    if len(other.sides) < 2:  # noqa: PLR2004 - "RF_0 = 1" is said by both its sides only
        return False
    return _same_subject(reference.subject, other.subject) and any(
        _equal(one, its, {}) for one in reference.said for its in other.said
    )


def _same(one: Expression, other: Expression, taken: frozenset[str]) -> bool:
    one, other = _growth(one), _growth(other)
    return any(_equal(one, other, renaming) for renaming in _renamings(one, other, taken))


def _growth(expression: Expression) -> Expression:
    """What stands in O(...): an answer may leave the O out."""
    if isinstance(expression, Call) and expression.head in ORDERS and len(expression.arguments) == 1:
        return expression.arguments[0]
    return expression


def _equal(one: Expression, other: Expression, renaming: Mapping[str, str]) -> bool:
    """Whether two expressions have the same numbers, the names of `other` read as `renaming` says."""
    return _numbers_equal(one, other, renaming, bounded=True) or (
        _bounds(one) != _bounds(other)
        and not (_bounds(one) and _bounds(other))
        and _numbers_equal(one, other, renaming, bounded=False)
    )


def _bounds(expression: Expression) -> frozenset[str]:
    return frozenset(bounds for one in parts(expression) if (bounds := getattr(one, "bounds", "")))


def _numbers_equal(one: Expression, other: Expression, renaming: Mapping[str, str], *, bounded: bool) -> bool:
    for seed in _SEEDS:
        try:
            first = value(one, Trial(seed, {}, bounded))
            second = value(other, Trial(seed, renaming, bounded))
        except (ArithmeticError, ValueError):
            return False
        if not cmath.isclose(first, second, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
            return False
    return True


# Names


def _renamings(one: Expression, other: Expression, taken: frozenset[str]) -> Iterator[dict[str, str]]:
    """Every way to read the names of `other` that `one` does not use as names that only `one` uses."""
    mine, its = sorted(names(one) - names(other)), sorted(names(other) - names(one))
    if len(mine) != len(its) or len(mine) > MAX_RENAMED:
        return
    free = not (names(one) & names(other) - {f"{head}()" for head in ORDERS})
    for order in permutations(mine):
        renaming = dict(zip(its, order, strict=True))
        if all(_may_be_renamed(new, old, taken, free=free) for new, old in renaming.items()):
            yield renaming


def _may_be_renamed(new: str, old: str, taken: frozenset[str], *, free: bool) -> bool:
    """Whether `new` in an answer may be meant by `old`: a spelling of it, or where all letters are the writer's own."""
    if new.endswith("()") != old.endswith("()"):
        return False
    return _spelled_alike(new, old) or (free and new not in taken and len(_base(new)) == 1)


def _spelled_alike(new: str, old: str) -> bool:
    """The same letter but for case, subscript or accent, or an abbreviation: n and N, d_k and d, pos and p."""
    one, other = _base(new), _base(old)
    return one == other or one.startswith(other) or other.startswith(one)


def _base(name: str) -> str:
    return name.removesuffix("()").split("_")[0].rstrip("'").lower()


def _is_renamed(one: Expression, other: Expression) -> bool:
    """Whether two expressions differ in names only, whatever these may stand for."""
    one, other = _growth(one), _growth(other)
    mine, its = sorted(names(one) - names(other)), sorted(names(other) - names(one))
    if not mine or len(mine) != len(its) or len(mine) > MAX_RENAMED:
        return False
    return any(_equal(one, other, dict(zip(its, order, strict=True))) for order in permutations(mine))


# Versions of one formula


def _same_subject(one: Side, other: Side) -> bool:
    """Whether both name what they are about alike: the same function of anything, or the same symbol."""
    return bool(_heads(one) & _heads(other))


def _other_subject(one: Formula, other: Formula) -> bool:
    """Whether both name what they are about, and not alike."""
    return bool(_heads(one.subject) and _heads(other.subject)) and not _same_subject(one.subject, other.subject)


def _heads(subject: Side) -> frozenset[str]:
    return frozenset(map(_head, subject)) - {""}


def _head(subject: Expression) -> str:
    if isinstance(subject, Operation) and subject.sign in {"/", "^"}:
        return str(subject)
    if isinstance(subject, Call):
        return subject.head.lower() if len(subject.head) > 1 else f"{subject.head}()"
    return subject.name if isinstance(subject, Name) else ""


def _opposed(said: Side, other: Side, *, named: bool) -> bool:
    """Whether two sides are about the same quantities: most of them where both name the same subject, else all.

    An expression that is a part of the other is only unfinished, unless it is said of the same.
    """
    pairs = [(_growth(one), _growth(its)) for one in said for its in other if _grows(one) == _grows(its)]
    whole = named or any(map(_grows, other))
    if not whole and any(_is_part(its, one) or _is_part(one, its) for one, its in pairs):
        return False
    if named:
        return any(_shared(one, its) >= NAMED_SHARE or _words(its) < _words(one) for one, its in pairs)
    return any(_shared(one, its) == 1 and _alike_in_size(one, its) for one, its in pairs)


def _grows(expression: Expression) -> bool:
    return _growth(expression) is not expression


def _shared(one: Expression, other: Expression) -> float:
    """Share of the names of both that both use; 0 where one has none."""
    mine, its = ({_base(name) for name in _words(each)} for each in (one, other))
    return len(mine & its) / len(mine | its) if mine and its else 0.0


def _alike_in_size(one: Expression, other: Expression) -> bool:
    smaller, larger = sorted((size(one), size(other)))
    return smaller >= LIKE_SIZE * larger


def _words(expression: Expression) -> frozenset[str]:
    """Its names, and the functions it uses but for those that any calculation may use."""
    heads = {one.head for one in parts(expression) if isinstance(one, Call)}
    return names(expression) | (heads - _ARITHMETIC)


def _is_part(inner: Expression, outer: Expression) -> bool:
    return any(_equal(one, inner, {}) for one in parts(outer) if size(one) > 1 or size(inner) == 1)


def is_telling(formula: Formula) -> bool:
    """Whether a formula says enough to be looked for: an equation, or an expression of three parts and more."""
    return len(formula.sides) > 1 or any(size(one) >= MIN_TELLING_SIZE for one in formula.said)


def is_distinctive(formula: Formula) -> bool:
    """Whether a formula is long enough to be about one thing only."""
    return any(size(one) >= DISTINCTIVE_SIZE for one in formula.said)
