"""`grader db purge`: delete what is over its time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from grader.access import LOCAL_TENANT
from grader.bootstrap import Storage, build_candidates
from grader.candidates import Candidates
from grader.cli.rendering import print_json
from grader.retention import expiry
from grader.settings import Settings, load_settings


def purge(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Delete every grade that is over its time, with its answer and what was said of it; run it once a day.

    How long that is says GRADER_RETENTION, and GRADER_TENANT_RETENTION for single tenants. What was deleted is logged.
    """
    deleted = asyncio.run(_purged(load_settings()))
    if as_json:
        print_json({"deleted": deleted})
        return
    for tenant, count in deleted.items():
        Console(highlight=False).print(f"{tenant}: {count} grades deleted")


async def _purged(settings: Settings) -> dict[str, int]:
    """How many grades of each tenant were deleted."""
    storage = Storage(settings)
    try:
        tenants = sorted({LOCAL_TENANT, *await storage.audit.tenants(), *settings.tenant_retention})
        return {tenant: await _expired(build_candidates(storage), tenant, settings) for tenant in tenants}
    finally:
        await storage.close()


async def _expired(candidates: Candidates, tenant: str, settings: Settings) -> int:
    before = expiry(settings.tenant_retention.get(tenant, settings.retention), datetime.now(UTC))
    total = 0
    while before is not None and (count := await candidates.expire(tenant, before)):
        total += count
    return total
