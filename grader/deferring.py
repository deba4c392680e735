"""A chat model that takes its time, for half the price: what many ask at once goes to the endpoint as one bulk job.

Whoever asks just waits, up to a day. Before requests are handed in it is noted under which name, so a process that
takes over after a crash finds the job at the endpoint, waits for it, and pays for nothing twice. The replies come out
as from any other model, so judges, cache and prices are the usual ones.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Unpack

from grader.caching import content_hash, question_hash, subject
from grader.errors import JudgeFailure, StorageError
from grader.ports import BulkChatModel, BulkJob, BulkJobStore, BulkProgress, BulkState, ChatRequest, Completion

_log: Final = logging.getLogger(__name__)

GATHER_SECONDS: Final = 5.0
"""A job is handed in when nobody has asked anything more for so long."""

POLL_SECONDS: Final = 60.0
"""Between two looks at a job; most take an hour or more."""

MOST_REQUESTS: Final = 50_000
"""In one job, the API's own limit."""

ROUNDS: Final = 2
"""Jobs that a request is in before it has failed: one that ran out of time is handed in once more."""

HANDING_IN: Final = timedelta(minutes=10)
"""Longest an upload takes; a job without an id that is older, and that the endpoint does not know, was never taken."""

GIVEN_UP: Final = timedelta(hours=30)
"""The endpoint promises 24 hours; a job that cannot be looked at for longer is lost."""

MOST_CHARACTERS: Final = 30_000_000
"""In one job: as JSON that is at most 180 MB, of the 200 MB that the API takes."""

MANY_GIVEN: Final = 100_000
"""Replies remembered as given out."""

ERASED: Final = "erased"
"""The reason of a request whose candidate was erased meanwhile: nobody gets the reply."""

LOST: Final = "no_result"
"""The reason of a request that a job has left out."""


@dataclass
class _Asked:
    """A request that somebody waits for, and whom it is about; `rounds` counts the jobs it was in."""

    request: ChatRequest
    about: str | None = None
    reply: asyncio.Future[Completion] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    rounds: int = 0

    @property
    def characters(self) -> int:
        """About how long it is."""
        return len(self.request["system"]) + len(self.request["user"]) + len(str(self.request["schema"]))

    def fail(self, failure: JudgeFailure) -> None:
        """Tell who waits that there is no reply."""
        if not self.reply.done():
            self.reply.set_exception(failure)
            self.reply.exception()  # seen, in case nobody waits any more


