"""Forecasts that were made, kept with what they were made from, and those that the council adopted.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("forecast_id", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("adopted_at", Instant(), nullable=True),
        sa.Column("adopted_by", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_forecasts_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "forecast_id", name=op.f("pk_forecasts")),
    )
    op.create_index(
        op.f("ix_forecasts_authority_made_at"), "forecasts", ["authority", "made_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_forecasts_authority_made_at"), table_name="forecasts")
    op.drop_table("forecasts")
