"""Connections to hiring platforms."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """One table."""
    op.create_table(
        "platform_connections",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("removed", sa.Boolean, nullable=False),
    )
    op.create_index("ix_platform_connections_tenant_created", "platform_connections", ["tenant", "created_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in protecting("platform_connections"):
            op.execute(statement)
