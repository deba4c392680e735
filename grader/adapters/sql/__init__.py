"""What is kept in a SQL database by SQLAlchemy: SQLite in WAL mode with full synchronisation, or PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from grader.adapters.sql.attempts import SqlAttemptStore
from grader.adapters.sql.audit import SqlAuditLog
from grader.adapters.sql.bases import SqlBasisStore
from grader.adapters.sql.batch_subjects import SqlBatchSubjects
from grader.adapters.sql.batches import SqlBatchStore
from grader.adapters.sql.bulk import SqlBulkJobStore
from grader.adapters.sql.chunks import SqlChunkStore
from grader.adapters.sql.connections import SqlConnectionStore
from grader.adapters.sql.database import Database
from grader.adapters.sql.endpoints import SqlEndpointStore
from grader.adapters.sql.erasures import SqlErasures
from grader.adapters.sql.grades import SqlGradeStore
from grader.adapters.sql.holdings import SqlHoldings
from grader.adapters.sql.idempotency import SqlIdempotencyStore
from grader.adapters.sql.interviews import SqlInterviewStore
from grader.adapters.sql.keys import SqlKeyStore
from grader.adapters.sql.orders import SqlOrderStore
from grader.adapters.sql.outbox import SqlOutbox
from grader.adapters.sql.paces import SqlPaceStore
from grader.adapters.sql.pending import SqlPendingGrades
from grader.adapters.sql.referrals import SqlReferralStore
from grader.adapters.sql.reservations import SqlReservationStore
from grader.adapters.sql.responses import SqlResponseCache
from grader.adapters.sql.reviews import SqlReviewStore
from grader.adapters.sql.rubrics import SqlRubricStore
from grader.adapters.sql.spending import SqlSpendingStore
from grader.adapters.sql.studies import SqlStudyStore
from grader.adapters.sql.tests import SqlTestStore


@dataclass(frozen=True)
class SqlStores:
    """Every store of one database."""

    database: Database
    grades: SqlGradeStore
    responses: SqlResponseCache
    keys: SqlKeyStore
    spending: SqlSpendingStore
    idempotency: SqlIdempotencyStore
    pending: SqlPendingGrades
    holdings: SqlHoldings
    erasures: SqlErasures
    audit: SqlAuditLog
    bases: SqlBasisStore
    reviews: SqlReviewStore
    rubrics: SqlRubricStore
    attempts: SqlAttemptStore
    studies: SqlStudyStore
    outbox: SqlOutbox
    endpoints: SqlEndpointStore
    bulk_jobs: SqlBulkJobStore
    batches: SqlBatchStore
    chunks: SqlChunkStore
    batch_subjects: SqlBatchSubjects
    tests: SqlTestStore
    orders: SqlOrderStore
    connections: SqlConnectionStore
    interviews: SqlInterviewStore
    referrals: SqlReferralStore
    reservations: SqlReservationStore
    paces: SqlPaceStore

    @classmethod
    def on(cls, database: Database, max_age: timedelta, max_replies: int) -> Self:
        """All of them; replies of chat models are kept for `max_age`, and at most `max_replies` a tenant."""
        return cls(
            database,
            SqlGradeStore(database),
            SqlResponseCache(database, max_age=max_age, max_entries=max_replies),
            SqlKeyStore(database),
            SqlSpendingStore(database),
            SqlIdempotencyStore(database),
            SqlPendingGrades(database),
            SqlHoldings(database),
            SqlErasures(database),
            SqlAuditLog(database),
            SqlBasisStore(database),
            SqlReviewStore(database),
            SqlRubricStore(database),
            SqlAttemptStore(database),
            SqlStudyStore(database),
            SqlOutbox(database),
            SqlEndpointStore(database),
            SqlBulkJobStore(database),
            SqlBatchStore(database),
            SqlChunkStore(database),
            SqlBatchSubjects(database),
            SqlTestStore(database),
            SqlOrderStore(database),
            SqlConnectionStore(database),
            SqlInterviewStore(database),
            SqlReferralStore(database),
            SqlReservationStore(database),
            SqlPaceStore(database),
        )


__all__ = [
    "Database",
    "SqlAttemptStore",
    "SqlAuditLog",
    "SqlBasisStore",
    "SqlBatchStore",
    "SqlBatchSubjects",
    "SqlBulkJobStore",
    "SqlChunkStore",
    "SqlConnectionStore",
    "SqlEndpointStore",
    "SqlErasures",
    "SqlGradeStore",
    "SqlHoldings",
    "SqlIdempotencyStore",
    "SqlInterviewStore",
    "SqlKeyStore",
    "SqlOrderStore",
    "SqlOutbox",
    "SqlPaceStore",
    "SqlPendingGrades",
    "SqlReferralStore",
    "SqlReservationStore",
    "SqlResponseCache",
    "SqlReviewStore",
    "SqlRubricStore",
    "SqlSpendingStore",
    "SqlStores",
    "SqlStudyStore",
    "SqlTestStore",
]
