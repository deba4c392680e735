"""Quotas that several processes keep together: what each of them granted is told to all, once a second.

A request is answered by what this process knows, without asking the database. So N processes let through what comes to
them within a second beyond the quota, and no more.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from typing import Final

from grader.access import Quota, Quotas
from grader.errors import StorageError
from grader.ports import PaceStore

_log: Final = logging.getLogger(__name__)

SHARE_SECONDS: Final = 1.0
"""Between two tellings; each is a transaction for each key and tenant that asked since the last one."""


@dataclass(frozen=True)
class QuotaSharing:
    """Tells what `quotas` granted here, and has them know what was granted elsewhere."""

    quotas: Quotas
    paces: PaceStore

    async def run(self) -> None:
        """Share until cancelled; while the database is away this process counts by itself."""
        while True:
            await asyncio.sleep(SHARE_SECONDS)
            try:
                await self.share()
            except StorageError as error:
                _log.warning("quotas are counted by this process alone: %s", error)

    async def share(self) -> None:
        """Tell once, and learn; StorageError."""
        for (quota, holder), taken in self.quotas.told().items():
            first = await self.paces.lease(_name(quota, holder), taken, quota.most / quota.seconds)
            self.quotas.learn(quota, holder, first + taken * quota.interval)


def _name(quota: Quota, holder: str) -> str:
    """A name of one length for whatever holder."""
    return hashlib.sha256(f"{quota.name} {holder}".encode()).hexdigest()
