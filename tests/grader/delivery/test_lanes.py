"""Who may have how many of the slots."""

from __future__ import annotations

from grader.delivery.lanes import MOST_AT_ONCE, Lanes

SLOW, FAST = ("acme", "slow"), ("acme", "fast")


def served(lanes: Lanes, target: tuple[str, str]) -> int:
    """How many requests a target may have under way at once; all end promptly."""
    count = 0
    while lanes.free and target not in lanes.full():
        lanes.take(target)
        count += 1
    for _ in range(count):
        lanes.give_back(target, prompt=True)
    return count


def test_a_target_has_one_slot_twice_as_many_after_each_success_and_one_after_a_failure() -> None:
    lanes = Lanes(slots=64)
    assert served(lanes, FAST) == 1
    assert served(lanes, FAST) == 2
    assert served(lanes, FAST) == MOST_AT_ONCE
    lanes.take(FAST)
    lanes.give_back(FAST, prompt=False)
    assert served(lanes, FAST) == 1
    assert lanes.idle


def test_targets_in_trouble_have_at_most_half_of_the_slots() -> None:
    lanes = Lanes(slots=8)
    slow = [("acme", f"slow-{number}") for number in range(8)]
    for target in slow:
        lanes.take(target)
    assert not lanes.free
    for target in slow:
        lanes.give_back(target, prompt=False)
    for target in slow[:4]:
        lanes.take(target)
    assert set(slow) <= set(lanes.full())
    assert FAST not in lanes.full()
    assert served(lanes, FAST) == 1
    lanes.give_back(slow[0], prompt=True)
    assert slow[4] not in lanes.full()


def test_there_are_no_more_slots_than_there_are() -> None:
    lanes = Lanes(slots=2)
    lanes.take(SLOW)
    lanes.take(FAST)
    assert not lanes.free
    lanes.give_back(FAST, prompt=False)
    assert lanes.free
