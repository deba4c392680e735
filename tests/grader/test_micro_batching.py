"""The queue in front of a model: who waits for a single grade comes before bulk work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

from grader.micro_batching import MicroBatcher
from grader.urgency import in_bulk


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
