"""Versions of rubrics, and rulings for the next of them."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Two tables; content hash and number name a version within its tenant only."""
    op.create_table(
        "rubric_versions",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("version_id", sa.String(80), nullable=False),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version_id"),
        sa.UniqueConstraint("tenant", "question_id", "number", name="uq_rubric_versions_tenant_number"),
    )
    op.create_index("ix_rubric_versions_tenant_state", "rubric_versions", ["tenant", "state"])
    published = sa.text("state = 'published'")
    op.create_index(
        "uq_rubric_versions_published",
        "rubric_versions",
        ["tenant", "question_id"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )
    op.create_table(
        "rulings",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_into", sa.String(80)),
        sa.Column("ruling", sa.Text, nullable=False),
    )
    op.create_index("ix_rulings_tenant_question", "rulings", ["tenant", "question_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("rubric_versions", "rulings"):
            for statement in protecting(table):
                op.execute(statement)
