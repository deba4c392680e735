"""The decision log, what grades were made from, and what people said of them."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import protecting

revision, down_revision = chained(__file__)

_FORBIDDEN = "the decision log is append-only"


def upgrade() -> None:
    """Five tables; the entries of the log get a guard that lets nobody change or delete one."""
    op.create_table("audit_entries", _tenant(key=True), _number(), _text("text"), _hash())
    op.create_table("audit_heads", _tenant(key=True), sa.Column("number", sa.Integer, nullable=False), _hash())
    op.create_table(
        "grade_bases",
        _tenant(),
        sa.Column("grade_id", sa.String(64), primary_key=True),
        sa.Column("candidate_ref", sa.Text),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        _text("request"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_grade_bases_tenant_candidate", "grade_bases", ["tenant", "candidate_ref"])
    op.create_index("ix_grade_bases_tenant_kept", "grade_bases", ["tenant", "kept_at"])
    op.create_table("overrides", _tenant(), _grade(), _number(), _text("override"))
    op.create_table(
        "appeals", _tenant(), _grade(), _number(), sa.Column("state", sa.String(16), nullable=False), _text("appeal")
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("audit_entries", "audit_heads", "grade_bases", "overrides", "appeals"):
            for statement in protecting(table):
                op.execute(statement)
        _guard_postgres()
    else:
        _guard_sqlite()


def _guard_postgres() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_FORBIDDEN}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _guard_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entries_no_{change.lower()} BEFORE {change} ON audit_entries "
            f"BEGIN SELECT RAISE(ABORT, '{_FORBIDDEN}'); END"
        )


def _tenant(*, key: bool = False) -> sa.Column[str]:
    return sa.Column("tenant", sa.String(64), primary_key=key, nullable=False)


def _grade() -> sa.Column[str]:
    return sa.Column("grade_id", sa.String(64), primary_key=True)


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _hash() -> sa.Column[str]:
    return sa.Column("hash", sa.String(64), nullable=False)
