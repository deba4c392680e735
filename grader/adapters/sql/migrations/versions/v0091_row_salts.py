"""The salt of what the decision log says of a batch's row."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """One column; of rows that were graded before, the log says nothing."""
    op.add_column("results", sa.Column("salt", sa.LargeBinary))
