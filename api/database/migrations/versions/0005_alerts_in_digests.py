"""Alerts told together, withdrawn when no longer true, told again of a new placement; two more ways to tell.

Revision ID: 0005
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None

OLD_CHANNELS = "channel IN ('email', 'webhook', 'notify')"
NEW_CHANNELS = "channel IN ('email', 'webhook', 'notify', 'in_app', 'file')"
OLD_STATUS = "status IN ('waiting', 'claimed', 'sent', 'dead')"
NEW_STATUS = "status IN ('waiting', 'claimed', 'sent', 'dead', 'withdrawn')"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("placement", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("alerts", sa.Column("told_about", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("outbox", sa.Column("envelope_id", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What was queued before went out alone.
    op.execute("UPDATE outbox SET envelope_id = message_id")
    op.create_index(op.f("ix_outbox_envelope_id"), "outbox", ["envelope_id"], unique=False)
    _use_checks(NEW_CHANNELS, NEW_STATUS)


def downgrade() -> None:
    # An older product knows neither the ways nor the state: what was withdrawn was not told.
    op.execute("DELETE FROM recipients WHERE channel IN ('in_app', 'file')")
    op.execute("UPDATE outbox SET status = 'dead', last_error = 'withdrawn' WHERE status = 'withdrawn'")
    op.execute(
        "UPDATE outbox SET status = 'dead', last_error = 'channel_unknown' "
        "WHERE channel IN ('in_app', 'file') AND status IN ('waiting', 'claimed')"
    )
    _use_checks(OLD_CHANNELS, OLD_STATUS)
    op.drop_index(op.f("ix_outbox_envelope_id"), table_name="outbox")
    op.drop_column("outbox", "urgent")
    op.drop_column("outbox", "envelope_id")
    op.drop_column("alerts", "told_about")
    op.drop_column("alerts", "placement")


def _use_checks(channels: str, status: str) -> None:
    """Put new checks in place of the old. SQLite can only do so by building the table anew."""
    with op.batch_alter_table("recipients", copy_from=_recipients()) as table:
        table.drop_constraint(op.f("ck_recipients_channel"), type_="check")
        table.create_check_constraint(op.f("ck_recipients_channel"), channels)
    with op.batch_alter_table("outbox", copy_from=_outbox()) as table:
        table.drop_constraint(op.f("ck_outbox_status"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_status"), status)


def _recipients() -> sa.Table:
    return sa.Table(
        "recipients",
        sa.MetaData(),
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("hours", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(OLD_CHANNELS, name="ck_recipients_channel"),
        sa.CheckConstraint("hours IN ('any', 'office', 'out_of_hours')", name="ck_recipients_hours"),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name="fk_recipients_authority_authorities"
        ),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_recipients"),
        sa.Index("ix_recipients_authority", "authority"),
    )


def _outbox() -> sa.Table:
    return sa.Table(
        "outbox",
        sa.MetaData(),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("alert_id", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("last_error", sa.String(length=60), nullable=True),
        sa.Column("envelope_id", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.CheckConstraint(OLD_STATUS, name="ck_outbox_status"),
        sa.ForeignKeyConstraint(
            ["authority", "alert_id"],
            ["alerts.authority", "alerts.alert_id"],
            name="fk_outbox_authority_alert_id_alerts",
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
        sa.Index("ix_outbox_status_next_at", "status", "next_at"),
        sa.Index("ix_outbox_envelope_id", "envelope_id"),
    )
