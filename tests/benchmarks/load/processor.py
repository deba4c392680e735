"""Processor time of one request: `python -m tests.benchmarks.load.processor [sqlite|postgresql ...]`.

Counted by the kernel for the server's process alone, so that neighbours on the machine hardly change it; a few
connections ask one after the other, as fast as they are answered.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile

from tests.benchmarks.load.measure import ACCEPTED, Service, database, get, locations, post, served

CONNECTIONS = 8
WARM, COUNTED = 100, 500
"""Requests."""


async def _ask(port: int, requests: list[bytes], count: int, good: tuple[int, ...]) -> None:
    """Send `count` of them over a few connections."""
    todo = iter(range(count))

    async def keep_asking() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for each in todo:
            writer.write(requests[each % len(requests)])
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
            assert int(head[9:12]) in good, head
        writer.close()

    await asyncio.gather(*(keep_asking() for _ in range(CONNECTIONS)))


def each(service: Service, requests: list[bytes], good: tuple[int, ...] = (200,)) -> float:
    """Milliseconds of processor time that the server spends on one of these."""
    asyncio.run(_ask(service.port, requests, WARM, good))
    before = service.worked
    asyncio.run(_ask(service.port, requests, COUNTED, good))
    return round((service.worked - before) * 1000 / COUNTED, 3)


def measured(kind: str) -> dict[str, float]:
    """Of each kind of request."""
    with database(kind) as url, tempfile.TemporaryDirectory() as folder, served(url, folder) as service:
        reads = [get(service.key, place) for place in locations(service.port, service.key, 50)]
        figures = {"alive": each(service, [get(service.key, "/healthz")])}
        figures["status"] = each(service, reads)
        figures["accept"] = each(service, [post(service.key)], ACCEPTED)
        return figures


if __name__ == "__main__":
    for name in sys.argv[1:] or ["sqlite", "postgresql"]:
        print(name, measured(name), flush=True)
