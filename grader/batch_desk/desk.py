"""From a file of answers to a batch, or to what it would take."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from grader.access import Principal
from grader.batch import Batches, NewBatch, NewRow, Options, Progress
from grader.batch.service import BLOCK
from grader.batch_desk.report import BatchReport, EstimateReport, Submitted
from grader.errors import RowsRefused
from grader.exports import Export, ReviewedResult, ReviewedRow
from grader.intake import Source, Survey, Yardsticks, admitted, survey
from grader.ports import BatchState, Counts, ReferralStore, Result, ReviewStore, Row, grade_id_of, place_of
from rubrics.model import Rubric

DEFAULT_RATE: Final = 2.7
"""Rows a second of judges that run here: 138 answers of 6.5 points by `local` took 52 s on 2 cores that others used."""

LOOKED_AT: Final = 20
"""Earlier batches that an estimate of the time looks at."""


class BadRows(StrEnum):
    """What bad rows mean: nothing is accepted, or all but them."""

    REFUSE = "refuse"
    SKIP = "skip"


@dataclass(frozen=True)
class Submission:
    """A file of answers and what is to be made of it; `default` is what rows are graded against that do not say."""

    source: Source
    new: NewBatch = field(default_factory=NewBatch)
    bad_rows: BadRows = BadRows.REFUSE
    default: Rubric | None = None


@dataclass(frozen=True)
class BatchDesk:
    """Takes files of answers in; `of_question` gives what a tenant's question is graded by, or raises UnknownQuestion.

    `is_paid` says whether a judge may ask a paid model: how fast that is cannot be told beforehand.
    """

    batches: Batches
    reviews: ReviewStore
    referrals: ReferralStore
    of_question: Callable[[str, str], Awaitable[Rubric]]
    is_paid: Callable[[str | None], bool] = lambda _judge: False

    async def submit(self, who: Principal, wanted: Submission) -> Submitted:
        """The batch of a file; the one that was submitted with the same key before, where there is one.

        RowsRefused where rows are bad and that is not to be, AnswerFileError where the file cannot be read to its end;
        and what `Batches.submit` raises. Nothing is kept then.
        """
        known = wanted.new.key and await self.batches.store.by_key(who.tenant, wanted.new.key)
        if known and known.state is not BatchState.PREPARING:
            return Submitted.with_survey(await self.batches.progress(who.tenant, known.id), Survey(known.total, 0))
        yardsticks = self._yardsticks(who.tenant, wanted)
        found = await self._surveyed(wanted, yardsticks)
        batch = await self.batches.submit(who, wanted.new, _rows(wanted.source, yardsticks, found))
        return Submitted.with_survey(await self.batches.progress(who.tenant, batch.id), found)

    async def estimate(self, who: Principal, wanted: Submission) -> EstimateReport:
        """What the file would take; errors as those of `submit`."""
        yardsticks = self._yardsticks(who.tenant, wanted)
        found = await self._surveyed(wanted, yardsticks)
        options = wanted.new.options
        rate, source = await self._rate(who.tenant, options)
        rows = _rows(wanted.source, yardsticks, found)
        return EstimateReport.of(await self.batches.estimate(rows, options, rate), found, source)

    async def report(self, tenant: str, batch_id: str) -> BatchReport:
        """How far a batch is; UnknownBatch."""
        return BatchReport.of(await self.batches.progress(tenant, batch_id))

    async def export(self, tenant: str, batch_id: str) -> Export:
        """The results that a batch has by now, with what people decided of them; UnknownBatch."""
        progress = await self.batches.progress(tenant, batch_id)
        rubrics = await self.batches.store.rubrics(tenant, batch_id)
        return Export(progress, self._reviewed(tenant, batch_id), rubrics)

    async def counted(self, tenant: str, progress: Progress) -> Counts:
        """The rows of a batch by the status that counts: the machine's, but for those that people have spoken of."""
        batch_id, counts = progress.batch.id, progress.counts
        outcomes = await self.reviews.overruled(tenant, batch_id)
        settled = await self.referrals.settled_of(tenant, batch_id)
        spoken_of, moved = sorted(outcomes.keys() | settled), Counter[str]()
        for start in range(0, len(spoken_of), BLOCK):
            names = spoken_of[start : start + BLOCK]
            for name, made in (await self._made(tenant, batch_id, names)).items():
                now = ReviewedResult(made, outcomes.get(name), name in settled)
                moved.update({now.status.value: 1})
                moved.subtract({made.status.value: 1})
        return replace(counts, **{status: getattr(counts, status) + by for status, by in moved.items()})

    async def _made(self, tenant: str, batch_id: str, names: Collection[str]) -> dict[str, Result]:
        """The results with these grades; one that was made anew since then has another."""
        idxs = [place[1] for name in names if (place := place_of(name)) is not None]
        found = (await self.batches.store.results(tenant, batch_id, idxs)).values()
        by_name = {grade_id_of(batch_id, made.idx, made.generation): made for made in found}
        return {name: by_name[name] for name in names if name in by_name}

    async def _reviewed(self, tenant: str, batch_id: str) -> AsyncIterator[ReviewedRow]:
        """Every row with what counts of it; what people said is read once a block, not once a row."""
        async for block in self.batches.blocks(tenant, batch_id):
            names = {row.item.idx: name for row in block if (name := _grade_id(batch_id, row)) is not None}
            outcomes = await self.reviews.outcomes(tenant, names.values())
            settled = await self.referrals.settled(tenant, names.values())
            for row in block:
                name = names.get(row.item.idx, "")
                yield ReviewedRow.of(row, outcomes.get(name), is_settled=name in settled)

    def _yardsticks(self, tenant: str, wanted: Submission) -> Yardsticks:
        return Yardsticks(lambda question_id: self.of_question(tenant, question_id), wanted.default)

    async def _surveyed(self, wanted: Submission, yardsticks: Yardsticks) -> Survey:
        self.batches.queue_of(wanted.new.options)  # it can be done so, or nothing needs to be read
        found = await survey(wanted.source, yardsticks)
        if found.rows == 0 or (found.bad and wanted.bad_rows is BadRows.REFUSE):
            said = f"{wanted.source.name}: {found.bad} of {found.bad + found.rows} rows are bad, nothing was accepted:"
            raise RowsRefused(
                f"{said}\n{found}", count=found.bad, described=[(row.number, row.problem) for row in found.described]
            )
        return found

    async def _rate(self, tenant: str, options: Options) -> tuple[float, Literal["measured", "default"] | None]:
        """Rows a second, and how that is known: from batches by the same judge that ran through without a pause."""
        rows, seconds = 0, 0.0
        for batch in await self.batches.page(tenant, limit=LOOKED_AT):
            earlier = Options.model_validate_json(batch.options)
            same = (earlier.judge, earlier.half_price) == (options.judge, options.half_price)
            if same and batch.state is BatchState.COMPLETED and batch.finished_at and batch.generation == 1:
                rows += batch.distinct
                seconds += (batch.finished_at - (batch.resumed_at or batch.created_at)).total_seconds()
        if rows and seconds > 0:
            return rows / seconds, "measured"
        return DEFAULT_RATE, None if self.is_paid(options.judge) else "default"


async def _rows(source: Source, yardsticks: Yardsticks, found: Survey) -> AsyncIterator[NewRow]:
    async for row, rubric in admitted(source, yardsticks, found):
        yield NewRow(rubric, row.answer, row.candidate_ref, row.extra)


def _grade_id(batch_id: str, row: Row) -> str | None:
    """The id of a row's grade, where it has one."""
    made = row.result
    return None if made is None or made.grade is None else grade_id_of(batch_id, row.item.idx, made.generation)


def keyed(submission: Submission, key: str | None) -> Submission:
    """The same submission under a key, which makes a second one the first."""
    return replace(submission, new=replace(submission.new, key=key))
