"""What is read of a chat completion; the SDK's own types believe everything and check nothing."""

from __future__ import annotations

import json
from codecs import BOM_UTF8

from pydantic import BaseModel, Field, ValidationError

from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import Completion


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Answer(BaseModel):
    model: str | None = None
    system_fingerprint: str | None = None
    choices: list[_Choice] = Field(min_length=1)


class _InputDetails(BaseModel):
    cached_tokens: int | None = Field(default=None, ge=0)


class _OutputDetails(BaseModel):
    reasoning_tokens: int | None = Field(default=None, ge=0)


class _Usage(BaseModel):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None


def read_completion(body: bytes, calls: int = 1) -> Completion:
    """The first choice of an answer, after `calls` calls; JudgeFailure keeps the usage that the endpoint stated."""
    usage = _read_usage(body)
    details, thought = usage.prompt_tokens_details, usage.completion_tokens_details
    try:
        answer = _Answer.model_validate_json(body.removeprefix(BOM_UTF8))
    except ValidationError as error:
        raise JudgeFailure(
            "bad_response",
            "the endpoint's answer is not a chat completion",
            usage=Usage(
                llm_calls=calls,
                input_tokens=usage.prompt_tokens or 0,
                cached_input_tokens=(details and details.cached_tokens) or 0,
                output_tokens=usage.completion_tokens or 0,
            ),
        ) from error
    choice = answer.choices[0]
    return Completion(
        text=choice.message.content or "",
        model=answer.model or "",
        finish_reason=choice.finish_reason or "",
        refusal=choice.message.refusal,
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
        calls=calls,
        cached_input_tokens=(details and details.cached_tokens) or 0,
        reasoning_tokens=(thought and thought.reasoning_tokens) or 0,
        fingerprint=answer.system_fingerprint or "",
    )


def _read_usage(body: bytes) -> _Usage:
    """The usage, as far as it makes sense: a wrong count must not cost an answer, nor a bad answer its count."""
    try:
        found = json.loads(body)
        return _Usage.model_validate((found.get("usage") if isinstance(found, dict) else None) or {})
    except (ValueError, RecursionError):
        return _Usage()
