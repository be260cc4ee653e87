"""The emergency watch: ids told, scans, alerts, what people said of them, recipients and the outbox.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("alert_id", sa.String(length=200), nullable=False),
        sa.Column("spell_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("settings", sa.String(length=400), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("untold_roles", sa.JSON(), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("step_at", Instant(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=128), nullable=True),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_because", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_alerts_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "alert_id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_authority_closed_at"), "alerts", ["authority", "closed_at"], unique=False)
    op.create_table(
        "recipients",
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("hours", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'webhook', 'notify')", name=op.f("ck_recipients_channel")),
        sa.CheckConstraint("hours IN ('any', 'office', 'out_of_hours')", name=op.f("ck_recipients_hours")),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_recipients_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("recipient_id", name=op.f("pk_recipients")),
    )
    op.create_index(op.f("ix_recipients_authority"), "recipients", ["authority"], unique=False)
    op.create_table(
        "spell_ids",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("stay_id", sa.String(length=200), nullable=False),
        sa.Column("spell_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_spell_ids_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "stay_id", name=op.f("pk_spell_ids")),
    )
    op.create_table(
        "watch_runs",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("scanned_for", sa.Date(), nullable=True),
        sa.Column("scanned_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_watch_runs_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_watch_runs")),
    )
    op.create_table(
        "alert_notes",
        sa.Column("note_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("alert_id", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('acknowledged', 'snoozed')", name=op.f("ck_alert_notes_kind")),
        sa.ForeignKeyConstraint(
            ["authority", "alert_id"],
            ["alerts.authority", "alerts.alert_id"],
            name=op.f("fk_alert_notes_authority_alert_id_alerts"),
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_alert_notes")),
    )
    op.create_index(
        op.f("ix_alert_notes_authority_alert_id"), "alert_notes", ["authority", "alert_id"], unique=False
    )
    op.create_table(
        "outbox",
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
        sa.CheckConstraint("status IN ('waiting', 'claimed', 'sent', 'dead')", name=op.f("ck_outbox_status")),
        sa.ForeignKeyConstraint(
            ["authority", "alert_id"],
            ["alerts.authority", "alerts.alert_id"],
            name=op.f("fk_outbox_authority_alert_id_alerts"),
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_status_next_at"), "outbox", ["status", "next_at"], unique=False)
    _forbid_changing_what_people_said()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER alert_notes_are_append_only ON alert_notes")
        op.execute("DROP FUNCTION righthome_alert_notes_are_append_only()")
    op.drop_index(op.f("ix_outbox_status_next_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_alert_notes_authority_alert_id"), table_name="alert_notes")
    op.drop_table("alert_notes")
    op.drop_table("watch_runs")
    op.drop_table("spell_ids")
    op.drop_index(op.f("ix_recipients_authority"), table_name="recipients")
    op.drop_table("recipients")
    op.drop_index(op.f("ix_alerts_authority_closed_at"), table_name="alerts")
    op.drop_table("alerts")


def _forbid_changing_what_people_said() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION righthome_alert_notes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'what people said of an alert is only ever added to';
            END
            $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER alert_notes_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_notes
            FOR EACH STATEMENT EXECUTE FUNCTION righthome_alert_notes_are_append_only()
            """
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER alert_notes_forbid_{change.lower()} BEFORE {change} ON alert_notes
            BEGIN
                SELECT RAISE(ABORT, 'what people said of an alert is only ever added to');
            END
            """
        )
