"""A lock that one process has, and that no crash leaves behind: SQLite takes one engine, and not two."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import EngineTaken


@contextmanager
def held_alone(file: Path) -> Iterator[None]:
    """Hold `file` until this is left, or the process ends in whatever way; EngineTaken names who holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise EngineTaken(
                f"process {holder} runs the batches of {file.parent} already, and SQLite takes one; "
                "stop it, or use PostgreSQL, which takes any number of workers"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
