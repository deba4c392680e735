"""Adverse impact: how often groups of candidates are selected, or score above the median, and by what ratio.

After New York City's Local Law 144 and its rules (6 RCNY 5-301): the scoring rate is the share of a group that scores
above the median of all, the impact ratio a rate over the highest group's. A group below 2 % of all may be left out, so
none of those is the highest here. The four-fifths rule (29 CFR 1607.4) is a rule of thumb: a ratio below it is a reason
to look, and one above it proves nothing. Groups come with the question and are kept nowhere.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from rubrics.model import Immutable

FOUR_FIFTHS: Final = 0.8
LEAST_SHARE: Final = 0.02
"""Of all candidates with a known group: below this a group may be left out of the ratios."""

FEW: Final = 30
"""People in a group below which its rate says little: its 95 % interval is then up to 36 points wide."""

FEW_EITHER: Final = 5
"""Selected, or not selected, below which the intervals of a ratio are too narrow to be believed."""

Z: Final = 1.959964
"""Of a 95 % interval."""

UNKNOWN: Final = "(unknown)"
ACROSS: Final = " × "


class Note(StrEnum):
    """What keeps a row from saying much."""

    FEW = "fewer than 30 people"
    FEW_EITHER = "fewer than 5 on one side"
    SMALL_SHARE = "below 2 % of all: may be left out"
    BELOW_FOUR_FIFTHS = "ratio below four fifths"


@dataclass(frozen=True)
class Scored:
    """One candidate: the score, null where there is none, and whether the customer selected them, null if unknown."""

    ref: str
    score: float | None
    selected: bool | None = None


class GroupRate(Immutable):
    """One group: of `people` so many are counted; the rate, and its ratio to the highest group's, with intervals."""

    group: str
    people: int
    counted: int
    rate: float
    interval: tuple[float, float]
    ratio: float | None
    ratio_interval: tuple[float, float] | None
    notes: tuple[Note, ...]


class Comparison(Immutable):
    """The groups of one category, or of two crossed (`sex × ethnicity`), the largest first."""

    category: str
    rate: str
    groups: tuple[GroupRate, ...]


class ImpactReport(Immutable):
    """Rates and ratios by group; `unmatched` have a result and nobody told their group, `unscored` the reverse."""

    people: int
    unmatched: int
    unscored: int
    median: float | None
    comparisons: tuple[Comparison, ...]


def impact(scored: Sequence[Scored], groups: Mapping[str, Mapping[str, str]]) -> ImpactReport:
    """Compare groups; `groups` is by candidate and category. An empty group is unknown, and shown as such."""
    known = [each for each in scored if each.ref in groups]
    scores = [each.score for each in known if each.score is not None]
    middle = median(scores) if scores else None
    compared: list[Comparison] = []
    for category, group_of in _categories(groups):
        above = [each for each in known if each.score is not None]
        decided = [each for each in known if each.selected is not None]
        compared += _compared(category, "scoring", above, group_of, lambda each: (each.score or 0.0) > (middle or 0.0))
        compared += _compared(category, "selection", decided, group_of, lambda each: bool(each.selected))
    return ImpactReport(
        people=len(known),
        unmatched=len(scored) - len(known),
        unscored=len(groups) - len(known) + sum(each.score is None for each in known),
        median=middle,
        comparisons=tuple(compared),
    )


def _categories(groups: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Each category, and each two crossed, with what says the group of a candidate."""
    names = tuple(dict.fromkeys(itertools.chain.from_iterable(groups.values())))
    for chosen in (*((name,) for name in names), *itertools.combinations(names, 2)):

        def group_of(ref: str, chosen: tuple[str, ...] = chosen) -> str:
            found = [groups[ref].get(name, "").strip() for name in chosen]
            return ACROSS.join(found) if all(found) else UNKNOWN

        yield ACROSS.join(chosen), group_of


def _compared(
    category: str,
    rate: str,
    people: list[Scored],
    group_of: Callable[[str], str],
    counts: Callable[[Scored], bool],
) -> Iterator[Comparison]:
    """Nothing where nobody can be compared."""
    tally: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in people:
        one = tally[group_of(each.ref)]
        one[0] += 1
        one[1] += counts(each)
    told = {group: (n, counted) for group, (n, counted) in tally.items() if group != UNKNOWN}
    if not told:
        return
    everybody = sum(n for n, _ in told.values())
    eligible = {group: pair for group, pair in told.items() if pair[0] >= LEAST_SHARE * everybody}
    highest = max(eligible, key=lambda group: (eligible[group][1] / eligible[group][0], eligible[group][0]))
    rows = [_row(group, told[group], told[highest], everybody, is_highest=group == highest) for group in told]
    if UNKNOWN in tally:
        rows.append(_row(UNKNOWN, (tally[UNKNOWN][0], tally[UNKNOWN][1]), None, everybody, is_highest=False))
    ordered = sorted(rows, key=lambda row: (row.group == UNKNOWN, -row.people, row.group))
    yield Comparison(category=category, rate=rate, groups=tuple(ordered))


def _row(
    group: str, own: tuple[int, int], highest: tuple[int, int] | None, everybody: int, *, is_highest: bool
) -> GroupRate:
    n, counted = own
    rate = counted / n
    ratio = None if highest is None or highest[1] == 0 else rate / (highest[1] / highest[0])
    interval = None if ratio is None or is_highest or highest is None else _ratio_interval(own, highest)
    notes = (
        (Note.FEW, n < FEW),
        (Note.FEW_EITHER, min(counted, n - counted) < FEW_EITHER),
        (Note.SMALL_SHARE, n < LEAST_SHARE * everybody),
        (Note.BELOW_FOUR_FIFTHS, ratio is not None and ratio < FOUR_FIFTHS),
    )
    return GroupRate(
        group=group,
        people=n,
        counted=counted,
        rate=rate,
        interval=_rate_interval(n, counted),
        ratio=ratio,
        ratio_interval=interval,
        notes=tuple(note for note, holds in notes if holds),
    )


def _rate_interval(n: int, counted: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share: holds its level for small groups, too."""
    rate, spread = counted / n, Z * Z / n
    centre = (rate + spread / 2) / (1 + spread)
    half = Z * math.sqrt(rate * (1 - rate) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half))


def _ratio_interval(own: tuple[int, int], highest: tuple[int, int]) -> tuple[float, float]:
    """Katz's 95 % interval of a ratio of two shares; half a person is added where somebody counts none."""
    (n, counted), (most, most_counted) = own, highest
    half = 0.5 if counted == 0 else 0.0
    first, second = counted + half, most_counted + half
    ratio = (first / (n + half)) / (second / (most + half))
    error = math.sqrt(1 / first - 1 / (n + half) + 1 / second - 1 / (most + half))
    return ratio * math.exp(-Z * error), ratio * math.exp(Z * error)
