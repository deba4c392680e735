"""Many chat completions at half the price and without haste, by the OpenAI Batch API (files and batches endpoints)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Collection, Iterator, Mapping
from typing import Any, Final, TypeVar

import httpx2
import openai
from openai.types import Batch

from grader.adapters.chat.connection import connect
from grader.adapters.chat.dialect import Dialect
from grader.adapters.chat.failures import failure, reason_of
from grader.adapters.chat.options import Endpoint
from grader.adapters.chat.reading import read_completion
from grader.errors import JudgeFailure
from grader.ports import BulkProgress, BulkState, ChatRequest, Completion

MAX_REQUESTS: Final = 50_000
"""Requests in one job, the API's own limit; its other one is MAX_FILE_BYTES."""

MAX_FILE_BYTES: Final = 200 * 1024 * 1024

NAME: Final = "answer_grader_job"
"""The key of a batch's metadata under which its name stands."""

MAX_LISTED: Final = 1_000
"""Batches looked through for a name; what is looked for was handed in a moment before a crash."""

_T = TypeVar("_T")

_STATES: Final = {
    "completed": BulkState.ENDED,
    "expired": BulkState.ENDED,
    "cancelled": BulkState.ENDED,
    "failed": BulkState.FAILED,
}
"""What a batch's status means; any other is on its way. An expired or cancelled batch has results of what was done."""


class OpenAiBulkChatModel:
    """Jobs of one model at one endpoint; `dialect` is that of the live model, so what it learned holds here too."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        dialect: Dialect,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._model = model
        self._endpoint = endpoint
        self._dialect = dialect
        self._client = connect(endpoint, transport, max_reply_bytes=MAX_FILE_BYTES)

    @property
    def identity(self) -> dict[str, str]:
        """Model and endpoint."""
        return {"model": self._model, "endpoint": self._endpoint.name}

    async def submit(self, requests: Mapping[str, ChatRequest], *, name: str = "") -> str:
        """Upload the requests and open a batch of them; its id. The name goes along as metadata."""
        if not 1 <= len(requests) <= MAX_REQUESTS:
            raise JudgeFailure("request_rejected", f"a job takes 1 to {MAX_REQUESTS:,} requests, not {len(requests):,}")
        lines = "\n".join(self._line(request_id, request) for request_id, request in requests.items()).encode()
        if len(lines) > MAX_FILE_BYTES:
            raise JudgeFailure("request_rejected", f"a job takes {MAX_FILE_BYTES:,} bytes, not {len(lines):,}")
        file = await self._asked(self._client.files.create(file=("requests.jsonl", lines), purpose="batch"))
        batch = await self._asked(
            self._client.batches.create(
                completion_window="24h",
                endpoint="/v1/chat/completions",
                input_file_id=file.id,
                metadata={NAME: name} if name else openai.omit,
            )
        )
        return batch.id

    async def find(self, name: str) -> str | None:
        """The newest batch with this name in its metadata, among the last `MAX_LISTED`."""
        page = await self._asked(self._client.batches.list(limit=100))
        for _ in range(MAX_LISTED // 100):
            for batch in page.data:
                if (batch.metadata or {}).get(NAME) == name:
                    return batch.id
            if not page.has_next_page():
                break
            page = await self._asked(page.get_next_page())
        return None

    async def poll(self, job_id: str) -> BulkProgress:
        """How far the batch is."""
        batch = await self._asked(self._client.batches.retrieve(job_id))
        counts = batch.request_counts
        return BulkProgress(
            state=_STATES.get(batch.status, BulkState.RUNNING),
            total=counts.total if counts else 0,
            completed=counts.completed if counts else 0,
            failed=counts.failed if counts else 0,
            message=_errors(batch),
        )

    async def collect(self, job_id: str, ids: Collection[str]) -> dict[str, Completion | JudgeFailure]:
        """What became of each request; those that the endpoint has lost or left out have failed as `no_result`."""
        batch = await self._asked(self._client.batches.retrieve(job_id))
        if _STATES.get(batch.status) is not BulkState.ENDED:
            raise JudgeFailure("not_ended", f"batch {job_id} is {batch.status}: {_errors(batch) or 'poll it first'}")
        found: dict[str, Completion | JudgeFailure] = {}
        for file_id in filter(None, (batch.output_file_id, batch.error_file_id)):
            content = await self._asked(self._client.files.content(file_id))
            found.update(_results(content.content))
        lost = f"batch {job_id} has {batch.status} without a result for this request"
        return {each: found.get(each, JudgeFailure("no_result", lost)) for each in ids}

    async def cancel(self, job_id: str) -> None:
        """Cancel the batch."""
        await self._asked(self._client.batches.cancel(job_id))

    async def forget(self, job_id: str) -> None:
        """Delete the batch's files; the endpoint keeps of it how many requests there were."""
        batch = await self._unless_gone(self._client.batches.retrieve(job_id))
        files = (batch.input_file_id, batch.output_file_id, batch.error_file_id) if batch else ()
        for file_id in filter(None, files):
            await self._unless_gone(self._client.files.delete(file_id))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _line(self, request_id: str, request: ChatRequest) -> str:
        body = self._dialect.body(request)
        return json.dumps({"custom_id": request_id, "method": "POST", "url": "/v1/chat/completions", "body": body})

    async def _unless_gone(self, call: Awaitable[_T]) -> _T | None:
        """The result of an SDK call about something that somebody else may have deleted just now."""
        try:
            return await call
        except openai.NotFoundError:
            return None
        except openai.APIError as error:
            raise failure(error, self._endpoint, "", calls=0) from error

    async def _asked(self, call: Awaitable[_T]) -> _T:
        """The result of an SDK call, or its failure by name."""
        try:
            return await call
        except openai.APIError as error:
            raise failure(error, self._endpoint, "", calls=0) from error


def _results(content: bytes) -> Iterator[tuple[str, Completion | JudgeFailure]]:
    for line in content.splitlines():
        try:
            entry = json.loads(line)
            yield str(entry["custom_id"]), _outcome(entry)
        except (ValueError, KeyError, TypeError):
            continue  # a line that names no request: the request it belonged to has no result, and says so


def _outcome(entry: dict[str, Any]) -> Completion | JudgeFailure:
    """The completion in a line of a result file, or why there is none."""
    response, error = entry.get("response"), entry.get("error")
    if not isinstance(response, dict):
        code = error.get("code") if isinstance(error, dict) else None
        return JudgeFailure("no_result", f"the batch gave no response: {code or 'no reason stated'}")
    status, body = response.get("status_code"), response.get("body")
    if status != httpx2.codes.OK:
        said = body.get("error") if isinstance(body, dict) else None
        told = said if isinstance(said, dict) else {}
        reason = reason_of(int(status or 0), told.get("code"), str(told.get("message")))
        return JudgeFailure(reason, f"the batch got status {status} for this request")
    try:
        return read_completion(json.dumps(body).encode())
    except JudgeFailure as unusable:
        return unusable


def _errors(batch: Batch) -> str:
    data = (batch.errors.data if batch.errors else None) or []
    return "; ".join(f"{error.code}: {error.message}" for error in data)[:500]
