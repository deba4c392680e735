"""A chat model behind any OpenAI-compatible endpoint, by the openai SDK (Chat Completions, json_schema)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import openai
from pydantic import BaseModel, Field, ValidationError

from grader.errors import JudgeFailure
from grader.ports import Completion

OPENAI: Final = "https://api.openai.com/v1"
"""The endpoint where none is configured; named here so that the SDK does not look for one in the environment."""

CONNECT_RETRIES: Final = 2
"""Retries inside the SDK, for connection errors, 408, 409, 429 and 5xx; the deadline covers them all."""

_REASONS: Final[tuple[tuple[type[openai.APIError], str], ...]] = (
    (openai.APITimeoutError, "timeout"),
    (openai.APIConnectionError, "unreachable"),
    (openai.AuthenticationError, "unauthenticated"),
    (openai.PermissionDeniedError, "unauthenticated"),
    (openai.NotFoundError, "model_not_found"),
    (openai.RateLimitError, "rate_limited"),
    (openai.BadRequestError, "request_rejected"),
    (openai.InternalServerError, "endpoint_error"),
    (openai.APIError, "endpoint_error"),
)
"""What each SDK error means to a grade; the first that fits, so special ones stand before general ones."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)


class _Answer(BaseModel):
    """What is read of a chat completion; the SDK's own type believes everything and checks nothing."""

    model: str | None = None
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


class OpenAiChatModel:
    """One model at one endpoint; a call that has not ended by the deadline is given up."""

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None,
        api_key: str | None,
        deadline_seconds: float,
        max_retries: int = CONNECT_RETRIES,
    ) -> None:
        self._model = model
        self._deadline = deadline_seconds
        self._api_key = api_key
        # Local servers want no key, the SDK wants one.
        self._client = openai.AsyncOpenAI(
            base_url=base_url or OPENAI, api_key=api_key or "none", timeout=deadline_seconds, max_retries=max_retries
        )

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without the credentials that a URL can hold."""
        return {"model": self._model, "endpoint": str(self._client.base_url.copy_with(userinfo=b"", query=None))}

    async def complete(self, *, system: str, user: str, schema_name: str, schema: dict[str, Any]) -> Completion:
        """The model's answer; JudgeFailure names what kept it away."""
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._client.chat.completions.with_raw_response.create(
                    model=self._model,
                    messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": schema_name, "schema": schema, "strict": True},
                    },
                )
        except TimeoutError as error:
            raise JudgeFailure("timeout", f"no answer from the endpoint within {self._deadline:g} s") from error
        except openai.APIError as error:
            raise _failure(error, self._api_key) from error
        return _completion(response.content)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _failure(error: openai.APIError, api_key: str | None) -> JudgeFailure:
    reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
    message = error.message.replace(api_key, "***") if api_key else error.message  # some repeat the key they refuse
    return JudgeFailure(reason, f"{type(error).__name__}: {message[:200]}")


def _completion(body: bytes) -> Completion:
    """The first choice of an answer; servers answer 200 with other things too."""
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError as error:
        raise JudgeFailure("bad_response", "the endpoint's answer is not a chat completion") from error
    choice, usage = answer.choices[0], answer.usage or _Usage()
    return Completion(
        text=choice.message.content or "",
        model=answer.model or "",
        finish_reason=choice.finish_reason or "",
        refusal=choice.message.refusal,
        input_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
    )
