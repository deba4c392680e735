"""What an override comes to can be asked for: lists are filtered by the status that counts."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """A column that the database derives from the stored JSON, as those of grades."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    status = "override::json -> 'outcome' ->> 'status'" if postgresql else "json_extract(override, '$.outcome.status')"
    op.add_column("overrides", sa.Column("status", sa.Text, sa.Computed(status, persisted=postgresql)))
