"""How batches come to an end or a halt, and who is told so: in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from grader.ports import BatchStore, PauseReason, Together
from grader.webhooks import Tell, WebhookEvent, batch_completed, batch_failed


async def nobody(_tenant: str, _event: WebhookEvent) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Endings:
    """Completes batches and halts them; `tell` is called inside `together` with what it tells of."""

    batches: BatchStore
    together: Together = lambda _tenant: nullcontext()
    tell: Tell = nobody
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def complete(self, tenant: str, batch_id: str) -> None:
        """Complete a running batch if every row of it is settled."""
        async with self.together(tenant):
            if await self.batches.finish(tenant, batch_id, self.now()):
                counts = await self._counts(tenant, batch_id)
                await self.tell(tenant, batch_completed(batch_id, self.now(), **counts))

    async def halt(self, tenant: str, batch_id: str, reason: PauseReason) -> None:
        """Pause a running batch that cannot go on by itself."""
        async with self.together(tenant):
            if await self.batches.pause(tenant, batch_id, reason, self.now()):
                counts = await self._counts(tenant, batch_id)
                await self.tell(tenant, batch_failed(batch_id, self.now(), reason.value, **counts))

    async def _counts(self, tenant: str, batch_id: str) -> dict[str, int]:
        """The generation, the rows, and how many of them have which status."""
        counted = asdict(await self.batches.counts(tenant, batch_id))
        del counted["spent"]
        batch = await self.batches.find(tenant, batch_id)
        return counted if batch is None else {"generation": batch.generation, "total": batch.total, **counted}
