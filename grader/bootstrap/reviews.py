"""Who keeps grades, lets people decide on them, and answers for what is held; all on the same storage."""

from __future__ import annotations

from grader.access import subkey
from grader.auditing import Auditor
from grader.bootstrap.delivery import build_publisher
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.stores import Storage
from grader.candidates import Candidates
from grader.erased import Erased
from grader.keeping import Keeper
from grader.mistakes import Mistakes
from grader.reviewing import Reviewer
from grader.triage import Triage


def build_keeper(storage: Storage) -> Keeper:
    """Keeps grades with their basis and their entry in the decision log."""
    publisher, erased = build_publisher(storage), _erased(storage)
    kept = storage.grades, storage.bases, storage.audit, storage.together
    return Keeper(*kept, publisher, erased, storage.referrals, storage.settings.audit_share)


def build_reviewer(storage: Storage) -> Reviewer:
    """Keeps overrides and appeals."""
    kept = storage.bases, storage.reviews, storage.audit, storage.together
    return Reviewer(*kept, build_publisher(storage), storage.referrals)


def build_triage(storage: Storage) -> Triage:
    """Keeps the queue of what people are to look at."""
    kept = storage.grades, storage.reviews, storage.referrals, storage.reservations, storage.audit
    return Triage(*kept, storage.together)


def build_mistakes(storage: Storage) -> Mistakes:
    """Finds the same words in several answers that wait."""
    kept = storage.grades, storage.bases, storage.reviews, storage.referrals
    return Mistakes(*kept, build_reviewer(storage), build_triage(storage))


def build_auditor(storage: Storage) -> Auditor:
    """Verifies the decision log."""
    return Auditor(storage.audit, storage.grades, storage.bases, storage.batches)


def build_candidates(storage: Storage) -> Candidates:
    """Hands out and erases what is held about candidates."""
    return Candidates(
        storage.grades,
        storage.bases,
        storage.reviews,
        storage.pending,
        storage.responses,
        storage.idempotency,
        storage.outbox,
        storage.audit,
        storage.together,
        _erased(storage),
        storage.attempts,
        storage.studies,
        storage.batch_subjects,
        storage.bulk_jobs,
        storage.orders,
        storage.interviews,
        storage.referrals,
    )


def _erased(storage: Storage) -> Erased:
    return Erased(storage.erasures, subkey(deployment_secret(storage.settings), "erasures"))
