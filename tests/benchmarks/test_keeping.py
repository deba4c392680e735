"""What the decision log costs: grades kept a second with it and without, `pytest -m slow tests/benchmarks -s`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from grader.adapters.sql import (
    Database,
    SqlAuditLog,
    SqlBasisStore,
    SqlBatchStore,
    SqlErasures,
    SqlGradeStore,
    SqlReferralStore,
)
from grader.auditing import Auditor
from grader.domain import Grade, Label
from grader.erased import Erased
from grader.fakes import FakeAuditLog, FakeEmbedder, FakeEndpointStore, FakeJudge, FakeOutbox
from grader.grading import Grader, Request
from grader.keeping import Keeper
from grader.ports import AuditLog
from grader.webhooks import Publisher
from rubrics.bank import Bank
from tests.postgres import SERVER, Postgres

pytestmark = pytest.mark.slow

WRITERS = 16
SECONDS = 3.0
ROUNDS = 3
"""Each with and without the log in turn, so that a busy moment of the machine meets both."""

COSTS_AT_MOST = 2.0
"""Times as long with the log as without: two statements more beside four, and one lock and one commit for many."""

REQUEST = Request(
    Bank().rubric("DL0028"), "Each token attends to a window of its neighbours. " * 40, candidate_ref="c-1"
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open(upgrade=True)
    try:
        yield database
    finally:
        await database.close()


async def kept(database: Database, log: AuditLog, grade: Grade, name: str) -> tuple[float, float]:
    """Of one tenant's grades, by WRITERS at once: how many a second, and ms of this process's work for each."""
    nobody, erased = Publisher(FakeEndpointStore(), FakeOutbox()), Erased(SqlErasures(database), b"secret")
    stores = SqlGradeStore(database), SqlBasisStore(database), log, database.together
    keeper = Keeper(*stores, nobody, erased, SqlReferralStore(database))
    count = 0
    began, worked = time.perf_counter(), time.process_time()

    async def write(writer: int) -> None:
        nonlocal count
        number = 0
        while time.perf_counter() - began < SECONDS:
            number += 1
            await keeper.keep("one", REQUEST, grade.model_copy(update={"id": f"{name}-{writer}-{number}"}), None)
            count += 1

    await asyncio.gather(*map(write, range(WRITERS)))
    return count / (time.perf_counter() - began), (time.process_time() - worked) * 1000 / count


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_decision_log_costs_less_than_what_it_speaks_of(
    kind: str, own_postgres: Postgres, tmp_path: Path
) -> None:
    own_postgres.run("ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()")
    grade = await Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake", FakeEmbedder()).grade(REQUEST)
    with own_postgres.database() as name:
        url = own_postgres.url(name, SERVER) if kind == "postgresql" else f"sqlite:///{tmp_path / 'grader.db'}"
        async with opened(url) as database:
            log = SqlAuditLog(database)
            figures = [
                (
                    *await kept(database, FakeAuditLog(), grade, f"without-{each}"),
                    *await kept(database, log, grade, f"with-{each}"),
                )
                for each in range(ROUNDS)
            ]
            auditor = Auditor(log, SqlGradeStore(database), SqlBasisStore(database), SqlBatchStore(database))
            assert (await auditor.verify("one")).broken is None
    without, work, logged, work_logged = (sorted(column)[ROUNDS // 2] for column in zip(*figures, strict=True))
    print(
        f"\n{kind}, {WRITERS} writers: {without:.0f} grades/s without the log ({work:.1f} ms of work each), "
        f"{logged:.0f} with it ({work_logged:.1f} ms)"
    )
    assert without / logged < COSTS_AT_MOST
