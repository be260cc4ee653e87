"""Analyses are made by jobs like all other long work, and a job can tell which of its steps it is at.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('plan', 'forecast', 'report')"
NEW_KINDS = "kind IN ('plan', 'forecast', 'report', 'analysis')"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("step_number", sa.Integer(), nullable=True))
    op.add_column("jobs", sa.Column("step_count", sa.Integer(), nullable=True))
    _use_kinds(NEW_KINDS)
    op.drop_column("analyses", "step")
    # What nobody finished waits again, now with the job that makes it.
    op.execute("UPDATE analyses SET status = 'waiting', started_at = NULL WHERE status = 'running'")
    op.execute(
        "INSERT INTO jobs (authority, job_id, kind, question, asked_at, asked_by, settings, status, attempts, "
        "result_id) SELECT authority, analysis_id, 'analysis', question, asked_at, asked_by, '{}', 'waiting', 0, "
        "analysis_id FROM analyses WHERE status = 'waiting'"
    )


def downgrade() -> None:
    # The analyses themselves stay; an older product has each that waits asked for again.
    op.execute("DELETE FROM jobs WHERE kind = 'analysis'")
    op.add_column("analyses", sa.Column("step", sa.String(length=100), server_default="", nullable=False))
    _use_kinds(OLD_KINDS)
    op.drop_column("jobs", "step_count")
    op.drop_column("jobs", "step_number")


def _use_kinds(kinds: str) -> None:
    """Put a new check of kinds in place of the old. SQLite can only do so by building the table anew."""
    with op.batch_alter_table("jobs", copy_from=_jobs()) as table:
        table.drop_constraint(op.f("ck_jobs_kind"), type_="check")
        table.create_check_constraint(op.f("ck_jobs_kind"), kinds)


def _jobs() -> sa.Table:
    return sa.Table(
        "jobs",
        sa.MetaData(),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("job_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("cancel_asked_at", Instant(), nullable=True),
        sa.Column("result_id", sa.String(length=64), nullable=True),
        sa.Column("problem_code", sa.String(length=60), nullable=True),
        sa.Column("problem", sa.String(length=400), nullable=True),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("step_number", sa.Integer(), nullable=True),
        sa.Column("step_count", sa.Integer(), nullable=True),
        sa.CheckConstraint(OLD_KINDS, name="ck_jobs_kind"),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="ck_jobs_status"
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name="fk_jobs_authority_authorities"
        ),
        sa.PrimaryKeyConstraint("authority", "job_id", name="pk_jobs"),
        sa.Index("ix_jobs_authority_asked_at", "authority", "asked_at"),
        sa.Index("ix_jobs_status_asked_at", "status", "asked_at"),
    )
