"""Paces that all workers keep together."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "paces",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("free_at", sa.Float, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in protecting("paces"):
            op.execute(statement)
