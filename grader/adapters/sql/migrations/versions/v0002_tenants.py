"""Every row gets a tenant; what grades are looked up by is derived from them; replies know for whom they were asked."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """What was there before belongs to `local`, and so does what a program of version 0.1 goes on writing."""
    op.add_column("grades", sa.Column("tenant", sa.String(64), nullable=False, server_default="local"))
    for name in ("status", "candidate_ref", "regrade_of"):
        op.add_column("grades", _from_grade(name))
    op.create_index("ix_grades_tenant_created", "grades", ["tenant", "created_at", "id"])
    op.create_index("ix_grades_tenant_candidate", "grades", ["tenant", "candidate_ref"])
    op.add_column("responses", sa.Column("tenant", sa.String(64), nullable=False, server_default="local"))
    op.create_table(
        "response_subjects",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("candidate_ref", sa.Text, primary_key=True),
        sa.Column("key", sa.String(64), sa.ForeignKey("responses.key", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_response_subjects_key", "response_subjects", ["key"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("grades", "responses", "response_subjects"):
            for statement in protecting(table):
                op.execute(statement)


def _from_grade(name: str) -> sa.Column[str]:
    """A column that the database derives from the stored JSON, whoever wrote it, so it can never disagree."""
    if op.get_bind().dialect.name == "postgresql":
        return sa.Column(name, sa.Text, sa.Computed(f"grade::json ->> '{name}'", persisted=True))
    return sa.Column(name, sa.Text, sa.Computed(f"json_extract(grade, '$.{name}')", persisted=False))
