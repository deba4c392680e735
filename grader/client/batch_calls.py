"""What a client can ask of batches: files of answers in, reports, control; results are read as a stream."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypedDict
from urllib.parse import quote

from pydantic import BaseModel

from grader.batch_desk import BatchReport, EstimateReport, Submitted
from grader.client.talk import Call, Retry, Talk, read

UPLOAD_SECONDS: Final = 1_800.0
"""How long the service may take to look through a file and keep it: a million rows take some minutes."""

WATCH_SECONDS: Final = 1.0
"""Between two looks at a batch that is waited for."""


class BatchOptions(TypedDict, total=False):
    """What is to be made of a file of answers, as the parameters of `POST /v1/batches`.

    `question_id` is what rows are graded against that do not say; a batch pauses before it spends more than a budget;
    `half_price` asks the LLM by bulk jobs, which take up to a day each.
    """

    name: str
    judge: str
    feedback: Literal["full", "hints", "none"]
    llm_feedback: bool
    priority: Literal["high", "normal", "low"]
    bad_rows: Literal["refuse", "skip"]
    question_id: str
    half_price: bool
    budget_calls: int
    budget_tokens: int
    budget_usd: float


class Budget(TypedDict, total=False):
    """Another budget for a paused batch."""

    budget_calls: int
    budget_tokens: int
    budget_usd: float


class _Page(BaseModel):
    batches: tuple[BatchReport, ...]
    next: str | None = None


class _Retried(BaseModel):
    rows: int


@dataclass(frozen=True)
class BatchCalls:
    """The operations on batches as talks."""

    retry_policy: Retry

    def submit(self, file: Path, options: BatchOptions, key: str | None) -> Talk[Submitted]:
        """The batch that a file becomes; with the same `key` within 24 hours the same batch."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return read(_upload(file, _params(options), headers), Submitted, self.retry_policy)

    def estimate(self, file: Path, options: BatchOptions) -> Talk[EstimateReport]:
        """What a file would take."""
        return read(_upload(file, {**_params(options), "dry_run": "true"}, {}), EstimateReport, self.retry_policy)

    def report(self, batch_id: str) -> Talk[BatchReport]:
        """How far a batch is."""
        return read(Call("GET", batch_path(batch_id)), BatchReport, self.retry_policy)

    def page(self, cursor: str | None) -> Talk[tuple[tuple[BatchReport, ...], str | None]]:
        """One page of batches, and the cursor of the next one."""
        params = {"cursor": cursor} if cursor else {}
        page = yield from read(Call("GET", "/v1/batches", params), _Page, self.retry_policy)
        return page.batches, page.next

    def change(self, batch_id: str, verb: Literal["pause", "resume", "cancel"], budget: Budget) -> Talk[BatchReport]:
        """The batch after it was paused, resumed or cancelled: done twice it is as done once."""
        call = Call("POST", f"{batch_path(batch_id)}/{verb}", _params(budget))
        return read(call, BatchReport, self.retry_policy)

    def retry(self, batch_id: str) -> Talk[int]:
        """How many rows of a completed batch are graded again."""
        return (yield from read(Call("POST", f"{batch_path(batch_id)}/retry"), _Retried, self.retry_policy)).rows


def batch_path(batch_id: str) -> str:
    """Where a batch is."""
    return f"/v1/batches/{quote(batch_id, safe='')}"


def _upload(file: Path, params: Mapping[str, str], headers: Mapping[str, str]) -> Call:
    kind = {"Content-Type": "application/octet-stream"}
    return Call("POST", "/v1/batches", params, file=file, headers={**kind, **headers}, seconds=UPLOAD_SECONDS)


def _params(options: BatchOptions | Budget) -> dict[str, str]:
    texts = {name: str(value) for name, value in options.items() if value is not None}
    return {name: text.lower() if text in {"True", "False"} else text for name, text in texts.items()}
