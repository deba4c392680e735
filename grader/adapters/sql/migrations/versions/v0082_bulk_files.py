"""Which candidate a bulk request is about, and which jobs the endpoint may forget."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Three columns."""
    op.add_column("bulk_jobs", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("bulk_jobs", sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("bulk_requests", sa.Column("candidate_ref", sa.Text))
    named = sa.text("candidate_ref IS NOT NULL")
    op.create_index(
        "ix_bulk_requests_tenant_candidate",
        "bulk_requests",
        ["tenant", "candidate_ref"],
        sqlite_where=named,
        postgresql_where=named,
    )
