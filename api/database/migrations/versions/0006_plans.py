"""Joint plans: asked for in the background, kept with their decisions, and compared.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("based_on", sa.String(length=32), nullable=True),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("in_brief", sa.JSON(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_plans_status")
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_plans_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "plan_id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_authority_asked_at"), "plans", ["authority", "asked_at"], unique=False)


def downgrade() -> None:
    op.drop_table("plans")
