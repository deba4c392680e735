"""One try of one chat completion, at any OpenAI-compatible endpoint, by the openai SDK."""

from __future__ import annotations

import asyncio
from typing import Any, Unpack

import httpx2
import openai

from grader.adapters.chat.connection import connect
from grader.adapters.chat.dialect import Dialect
from grader.adapters.chat.failures import failure, refusal
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.adapters.chat.reading import read_completion
from grader.domain import Usage
from grader.errors import JudgeFailure
from grader.ports import ChatRequest, Completion


class OpenAiChatModel:
    """One model at one endpoint; a try that has not ended after `timeout` seconds is given up.

    A refused call that teaches the dialect something is followed by the next at once, within the same time.
    """

    def __init__(
        self,
        model: str,
        endpoint: Endpoint,
        *,
        timeout: float,
        options: ChatOptions | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._options = options or ChatOptions()
        self._model = model
        self._endpoint = endpoint
        self._timeout = timeout
        self._client = connect(endpoint, transport)
        self.dialect = Dialect(model, endpoint, self._options)

    @property
    def identity(self) -> dict[str, str]:
        """Model, endpoint and the options that are set."""
        return {"model": self._model, "endpoint": self._endpoint.name, **self._options.wanted}

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer; JudgeFailure names what kept it away."""
        calls = 0
        try:
            async with asyncio.timeout(self._timeout):
                while True:
                    calls += 1
                    body = self.dialect.body(request)
                    try:
                        reply = await self._send(body)
                    except JudgeFailure as unreadable:  # from the connection, which knows of one call
                        unreadable.usage = Usage(llm_calls=calls)
                        raise
                    except UnicodeError as error:
                        raise JudgeFailure("request_rejected", "the request holds half a character") from error
                    except openai.APIError as error:
                        refused = refusal(error)
                        if refused is None or not self.dialect.learn(body, refused):
                            raise failure(error, self._endpoint, request["user"], calls) from error
                    else:
                        return read_completion(reply, calls)
        except TimeoutError as error:
            message = f"no answer from {self._endpoint.name} within {self._timeout:g} s"
            raise JudgeFailure("timeout", message, usage=Usage(llm_calls=calls)) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _send(self, body: dict[str, Any]) -> bytes:
        known = {name: value for name, value in body.items() if name != "provider"}
        extra = {"provider": body["provider"]} if "provider" in body else None
        response = await self._client.chat.completions.with_raw_response.create(**known, extra_body=extra)
        content: bytes = response.content
        return content
