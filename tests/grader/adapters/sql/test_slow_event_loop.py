"""SQLite on an event loop whose turns take long, as beside a batch on a full machine: everybody is served in time.

Here a turn takes 50 ms of a clock that the test has made, and statements take none: what is waited for is the loop
alone. With four readers and four turns a statement the same requests were told that no connection was free in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from grader.adapters.sql.patience import in_thread
from grader.adapters.sql.sqlite import SqliteBackend

TURN_SECONDS = 0.05
WAIT_SECONDS = 10.0
"""As `grader serve` has it."""

REQUESTS = 128
"""As many as may be without an answer at a time."""

CHUNKS = 8
FLUSH = 8
"""Statements of a chunk that keeps what it made."""


class SlowLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes by its turns."""

    turns = 0

    def time(self) -> float:
        return self.turns * TURN_SECONDS

    def _run_once(self) -> None:
        self.turns += 1
        super()._run_once()  # type: ignore[misc]


class AtOnce(Executor):
    """Threads that have done it the moment they are asked."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*arguments, **options))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is handed on
            done.set_exception(error)
        return done


def played(folder: Path, play: Callable[[SqliteBackend], Awaitable[None]]) -> None:
    """Run it on such a loop; what anybody was told too late is raised."""

    async def run() -> None:
        backend = SqliteBackend(make_url(f"sqlite:///{folder / 'slow.db'}"), WAIT_SECONDS)
        backend._threads.shutdown()  # noqa: SLF001 - nobody else needs to say which threads
        backend._threads = AtOnce()  # type: ignore[assignment]  # noqa: SLF001 - as above
        await play(backend)
        await backend.close()

    with asyncio.Runner(loop_factory=SlowLoop) as runner:
        runner.run(run())


def test_as_many_readers_as_may_be_there_at_once_are_all_served_in_time(tmp_path: Path) -> None:
    async def read(backend: SqliteBackend) -> None:
        async with backend.reading("one") as connection:
            for _ in range(2):
                await connection.execute(text("SELECT 1"))

    async def play(backend: SqliteBackend) -> None:
        await asyncio.gather(*(read(backend) for _ in range(REQUESTS)))

    played(tmp_path, play)


def test_all_chunks_that_keep_something_at_once_get_their_turn_in_time(tmp_path: Path) -> None:
    async def keep(backend: SqliteBackend) -> None:
        async with backend.writing("one") as connection:
            for _ in range(FLUSH):
                await connection.execute(text("SELECT 1"))

    async def play(backend: SqliteBackend) -> None:
        await asyncio.gather(*(keep(backend) for _ in range(CHUNKS)))

    played(tmp_path, play)


async def test_who_is_cancelled_during_a_statement_is_told_when_it_has_ended() -> None:
    begun, go_on, ended = Event(), Event(), []

    def work() -> None:
        begun.set()
        go_on.wait(10)
        ended.append(True)
        raise ValueError("nobody asks any more")

    with ThreadPoolExecutor(1) as threads:
        waiting = asyncio.create_task(in_thread(threads, work))
        await asyncio.to_thread(begun.wait, 10)
        waiting.cancel()
        await asyncio.sleep(0.01)
        assert not waiting.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert ended == [True]
