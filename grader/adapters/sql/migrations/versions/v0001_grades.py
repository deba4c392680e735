"""The tables of version 0.1, which made them itself; where it did, they stay as they are."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Create what is not there."""
    op.create_table(
        "grades",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("rubric_hash", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "responses",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completion", sa.Text, nullable=False),
        if_not_exists=True,
    )
    for table, column in (("grades", "question_id"), ("grades", "rubric_hash"), ("grades", "created_at")):
        op.create_index(f"ix_{table}_{column}", table, [column], if_not_exists=True)
    op.create_index("ix_responses_stored_at", "responses", ["stored_at"], if_not_exists=True)
