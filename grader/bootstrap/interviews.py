"""Interviews: the reader of their files, and the desk where they are handed in."""

from __future__ import annotations

from dataclasses import replace

from grader.bootstrap.access import Access
from grader.bootstrap.authoring import within_budget
from grader.bootstrap.reviews import build_keeper
from grader.bootstrap.services import Services
from grader.interviews.adviser import Adviser
from grader.interviews.desk import Desk
from grader.ports import TranscriptReader
from grader.spending import DailyChatModel


def build_transcript_reader() -> TranscriptReader:
    """The reader that finds out what a file is."""
    from grader.adapters.transcripts import SniffingReader  # noqa: PLC0415 - only where a file is to be read

    return SniffingReader()


def build_desk(services: Services, access: Access) -> Desk:
    """The desk of these services, within every tenant's budget."""
    storage = services.storage

    def advising(tenant: str, judge: str | None) -> Adviser | None:
        adviser = services.adviser if services.asks_a_model(judge) else None
        if adviser is None:
            return None
        return replace(adviser, model=DailyChatModel(adviser.model, access.budget, tenant, adviser.prices))

    return Desk(
        storage.interviews,
        build_keeper(storage),
        storage.together,
        services.grader,
        services.embedder,
        lambda: services.bank.sound_alikes,
        within_budget(access),
        advising,
    )
