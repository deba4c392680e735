"""Groups of candidates are compared by rates and ratios, with intervals, and what is small says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.impact import UNKNOWN, Comparison, GroupRate, ImpactReport, Note, Scored, impact


def people(group: str, n: int, selected: int, score: float = 0.5) -> list[tuple[Scored, str]]:
    return [(Scored(f"{group} {number}", score, number < selected), group) for number in range(n)]


def compared(*groups: list[tuple[Scored, str]]) -> ImpactReport:
    everybody = [each for group in groups for each in group]
    return impact([each for each, _ in everybody], {each.ref: {"sex": group} for each, group in everybody})


def table(report: ImpactReport, rate: str = "selection", category: str = "sex") -> Comparison:
    return next(each for each in report.comparisons if (each.rate, each.category) == (rate, category))


def row(comparison: Comparison, group: str) -> GroupRate:
    return next(each for each in comparison.groups if each.group == group)


def test_a_rate_is_compared_with_the_highest_groups() -> None:
    found = table(compared(people("men", 200, 100), people("women", 100, 30)))
    women, men = row(found, "women"), row(found, "men")
    assert (women.rate, women.ratio, men.ratio) == (0.3, pytest.approx(0.6), 1.0)
    assert women.notes == (Note.BELOW_FOUR_FIFTHS,)
    assert women.ratio_interval == pytest.approx((0.43, 0.84), abs=0.01), "as by hand, after Katz"
    assert women.interval == pytest.approx((0.219, 0.396), abs=0.001), "as by hand, after Wilson"
    assert men.ratio_interval is None


def test_who_scores_above_the_median_of_all_is_counted() -> None:
    scores = {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}
    groups = {name: {"sex": "f" if name in "ad" else "m"} for name in scores}
    report = impact([Scored(name, score) for name, score in scores.items()], groups)
    assert report.median == 0.25
    assert [each.rate for each in report.comparisons] == ["scoring"], "nobody said who was selected"
    assert {each.group: each.rate for each in table(report, "scoring").groups} == {"f": 0.5, "m": 0.5}


def test_what_is_small_says_so_and_a_tiny_group_is_not_the_highest() -> None:
    found = table(compared(people("many", 200, 100), people("few", 3, 3)))
    assert row(found, "few").notes == (Note.FEW, Note.FEW_EITHER, Note.SMALL_SHARE)
    assert (row(found, "many").ratio, row(found, "few").ratio) == (1.0, 2.0)


def test_who_is_of_no_known_group_is_counted_apart() -> None:
    scored = [Scored("a", 0.5, selected=True), Scored("b", 0.6, selected=False), Scored("c", None), Scored("d", 0.7)]
    told = {"a": {"sex": "f"}, "b": {"sex": " "}, "c": {"sex": "m"}, "e": {"sex": "m"}}
    report = impact(scored, told)
    assert (report.people, report.unmatched, report.unscored) == (3, 1, 2)
    assert [(each.group, each.people, each.ratio) for each in table(report).groups] == [
        ("f", 1, 1.0),
        (UNKNOWN, 1, None),
    ]


def test_two_categories_are_crossed_too() -> None:
    groups = {"a": {"sex": "f", "origin": "x"}, "b": {"sex": "m", "origin": "x"}, "c": {"sex": "f", "origin": ""}}
    report = impact([Scored(name, 0.5, selected=True) for name in groups], groups)
    crossed = table(report, category="sex × origin")
    assert [each.group for each in crossed.groups] == ["f × x", "m × x", UNKNOWN]


def test_where_nobody_is_selected_there_is_no_ratio() -> None:
    assert {each.ratio for each in table(compared(people("a", 5, 0), people("b", 5, 0))).groups} == {None}


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=5))
def test_every_interval_holds_its_value(groups: list[tuple[int, int]]) -> None:
    report = compared(*(people(str(number), n, min(n, chosen)) for number, (n, chosen) in enumerate(groups)))
    for each in report.comparisons:
        for found in each.groups:
            assert 0 <= found.interval[0] <= found.rate <= found.interval[1] <= 1
            if found.ratio and found.ratio_interval:
                assert found.ratio_interval[0] <= found.ratio <= found.ratio_interval[1]
