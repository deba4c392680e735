"""The imitation is worth something only if it does what it says."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.chat_server import BEHAVIOURS, ChatServer, Received

NONCE = "0" * 32
USER = f"""Question:
Why are there tides?

Key points:
- moon: The moon's gravity pulls the water.
- turn: The earth turns under two bulges.

=== answer {NONCE} ===
Well. The gravity of the moon pulls all water.
=== end of answer {NONCE} ===

Give one verdict each."""
BODY = {"model": "any", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": USER}]}


def verdicts(reply: bytes) -> dict[str, str]:
    content = json.loads(reply)["choices"][0]["message"]["content"]
    return {entry["key_point_id"]: entry["verdict"] for entry in json.loads(content)["verdicts"]}


@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_every_behaviour_makes_a_reply_of_any_request(name: str) -> None:
    for body in (BODY, {}, {"messages": []}):
        reply = BEHAVIOURS[name](Received("POST", "/v1/chat/completions", {}, json.dumps(body).encode()))
        assert reply.wire() == b"" if reply.status is None else reply.wire().startswith(b"HTTP/1.1 ")


def test_the_honest_judge_finds_what_is_said_and_quotes_it() -> None:
    reply = BEHAVIOURS["honest"](Received("POST", "/v1/chat/completions", {}, json.dumps(BODY).encode()))
    assert verdicts(reply.body) == {"moon": "covered", "turn": "missing"}
    assert b"The gravity of the moon pulls all water." in reply.body


async def test_script_header_and_model_name_choose_the_behaviour_in_this_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with ChatServer() as server, httpx.AsyncClient() as client:
        url = server.base_url + "/chat/completions"

        async def status(model: str, **headers: str) -> int:
            return (await client.post(url, json=BODY | {"model": model}, headers=headers)).status_code

        assert [await status("any"), await status("503"), await status("503", **{"X-Behaviour": "401"})] == [
            200,
            503,
            401,
        ]
        server.play("500", "429")
        assert [await status("503") for _ in range(3)] == [500, 429, 429]
        assert (await client.get(server.base_url + "/models")).status_code == 404
        assert server.calls == 6
