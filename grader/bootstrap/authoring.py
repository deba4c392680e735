"""Who works on rubrics here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from grader.access import Amount
from grader.authoring import Author, Lending, freely
from grader.bootstrap.access import Access
from grader.bootstrap.services import Services
from grader.grading import Grader, Request
from grader.spending import Meter


def build_author(services: Services, access: Access | None = None) -> Author:
    """The author of these services: their bank, judges and database; with `access` within every tenant's budget."""
    storage = services.storage
    return Author(
        storage.rubrics,
        services.bank,
        services.grader,
        storage.audit,
        storage.together,
        storage.bases,
        freely if access is None else within_budget(access),
    )


def within_budget(access: Access) -> Lending:
    """Lends the grader within every tenant's budget."""

    @asynccontextmanager
    async def lend(tenant: str, grader: Grader, requests: Sequence[Request]) -> AsyncIterator[Grader]:
        estimate = sum((access.estimate(grader, request) for request in requests), Amount())
        meter = Meter()
        async with access.budget.reserved(tenant, estimate) as reservation:
            try:
                yield replace(grader, judges={name: meter.on(judge) for name, judge in grader.judges.items()})
            finally:
                reservation.took = Amount.of(meter.usage)

    return lend
