"""Interviews in all their versions, and whose they are."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Two tables, guarded like all that belongs to a tenant."""
    op.create_table(
        "interviews",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commission", sa.Text, nullable=False),
        sa.Column("candidate_refs", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(64)),
    )
    op.create_index("ix_interviews_state_due", "interviews", ["state", "due_at"])
    op.create_index("ix_interviews_tenant_created", "interviews", ["tenant", "created_at"])
    op.create_table(
        "interview_candidates",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("interview_id", sa.String(64), primary_key=True),
        sa.Column("candidate_ref", sa.Text, primary_key=True),
    )
    op.create_index("ix_interview_candidates_tenant_candidate", "interview_candidates", ["tenant", "candidate_ref"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("interviews", "interview_candidates"):
            for statement in protecting(table):
                op.execute(statement)
