"""Long work as jobs, and answers kept under idempotency keys.

Revision ID: 0008
Revises: 0004b
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0008"
down_revision = "0004b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
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
        sa.CheckConstraint("kind IN ('plan', 'forecast', 'report')", name=op.f("ck_jobs_kind")),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_status")
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_jobs_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "job_id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_authority_asked_at"), "jobs", ["authority", "asked_at"], unique=False)
    op.create_index(op.f("ix_jobs_status_asked_at"), "jobs", ["status", "asked_at"], unique=False)
    op.create_table(
        "answers_given",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_answers_given_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "user_id", "key_digest", name=op.f("pk_answers_given")),
    )
    op.create_index(
        op.f("ix_answers_given_authority_given_at"), "answers_given", ["authority", "given_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("answers_given")
    op.drop_table("jobs")
