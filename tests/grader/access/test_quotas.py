"""How often somebody may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.access import Allowance, Quota, Quotas
from grader.access import quotas as module
from tests.grader.access.clock import Clock

TEN = Quota("key", 10, 60)


def take(quotas: Quotas, quota: Quota = TEN, holder: str = "a") -> Allowance:
    return quotas.take([(quota, holder)])[0]


def test_as_many_as_the_quota_says_fit_at_once_and_then_none() -> None:
    quotas = Quotas(Clock())
    taken = [take(quotas) for _ in range(11)]
    assert [each.granted for each in taken] == [True] * 10 + [False]
    assert [each.remaining for each in taken] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]


def test_a_request_flows_back_after_its_share_of_the_time_and_not_before() -> None:
    clock = Clock()
    quotas = Quotas(clock)
    refused = [take(quotas) for _ in range(11)][-1]
    assert refused.wait == TEN.interval
    clock.seconds += refused.wait - 0.01
    assert not take(quotas).granted
    clock.seconds += 0.01
    assert take(quotas).granted


def test_everything_is_there_again_when_the_allowance_says_so() -> None:
    clock = Clock()
    quotas = Quotas(clock)
    last = [take(quotas) for _ in range(7)][-1]
    clock.seconds += last.reset
    assert take(quotas).remaining == 9


def test_nobody_takes_from_somebody_else() -> None:
    quotas = Quotas(Clock())
    for _ in range(11):
        take(quotas, holder="a")
    assert take(quotas, holder="b").remaining == 9


def test_where_one_quota_is_used_up_none_is_charged() -> None:
    quotas = Quotas(Clock())
    one = Quota("tenant", 1)
    take(quotas, one, "t")
    key, tenant = quotas.take([(TEN, "a"), (one, "t")])
    assert (key.granted, tenant.granted, key.remaining) == (True, False, 10)
    assert take(quotas).remaining == 9


def test_a_clock_that_goes_back_makes_nobody_wait_longer_than_for_an_empty_bucket() -> None:
    clock = Clock()
    quotas = Quotas(clock)
    take(quotas)
    clock.seconds -= 3_600
    after = take(quotas)
    assert (after.remaining, after.reset, after.wait) == (0, 60, TEN.interval)


def test_buckets_that_are_full_again_are_forgotten() -> None:
    clock = Clock()
    quotas = Quotas(clock)
    for number in range(module.MANY_BUCKETS + 1):
        take(quotas, holder=str(number))
    clock.seconds += 60
    take(quotas, holder="last")
    assert len(quotas) == 1


@given(st.integers(1, 50), st.integers(1, 100), st.lists(st.floats(0, 30), max_size=60))
def test_never_more_is_granted_than_the_quota_and_what_flowed_back(
    most: int, seconds: int, pauses: list[float]
) -> None:
    clock = Clock(0.0)
    quotas, quota, granted = Quotas(clock), Quota("key", most, seconds), 0
    for pause in pauses:
        clock.seconds += pause
        allowance = take(quotas, quota)
        granted += allowance.granted
        assert 0 <= allowance.remaining <= most
        assert 0 <= allowance.reset <= seconds + 1e-6
    assert granted <= most + clock.seconds / quota.interval + 1e-6
