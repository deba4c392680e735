"""Verdicts become a score in code: weights, groups, required points, and honesty about what is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain import Label, Verdict
from grader.scoring import Policy, score, score_labels
from rubrics.model import Group, GroupKind, KeyPoint, Question, Rubric

IDS = ("k1", "k2", "k3", "k4")
WEIGHTS = (4.0, 3.0, 2.0, 1.0)
labels = st.tuples(*[st.sampled_from(Label)] * len(IDS))
policies = st.builds(
    Policy,
    partial_credit=st.floats(0, 1),
    contradiction_penalty=st.floats(0, 1),
    required_cap=st.none() | st.floats(0, 1),
    pass_mark=st.none() | st.floats(0, 1),
)
GROUPS = (
    (),
    (Group(id="g", kind=GroupKind.ANY_OF, members=("k1", "k3")),),
    (Group(id="g", kind=GroupKind.K_OF_N, members=("k1", "k2", "k3"), k=2),),
    (Group(id="g", kind=GroupKind.EXCLUSIVE, members=("k2", "k4")),),
    (Group(id="g", kind=GroupKind.PREREQUISITE, members=("k1", "k2", "k3")),),
)


def rubric(groups: tuple[Group, ...] = (), required: tuple[str, ...] = ("k1",)) -> Rubric:
    points = tuple(
        KeyPoint(id=key, text=f"Point {key}.", weight=weight, required=key in required)
        for key, weight in zip(IDS, WEIGHTS, strict=True)
    )
    return Rubric(question=Question(id="q", title="Q", text="Q?"), key_points=points, groups=groups)


def verdicts(*said: Label) -> tuple[Verdict, ...]:
    return tuple(
        Verdict(key_point_id=key, label=label, judged_by="test", reason="because")
        for key, label in zip(IDS, said, strict=True)
    )


C, P, M, X, U = Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED, Label.UNGRADED


@pytest.mark.parametrize(
    ("said", "expected"),
    [((C, C, C, C), 1.0), ((M, M, M, M), 0.0), ((C, M, M, M), 0.4), ((P, C, M, M), 0.5), ((X, C, C, C), 0.6)],
)
def test_a_score_is_earned_weight_over_all_weight(said: tuple[Label, ...], expected: float) -> None:
    assert score(rubric(), verdicts(*said), Policy()).value == expected


@pytest.mark.parametrize(
    ("group", "said", "expected"),
    [
        # any_of k1|k3 weighs 4 once: 8 in all
        (GROUPS[1], (M, M, C, M), 0.5),
        (GROUPS[1], (C, M, C, M), 0.5),
        (GROUPS[1], (P, C, M, M), 0.625),
        # the best 2 of k1, k2, k3 weigh 4 + 3: 8 in all
        (GROUPS[2], (C, M, C, M), 0.875),
        (GROUPS[2], (C, C, C, M), 0.875),
        (GROUPS[2], (C, M, M, C), 0.5625),
        # k2 (full) and k4 (in part) exclude each other: 9 in all
        (GROUPS[3], (M, C, M, C), 0.3333),
        (GROUPS[3], (M, M, M, C), 0.1111),
        # without k1 neither k2 nor k3 counts
        (GROUPS[4], (M, C, C, C), 0.1),
        (GROUPS[4], (P, C, C, C), 0.8),
    ],
)
def test_groups_count_as_they_are_meant(group: tuple[Group, ...], said: tuple[Label, ...], expected: float) -> None:
    assert score(rubric(group), verdicts(*said), Policy()).value == expected


def test_a_contradiction_costs_what_the_policy_says() -> None:
    assert score(rubric(), verdicts(C, X, M, M), Policy(contradiction_penalty=0.5)).value == 0.25


def test_an_ungraded_point_leaves_the_score_open_between_missed_and_covered() -> None:
    result = score(rubric(), verdicts(C, U, M, M), Policy(pass_mark=0.5))
    assert (result.value, result.interval, result.passed) == (None, (0.4, 0.7), None)
    assert result.credits["k2"] is None


def test_an_ungraded_point_that_cannot_change_the_outcome_does_not_hide_it() -> None:
    assert score(rubric(), verdicts(C, C, M, U), Policy(pass_mark=0.5)).passed is True
    assert score(rubric(), verdicts(M, M, M, U), Policy(pass_mark=0.5)).passed is False


def test_a_missing_required_point_caps_the_score_and_fails_the_answer() -> None:
    result = score(rubric(), verdicts(M, C, C, C), Policy(required_cap=0.4, pass_mark=0.3))
    assert (result.value, result.passed) == (0.4, False)


def test_without_a_pass_mark_nobody_passes_or_fails() -> None:
    assert score(rubric(), verdicts(C, C, C, C), Policy()).passed is None


@given(labels, st.sampled_from(GROUPS), policies)
def test_scores_stay_in_bounds_and_inside_their_interval(
    said: tuple[Label, ...], groups: tuple[Group, ...], policy: Policy
) -> None:
    result = score(rubric(groups), verdicts(*said), policy)
    low, high = result.interval
    assert 0.0 <= low <= high <= 1.0
    assert (result.value is None) == (U in said)
    assert result.value is None or low == high == result.value


@given(labels, st.sampled_from(GROUPS), st.integers(0, 3))
def test_a_better_verdict_never_lowers_a_score(said: tuple[Label, ...], groups: tuple[Group, ...], index: int) -> None:
    graded = [M if label is U else label for label in said]
    better = [*graded]
    better[index] = C
    before, after = (score(rubric(groups), verdicts(*row), Policy()).value for row in (graded, better))
    assert before is not None
    assert after is not None
    assert after >= before


def with_penalty(*groups: Group) -> Rubric:
    plain = rubric(groups)
    mistake = KeyPoint(id="m", text="The wind does it.", weight=2.0, penalty=True)
    return plain.model_copy(update={"key_points": (*plain.key_points, mistake)})


@pytest.mark.parametrize(("mistake", "expected"), [(C, 0.5), (P, 0.6), (M, 0.7), (X, 0.7)])
def test_a_penalty_costs_its_weight_where_the_mistake_is_made(mistake: Label, expected: float) -> None:
    said = (*verdicts(C, C, M, M), Verdict(key_point_id="m", label=mistake, judged_by="test"))
    assert score(with_penalty(), said, Policy()).value == expected


def test_an_ungraded_penalty_leaves_the_score_open_downwards() -> None:
    said = (*verdicts(C, C, M, M), Verdict(key_point_id="m", label=U, judged_by="test", reason="because"))
    result = score(with_penalty(), said, Policy())
    assert (result.value, result.interval) == (None, (0.5, 0.7))


def test_a_chain_of_prerequisites_holds_in_any_order() -> None:
    links = [Group(id=f"g{one}", kind=GroupKind.PREREQUISITE, members=(f"k{one}", f"k{one + 1}")) for one in (1, 2, 3)]
    for groups in (links, links[::-1]):
        assert score(rubric(tuple(groups)), verdicts(M, C, C, C), Policy()).value == 0.0
        assert score(rubric(tuple(groups)), verdicts(C, C, M, C), Policy()).value == 0.7


@st.composite
def grouped(draw: st.DrawFn) -> Rubric:
    """Any rubric of six points and a penalty: members of one scored group at most, prerequisites at will."""
    ids = [f"k{number}" for number in range(1, 7)]
    shuffled = draw(st.permutations(ids))
    groups: list[Group] = []
    for start in (0, 3):
        members = tuple(shuffled[start : start + draw(st.integers(2, 3))])
        kind = draw(st.sampled_from([None, GroupKind.ANY_OF, GroupKind.EXCLUSIVE, GroupKind.K_OF_N]))
        if kind is not None:
            k = draw(st.integers(1, len(members) - 1)) if kind is GroupKind.K_OF_N else None
            groups.append(Group(id=f"s{start}", kind=kind, members=members, k=k))
    for number in range(draw(st.integers(0, 3))):
        members = tuple(draw(st.lists(st.sampled_from(ids), min_size=2, max_size=4, unique=True)))
        groups.append(Group(id=f"p{number}", kind=GroupKind.PREREQUISITE, members=members))
    points = [
        KeyPoint(id=key, text="A point.", weight=draw(st.floats(0.01, 100)), required=draw(st.booleans()))
        for key in ids
    ]
    points.append(KeyPoint(id="m", text="A mistake.", weight=draw(st.floats(0.01, 100)), penalty=True))
    return Rubric(question=Question(id="q", title="Q", text="Q?"), key_points=tuple(points), groups=tuple(groups))


seven = st.tuples(*[st.sampled_from(Label)] * 7)


def labelled(rubric: Rubric, said: tuple[Label, ...]) -> dict[str, Label]:
    return dict(zip((point.id for point in rubric.key_points), said, strict=True))


@given(grouped(), seven, policies)
def test_no_group_leaves_the_bounds_or_divides_by_zero(found: Rubric, said: tuple[Label, ...], policy: Policy) -> None:
    result = score_labels(found, labelled(found, said), policy)
    assert 0.0 <= result.interval[0] <= result.interval[1] <= 1.0
    assert (result.value is None) == (U in said)


@given(grouped(), seven, policies, st.integers(0, 5))
def test_covering_one_more_point_never_lowers_a_score(
    found: Rubric, said: tuple[Label, ...], policy: Policy, index: int
) -> None:
    graded = [M if label is U else label for label in said]
    better = [*graded]
    better[index] = C
    before, after = (score_labels(found, labelled(found, tuple(row)), policy) for row in (graded, better))
    assert after.interval[0] >= before.interval[0]


@given(grouped(), seven)
def test_making_a_mistake_never_raises_a_score(found: Rubric, said: tuple[Label, ...]) -> None:
    graded = [M if label is U else label for label in said]
    without, made = (score_labels(found, labelled(found, (*graded[:6], last)), Policy()) for last in (M, C))
    assert made.interval[0] <= without.interval[0]


@given(grouped(), seven, policies)
def test_what_turns_out_of_an_open_point_lies_in_the_interval(
    found: Rubric, said: tuple[Label, ...], policy: Policy
) -> None:
    low, high = score_labels(found, labelled(found, said), policy).interval
    for outcome in (C, M):
        settled = tuple(outcome if label is U else label for label in said)
        assert low <= score_labels(found, labelled(found, settled), policy).interval[0] <= high


@pytest.mark.parametrize("name", ["partial_credit", "contradiction_penalty", "required_cap", "pass_mark"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_policy_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Policy(**{name: value})
