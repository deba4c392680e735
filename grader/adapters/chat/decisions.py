"""The OpenAI decisions API: for each question a probability of every value, without words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import httpx2
import openai
from pydantic import BaseModel, Field, ValidationError

from grader.adapters.chat.connection import connect
from grader.adapters.chat.failures import failure
from grader.adapters.chat.options import Endpoint
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import Choice, Decision

MAX_QUESTIONS: Final = 400
"""Questions that one call may ask (SDK 3.54, `decisions.create`)."""


class _Probability(BaseModel):
    value: str
    probability: float = Field(ge=0, le=1, allow_inf_nan=False)


class _Answer(BaseModel):
    type: str
    probabilities: list[_Probability] = []


class _Usage(BaseModel):
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)


class _Reply(BaseModel):
    answers: list[_Answer]
    model: str = ""
    usage: _Usage = _Usage()


class OpenAiDecisionModel:
    """One decision model at one endpoint; one try a call, for a call costs little and a batch asks again."""

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        *,
        timeout: float,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._model = model
        self._endpoint = endpoint
        self._timeout = timeout
        self._client = connect(endpoint, transport)

    @property
    def identity(self) -> dict[str, str]:
        """Model and endpoint."""
        return {"model": self._model, "endpoint": self._endpoint.name}

    async def decide(self, text: str, choices: Sequence[Choice]) -> Decision:
        """One distribution a choice, in order; JudgeFailure names what kept it away."""
        if len(choices) > MAX_QUESTIONS:
            raise JudgeFailure(
                "request_rejected", f"one call asks at most {MAX_QUESTIONS} questions, not {len(choices)}"
            )
        questions: list[Any] = [_question(number, choice) for number, choice in enumerate(choices)]
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.decisions.with_raw_response.create(
                    model=self._model, input=text, questions=questions
                )
        except TimeoutError as error:
            message = f"no answer from {self._endpoint.name} within {self._timeout:g} s"
            raise JudgeFailure("timeout", message, usage=Usage(llm_calls=1)) from error
        except openai.APIError as error:
            raise failure(error, self._endpoint, text, calls=1) from error
        return _decision(response.content, choices)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _question(number: int, choice: Choice) -> dict[str, Any]:
    values = [{"value": value, "description": meaning} for value, meaning in choice.values.items()]
    return {"type": "choice", "name": f"q{number}", "instructions": choice.instructions, "choices": values}


def _decision(body: bytes, choices: Sequence[Choice]) -> Decision:
    try:
        reply = _Reply.model_validate_json(body)
    except ValidationError as error:
        message = "the endpoint's answer is not a decision"
        raise JudgeFailure("bad_response", message, usage=Usage(llm_calls=1)) from error
    usage = Usage(llm_calls=1, input_tokens=reply.usage.input_tokens, output_tokens=reply.usage.output_tokens)
    if len(reply.answers) != len(choices):
        message = f"{len(choices)} questions got {len(reply.answers)} answers"
        raise JudgeFailure("bad_response", message, usage=usage)
    found = tuple(_distribution(answer, choice) for answer, choice in zip(reply.answers, choices, strict=True))
    return Decision(found, reply.model, usage)


def _distribution(answer: _Answer, choice: Choice) -> dict[str, float] | None:
    """The probabilities of an answer that is a choice among the values asked for; None for a refusal and the rest."""
    found = {entry.value: entry.probability for entry in answer.probabilities}
    return found if answer.type == "choice" and found.keys() == choice.values.keys() else None
