"""Measuring any model offline: the prompts of a benchmark go to a file, the replies come back in another.

A line of prompts is `{custom_id, system, user, schema_name, schema}`, a line of replies `{custom_id, reply, model?,
finish_reason?, refusal?, usage?: {input_tokens, output_tokens}}`. The id is made of what is asked, so it is the same
on every machine and changes with the prompt. What a reply leads to (a request for repair) has its own id: replay
the replies there are, dump what is lacking, and answer that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Unpack

from pydantic import Field

from grader.benchmark.dataset import Dataset
from grader.benchmark.rows import Row, read_rows
from grader.budget import estimated_tokens
from grader.caching import question_hash
from grader.errors import JudgeFailure
from grader.feedback import FeedbackMode
from grader.grading import Grader, Request
from grader.ports import ChatRequest, Completion

SECRET: Final = "prompts that are the same on every machine"  # noqa: S105 - known on purpose: labelled answers attack nobody
"""What delimiters are made of offline, where prompts have to repeat."""

ID_DIGITS: Final = 32
"""Hex digits of an id: 128 bits, and short enough for the batch interfaces of providers (64 characters)."""


class _Consumption(Row):
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)


class Reply(Row):
    """What a model said to one prompt; tokens are estimated where `usage` is not given."""

    custom_id: str
    reply: str
    model: str = ""
    finish_reason: str = "stop"
    refusal: str | None = None
    usage: _Consumption | None = None

    def completion(self, request: ChatRequest) -> Completion:
        """The reply as an answer to `request`."""
        usage = self.usage or _Consumption(
            input_tokens=estimated_tokens(request["system"], request["user"], json.dumps(request["schema"])),
            output_tokens=estimated_tokens(self.reply),
        )
        return Completion(
            text=self.reply,
            model=self.model,
            finish_reason=self.finish_reason,
            refusal=self.refusal,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )


class _NoReply(Exception):
    """Leaves the grading of an answer at the first prompt without a reply."""


@dataclass
class ReplayedChatModel:
    """A ChatModel whose `replies`, by id, stand in a file; keeps which were `used` and which prompts `lack` one.

    A prompt without a reply is a JudgeFailure `no_reply`.
    """

    name: str
    replies: Mapping[str, Reply] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    lacking: dict[str, ChatRequest] = field(default_factory=dict)
    _stops: bool = False

    @property
    def identity(self) -> dict[str, str]:
        """The name of the file of replies."""
        return {"model": self.name, "endpoint": "replay"}

    @property
    def surplus(self) -> list[str]:
        """Ids of replies that nothing asked for, in order of the file."""
        return [custom_id for custom_id in self.replies if custom_id not in self.used]

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The reply to these messages and this schema."""
        custom_id = question_hash(request)[:ID_DIGITS]
        reply = self.replies.get(custom_id)
        if reply is not None:
            self.used.add(custom_id)
            return reply.completion(request)
        self.lacking[custom_id] = request
        if self._stops:
            raise _NoReply
        raise JudgeFailure("no_reply", f"{self.name} has no reply to {custom_id}")

    async def close(self) -> None:
        """Nothing is open."""

    async def collect(self, grader: Grader, dataset: Dataset, judge: str | None, on_case: Callable[[], None]) -> None:
        """Find the prompts that `judge` (None: the default) has for `dataset` and that `lack` a reply."""
        self._stops = True
        for case in dataset.cases:
            with suppress(_NoReply):
                await grader.grade(Request(case.rubric, case.answer, judge, FeedbackMode.NONE))
            on_case()
        self._stops = False


def read_replies(file: Path) -> dict[str, Reply]:
    """The replies of a file by id; DatasetError says file, line, field and what to change."""
    replies: dict[str, Reply] = {}
    for place, reply in read_rows(file, Reply):
        if reply.custom_id in replies:
            raise place.error("custom_id", f"{reply.custom_id!r} stands twice; give every prompt one reply")
        replies[reply.custom_id] = reply
    return replies


def write_prompts(requests: Mapping[str, ChatRequest], file: Path) -> None:
    """One line a request, by id, in their order."""
    fields = ("system", "user", "schema_name", "schema")
    rows = ({"custom_id": name, **{key: request[key] for key in fields}} for name, request in requests.items())  # type: ignore[literal-required]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
