"""Where files of answers are handed in here."""

from __future__ import annotations

from grader.batch import Batches
from grader.batch_desk import BatchDesk
from grader.bootstrap.access import PAID
from grader.bootstrap.authoring import build_author
from grader.bootstrap.services import Services


def build_batch_desk(services: Services, batches: Batches) -> BatchDesk:
    """The desk of these services."""
    grader, storage = services.grader, services.storage
    of_question = build_author(services).of_question
    return BatchDesk(
        batches, storage.reviews, storage.referrals, of_question, lambda judge: grader.judge(judge).name in PAID
    )
