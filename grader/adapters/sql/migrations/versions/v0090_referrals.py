"""What people are to look at, and their own verdicts beside the machine's."""

import sqlalchemy as sa
from alembic import op

from grader.adapters.sql.migrations import chained
from grader.adapters.sql.row_security import SETTING, protecting

revision, down_revision = chained(__file__)

_BY_FLAG = {
    "judges_disagree": ("judges_disagree",),
    "low_confidence": ("low_confidence",),
    "evidence_in_doubt": ("unverified_quote", "no_evidence", "thin_quote", "similarity_only", "fallback"),
}


def upgrade() -> None:
    """Two tables; what was up for review before is referred, and what was objected to."""
    op.create_table(
        "referrals",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("grade_id", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("settled_by", sa.String(64)),
    )
    op.create_index("ix_referrals_tenant_open", "referrals", ["tenant", "is_open", "since", "grade_id"])
    op.create_table(
        "second_opinions",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("grade_id", sa.String(64), primary_key=True),
        sa.Column("made_by", sa.String(64), primary_key=True),
        sa.Column("question_id", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
    )
    op.create_index("ix_second_opinions_tenant_made", "second_opinions", ["tenant", "made_at"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_refer_what_waits())
    else:
        before = op.get_bind().scalar(sa.text(f"SELECT current_setting('{SETTING}', true)")) or ""
        op.execute(f"SELECT set_config('{SETTING}', '*', true)")  # what waits of every tenant
        op.execute(_refer_what_waits())
        op.execute(sa.text(f"SELECT set_config('{SETTING}', :before, true)").bindparams(before=before))
        for table in ("referrals", "second_opinions"):
            for statement in protecting(table):
                op.execute(statement)


def _refer_what_waits() -> str:
    """In a grade's JSON a flag stands in quotation marks; those inside of texts are escaped."""
    appealed = "id IN (SELECT grade_id FROM appeals WHERE state = 'open')"
    cases = [f"CASE WHEN {appealed} THEN 'appeal ' ELSE '' END"]
    for reason, flags in _BY_FLAG.items():
        said = " OR ".join(f"grade LIKE '%\"{flag}\"%'" for flag in flags)
        cases.append(f"CASE WHEN status = 'needs_review' AND ({said}) THEN '{reason} ' ELSE '' END")
    cases.append("CASE WHEN status = 'ungraded' THEN 'ungraded ' ELSE '' END")
    found = " || ".join(cases)
    reasons = f"CASE WHEN {found} = '' THEN ' suspect_text ' ELSE ' ' || {found} END"
    return (  # from names and flags of our own only
        "INSERT INTO referrals (tenant, grade_id, question_id, reasons, since, is_open) "  # noqa: S608
        f"SELECT tenant, id, question_id, {reasons}, created_at, {sa.true().compile(op.get_bind())} FROM grades "
        f"WHERE status IN ('needs_review', 'ungraded') OR {appealed}"
    )
