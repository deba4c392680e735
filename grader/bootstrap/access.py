"""Who may do what, how often and for how much, as the settings say."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from grader.access import Amount, Limit, Quota, Quotas
from grader.bootstrap.delivery import build_connections
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.stores import Storage
from grader.budget import EXPECTED_OUTPUT_TOKENS, Prices, estimated_tokens
from grader.errors import StorageError
from grader.grading import Grader, Request
from grader.judges import cascade, decisions, llm
from grader.keyring import Keyring
from grader.platforms import Connections
from grader.ports import IdempotencyStore, PaceStore
from grader.quota_sharing import QuotaSharing
from grader.settings import Settings
from grader.spending import DailyBudget

PAID: Final = frozenset({llm.NAME, cascade.NAME, decisions.NAME})
"""Judges that may call a model somebody is paid for."""

SWEEP_SECONDS: Final = 3_600.0
"""Between two removals of what was kept for idempotency keys long enough."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """What decides whether a request is served; `secret` is the deployment's. A quota of None does not limit.

    Quotas are shared with other processes by `paces`, where there are any.
    """

    keyring: Keyring
    budget: DailyBudget
    idempotency: IdempotencyStore
    connections: Connections
    secret: bytes = field(repr=False)
    prices: Prices = field(default_factory=Prices)
    key_quota: Quota | None = None
    tenant_quota: Quota | None = None
    practice: Literal["local", "everyone", "nobody"] = "local"
    local_without_key: bool = False
    quotas: Quotas = field(default_factory=Quotas)
    paces: PaceStore | None = None

    def estimate(self, grader: Grader, request: Request) -> Amount:
        """What a grade may take: one call where the judge or the feedback asks a paid model, else nothing."""
        coached = grader.coached if request.coached is None else request.coached
        calls = (grader.judge(request.judge).name in PAID) + (coached and grader.coach is not None)
        if not calls:
            return Amount()
        one = self.call(request.rubric.model_dump_json(), request.answer)
        return Amount(calls, calls * one.tokens, calls * one.usd)

    def call(self, *texts: str) -> Amount:
        """What one call of a paid model about these texts may take."""
        asked = estimated_tokens(*texts)
        return Amount(1, asked + EXPECTED_OUTPUT_TOKENS, self.prices.cost(asked, EXPECTED_OUTPUT_TOKENS))

    @asynccontextmanager
    async def kept_up(self, kept: timedelta) -> AsyncIterator[None]:
        """Until this is left, note uses of keys and remove outcomes older than `kept`; at the end note once more."""
        sharing = [] if self.paces is None else [QuotaSharing(self.quotas, self.paces).run()]
        chores = asyncio.gather(self.keyring.keep_noting(), self._keep_sweeping(kept), *sharing)
        try:
            yield
        finally:
            chores.cancel()
            with suppress(asyncio.CancelledError):
                await chores
            await self.keyring.note_uses()

    async def _keep_sweeping(self, kept: timedelta) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.idempotency.purge(datetime.now(UTC) - kept)
            except StorageError as error:
                _log.warning("what idempotency keys were answered could not be swept: %s", error)


def build_keyring(settings: Settings, storage: Storage) -> Keyring:
    """The API keys of these settings."""
    return Keyring(storage.keys, deployment_secret(settings), storage.audit, storage.together)


def build_access(settings: Settings, storage: Storage) -> Access:
    """Access as these settings say, without opening a connection."""
    secret = deployment_secret(settings)
    limit = Limit(settings.tenant_budget_calls, settings.tenant_budget_tokens, settings.tenant_budget_usd)
    return Access(
        keyring=build_keyring(settings, storage),
        budget=DailyBudget(storage.spending, limit),
        idempotency=storage.idempotency,
        connections=build_connections(settings, storage),
        secret=secret,
        prices=Prices(settings.llm_input_price, settings.llm_output_price, settings.llm_cached_input_price),
        key_quota=_quota("key", settings.key_requests_per_minute),
        tenant_quota=_quota("tenant", settings.tenant_requests_per_minute),
        practice=settings.practice,
        local_without_key=settings.local_without_key,
        paces=storage.paces if settings.is_postgres else None,
    )


def _quota(name: str, per_minute: int) -> Quota | None:
    return Quota(name, per_minute) if per_minute else None
