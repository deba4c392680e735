"""A process that is there to be killed: `python -m tests.grader.delivery.telling HOST RUN` keeps grades and tells HOST.

It works on the database GRADER_DATABASE_URL and says the id of each grade once it is kept.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from grader.access import EVERYTHING, Principal
from grader.bootstrap import Storage, build_dispatcher, build_keeper, build_registry
from grader.errors import AlreadyStored
from grader.grading import Request
from grader.settings import Settings
from grader.webhooks import Wanted
from rubrics.bank import Bank
from tests.grader.adapters.sql.examples import grade

WRITERS = 4


async def tell(host: str, run: int) -> None:
    """Keep one grade after the other for ever, and send what is in the outbox meanwhile."""
    settings = Settings(delivery_trusted_hosts=frozenset({host}))
    storage = Storage(settings)
    with suppress(AlreadyStored):
        wanted = Wanted(f"http://{host}/", ("grade.completed",))
        await build_registry(settings, storage).add(Principal("one", EVERYTHING), "hook", wanted)
    keeper, request = build_keeper(storage), Request(Bank().rubric("DL0028"), "A window.")

    async def keep(writer: int) -> None:
        for number in range(1_000_000):
            made = grade(f"{run}-{writer}-{number}")
            await keeper.keep("one", request, made, None)
            print(made.id, flush=True)  # noqa: T201 - how the test hears of it

    async with build_dispatcher(settings, storage):
        await asyncio.gather(*(keep(writer) for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(tell(sys.argv[1], int(sys.argv[2])))
