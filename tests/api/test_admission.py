"""More requests than can be served in time are refused at once; health checks never are."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.admission import Admission
from api.errors import Problem


class House:
    """An application that answers only when it is let go, behind a door for two."""

    def __init__(self, waited_for: int = 0) -> None:
        self.begin, self.end = asyncio.Event(), asyncio.Event()
        self.door = Admission(self.serve, 2, self.render)
        reception = SimpleNamespace(waited_for=waited_for)
        self.app = SimpleNamespace(state=SimpleNamespace(application=SimpleNamespace(reception=reception)))

    async def serve(self, _scope: Any, _receive: Any, send: Any) -> None:
        await self.begin.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.end.wait()

    async def render(self, _request: Request, problem: Problem) -> Response:
        return problem.response()

    async def ask(self, path: str = "/v1/grades") -> int:
        """The status, as soon as there is one."""
        status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                status.set_result(message["status"])

        scope = {"type": "http", "path": path, "app": self.app, "headers": [], "method": "GET"}
        self.task = asyncio.create_task(self.door(scope, None, send))  # type: ignore[arg-type]
        return await status


async def test_one_too_many_is_refused_until_another_has_its_answer() -> None:
    house = House()
    first = [asyncio.create_task(house.ask()) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await house.ask() == 503
    health = asyncio.create_task(house.ask("/healthz"))
    house.begin.set()
    assert await asyncio.gather(*first, health) == [200, 200, 200]
    assert await house.ask() == 200  # the first two still stream
    house.end.set()


async def test_who_waits_for_a_grade_takes_no_place() -> None:
    house = House(waited_for=1)
    asked = [asyncio.create_task(house.ask()) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await house.ask() == 503
    house.begin.set()
    assert await asyncio.gather(*asked) == [200, 200, 200]
    house.end.set()
