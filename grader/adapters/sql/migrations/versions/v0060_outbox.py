"""The outbox, and the endpoints of webhooks."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Two tables."""
    _outbox()
    _endpoints()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("outbox", "webhook_endpoints"):
            for statement in protecting(table):
                op.execute(statement)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("dedup_key", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("tenant", "kind", "target", "dedup_key", name="uq_outbox_tenant_dedup"),
    )
    op.create_index("ix_outbox_state_due", "outbox", ["state", "due_at", "tenant", "target"])
    op.create_index("ix_outbox_tenant_target", "outbox", ["tenant", "target", "created_at", "id"])
    op.create_index("ix_outbox_tenant_about", "outbox", ["tenant", "about"])


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled", sa.String(64), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("retired", sa.Text, nullable=False),
    )
    op.create_index("ix_webhook_endpoints_tenant_created", "webhook_endpoints", ["tenant", "created_at", "id"])
