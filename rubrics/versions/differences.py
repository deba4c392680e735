"""What an edit changed, for people, and which points must be judged anew because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

from rubrics.model import Group, Immutable, KeyPoint, KeyPointKind, Rubric

JUDGED: Final = ("text", "kind", "rulings", "paraphrases")
"""Fields of a key point that a judge sees, or that decide which passages it is shown."""

JUDGED_OF_FORMULAS: Final = ("symbols", "topic")
"""What the judge of formulas reads besides; a change of any other field leaves a point's verdicts as they are."""

_FIELDS: Final = tuple(name for name in KeyPoint.model_fields if name != "id")


class Kind(StrEnum):
    """What became of a part of the rubric."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Change(Immutable):
    """One difference; `where` is `question.text`, `k2.weight`, `group g1`; `judged` says that verdicts are affected."""

    kind: Kind
    where: str
    before: str = ""
    after: str = ""
    judged: bool = False


def differences(old: Rubric, new: Rubric) -> tuple[Change, ...]:
    """Every change from one rubric to another: question, reference, points in their order, groups."""
    return (*_of_question(old, new), *_of_points(old, new), *_of_groups(old, new))


def reused(old: Rubric, new: Rubric) -> dict[str, str]:
    """For each point of `new` whose verdicts still hold, the point of `old` they were given on.

    A verdict holds while question and all fields that are judged stay; a point may have got another id.
    """
    if old.question.text != new.question.text:
        return {}
    given = {_judged(point): point.id for point in reversed(old.key_points)}
    same_id = {point.id for point in old.key_points}
    return {
        point.id: point.id if point.id in same_id and _judged(old.point(point.id)) == _judged(point) else found
        for point in new.key_points
        if (found := given.get(_judged(point)))
    }


def _judged(point: KeyPoint) -> tuple[Any, ...]:
    return tuple(getattr(point, name) for name in _judged_fields(point))


def _judged_fields(point: KeyPoint) -> tuple[str, ...]:
    return JUDGED + JUDGED_OF_FORMULAS if point.kind is KeyPointKind.FORMULA else JUDGED


def _of_question(old: Rubric, new: Rubric) -> Iterator[Change]:
    for name in ("id", "title", "text", "category", "difficulty", "tags"):
        yield from _changed(
            f"question.{name}", getattr(old.question, name), getattr(new.question, name), name == "text"
        )
    yield from _changed("reference_answer", old.reference_answer, new.reference_answer, judged=False)


def _of_points(old: Rubric, new: Rubric) -> Iterator[Change]:
    before = {point.id: point for point in old.key_points}
    after = {point.id: point for point in new.key_points}
    for point in new.key_points:
        if point.id not in before:
            yield Change(kind=Kind.ADDED, where=point.id, after=point.text, judged=True)
            continue
        for name in _FIELDS:
            if name == "source" and old.reference_answer != new.reference_answer:
                continue  # the spans moved with the text
            given, taken = getattr(before[point.id], name), getattr(point, name)
            yield from _changed(f"{point.id}.{name}", given, taken, name in _judged_fields(point))
    for point in old.key_points:
        if point.id not in after:
            yield Change(kind=Kind.REMOVED, where=point.id, before=point.text)


def _of_groups(old: Rubric, new: Rubric) -> Iterator[Change]:
    before, after = ({group.id: group for group in rubric.groups} for rubric in (old, new))
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Change(kind=Kind.REMOVED, where=f"group {name}", before=_said(before[name]))
        elif name not in before:
            yield Change(kind=Kind.ADDED, where=f"group {name}", after=_said(after[name]))
        else:
            yield from _changed(f"group {name}", before[name], after[name], judged=False)


def _changed(where: str, before: object, after: object, judged: bool) -> Iterator[Change]:  # noqa: FBT001 - private
    if before != after:
        yield Change(kind=Kind.CHANGED, where=where, before=_said(before), after=_said(after), judged=judged)


def _said(value: object) -> str:
    """A value in words a person would use."""
    if isinstance(value, Group):
        k = f" {value.k} of" if value.k else ""
        return f"{value.kind.value}:{k} {', '.join(value.members)}"
    if isinstance(value, tuple):
        return "; ".join(_said(each) for each in value)
    if hasattr(value, "said") and hasattr(value, "counts_as"):
        return f"“{value.said}” counts as {value.counts_as}"
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def is_free(changes: Sequence[Change]) -> bool:
    """Whether stored verdicts are enough to grade under the new rubric: no judge needs to be called."""
    return not any(change.judged for change in changes)
