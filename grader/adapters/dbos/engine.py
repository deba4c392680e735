"""DBOS as a BatchEngine: a job is a workflow with an id of ours, and its body is our own idempotent work.

DBOS is one a process; so is this. What it is told of a job are ids and numbers, as JSON and never as a pickle: who can
write to the database must not be able to run code in a worker.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from dbos import DBOS, DBOSPortableJSONSerializer, error

from grader.errors import StorageError
from grader.ports import Job, JobState, KnownJob, Work

_log: Final = logging.getLogger(__name__)

APPLICATION: Final = "answer-grader"
VERSION: Final = "grader-1"
"""Pinned: DBOS hands work of one version to no other, so that a new one would strand every batch under way."""

WORKFLOW: Final = "grade_chunk"

POLL_SECONDS: Final = 0.1
"""Between two looks into a queue; 1 s, the default, halves the throughput."""

THREADS: Final = 32
"""Most threads of the engine's own work."""

NEVER: Final = 1_000_000
"""Recoveries after which DBOS gives a workflow up: attempts are counted in our own table."""

KEPT: Final = timedelta(hours=1)
"""Ended jobs are forgotten after this."""

SETTLE_SECONDS: Final = 0.3
"""Time to give back what was under way; what is not given back then, the next start or another worker finds."""

PURGE_SECONDS: Final = 300.0
PURGED_AT_ONCE: Final = 1_000

_LIVE: Final = ["ENQUEUED", "PENDING", "DELAYED"]
_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True)
class QueueSize:
    """How many chunks of a queue one process works on, and all together (None: no limit; exact on PostgreSQL)."""

    name: str
    here: int
    everywhere: int | None = None


@dataclass
class DbosEngine:
    """A BatchEngine on the database at `url` (`sqlite:///…` or `postgresql://…`), while `running`.

    `executor` names this process: on SQLite always the same, so that what a crash left is its own; on PostgreSQL a new
    one each time, whose death others find out.
    """

    url: str
    executor: str
    queues: Sequence[QueueSize]
    work: Work
    _under_way: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _stopping: bool = field(default=False, init=False)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take jobs until this is left; those under way are then given back. StorageError."""
        self._stopping = False
        DBOS(config=_config(self.url, self.executor))

        async def workflow(told: dict[str, Any]) -> None:  # DBOS marks the function, which no method allows
            await self._handled(Job(**told))

        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=NEVER)(workflow)
        try:
            DBOS.launch()
            for queue in self.queues:
                await DBOS.register_queue_async(
                    queue.name,
                    worker_concurrency=queue.here,
                    global_concurrency=queue.everywhere,
                    polling_interval_sec=POLL_SECONDS,
                    on_conflict="always_update",
                )
            yield
        except error.DBOSException as refusal:
            raise StorageError(f"the engine's tables cannot be used; run `grader db upgrade` ({refusal})") from refusal
        finally:
            await self._stop()

    async def enqueue(self, jobs: Sequence[Job]) -> None:
        """Know these jobs, if their ids are new."""
        for job in jobs:
            options = {
                "workflow_name": WORKFLOW,
                "queue_name": job.queue,
                "workflow_id": job.id,
                "priority": job.priority,
                "app_version": VERSION,
            }
            await DBOS.enqueue_workflow_with_options_async(options, asdict(job))  # type: ignore[arg-type]

    async def cancel(self, job_ids: Collection[str]) -> None:
        """Forget what waits."""
        await DBOS.cancel_workflows_async(list(job_ids))

    async def resume(self, job_ids: Collection[str]) -> None:
        """Let them be done again, each through its own queue."""
        for queue, ids in (await _by_queue(workflow_ids=list(job_ids), status=_LIVE)).items():
            await DBOS.resume_workflows_async(ids, queue_name=queue)

    async def list(self, prefix: str = "") -> tuple[KnownJob, ...]:
        """Jobs that wait or are taken."""
        found = await _listed(status=_LIVE, workflow_id_prefix=prefix or None)
        return tuple(
            KnownJob(each.workflow_id, JobState.TAKEN if each.status == "PENDING" else JobState.WAITING)
            for each in found
        )

    async def executors(self) -> frozenset[str]:
        """Who has jobs, besides this process."""
        found = await _listed(status="PENDING")
        return frozenset(each.executor_id for each in found if each.executor_id) - {self.executor}

    async def take_over(self, executor: str) -> int:
        """Let the jobs of a dead process be done again; how many."""
        by_queue = await _by_queue(status="PENDING", executor_id=executor)
        for queue, ids in by_queue.items():
            await DBOS.resume_workflows_async(ids, queue_name=queue)
        return sum(map(len, by_queue.values()))

    async def keep_purging(self) -> None:
        """Until cancelled, forget jobs that ended a while ago."""
        while True:
            await asyncio.sleep(PURGE_SECONDS)
            try:
                while await self.purge() == PURGED_AT_ONCE:
                    pass
            except Exception:  # noqa: BLE001 - the engine's own database errors are many; it is tried again
                _log.exception("jobs that ended could not be purged")

    async def purge(self) -> int:
        """Forget jobs that ended a while ago; how many."""
        before = (datetime.now(UTC) - KEPT).isoformat()
        old = await _listed(status=_ENDED, completed_before=before, limit=PURGED_AT_ONCE)
        if old:
            await DBOS.delete_workflows_async([each.workflow_id for each in old])
        return len(old)

    async def _handled(self, job: Job) -> None:
        """Do a job; while this process stops it goes to whoever is free."""
        if not self._stopping:
            task = asyncio.create_task(self._done(job))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()
                return
        beginning = ":".join(job.id.split(":")[:3])
        await self.enqueue([replace(job, id=f"{beginning}:{uuid.uuid4().hex}")])

    async def _done(self, job: Job) -> None:
        await self.work(job)

    async def _stop(self) -> None:
        self._stopping = True
        wait = SETTLE_SECONDS if self._under_way else 0
        while self._under_way:
            for task in self._under_way:
                task.cancel()
            await asyncio.wait(self._under_way)
        await asyncio.sleep(wait)
        await asyncio.to_thread(lambda: DBOS.destroy(destroy_registry=True))


async def _by_queue(**wanted: Any) -> dict[str, list[str]]:  # noqa: ANN401 - as DBOS takes them
    """The ids of these jobs by their queue: resumed without its name they would get one without limits."""
    ids: dict[str, list[str]] = {}
    for each in await _listed(**wanted):
        ids.setdefault(each.queue_name, []).append(each.workflow_id)
    return ids


async def _listed(**wanted: Any) -> list[Any]:  # noqa: ANN401 - as DBOS takes and gives them
    return await DBOS.list_workflows_async(**wanted, name=WORKFLOW, load_input=False, load_output=False)


def _config(url: str, executor: str) -> Any:  # noqa: ANN401 - a TypedDict of DBOS
    return {
        "name": APPLICATION,
        "system_database_url": url,
        "executor_id": executor,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "run_migrations": url.startswith("sqlite"),
        "max_executor_threads": THREADS,
        "log_level": "WARNING",
        "enable_otlp": False,
    }


def migrate(url: str, roles: Sequence[str]) -> None:
    """Bring the engine's tables to the version it needs, and let these roles use them."""
    for role in roles or (None,):
        DBOS.migrate(url, application_role=role)
