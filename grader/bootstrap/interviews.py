"""Interviews: the reader of their files, and the desk where they are handed in."""

from __future__ import annotations

from grader.bootstrap.access import Access
from grader.bootstrap.authoring import within_budget
from grader.bootstrap.reviews import build_keeper
from grader.bootstrap.services import Services
from grader.interviews.desk import Desk
from grader.ports import TranscriptReader


def build_transcript_reader() -> TranscriptReader:
    """The reader that finds out what a file is."""
    from grader.adapters.transcripts import SniffingReader  # noqa: PLC0415 - only where a file is to be read

    return SniffingReader()


def build_desk(services: Services, access: Access) -> Desk:
    """The desk of these services, within every tenant's budget."""
    storage = services.storage
    return Desk(
        storage.interviews,
        build_keeper(storage),
        storage.together,
        services.grader,
        services.embedder,
        lambda: services.bank.sound_alikes,
        within_budget(access),
    )
