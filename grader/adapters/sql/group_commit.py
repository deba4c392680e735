"""Who writes takes turns in one transaction, which is committed once for all of them.

Whoever answers somebody comes before bulk work: a thousand orders that end together keep nobody else waiting.

A commit waits for the disk, a row does not: 64 callers wait for one commit instead of 64. SQLite has one writer for
all, PostgreSQL one for what belongs together of each tenant.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar

from grader.adapters.sql.failures import storage_error
from grader.errors import StorageError
from grader.urgency import is_bulk

MOST_TURNS: Final = 128
"""Turns in one transaction."""

GROUP_SECONDS: Final = 0.05
"""No turn is given after this long, so that the first does not wait for the last."""

PATIENCE: Final = 2
"""How many times as long as a turn may be kept somebody waits for one: who stands behind one that is kept too long gets
the next, instead of giving up with it."""

BULK_PATIENCE: Final = 12
"""The same for bulk work: what it fails to note is done again, so it rather waits."""

COMMIT_SECONDS: Final = 30.0
"""Longest wait for a commit: beyond the longest wait for another process's lock, so that a hanging disk is named."""


class Savepoints(Protocol):
    """A connection in a transaction, parts of which can be undone."""

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """A part that is undone by itself when it fails."""
        ...


C = TypeVar("C", bound=Savepoints)


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


@dataclass
class _Turn(Generic[C]):
    """One caller's part of a transaction: given a connection, then done or failed, then committed or not."""

    given: asyncio.Future[C] = field(default_factory=_future)
    done: asyncio.Future[bool] = field(default_factory=_future)
    committed: asyncio.Future[None] = field(default_factory=_future)

    def finish(self, *, succeeded: bool) -> None:
        """The caller has written, or gives up, perhaps before it was its turn."""
        self.given.cancel()
        if not self.done.done():
            self.done.set_result(succeeded)

    def fail(self, error: Exception) -> None:
        """Tell the caller, wherever it waits."""
        for waited in (self.given, self.committed):
            if not waited.done():
                waited.set_exception(error)
                waited.exception()  # seen: the caller may wait for the other one


class _Undone(Exception):
    """Leaves a savepoint so that it is undone."""


class _Waiting(Generic[C]):
    """Who waits for a turn: bulk work comes last, but begins every other transaction, so that it comes at all."""

    def __init__(self) -> None:
        self._single: deque[_Turn[C]] = deque()
        self._bulk: deque[_Turn[C]] = deque()
        self._bulk_begins = False

    def __bool__(self) -> bool:
        return bool(self._single or self._bulk)

    def add(self, turn: _Turn[C], *, bulk: bool) -> None:
        """Somebody comes."""
        (self._bulk if bulk else self._single).append(turn)

    def first(self) -> _Turn[C]:
        """Who begins a transaction."""
        self._bulk_begins = not self._bulk_begins
        return (self._bulk if self._bulk and (self._bulk_begins or not self._single) else self._single).popleft()

    def following(self) -> _Turn[C]:
        """Who comes next in it."""
        return (self._single or self._bulk).popleft()


class GroupCommit(Generic[C]):
    """Turns of writing in what `transaction` opens; nobody keeps one beyond `turn_seconds`, or waits without an end.

    Its task lives while somebody waits for a turn, and keeps it alive so long.
    """

    def __init__(self, transaction: Callable[[], AbstractAsyncContextManager[C]], turn_seconds: float) -> None:
        self._transaction = transaction
        self._turn_seconds = turn_seconds
        self._waiting: _Waiting[C] = _Waiting()
        self._writer: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """Serve nobody any more; who still waits gets a StorageError."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer
        while self._waiting:
            self._waiting.following().fail(StorageError("the database has been closed"))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[C]:
        """A connection to write on; leaving waits for the commit, and fails with what kept it from being made.

        What is raised inside undoes this turn and no other.
        """
        turn, bulk = _Turn[C](), is_bulk()
        self._waiting.add(turn, bulk=bulk)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._serve(), context=Context())
        try:
            async with asyncio.timeout(self._turn_seconds * (BULK_PATIENCE if bulk else PATIENCE)):
                connection = await turn.given
            async with asyncio.timeout(self._turn_seconds):
                yield connection
        except BaseException:
            turn.finish(succeeded=False)
            raise
        turn.finish(succeeded=True)
        async with asyncio.timeout(COMMIT_SECONDS):
            await asyncio.shield(turn.committed)  # whoever gives up waiting has written all the same

    async def _serve(self) -> None:
        while self._waiting:
            turns = [self._waiting.first()]
            try:
                await self._commit_together(turns)
            except asyncio.CancelledError:
                _fail(turns, StorageError("the database has been closed"))
                raise
            except Exception as error:  # noqa: BLE001 - each caller is told, the writer goes on
                _fail(turns, storage_error(error))

    async def _commit_together(self, turns: list[_Turn[C]]) -> None:
        """One transaction for `turns[0]` and all that wait meanwhile, which are added to `turns`."""
        clock = asyncio.get_running_loop()
        last = clock.time() + GROUP_SECONDS
        async with self._transaction() as connection:
            await _run(connection, turns[0])
            while len(turns) < MOST_TURNS and self._waiting and clock.time() < last:
                turns.append(self._waiting.following())
                await _run(connection, turns[-1])
        for turn in turns:
            if not turn.committed.done():
                turn.committed.set_result(None)


async def _run(connection: C, turn: _Turn[C]) -> None:
    """Let one caller write inside a savepoint of its own."""
    if turn.given.done():  # given up while it waited
        return
    with suppress(_Undone):
        async with connection.savepoint():
            turn.given.set_result(connection)
            if not await turn.done:
                raise _Undone


def _fail(turns: list[_Turn[C]], error: StorageError) -> None:
    for turn in turns:
        turn.fail(error)
