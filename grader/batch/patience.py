"""A database that is away for a while must cost no work that was paid for: operations are tried until they succeed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from grader.errors import StorageAway, StorageBusy, StorageFull

_log: Final = logging.getLogger(__name__)

FIRST_WAIT_SECONDS: Final = 0.1
LONGEST_WAIT_SECONDS: Final = 5.0

T = TypeVar("T")


async def patiently(operation: Callable[[], Awaitable[T]]) -> T:
    """What `operation` returns once the store is there, busy, full or away as it may be before."""
    wait = FIRST_WAIT_SECONDS
    while True:
        try:
            return await operation()
        except (StorageAway, StorageBusy, StorageFull) as error:
            _log.warning("a batch waits for the database: %s", error)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)
