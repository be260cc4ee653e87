"""Stability meetings: when each is due, and when it was held.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stability_meetings",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("meeting_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_stability_meetings_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_stability_meetings_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "meeting_id", name=op.f("pk_stability_meetings")),
    )
    op.create_index(
        op.f("ix_stability_meetings_authority_child_id"),
        "stability_meetings",
        ["authority", "child_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_stability_meetings_authority_child_id"), table_name="stability_meetings")
    op.drop_table("stability_meetings")
