"""`grader worker`: work batches off, make promised grades, settle orders, and send what others are to be told."""

from __future__ import annotations

import asyncio
import signal

from rich.console import Console

from grader.bootstrap import (
    build_access,
    build_batches,
    build_dispatcher,
    build_reception,
    build_services,
    build_settlement,
)
from grader.settings import Settings, load_settings


def worker() -> None:
    """Grade batches and settle orders until stopped; on PostgreSQL start as many as you like, on any machine.

    On SQLite `grader serve` does this itself, and one process at a time may. A worker that is stopped (SIGTERM, Ctrl-C)
    gives back what it has under way; one that is killed is found out by the others, who take over.
    """
    asyncio.run(_work(load_settings()))


async def _work(settings: Settings) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with build_services(settings) as services:
        await services.storage.check()
        access = build_access(settings, services.storage)
        batches, reception = build_batches(settings, services, access), build_reception(settings, services, access)
        settlement = build_settlement(settings, services, reception.backlog)
        dispatcher = build_dispatcher(settings, services.storage)
        async with batches.running(), dispatcher, reception, settlement.running():
            Console(stderr=True, highlight=False).print(
                f"Working on batches and orders in {settings.store_name}; Ctrl-C stops it."
            )
            await stopped.wait()
