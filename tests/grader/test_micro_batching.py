"""The queue in front of a model: who waits for a single grade comes before bulk work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

from grader.micro_batching import MicroBatcher
from grader.urgency import STRETCH_SECONDS, Bulk, in_bulk


async def test_a_single_request_waits_for_the_call_under_way_at_most() -> None:
    begun, go_on, served = threading.Event(), threading.Event(), list[tuple[str, ...]]()

    def work(items: Sequence[str]) -> list[str]:
        served.append(tuple(items))
        begun.set()
        go_on.wait(10)
        return list(items)

    batcher: MicroBatcher[str, str] = MicroBatcher(work, max_batch=8, name="test", bulk_batch=2)
    with in_bulk():
        bulk = [asyncio.create_task(batcher.submit([f"bulk {number}"])) for number in range(6)]
    await asyncio.to_thread(begun.wait, 10)
    single = asyncio.create_task(batcher.submit(["single"]))
    await asyncio.sleep(0.01)
    go_on.set()
    assert await single == ["single"]
    assert await asyncio.gather(*bulk) == [[f"bulk {number}"] for number in range(6)]
    batcher.close()
    assert served[1] == ("single",)
    assert all(len(items) <= 2 for items in served)


async def test_tasks_of_bulk_work_that_never_wait_take_the_event_loop_for_one_stretch_all_together() -> None:
    now, longest, since = 0.0, 0.0, 0.0
    bulk, over = Bulk(clock=lambda: now), asyncio.Event()

    async def rows() -> None:
        nonlocal now
        for _ in range(20):
            now += STRETCH_SECONDS / 4
            await bulk.give_way()

    async def everybody_else() -> None:
        nonlocal longest, since
        while not over.is_set():
            longest, since = max(longest, now - since), now
            await asyncio.sleep(0)

    other = asyncio.create_task(everybody_else())
    await asyncio.gather(*(rows() for _ in range(32)))
    over.set()
    await other
    first_row_of_each = 32 * STRETCH_SECONDS / 4
    assert longest <= first_row_of_each + 2 * STRETCH_SECONDS


async def test_results_of_bulk_work_are_taken_one_after_the_other() -> None:
    now = 0.0
    bulk = Bulk(clock=lambda: now)
    batcher: MicroBatcher[int, int] = MicroBatcher(list, max_batch=64, name="test")
    steps: list[tuple[int, int]] = []
    turn = 0

    async def counting() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    async def row(number: int) -> None:
        nonlocal now
        await batcher.submit([number])
        steps.append((turn, number))
        now += STRETCH_SECONDS

    counter = asyncio.create_task(counting())
    with in_bulk(bulk):
        rows = [asyncio.create_task(row(number)) for number in range(8)]
    await asyncio.gather(*rows)
    counter.cancel()
    batcher.close()
    assert len({at for at, _ in steps}) == len(steps), "no two rows in one turn"
