"""Fakes of chat and decision models."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack

from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import (
    BulkProgress,
    BulkState,
    ChatModel,
    ChatRequest,
    Choice,
    Completion,
    Decision,
)


@dataclass
class FakeChatModel:
    """Answers with scripted replies, the last one again and again; keeps what it was asked."""

    replies: list[Completion | Exception]
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-chat", "endpoint": "none"}

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The next scripted reply, raised if it is an exception."""
        self.asked.append((request["system"], request["user"]))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def close(self) -> None:
        """Nothing is open."""


def completion(verdicts: list[dict[str, Any]] | str, *, finish_reason: str = "stop") -> Completion:
    """A Completion that says these verdicts, or this raw text, for 100 tokens in and 20 out."""
    text = verdicts if isinstance(verdicts, str) else json.dumps({"verdicts": verdicts})
    return Completion(text, model="fake-chat", finish_reason=finish_reason, input_tokens=100, output_tokens=20)


@dataclass
class FakeBulkChatModel:
    """A job is one call of `model` for each request, made when it is submitted."""

    model: ChatModel
    jobs: dict[str, dict[str, Completion | JudgeFailure]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> dict[str, str]:
        """That of the model."""
        return self.model.identity

    async def submit(self, requests: Mapping[str, ChatRequest], *, name: str = "") -> str:
        """Answer all requests; the job's id counts up."""
        done: dict[str, Completion | JudgeFailure] = {}
        for request_id, request in requests.items():
            try:
                done[request_id] = await self.model.complete(**request)
            except JudgeFailure as failure:
                done[request_id] = failure
        job_id = f"job-{len(self.jobs) + 1}"
        self.jobs[job_id] = done
        self.names[name] = job_id
        return job_id

    async def find(self, name: str) -> str | None:
        """The job of this name."""
        return self.names.get(name)

    async def poll(self, job_id: str) -> BulkProgress:
        """Ended, at once."""
        done = self._job(job_id)
        failed = sum(isinstance(outcome, JudgeFailure) for outcome in done.values())
        return BulkProgress(BulkState.ENDED, len(done), len(done) - failed, failed)

    async def collect(self, job_id: str, ids: Collection[str]) -> dict[str, Completion | JudgeFailure]:
        """What was answered; an id that was not submitted has failed."""
        done = self._job(job_id)
        return {each: done.get(each, JudgeFailure("no_result", f"the job has no result for {each}")) for each in ids}

    async def cancel(self, job_id: str) -> None:
        """It is done already."""

    async def forget(self, job_id: str) -> None:
        """Nothing can be collected any more."""
        self.jobs.pop(job_id, None)

    async def close(self) -> None:
        """Close the model."""
        await self.model.close()

    def _job(self, job_id: str) -> dict[str, Completion | JudgeFailure]:
        if job_id not in self.jobs:
            raise JudgeFailure("no_such_job", f"there is no job {job_id}")
        return self.jobs[job_id]


@dataclass
class FakeDecisionModel:
    """Gives each question the next scripted distribution, None for one that it declines; keeps what it was asked."""

    script: list[dict[str, float] | None]
    asked: list[tuple[str, tuple[Choice, ...]]] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """Says that it is a fake."""
        return {"model": "fake-decisions", "endpoint": "none"}

    async def decide(self, text: str, choices: Sequence[Choice]) -> Decision:
        """As many of the scripted distributions as there are choices."""
        self.asked.append((text, tuple(choices)))
        return Decision(tuple(self.script[: len(choices)]), "fake-decisions", Usage(llm_calls=1, input_tokens=100))

    async def close(self) -> None:
        """Nothing is open."""
