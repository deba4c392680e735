"""When a delivery is tried again."""

from __future__ import annotations

from datetime import timedelta

from grader.delivery import ONCE, STANDARD


def test_the_standard_schedule_has_ten_tries_in_seventy_five_hours() -> None:
    waits = [STANDARD.wait(tries, 0.5) for tries in range(1, 11)]
    assert waits[-1] is None
    assert waits[:3] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)]
    assert sum(filter(None, waits), timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_a_wait_is_made_a_tenth_longer_or_shorter_by_chance() -> None:
    assert STANDARD.wait(1, 0) == timedelta(seconds=4.5)
    assert STANDARD.wait(1, 0.999_999) < timedelta(seconds=5.5)  # type: ignore[operator]


def test_a_receiver_that_asks_for_longer_gets_it_up_to_a_day() -> None:
    assert STANDARD.wait(1, 0.5, retry_after=120) == timedelta(minutes=2)
    assert STANDARD.wait(2, 0.5, retry_after=1) == timedelta(minutes=5)
    assert STANDARD.wait(1, 0.5, retry_after=1e12) == timedelta(hours=24)


def test_what_is_tried_once_is_not_tried_again() -> None:
    assert ONCE.wait(1, 0.5) is None
