"""One thread in front of a blocking model: concurrent requests share a call, the event loop stays free.

Who waits for a single grade comes before bulk work and shares no call with it: it waits for the call under way at most.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Generic, TypeVar

from grader.urgency import give_way, is_bulk

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_WAIT_SECONDS: Final = 0.005
"""Time the first request waits for company."""


_SINGLE: Final = 0
_BULK: Final = 1
_LAST: Final = 2


@dataclass(frozen=True, order=True)
class _Request(Generic[Item, Result]):
    """What somebody asks for; the order of these is that in which they are served, `_LAST` ends the thread."""

    urgency: int
    number: int
    items: tuple[Item, ...] = field(default=(), compare=False)
    results: Future[list[Result]] = field(default_factory=Future, compare=False)


class MicroBatcher(Generic[Item, Result]):
    """Calls `work` with the items of as many requests as come in together, up to `max_batch` items.

    `work` gets at least one request's items and returns one result an item, in order; what it raises,
    everyone in the batch gets. The thread starts with the first request. A call for bulk work has up to
    `bulk_batch` items: it is what somebody else may have to wait for.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        *,
        max_batch: int,
        name: str,
        bulk_batch: int | None = None,
    ) -> None:
        self._work = work
        self._most = {_SINGLE: max_batch, _BULK: bulk_batch or max_batch}
        self._name = name
        self._requests: queue.PriorityQueue[_Request[Item, Result]] = queue.PriorityQueue()
        self._numbers = count()
        self._thread: threading.Thread | None = None

    async def submit(self, items: Sequence[Item]) -> list[Result]:
        """One result an item, in order; raises what `work` raised."""
        self._start()
        request: _Request[Item, Result] = _Request(_BULK if is_bulk() else _SINGLE, next(self._numbers), tuple(items))
        self._requests.put(request)
        results = await asyncio.wrap_future(request.results)
        await give_way()
        return results

    def close(self) -> None:
        """End the thread after what is queued."""
        if self._thread is not None:
            self._requests.put(_Request(_LAST, next(self._numbers)))
            self._thread.join()
            self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while (first := self._requests.get()).urgency != _LAST:
            self._answer(self._gather(first))

    def _gather(self, first: _Request[Item, Result]) -> list[_Request[Item, Result]]:
        """`first` and what else of its urgency comes in before the batch is full or the wait is over."""
        batch, size = [first], len(first.items)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while size < self._most[first.urgency]:
            try:
                request = self._requests.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if request.urgency < first.urgency:
                for waiting in batch:
                    self._requests.put(waiting)
                return self._gather(request)
            if request.urgency > first.urgency:
                self._requests.put(request)
                break
            batch.append(request)
            size += len(request.items)
        return batch

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