@dataclass
class DeferredChatModel:
    """A ChatModel over a BulkChatModel; `sleep` waits some seconds."""

    bulk: BulkChatModel
    jobs: BulkJobStore
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _asked: dict[str, _Asked] = field(default_factory=dict, init=False, repr=False)
    _gathering: dict[str, dict[str, _Asked]] = field(default_factory=dict, init=False, repr=False)
    _given: set[str] = field(default_factory=set, init=False, repr=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

    @property
    def identity(self) -> dict[str, str]:
        """That of the model: what it says does not depend on when."""
        return self.bulk.identity

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, within a day; JudgeFailure when the job or the request in it has failed."""
        tenant, candidate_ref = subject().tenant, subject().candidate_ref
        key = content_hash(tenant, self.identity, question_hash(request))
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = _Asked(request, candidate_ref)
            asked.reply.add_done_callback(lambda _done: self._asked.pop(key, None))
            if key in self._given:  # whoever asks again was not content with the reply
                self._given.discard(key)
                await self.jobs.drop(tenant, [key])
            self._gather(tenant, {key: asked})
        return await asyncio.shield(asked.reply)  # whoever gives up does not take the reply from the others

    async def close(self) -> None:
        """Stop waiting; what is on its way is found again."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.bulk.close()

    def _gather(self, tenant: str, asked: Mapping[str, _Asked]) -> None:
        """Let these go with the tenant's next job."""
        waiting = self._gathering.setdefault(tenant, {})
        if not waiting:
            self._start(self._hand_over(tenant, waiting), waiting)
        waiting.update(asked)

    def _start(self, work: Awaitable[None], asked: Mapping[str, _Asked]) -> None:
        """Work in the background; what keeps it from ending well is told to who waits."""

        async def told() -> None:
            try:
                await work
            except (JudgeFailure, StorageError) as error:
                failure = error if isinstance(error, JudgeFailure) else JudgeFailure("storage", str(error))
                for each in asked.values():
                    each.fail(failure)

        task = asyncio.create_task(told())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hand_over(self, tenant: str, waiting: dict[str, _Asked]) -> None:
        """Wait until nobody asks more; then wait for the jobs that have these requests, and hand in the others."""
        count = -1
        while count != len(waiting) and len(waiting) < MOST_REQUESTS:
            count = len(waiting)
            await self.sleep(GATHER_SECONDS)
        del self._gathering[tenant]
        under_way: dict[BulkJob, dict[str, _Asked]] = {}
        for key, job in (await self.jobs.of(tenant, waiting.keys())).items():
            under_way.setdefault(job, {})[key] = waiting[key]
        for job, asked in under_way.items():
            self._start(self._see_through(tenant, job, asked), asked)
        fresh = [item for item in waiting.items() if not any(item[0] in asked for asked in under_way.values())]
        for some in _cut(fresh):
            self._start(self._hand_in(tenant, some), some)

    async def _hand_in(self, tenant: str, asked: dict[str, _Asked]) -> None:
        """A new job of these requests; those that another process hands in just now are waited for there."""
        job = BulkJob(str(uuid.uuid4()), self.now())
        ours = await self.jobs.begin(tenant, job, {key: each.about for key, each in asked.items()})
        mine = {key: each for key, each in asked.items() if key in ours}
        if len(mine) < len(asked):
            self._gather(tenant, {key: each for key, each in asked.items() if key not in ours})
        if mine:
            self._start(self._submit(tenant, job, mine), mine)

    async def _submit(self, tenant: str, job: BulkJob, mine: dict[str, _Asked]) -> None:
        try:
            job_id = await self.bulk.submit({key: each.request for key, each in mine.items()}, name=job.id)
        except JudgeFailure:
            found = await self.bulk.find(job.id)  # a reply may be lost where the request was not
            if found is None:
                await self.jobs.drop(tenant, mine.keys())
                raise
            job_id = found
        job = replace(job, job_id=job_id)
        await self.jobs.accepted(tenant, job)
        await self._see_through(tenant, job, mine)

    async def _see_through(self, tenant: str, job: BulkJob, asked: dict[str, _Asked]) -> None:
        """Wait for a job, and give everybody what became of the request."""
        known = job if job.job_id else await self._found(tenant, job, asked)
        if known is None:
            await self.jobs.drop(tenant, asked.keys())
            self._gather(tenant, asked)
            return
        progress = await self._ended(known)
        if progress.state is BulkState.FAILED:
            await self.jobs.drop(tenant, asked.keys())
            await self.jobs.ended(tenant, known.id, self.now())
            raise JudgeFailure("bulk_job_failed", f"bulk job {known.job_id} failed: {progress.message}")
        outcomes = await self.bulk.collect(known.job_id, asked.keys())
        await self._give_out(tenant, await self._wanted(tenant, asked), outcomes)
        await self.jobs.ended(tenant, known.id, self.now())

    async def _wanted(self, tenant: str, asked: Mapping[str, _Asked]) -> dict[str, _Asked]:
        """Those that are still known to be in a job; the candidates of the others were erased meanwhile."""
        known = await self.jobs.of(tenant, asked.keys())
        for key in asked.keys() - known.keys():
            asked[key].fail(JudgeFailure(ERASED, "the candidate was erased while this was asked for"))
        return {key: each for key, each in asked.items() if key in known}

    async def _found(self, tenant: str, job: BulkJob, asked: dict[str, _Asked]) -> BulkJob | None:
        """The job with the id it has at the endpoint; None where it was never taken there."""
        while True:
            noted = (await self.jobs.of(tenant, asked.keys())).get(next(iter(asked)), job)
            if noted.job_id:
                return noted
            job_id = await self.bulk.find(job.id)
            if job_id is not None:
                found = replace(job, job_id=job_id)
                await self.jobs.accepted(tenant, found)
                return found
            if self.now() - job.begun_at > HANDING_IN:
                return None
            await self.sleep(POLL_SECONDS)

    async def _ended(self, job: BulkJob) -> BulkProgress:
        """How a job ended; an endpoint that does not say is asked again, for a day and more."""
        while True:
            try:
                progress = await self.bulk.poll(job.job_id)
            except JudgeFailure as failure:
                if self.now() - job.begun_at > GIVEN_UP:
                    raise
                _log.warning("a bulk job cannot be looked at just now: %s", failure)
            else:
                if progress.state is not BulkState.RUNNING:
                    return progress
            await self.sleep(POLL_SECONDS)

    async def _give_out(
        self, tenant: str, asked: Mapping[str, _Asked], outcomes: Mapping[str, Completion | JudgeFailure]
    ) -> None:
        """Each what became of its request; what was left out, for want of time, is handed in once more."""
        if len(self._given) > MANY_GIVEN:
            self._given.clear()
        again: dict[str, _Asked] = {}
        failed = {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, JudgeFailure)}
        await self.jobs.drop(tenant, failed.keys())  # they may be asked again; the others' replies can be had again
        for key, each in asked.items():
            outcome, each.rounds = outcomes[key], each.rounds + 1
            if isinstance(outcome, Completion):
                self._given.add(key)
                if not each.reply.done():
                    each.reply.set_result(outcome)
            elif outcome.reason == LOST and each.rounds < ROUNDS:
                again[key] = each
            else:
                each.fail(outcome)
        if again:
            self._gather(tenant, again)


def _cut(items: list[tuple[str, _Asked]]) -> list[dict[str, _Asked]]:
    """The items in as many jobs as they take."""
    jobs, characters = [dict[str, _Asked]()], 0
    for key, each in items:
        characters += each.characters
        if len(jobs[-1]) == MOST_REQUESTS or (jobs[-1] and characters > MOST_CHARACTERS):
            jobs.append({})
            characters = each.characters
        jobs[-1][key] = each
    return jobs if jobs[0] else []
