"""Tests, orders to take them, and the answers written so far."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Three tables, guarded like all that belongs to a tenant."""
    op.create_table(
        "assessment_tests",
        _tenant(),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("ix_assessment_tests_tenant_created", "assessment_tests", ["tenant", "created_at", "id"])
    _orders()
    op.create_table(
        "assessment_answers",
        _tenant(),
        sa.Column("order_id", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("assessment_tests", "assessment_orders", "assessment_answers"):
            for statement in protecting(table):
                op.execute(statement)


def _orders() -> None:
    op.create_table(
        "assessment_orders",
        _tenant(),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("dedup_key", sa.String(200)),
        sa.Column("candidate_ref", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.UniqueConstraint("tenant", "platform", "dedup_key", name="uq_assessment_orders_tenant_dedup"),
    )
    op.create_index("ix_assessment_orders_due", "assessment_orders", ["due_at"])
    op.create_index("ix_assessment_orders_tenant_ordered", "assessment_orders", ["tenant", "ordered_at", "id"])
    op.create_index("ix_assessment_orders_tenant_candidate", "assessment_orders", ["tenant", "candidate_ref"])


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False)
