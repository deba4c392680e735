"""One thread in front of a blocking model: concurrent requests share a call, the event loop stays free."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_WAIT_SECONDS: Final = 0.005
"""Time the first request waits for company."""


@dataclass(frozen=True)
class _Request(Generic[Item, Result]):
    items: tuple[Item, ...]
    results: Future[list[Result]]


class MicroBatcher(Generic[Item, Result]):
    """Calls `work` with the items of as many requests as come in together, up to `max_batch` items.

    `work` gets at least one request's items and returns one result an item, in order; what it raises,
    everyone in the batch gets. The thread starts with the first request.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, max_batch: int, name: str) -> None:
        self._work = work
        self._max_batch = max_batch
        self._name = name
        self._requests: queue.SimpleQueue[_Request[Item, Result] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def submit(self, items: Sequence[Item]) -> list[Result]:
        """One result an item, in order; raises what `work` raised."""
        self._start()
        request: _Request[Item, Result] = _Request(tuple(items), Future())
        self._requests.put(request)
        return await asyncio.wrap_future(request.results)

    def close(self) -> None:
        """End the thread after what is queued."""
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join()
            self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while (first := self._requests.get()) is not None:
            batch, ended = self._gather(first)
            self._answer(batch)
            if ended:
                return

    def _gather(self, first: _Request[Item, Result]) -> tuple[list[_Request[Item, Result]], bool]:
        """`first` and what else comes in before the batch is full or the wait is over."""
        batch, count = [first], len(first.items)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while count < self._max_batch:
            try:
                request = self._requests.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if request is None:
                return batch, True
            batch.append(request)
            count += len(request.items)
        return batch, False

    def _answer(self, batch: list[_Request[Item, Result]]) -> None:
        # From here on nobody can withdraw; whoever has already gone is not worked for.
        batch = [request for request in batch if request.results.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            results = list(self._work([item for request in batch for item in request.items]))
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits for this batch
            for request in batch:
                request.results.set_exception(error)
            return
        start = 0
        for request in batch:
            end = start + len(request.items)
            request.results.set_result(results[start:end])
            start = end
