"""Who is waited for comes before work that nobody waits for: said once around the work, minded at every queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_BULK: Final = ContextVar("bulk", default=False)


@contextmanager
def in_bulk() -> Iterator[None]:
    """What is asked for inside, and in tasks that begin there, can wait for what is not."""
    token = _BULK.set(True)
    try:
        yield
    finally:
        _BULK.reset(token)


def is_bulk() -> bool:
    """Whether this can wait."""
    return _BULK.get()
