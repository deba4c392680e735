"""Batches: what was submitted, how far it is, and what came of it."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)

_TABLES = ("batches", "batch_rubrics", "items", "results", "chunks")


def upgrade() -> None:
    """Five tables; the primary key of `results` is what makes one result of a row, whoever computes it how often."""
    _batches()
    op.create_table(
        "batch_rubrics",
        _tenant(),
        _batch(),
        sa.Column("rubric_hash", sa.String(80), primary_key=True),
        sa.Column("rubric", sa.Text, nullable=False),
    )
    _items()
    _results()
    _chunks()
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            for statement in protecting(table):
                op.execute(statement)


def _items() -> None:
    op.create_table(
        "items",
        _tenant(),
        _batch(),
        _number("idx", key=True),
        sa.Column("rubric_hash", sa.String(80), nullable=False),
        sa.Column("candidate_ref", sa.Text),
        sa.Column("sameness", sa.LargeBinary, nullable=False),
        sa.Column("same_as", sa.Integer),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("ix_items_batch_sameness", "items", ["batch_id", "sameness"])
    there = sa.text("same_as IS NOT NULL")
    op.create_index(
        "ix_items_batch_same_as", "items", ["batch_id", "same_as"], sqlite_where=there, postgresql_where=there
    )
    named = sa.text("candidate_ref IS NOT NULL")
    op.create_index(
        "ix_items_tenant_candidate", "items", ["tenant", "candidate_ref"], sqlite_where=named, postgresql_where=named
    )


def _results() -> None:
    op.create_table(
        "results",
        _tenant(),
        _batch(),
        _number("idx", key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("grade", sa.Text),
        sa.Column("reason", sa.String(200), nullable=False),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        _tenant(),
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("queue", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        *(_number(name) for name in ("total", "distinct", "chunk_rows", "generation", "planned", "redo_before")),
        _number("settled"),
        sa.Column("limit_calls", sa.BigInteger),
        sa.Column("limit_tokens", sa.BigInteger),
        sa.Column("limit_usd", sa.Float),
        sa.Column("made_by", sa.String(64)),
        sa.Column("key", sa.String(200)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("tenant", "key", name="uq_batches_tenant_key"),
    )
    op.create_index("ix_batches_state", "batches", ["state", "created_at"])
    op.create_index("ix_batches_tenant_created", "batches", ["tenant", "created_at", "id"])


def _chunks() -> None:
    op.create_table(
        "chunks",
        _tenant(),
        _batch(),
        _number("lo", key=True),
        *(_number(name) for name in ("hi", "rows", "attempts")),
        *(_number(name) for name in ("graded", "needs_review", "ungraded", "failed", "erased")),
        sa.Column("calls", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.BigInteger, nullable=False),
        sa.Column("usd", sa.Float, nullable=False),
    )


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), nullable=False)


def _batch() -> sa.Column[str]:
    return sa.Column("batch_id", sa.String(64), primary_key=True)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=key, autoincrement=False, nullable=False)
