"""What the connection lets through.

These tests put httpx2's own MockTransport below the real client and SDK: it needs no library that follows the SDK's
internals (respx patches httpx, which the SDK no longer uses, and would let calls through to the network).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import httpx2
import pytest

from grader.adapters.chat.connection import MAX_REPLY_BYTES
from grader.adapters.chat.openai_chat import OpenAiChatModel
from grader.errors import JudgeFailure
from grader.ports import ChatRequest
from tests.chat_server import says

Connect = Callable[..., OpenAiChatModel]
Handler = Callable[[httpx2.Request], httpx2.Response]

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {}}
GOOD = says("{}").body


async def ask(connect: Connect, handler: Handler, base_url: str | None = None) -> str:
    return (await connect(base_url, transport=httpx2.MockTransport(handler)).complete(**REQUEST)).text


async def reason(connect: Connect, handler: Handler) -> str:
    with pytest.raises(JudgeFailure) as failure:
        await ask(connect, handler)
    return failure.value.reason


async def test_without_a_base_url_openai_is_asked_and_told_the_cache_key(connect: Connect) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=GOOD)

    assert await ask(connect, answer) == "{}"
    assert str(asked[0].url) == "https://api.openai.com/v1/chat/completions"
    assert len(json.loads(asked[0].content)["prompt_cache_key"]) == 32


@pytest.mark.parametrize(
    ("base_url", "asked_url"),
    [
        ("https://mine.openai.azure.com/openai/v1/", "https://mine.openai.azure.com/openai/v1/chat/completions"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1/chat/completions"),
    ],
)
async def test_every_kind_of_base_url_leads_to_its_chat_completions(
    connect: Connect, base_url: str, asked_url: str
) -> None:
    asked = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(200, content=GOOD)

    assert await ask(connect, answer, base_url) == "{}"
    assert asked == [asked_url]


async def test_openrouters_field_reaches_the_body(connect: Connect) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert json.loads(request.content)["provider"] == {"require_parameters": True}
        return httpx2.Response(200, content=GOOD)

    assert await ask(connect, answer, "https://openrouter.ai/api/v1") == "{}"


async def test_a_reply_is_read_up_to_its_limit_and_not_a_byte_further(connect: Connect) -> None:
    def padded(size: int) -> Handler:
        return lambda _request: httpx2.Response(200, stream=httpx2.ByteStream(GOOD.ljust(size)))

    assert await ask(connect, padded(MAX_REPLY_BYTES)) == "{}"
    assert await reason(connect, padded(MAX_REPLY_BYTES + 1)) == "bad_response"


@pytest.mark.parametrize("status", [200, 500])
async def test_an_endless_reply_is_cut_off_whatever_its_status(connect: Connect, status: int) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    async with aclosing(endless()) as body:
        assert await reason(connect, lambda _request: httpx2.Response(status, content=body)) == "bad_response"
    assert sent == MAX_REPLY_BYTES // 65_536 + 1


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "made-up"])
async def test_a_packed_reply_is_not_unpacked(connect: Connect, encoding: str) -> None:
    def packed(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["accept-encoding"] == "identity"
        return httpx2.Response(200, headers={"Content-Encoding": encoding}, stream=httpx2.ByteStream(b"\x1f\x8b\x08"))

    assert await reason(connect, packed) == "bad_response"


async def test_a_redirect_is_not_followed_with_the_key(connect: Connect) -> None:
    asked = []

    def elsewhere(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        return httpx2.Response(307, headers={"Location": "https://elsewhere.example/"})

    assert await reason(connect, elsewhere) == "request_rejected"
    assert asked == ["api.openai.com"]


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("getaddrinfo failed"),
        httpx2.ConnectTimeout("too slow"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("no HTTP"),
        httpx2.UnsupportedProtocol("no such scheme"),
    ],
)
async def test_a_broken_connection_is_unreachable(connect: Connect, error: Exception) -> None:
    def broken(_request: httpx2.Request) -> httpx2.Response:
        raise error

    assert await reason(connect, broken) == "unreachable"
