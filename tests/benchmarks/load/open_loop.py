"""Requests at a given rate, however slowly they are answered: a client that waited for answers would hide every stall.

The time of an answer counts from the moment at which its request was due, not from when it was sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle

MOST_CONNECTIONS = 1_000
"""A request that is due while all of them wait is sent over the first that is free again."""

TICK_SECONDS = 0.001
GIVE_UP_SECONDS = 30.0
"""After the last request was due; what is not answered by then counts as status 0."""


@dataclass
class Answers:
    """Of every request, in the order they were answered: when it was due (s from the start), its status and ms."""

    due: list[float] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def add(self, due: float, status: int, took: float) -> None:
        self.due.append(due)
        self.status.append(status)
        self.took.append(took * 1000)

    def times(self, *statuses: int) -> list[float]:
        """The ms of answers with one of these statuses, shortest first."""
        return sorted(took for took, status in zip(self.took, self.status, strict=True) if status in statuses)

    def counts(self) -> dict[int, int]:
        return dict(sorted(Counter(self.status).items()))


def quantile(times: list[float], share: float) -> float:
    """Of sorted times; 0 where there are none."""
    return round(times[min(len(times) - 1, int(len(times) * share))], 1) if times else 0.0


class _Connection(asyncio.Protocol):
    """One connection of HTTP/1.1, with at most one request under way."""

    def __init__(self, load: OpenLoop) -> None:
        self._load = load
        self._received = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def send(self, request: bytes, due: float) -> None:
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        place = lowered.find(b"content-length:")
        length = int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(body) < length:
            return
        self._received = b""
        self._load.answered(self, self._due, int(head[9:12]), closed=b"connection: close" in lowered)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self._load.lost(self, self._due)


@dataclass
class OpenLoop:
    """Sends `requests`, over and over, `rate` a second for so many `seconds`."""

    address: tuple[str, int]
    requests: list[bytes]
    rate: float
    seconds: float
    answers: Answers = field(default_factory=Answers)
    _free: list[_Connection] = field(default_factory=list)
    _busy: set[_Connection] = field(default_factory=set)
    _opening: int = 0
    _began: float = 0.0

    async def run(self) -> Answers:
        """All answers, once there are no more to come."""
        todo, waiting, count = cycle(self.requests), [], int(self.rate * self.seconds)
        self._began = time.perf_counter() + 0.1
        due = (each / self.rate for each in range(count))
        upcoming: float | None = next(due)
        while upcoming is not None or waiting:
            now = time.perf_counter() - self._began
            while upcoming is not None and upcoming <= now:
                waiting.append(upcoming)
                upcoming = next(due, None)
            waiting = self._send(waiting, todo)
            if now > self.seconds + GIVE_UP_SECONDS:
                break
            await asyncio.sleep(TICK_SECONDS)
        deadline = time.perf_counter() + GIVE_UP_SECONDS
        while self._busy and time.perf_counter() < deadline:  # noqa: ASYNC110 - sockets: nothing to wait for
            await asyncio.sleep(0.05)
        for unanswered in (*waiting, *(connection._due for connection in self._busy)):  # noqa: SLF001 - ours
            self.answers.add(unanswered, 0, time.perf_counter() - self._began - unanswered)
        for connection in (*self._free, *self._busy):
            connection._transport.abort()  # noqa: SLF001 - ours
        return self.answers

    def _send(self, waiting: list[float], todo: Iterator[bytes]) -> list[float]:
        """Send what free connections there are for, open more for the rest; what is left."""
        while waiting and self._free:
            connection = self._free.pop()
            self._busy.add(connection)
            connection.send(next(todo), waiting.pop(0))
        room = MOST_CONNECTIONS - len(self._busy) - len(self._free) - self._opening
        for _ in range(min(len(waiting) - self._opening, room)):
            self._opening += 1
            asyncio.get_running_loop().create_task(self._open())
        return waiting

    async def _open(self) -> None:
        try:
            _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(self), *self.address)
            self._free.append(connection)
        except OSError:
            await asyncio.sleep(0.1)
        finally:
            self._opening -= 1

    def answered(self, connection: _Connection, due: float, status: int, *, closed: bool) -> None:
        self.answers.add(due, status, time.perf_counter() - self._began - due)
        self._busy.discard(connection)
        if not closed:
            self._free.append(connection)

    def lost(self, connection: _Connection, due: float) -> None:
        if connection in self._busy:  # before its answer
            self._busy.discard(connection)
            self.answers.add(due, 0, time.perf_counter() - self._began - due)
        if connection in self._free:
            self._free.remove(connection)
