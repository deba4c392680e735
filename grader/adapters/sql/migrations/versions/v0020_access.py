"""API keys, what tenants spent by day, and the answers to requests that came with an idempotency key."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)


def upgrade() -> None:
    """Three new tables; a program without API keys goes on not asking for any."""
    op.create_table("api_keys", *_key_columns())
    op.create_table("spending", *_spending_columns())
    op.create_table("idempotency", *_idempotency_columns())
    if op.get_bind().dialect.name == "postgresql":
        for table in ("api_keys", "spending", "idempotency"):
            for statement in protecting(table):
                op.execute(statement)


def _key_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("replaces", sa.String(16)),
    )


def _spending_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
    )


def _idempotency_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.String(64), nullable=False, index=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )
