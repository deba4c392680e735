"""kill -9 under 64 writers: what was acknowledged is there, whole and unchanged, and its tenant's alone."""

from __future__ import annotations

import logging
import random
import sqlite3
import time
from contextlib import closing

import pytest

from grader.adapters.sql import Database
from tests.grader.adapters.sql.crash import killed_after, missing_or_torn

_log = logging.getLogger(__name__)

READY_SECONDS = 3.0
"""From the restart to the first answer, without models (issue 6)."""


@pytest.mark.parametrize("rounds", [pytest.param(10, id="10"), pytest.param(50, id="50", marks=pytest.mark.slow)])
async def test_what_was_acknowledged_before_a_kill_is_there_after_it(database_url: str, rounds: int) -> None:
    chance = random.Random(rounds)
    acknowledged: list[str] = []
    slowest = 0.0
    for run in range(rounds):
        acknowledged += killed_after(database_url, run, chance.uniform(0.02, 0.4))
        start = time.monotonic()
        database = Database(database_url)
        await database.open()
        await database.check()
        slowest = max(slowest, time.monotonic() - start)
        await database.close()
    assert await missing_or_torn(database_url, acknowledged) == []
    assert len(acknowledged) >= rounds
    assert slowest <= READY_SECONDS
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    _log.info("%d kills, %d acknowledged, open again in %.2f s", rounds, len(acknowledged), slowest)
