"""Quotas of several processes, which see each other's only when they tell each other."""

from __future__ import annotations

from grader.access import Quota, Quotas
from grader.fakes import FakePaceStore
from grader.quota_sharing import QuotaSharing
from tests.grader.access.clock import Clock

TEN = Quota("key", 10, 60)
HUNDRED = Quota("key", 100, 60)


def processes(clock: Clock, count: int) -> list[QuotaSharing]:
    paces = FakePaceStore(clock)
    return [QuotaSharing(Quotas(clock), paces) for _ in range(count)]


def granted(process: QuotaSharing, quota: Quota = TEN, holder: str = "a") -> bool:
    return process.quotas.take([(quota, holder)])[0].granted


async def shared(among: list[QuotaSharing]) -> None:
    for process in among:
        await process.share()


async def test_what_one_process_granted_is_gone_in_the_other() -> None:
    one, two = processes(Clock(), 2)
    assert all([granted(one) for _ in range(9)] + [granted(two)])
    await shared([one, two])
    assert not granted(two)
    assert granted(two, holder="b")


async def test_two_processes_let_through_what_one_would_but_for_a_second() -> None:
    clock = Clock()
    among = processes(clock, 2)
    seconds, a_second = 600, 20
    count = 0
    for _ in range(seconds):
        for number in range(a_second):
            count += granted(among[number % 2], HUNDRED)
            clock.seconds += 1 / a_second
        await shared(among)
    alone = HUNDRED.most + seconds / HUNDRED.interval
    assert 0.95 * alone <= count <= alone + a_second


async def test_what_is_granted_while_others_are_told_is_counted_too() -> None:
    clock = Clock()
    one, two = processes(clock, 2)
    assert granted(one)
    told = one.quotas.told()
    assert [granted(one) for _ in range(9)] == [True] * 9
    one.quotas.learn(TEN, "a", sum(told.values()) * TEN.interval)
    assert not granted(one)
    await shared([one, two])
    assert granted(two), "it has told nobody yet, and so has learned nothing"
    await shared([two])
    assert not granted(two)
