"""Attempts of learners, the help they took, their drafts and the days to come back."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Three tables, guarded like all that belongs to a tenant."""
    op.create_table(
        "attempts",
        _tenant(),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("candidate_ref", sa.Text, nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("follow_up", sa.String(64)),
        sa.Column("grade_id", sa.String(64), nullable=False),
        _moment("begun_at"),
        sa.Column("result", sa.Text),
    )
    op.create_index("ix_attempts_tenant_candidate", "attempts", ["tenant", "candidate_ref", "begun_at"])
    op.create_table(
        "reveals",
        _tenant(),
        sa.Column("attempt_id", sa.String(64), primary_key=True),
        sa.Column("key_point_id", sa.String(64), primary_key=True),
        sa.Column("help", sa.String(16), primary_key=True),
        _moment("seen_at"),
    )
    op.create_table(
        "studies",
        _tenant(),
        sa.Column("candidate_ref", sa.Text, nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        _moment("changed_at"),
        sa.Column("draft", sa.Text),
        _moment("drafted_at", nullable=True),
        _moment("seen_at", nullable=True),
        _moment("due_at", nullable=True),
        sa.Column("memory", sa.Text),
        sa.PrimaryKeyConstraint("tenant", "candidate_ref", "question_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("attempts", "reveals", "studies"):
            for statement in protecting(table):
                op.execute(statement)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
