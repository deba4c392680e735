"""Two ways to have files of answers graded: in this process, on this machine's database, or by a server.

Both offer what `grader.client.AsyncClient` offers for batches, so that a command does not care which it talks to.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Unpack

from rich.console import Console

from grader.access import LOCAL, LOCAL_TENANT, Limit
from grader.batch import NewBatch, Options
from grader.batch_desk import BadRows, BatchDesk, BatchReport, EstimateReport, Submission, Submitted
from grader.bootstrap import build_access, build_batch_desk, build_batches, build_services
from grader.client import AsyncClient
from grader.client.batch_calls import BatchOptions, Budget
from grader.errors import AnswerFileError, EngineTaken
from grader.exports import FORMATS, format_of
from grader.feedback import FeedbackMode
from grader.intake import Source
from grader.ports import BatchPlace, Priority
from grader.settings import Settings

PAGE = 100
Form = Literal["jsonl", "csv", "html"]


class Counter(Protocol):
    """Where files are handed in and batches looked after."""

    async def submit_batch(self, file: Path, *, key: str | None = None, **options: Unpack[BatchOptions]) -> Submitted:
        """The batch that a file becomes; with a key that was used before, the batch of then."""
        ...

    async def estimate_batch(self, file: Path, **options: Unpack[BatchOptions]) -> EstimateReport:
        """What a file would take."""
        ...

    async def batch(self, batch_id: str) -> BatchReport:
        """How far a batch is."""
        ...

    def batches(self) -> AsyncIterator[BatchReport]:
        """The batches, newest first."""
        ...

    def batch_results(self, batch_id: str, form: Form = "jsonl") -> AsyncIterator[bytes]:
        """The results there are by now."""
        ...

    async def pause_batch(self, batch_id: str) -> BatchReport:
        """Let it rest."""
        ...

    async def resume_batch(self, batch_id: str, **budget: Unpack[Budget]) -> BatchReport:
        """Let it go on."""
        ...

    async def cancel_batch(self, batch_id: str) -> BatchReport:
        """End it."""
        ...

    async def retry_batch(self, batch_id: str) -> int:
        """Grade rows without a score again."""
        ...


@asynccontextmanager
async def counter(settings: Settings, server: str | None, key: str | None, *, working: bool) -> AsyncIterator[Counter]:
    """The server's counter, or this machine's; `working` grades in this process, unless another one does already."""
    async with AsyncExitStack() as held:
        if server is not None:
            own = None if settings.api_key is None else settings.api_key.get_secret_value()
            yield await held.enter_async_context(AsyncClient(server, key or own))
            return
        services = await held.enter_async_context(build_services(settings))
        await services.storage.check()
        work = build_batches(settings, services, build_access(settings, services.storage))
        if working:
            try:
                await held.enter_async_context(work.running())
                await held.enter_async_context(_until_interrupted())
            except EngineTaken as taken:
                Console(stderr=True, highlight=False).print(f"[dim]{taken}: that one grades, this one watches.[/]")
        yield LocalCounter(build_batch_desk(services, work.batches))


@asynccontextmanager
async def _until_interrupted() -> AsyncIterator[None]:
    """After Ctrl-C the engine's library reports each row it lets go of as an error; the next run takes them up."""
    engine = logging.getLogger("dbos")
    try:
        yield
    finally:
        engine.setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class LocalCounter:
    """The database of this machine's settings, without a server."""

    desk: BatchDesk

    async def submit_batch(self, file: Path, *, key: str | None = None, **options: Unpack[BatchOptions]) -> Submitted:
        """See `BatchDesk.submit`."""
        with _source(file) as source:
            return await self.desk.submit(LOCAL, await self._submission(source, key, options))

    async def estimate_batch(self, file: Path, **options: Unpack[BatchOptions]) -> EstimateReport:
        """See `BatchDesk.estimate`."""
        with _source(file) as source:
            return await self.desk.estimate(LOCAL, await self._submission(source, None, options))

    async def batch(self, batch_id: str) -> BatchReport:
        """See `BatchDesk.report`."""
        return await self.desk.report(LOCAL_TENANT, batch_id)

    async def batches(self) -> AsyncIterator[BatchReport]:
        """Every batch, newest first."""
        after: BatchPlace | None = None
        while found := await self.desk.batches.page(LOCAL_TENANT, limit=PAGE, after=after):
            for batch in found:
                yield await self.desk.report(LOCAL_TENANT, batch.id)
            after = BatchPlace(found[-1].created_at, found[-1].id)

    async def batch_results(self, batch_id: str, form: Form = "jsonl") -> AsyncIterator[bytes]:
        """See `BatchDesk.export`."""
        chosen = format_of(form) or FORMATS[0]
        async for piece in chosen.write(await self.desk.export(LOCAL_TENANT, batch_id)):
            yield piece.encode()

    async def pause_batch(self, batch_id: str) -> BatchReport:
        """See `Batches.pause`."""
        await self.desk.batches.pause(LOCAL, batch_id)
        return await self.batch(batch_id)

    async def resume_batch(self, batch_id: str, **budget: Unpack[Budget]) -> BatchReport:
        """See `Batches.resume`."""
        await self.desk.batches.resume(LOCAL, batch_id, _limit(budget) if budget else None)
        return await self.batch(batch_id)

    async def cancel_batch(self, batch_id: str) -> BatchReport:
        """See `Batches.cancel`."""
        await self.desk.batches.cancel(LOCAL, batch_id)
        return await self.batch(batch_id)

    async def retry_batch(self, batch_id: str) -> int:
        """See `Batches.retry`."""
        return await self.desk.batches.retry(LOCAL, batch_id)

    async def _submission(self, source: Source, key: str | None, options: BatchOptions) -> Submission:
        question_id = options.get("question_id")
        default = await self.desk.of_question(LOCAL_TENANT, question_id) if question_id else None
        grading = Options(
            judge=options.get("judge"),
            feedback=FeedbackMode(options.get("feedback", "full")),
            coached=options.get("llm_feedback"),
            half_price=options.get("half_price", False),
        )
        priority = Priority(options.get("priority", "normal"))
        new = NewBatch(options.get("name", ""), grading, priority, _limit(options), key)
        return Submission(source, new, BadRows(options.get("bad_rows", "refuse")), default)


def _limit(budget: BatchOptions | Budget) -> Limit:
    return Limit(budget.get("budget_calls"), budget.get("budget_tokens"), budget.get("budget_usd"))


@contextmanager
def _source(file: Path) -> Iterator[Source]:
    try:
        stream = file.open("rb")
    except OSError as error:
        raise AnswerFileError(f"cannot be read: {error.strerror}", file=str(file)) from error
    with stream:
        yield Source(str(file), stream)
