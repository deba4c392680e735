"""Waiting for what a server, a worker or another process does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Seen = TypeVar("Seen")

SECONDS = 120.0
"""Far more than anything takes that a quick test waits for, on a machine that is busy with other things."""

PAUSE_SECONDS = 0.02


def until(look: Callable[[], Seen], fits: Callable[[Seen], bool] = bool, seconds: float = SECONDS) -> Seen:
    """What is seen as soon as it fits; the test fails with what was seen last where that takes too long."""
    deadline = time.monotonic() + seconds
    while not fits(seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"after {seconds:g} s there still is {seen!r}")
        time.sleep(PAUSE_SECONDS)
    return seen
