"""Who practises here, and with what."""

from __future__ import annotations

from grader.adapters.spaced_repetition import FsrsScheduler
from grader.bootstrap.reviews import build_reviewer
from grader.bootstrap.stores import Storage
from grader.practising import Practice
from grader.reception import Reception


def build_practice(storage: Storage, reception: Reception) -> Practice:
    """Practising on this storage; answers are graded by this reception."""
    return Practice(
        storage.attempts,
        storage.studies,
        storage.grades,
        storage.pending,
        storage.bases,
        build_reviewer(storage),
        reception,
        FsrsScheduler(),
        storage.together,
    )
