"""Analyses of a commissioner, made in the background and kept; what the council itself writes for its report.

Revision ID: 0011
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "analyses",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("analysis_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=100), server_default="", nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("in_brief", sa.JSON(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_analyses_status")
        ),
        sa.CheckConstraint("kind IN ('beds', 'indicators', 'report')", name=op.f("ck_analyses_kind")),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_analyses_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "analysis_id", name=op.f("pk_analyses")),
    )
    op.create_index(
        op.f("ix_analyses_authority_kind_asked_at"),
        "analyses",
        ["authority", "kind", "asked_at"],
        unique=False,
    )
    op.create_table(
        "council_parts",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("written_by", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_council_parts_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "part", "version", name=op.f("pk_council_parts")),
    )


def downgrade() -> None:
    op.drop_table("council_parts")
    op.drop_index(op.f("ix_analyses_authority_kind_asked_at"), table_name="analyses")
    op.drop_table("analyses")
