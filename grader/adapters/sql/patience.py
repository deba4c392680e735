"""Waiting for what must not be left half-way."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class _Unstoppable(asyncio.Future[T]):
    """Whoever waits for it cannot give up: a task that is cancelled meanwhile is told once it is done."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002 - asyncio's
        return False


async def in_thread(threads: Executor, work: Callable[[], T]) -> T:
    """The outcome of `work` in a thread, waited for as by `to_its_end`, in two turns of the event loop."""
    loop = asyncio.get_running_loop()
    done: _Unstoppable[T] = _Unstoppable(loop=loop)

    def told(ended: concurrent.futures.Future[T]) -> None:
        loop.call_soon_threadsafe(_settle, done, ended)

    threads.submit(work).add_done_callback(told)
    return await done


def _settle(waited: asyncio.Future[T], ended: concurrent.futures.Future[T]) -> None:
    error = ended.exception()
    if error is None:
        waited.set_result(ended.result())
        return
    waited.set_exception(error)
    waited.exception()  # seen: who was cancelled does not ask


async def to_its_end(work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
    """The outcome of `work`, which goes on when whoever waits is cancelled: that is told only when it has ended."""
    running = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        running.exception()  # seen
        raise cancelled
    return running.result()
