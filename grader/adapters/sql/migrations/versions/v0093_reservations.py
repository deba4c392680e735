"""Who is looking at which grade."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """One table, guarded like all that belongs to a tenant."""
    op.create_table(
        "reservations",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("grade_id", sa.String(64), primary_key=True),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in protecting("reservations"):
            op.execute(statement)
