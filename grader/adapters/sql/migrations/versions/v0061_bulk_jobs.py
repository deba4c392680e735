"""Bulk jobs of chat models, and which requests are in them."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "bulk_jobs",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.String(200), nullable=False),
    )
    op.create_index("ix_bulk_jobs_begun_at", "bulk_jobs", ["begun_at"])
    op.create_table(
        "bulk_requests",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("request", sa.String(64), primary_key=True),
        sa.Column("job", sa.String(64), nullable=False),
    )
    op.create_index("ix_bulk_requests_job", "bulk_requests", ["job"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("bulk_jobs", "bulk_requests"):
            for statement in protecting(table):
                op.execute(statement)
