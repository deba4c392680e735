"""kill -9 at any moment: what was answered is there, and one idempotency key never makes two grades."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from tests.api.doors import GRADE

pytestmark = pytest.mark.slow

WRITERS = 16
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "10"))
START_SECONDS = 60
"""Far more than a start takes."""


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[tuple[subprocess.Popen[str], httpx2.AsyncClient]]:
    """A server and a client of it; the server is killed at the end."""
    environment = {**os.environ, "GRADER_DATABASE_URL": url, "GRADER_DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "tests.api.crashing"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: ASYNC220
        try:
            assert server.stdout is not None
            address = f"http://127.0.0.1:{int(server.stdout.readline())}"
            async with httpx2.AsyncClient(base_url=address, timeout=START_SECONDS) as client:
                await asyncio.wait_for(_ready(client), START_SECONDS)
                yield server, client
        finally:
            server.kill()


async def _ready(client: httpx2.AsyncClient) -> None:
    while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - another process: nothing to wait for
        await asyncio.sleep(0.05)


async def send(client: httpx2.AsyncClient, key: str) -> httpx2.Response:
    body = {**GRADE, "candidate_ref": key}
    return await client.post("/v1/grades", json=body, headers={"Idempotency-Key": key})


@dataclass
class History:
    """What was sent under which key, and the ids that were answered; `enough` is set after `wanted` answers."""

    sent: list[str] = field(default_factory=list)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    wanted: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def write_until_killed(self, client: httpx2.AsyncClient) -> None:
        """Create grades, each under a new key, until the server is gone."""
        with suppress(httpx2.TransportError):
            while True:
                key = f"key-{len(self.sent)}"
                self.sent.append(key)
                response = await send(client, key)
                assert response.status_code == 201, response.text
                self.ids[key].add(response.json()["id"])
                self.wanted -= 1
                if self.wanted <= 0:
                    self.enough.set()


async def settle(client: httpx2.AsyncClient, key: str) -> str:
    """Send a request again, as clients do, until it is answered."""
    while (response := await send(client, key)).status_code == 409:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.2)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def grades_of(client: httpx2.AsyncClient, key: str) -> list[str]:
    found = await client.get("/v1/grades", params={"candidate_ref": key})
    return [grade["id"] for grade in found.json()["grades"]]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_one_key_makes_one_grade_whenever_the_server_dies(
    kind: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    url, chance, history = new_database(kind), random.Random(7), History()
    for _ in range(ROUNDS):
        async with served(url, tmp_path) as (server, client):
            history.wanted, history.enough = chance.randrange(3 * WRITERS), asyncio.Event()
            writers = [asyncio.create_task(history.write_until_killed(client)) for _ in range(WRITERS)]
            await asyncio.wait_for(history.enough.wait(), START_SECONDS)
            await asyncio.sleep(chance.uniform(0, 0.05))
            server.kill()
            await asyncio.gather(*writers)
    sent, ids, answered = history.sent, history.ids, len(history.ids)
    async with served(url, tmp_path) as (_, client):
        for key in sent:
            ids[key].add(await settle(client, key))
        stored = {key: await grades_of(client, key) for key in sent}
    assert {key: list(found) for key, found in ids.items()} == stored
    print(f"{kind}: {ROUNDS} kills, {len(sent)} keys, {answered} answered before a kill")  # noqa: T201 - the number is the result
