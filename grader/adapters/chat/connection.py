"""The connection to an endpoint: capped, without redirects, with proxies from the environment and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import httpx2
import openai

from grader.adapters.chat.options import Endpoint
from grader.domain import Usage
from grader.errors import JudgeFailure

CONNECT_SECONDS: Final = 5.0
"""Time to open a connection; everything after it is bounded by the deadline of the call, not by the transport,
whose read timeout starts again with every byte."""

MAX_REPLY_BYTES: Final = 1024 * 1024
"""Size of a reply that is read; a judgement of fifty points takes some 20 kB."""


def connect(
    endpoint: Endpoint, transport: httpx2.AsyncBaseTransport | None = None, max_reply_bytes: int = MAX_REPLY_BYTES
) -> openai.AsyncOpenAI:
    """A client that tries once, follows no redirect, and reads no more than `max_reply_bytes` of a reply."""

    async def cap(response: httpx2.Response) -> None:
        _refuse_encoding(response)
        response.stream = _Capped(response.stream, max_reply_bytes)

    timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
    client = openai.DefaultAsyncHttpxClient(
        timeout=timeout,
        transport=transport,
        follow_redirects=False,
        event_hooks={"response": [cap]},
    )
    # Local servers want no key, the SDK wants one. Organization and project would come from the environment.
    return openai.AsyncOpenAI(
        base_url=endpoint.url,
        api_key=endpoint.api_key or "none",
        timeout=timeout,
        max_retries=0,
        http_client=client,
        default_headers={
            "Accept-Encoding": "identity",
            "OpenAI-Organization": openai.Omit(),  # type: ignore[dict-item] # what the SDK itself does
            "OpenAI-Project": openai.Omit(),  # type: ignore[dict-item]
        },
    )


class _Capped(httpx2.AsyncByteStream):
    """A reply's bytes, up to a limit."""

    def __init__(self, stream: httpx2.AsyncByteStream | httpx2.SyncByteStream, limit: int) -> None:
        assert isinstance(stream, httpx2.AsyncByteStream)  # noqa: S101 - an async client has no other
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._stream:
            read += len(piece)
            if read > self._limit:
                raise _unread(f"is longer than {self._limit:,} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _refuse_encoding(response: httpx2.Response) -> None:
    """A packed reply was not asked for, and a small one can unpack to gigabytes."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise _unread(f"is packed ({encoding[:20]}), which was not asked for")


def _unread(why: str) -> JudgeFailure:
    return JudgeFailure("bad_response", f"the endpoint's reply {why}", usage=Usage(llm_calls=1))
