"""The client for asynchronous code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Literal, Self, TypeVar, Unpack

import httpx2

from grader.batch_desk import BatchReport, EstimateReport, Submitted
from grader.client.batch_calls import WATCH_SECONDS, BatchCalls, BatchOptions, Budget, batch_path
from grader.client.calls import Calls, Erasure, GradeFilters, GradeOptions, OverrideRequest
from grader.client.errors import Unreachable, refusal
from grader.client.talk import FAILED, Call, Reply, Talk
from grader.client.wire import TIMEOUT, arguments, pieces, reply_of, standing_headers, unreachable
from grader.explaining import Explanation
from grader.ports import BatchState
from grader.review import ListedGrade, Review, ReviewedGrade
from rubrics.model import Question

Result = TypeVar("Result")


class AsyncClient:
    """The service at `url`, asked with the API key `key`; `http` replaces the connections it would open.

    Every method raises a ClientError where there is no result.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        *,
        calls: Calls | None = None,
        http: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._calls = calls or Calls()
        self._batches = BatchCalls(self._calls.retry)
        self._http = http or httpx2.AsyncClient(base_url=url, timeout=TIMEOUT)
        self._http.headers.update(standing_headers(key))
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def questions(self, **filters: str) -> tuple[Question, ...]:
        """The questions that fit `category`, `difficulty`, `text`."""
        return await self._run(self._calls.questions(filters))

    async def question(self, question_id: str) -> Question:
        """One question."""
        return await self._run(self._calls.question(question_id))

    async def grade(self, answer: str, **options: Unpack[GradeOptions]) -> ReviewedGrade:
        """The grade of an answer; StillGrading, with its id, where it takes longer than the client's patience."""
        return await self._run(self._calls.grade(answer, options))

    async def submit(self, answer: str, **options: Unpack[GradeOptions]) -> str:
        """The id of a grade that the service makes when it can; `get_grade` waits for it."""
        return await self._run(self._calls.submit(answer, options))

    async def get_grade(self, grade_id: str) -> ReviewedGrade:
        """A stored grade, waited for where it is not there yet."""
        return await self._run(self._calls.get_grade(grade_id))

    async def grades(self, **filters: Unpack[GradeFilters]) -> AsyncIterator[ListedGrade]:
        """The grades that fit, newest first, each with the `outcome` that counts; asked for page by page."""
        cursor: str | None = None
        while True:
            page, cursor = await self._run(self._calls.grade_page(filters, cursor))
            for grade in page:
                yield grade
            if cursor is None:
                return

    async def explain(self, grade_id: str) -> Explanation:
        """Why a grade is what it is."""
        return await self._run(self._calls.explain(grade_id))

    async def override(
        self, grade_id: str, *, if_match: str | None = None, **verdict: Unpack[OverrideRequest]
    ) -> Review:
        """Put a person's verdict in the machine's place; with `if_match` only on that version of the grade."""
        return await self._run(self._calls.override(grade_id, verdict, if_match))

    async def appeal(self, grade_id: str, *, key_point_id: str, reason: str, text: str) -> Review:
        """Object to the verdict on a key point."""
        return await self._run(self._calls.appeal(grade_id, key_point_id, reason, text))

    async def decide_appeal(self, grade_id: str, number: int, *, state: str, answer: str) -> Review:
        """Answer an appeal: `upheld` or `withdrawn`; an override answers it with `changed` by itself."""
        return await self._run(self._calls.decide_appeal(grade_id, number, state, answer))

    async def regrade(self, grade_id: str, *, judge: str | None = None) -> ReviewedGrade:
        """Grade the same answer again; the new grade names the old one."""
        return await self._run(self._calls.regrade(grade_id, judge))

    async def export_candidate(self, ref: str) -> bytes:
        """Everything held about a candidate, as JSON."""
        return await self._run(self._calls.export_candidate(ref))

    async def erase_candidate(self, ref: str) -> Erasure:
        """Erase everything a candidate wrote, and what quotes it."""
        return await self._run(self._calls.erase_candidate(ref))

    async def submit_batch(self, file: Path, *, key: str | None = None, **options: Unpack[BatchOptions]) -> Submitted:
        """Have a file of answers graded (CSV, TSV, JSON, JSON lines, XLSX); with the same `key` it is done once."""
        return await self._run(self._batches.submit(file, options, key))

    async def estimate_batch(self, file: Path, **options: Unpack[BatchOptions]) -> EstimateReport:
        """What a file of answers would take; nothing is kept."""
        return await self._run(self._batches.estimate(file, options))

    async def batch(self, batch_id: str) -> BatchReport:
        """How far a batch is."""
        return await self._run(self._batches.report(batch_id))

    async def batches(self) -> AsyncIterator[BatchReport]:
        """The batches, newest first, asked for page by page."""
        cursor: str | None = None
        while True:
            page, cursor = await self._run(self._batches.page(cursor))
            for report in page:
                yield report
            if cursor is None:
                return

    async def watch_batch(self, batch_id: str) -> AsyncIterator[BatchReport]:
        """How far a batch is, again and again, until it is completed, cancelled or paused."""
        while True:
            report = await self.batch(batch_id)
            yield report
            if report.state is not BatchState.RUNNING:
                return
            await self._sleep(WATCH_SECONDS)

    async def batch_results(
        self, batch_id: str, form: Literal["jsonl", "csv", "html"] = "jsonl"
    ) -> AsyncIterator[bytes]:
        """The results there are by now, piece by piece; Unreachable where the connection breaks."""
        try:
            async with self._http.stream("GET", f"{batch_path(batch_id)}/results", params={"format": form}) as response:
                if response.status_code >= FAILED:
                    await response.aread()
                    raise refusal(response.status_code, response.content)
                async for piece in response.aiter_bytes():
                    yield piece
        except httpx2.TransportError as error:
            raise unreachable(error) from error

    async def pause_batch(self, batch_id: str) -> BatchReport:
        """Let a batch rest."""
        return await self._run(self._batches.change(batch_id, "pause", {}))

    async def resume_batch(self, batch_id: str, **budget: Unpack[Budget]) -> BatchReport:
        """Let a paused batch go on, with another budget if given."""
        return await self._run(self._batches.change(batch_id, "resume", budget))

    async def cancel_batch(self, batch_id: str) -> BatchReport:
        """End a batch for good; its results stay."""
        return await self._run(self._batches.change(batch_id, "cancel", {}))

    async def retry_batch(self, batch_id: str) -> int:
        """Have the rows of a completed batch graded again that have no score; how many."""
        return await self._run(self._batches.retry(batch_id))

    async def _run(self, talk: Talk[Result]) -> Result:
        try:
            call = next(talk)
            while True:
                await self._sleep(call.wait)
                call = talk.send(await self._answer(call))
        except StopIteration as done:
            result: Result = done.value
            return result

    async def _answer(self, call: Call) -> Reply | Unreachable:
        try:
            content = None if call.file is None else _sent(call.file)
            return reply_of(await self._http.request(content=content, **arguments(call)))
        except httpx2.TransportError as error:
            return unreachable(error)


async def _sent(file: Path) -> AsyncIterator[bytes]:
    """A file's content, read off the event loop."""
    reading = pieces(file)
    while piece := await asyncio.to_thread(next, reading, b""):
        yield piece
