"""Decisions, placements, promised beds, and what must be had before a start: guarded by the database.

Revision ID: 0004b
Revises: 0004a
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.migrations.guards import drop_guards, guard_beds, guard_starts
from api.database.tables import Instant

revision = "0004b"
down_revision = "0004a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("decision_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("wishes_considered", sa.Text(), nullable=False),
        sa.Column("why_not_first", sa.Text(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(rank IS NOT NULL AND rank = 1) OR (why_not_first IS NOT NULL AND length(trim(why_not_first)) > 0)",
            name=op.f("ck_decisions_why_not_first"),
        ),
        sa.CheckConstraint(
            "length(trim(wishes_considered)) > 0", name=op.f("ck_decisions_wishes_considered")
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_decisions_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_decisions_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "decision_id", name=op.f("pk_decisions")),
    )
    op.create_index(
        op.f("ix_decisions_authority_referral_id"), "decisions", ["authority", "referral_id"], unique=False
    )
    op.create_table(
        "beds",
        sa.Column("bed_number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("bed_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("held_for", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority", "home_id"],
            ["homes.authority", "homes.home_id"],
            name=op.f("fk_beds_authority_home_id_homes"),
        ),
        sa.PrimaryKeyConstraint("bed_number", name=op.f("pk_beds")),
        sa.UniqueConstraint("authority", "bed_id", name=op.f("uq_beds_authority_bed_id")),
    )
    op.create_index(op.f("ix_beds_authority_home_id"), "beds", ["authority", "home_id"], unique=False)
    op.create_table(
        "placements",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("placement_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=True),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("decision_id", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name=op.f("ck_placements_in_order")),
        sa.ForeignKeyConstraint(
            ["authority", "decision_id"],
            ["decisions.authority", "decisions.decision_id"],
            name=op.f("fk_placements_authority_decision_id_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_placements_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_placements_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "placement_id", name=op.f("pk_placements")),
    )
    op.create_index(
        op.f("ix_placements_authority_home_id"), "placements", ["authority", "home_id"], unique=False
    )
    op.create_index(
        "uq_placements_one_main_of_a_child",
        "placements",
        ["authority", "child_id"],
        unique=True,
        sqlite_where=sa.text("is_main AND ended_on IS NULL"),
        postgresql_where=sa.text("is_main AND ended_on IS NULL"),
    )
    op.create_table(
        "bed_claims",
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("bed_number", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=False),
        sa.Column("enquiry_id", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("released_because", sa.String(length=40), nullable=True),
        sa.Column("identity_shared_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'hold') = (expires_at IS NOT NULL)", name=op.f("ck_bed_claims_hold_expires")
        ),
        sa.CheckConstraint("kind IN ('hold', 'reservation', 'placement')", name=op.f("ck_bed_claims_kind")),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_because IS NULL)", name=op.f("ck_bed_claims_released_because")
        ),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_bed_claims_in_order")),
        sa.ForeignKeyConstraint(
            ["authority", "home_id"],
            ["homes.authority", "homes.home_id"],
            name=op.f("fk_bed_claims_authority_home_id_homes"),
        ),
        sa.ForeignKeyConstraint(
            ["bed_number"], ["beds.bed_number"], name=op.f("fk_bed_claims_bed_number_beds")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_bed_claims")),
    )
    op.create_index(
        op.f("ix_bed_claims_authority_child_id"), "bed_claims", ["authority", "child_id"], unique=False
    )
    op.create_index(
        op.f("ix_bed_claims_authority_home_id"), "bed_claims", ["authority", "home_id"], unique=False
    )
    op.create_index(op.f("ix_bed_claims_bed_number"), "bed_claims", ["bed_number"], unique=False)
    op.create_index(
        "uq_bed_claims_identity_once",
        "bed_claims",
        ["authority", "child_id"],
        unique=True,
        sqlite_where=sa.text(
            "identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"
        ),
        postgresql_where=sa.text(
            "identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"
        ),
    )
    op.create_table(
        "placing_duties",
        sa.Column("duty_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("before_start", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("delegation_id", sa.String(length=200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'waiting') = (answered_at IS NULL)", name=op.f("ck_placing_duties_answered")
        ),
        sa.CheckConstraint(
            "kind <> 'approval' OR status <> 'skipped'", name=op.f("ck_placing_duties_signed")
        ),
        sa.CheckConstraint(
            "kind IN ('checklist', 'approval', 'notice')", name=op.f("ck_placing_duties_kind")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'done', 'skipped', 'refused')", name=op.f("ck_placing_duties_status")
        ),
        sa.CheckConstraint(
            "status NOT IN ('skipped', 'refused') OR (note IS NOT NULL AND length(trim(note)) > 0)",
            name=op.f("ck_placing_duties_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["bed_claims.claim_id"], name=op.f("fk_placing_duties_claim_id_bed_claims")
        ),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_placing_duties")),
        sa.UniqueConstraint("claim_id", "code", name=op.f("uq_placing_duties_claim_id_code")),
    )
    op.create_index(
        op.f("ix_placing_duties_authority_status"), "placing_duties", ["authority", "status"], unique=False
    )
    guard_beds()
    guard_starts()


def downgrade() -> None:
    drop_guards()
    op.drop_index(op.f("ix_placing_duties_authority_status"), table_name="placing_duties")
    op.drop_table("placing_duties")
    op.drop_index(
        "uq_bed_claims_identity_once",
        table_name="bed_claims",
        sqlite_where=sa.text(
            "identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"
        ),
        postgresql_where=sa.text(
            "identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"
        ),
    )
    op.drop_index(op.f("ix_bed_claims_bed_number"), table_name="bed_claims")
    op.drop_index(op.f("ix_bed_claims_authority_home_id"), table_name="bed_claims")
    op.drop_index(op.f("ix_bed_claims_authority_child_id"), table_name="bed_claims")
    op.drop_table("bed_claims")
    op.drop_index(
        "uq_placements_one_main_of_a_child",
        table_name="placements",
        sqlite_where=sa.text("is_main AND ended_on IS NULL"),
        postgresql_where=sa.text("is_main AND ended_on IS NULL"),
    )
    op.drop_index(op.f("ix_placements_authority_home_id"), table_name="placements")
    op.drop_table("placements")
    op.drop_index(op.f("ix_beds_authority_home_id"), table_name="beds")
    op.drop_table("beds")
    op.drop_index(op.f("ix_decisions_authority_referral_id"), table_name="decisions")
    op.drop_table("decisions")
