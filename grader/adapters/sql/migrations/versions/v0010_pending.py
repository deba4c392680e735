"""Grades that were promised and are still to be made."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """One table, guarded like all that belongs to a tenant."""
    op.create_table(
        "pending_grades",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("rubric_hash", sa.String(80), nullable=False),
        sa.Column("candidate_ref", sa.Text),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("made_by", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
    )
    op.create_index("ix_pending_grades_state_due", "pending_grades", ["state", "due_at"])
    op.create_index("ix_pending_grades_tenant_candidate", "pending_grades", ["tenant", "candidate_ref"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in protecting("pending_grades"):
            op.execute(statement)
