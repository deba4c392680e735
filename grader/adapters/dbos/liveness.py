"""Who is alive, of the workers on one PostgreSQL: the dead are found out and their jobs given to others.

A worker lives as long as a connection of its own holds an advisory lock under its name. PostgreSQL lets go of it the
moment the process ends, however it ends; a busy or stopped process keeps it, and nothing is taken from the living.
The connection must go to the server itself, not through a pool that gives one connection to several by turns.
"""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from dataclasses import dataclass, field
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from grader.adapters.dbos.engine import DbosEngine

_log: Final = logging.getLogger(__name__)

CHECK_SECONDS: Final = 2.0
GRACE_SECONDS: Final = 4.0
"""A worker is dead if it holds no lock for so long: time to connect again after a restart of PostgreSQL."""

RECONNECT_SECONDS: Final = 0.5

_NAMESPACE: Final = 0x0A6E_5E12
"""First half of our advisory locks; arbitrary."""

_KEEPALIVE: Final = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
"""A host that vanishes is noticed after 11 s."""


@dataclass
class Liveness:
    """Shows that the engine of this process lives, and takes over from those that do not."""

    url: str
    engine: DbosEngine
    _missing: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled; a lost connection is made anew."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._place(), autocommit=True) as connection:
                    await connection.execute(
                        "SELECT pg_advisory_lock(%s, %s)", (_NAMESPACE, _key(self.engine.executor))
                    )
                    while True:
                        await asyncio.sleep(CHECK_SECONDS)
                        await self._check(connection)
            except (psycopg.Error, OSError) as error:
                _log.warning("the sign of life of this worker is interrupted: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 - the engine's own database errors are many, and the next try may do better
                _log.exception("a check for dead workers failed")
            await asyncio.sleep(RECONNECT_SECONDS)

    def _place(self) -> str:
        return make_conninfo(self.url, **_KEEPALIVE)

    async def _check(self, connection: psycopg.AsyncConnection) -> None:
        others = await self.engine.executors()
        self._missing = {name: since for name, since in self._missing.items() if name in others}
        for name in others:
            lock = (_NAMESPACE, _key(name))
            if not await _one(connection, "SELECT pg_try_advisory_lock(%s, %s)", lock):
                self._missing.pop(name, None)  # it holds its lock: it lives
                continue
            try:  # with its lock in hand nobody else takes over from it meanwhile
                if time.monotonic() - self._missing.setdefault(name, time.monotonic()) >= GRACE_SECONDS:
                    count = await self.engine.take_over(name)
                    del self._missing[name]
                    _log.warning("worker %s is dead; its %d chunks are handed out again", name, count)
            finally:
                await connection.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


async def _one(connection: psycopg.AsyncConnection, query: str, values: tuple[int, int]) -> object:
    row = await (await connection.execute(query.encode(), values)).fetchone()
    return None if row is None else row[0]


def _key(executor: str) -> int:
    return zlib.crc32(executor.encode()) & 0x7FFF_FFFF
