"""The first tables: authorities, people, sessions, records, returns, imports and the audit.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_authority"), "audit", ["authority"], unique=False)
    op.create_table(
        "authorities",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("authority", name=op.f("pk_authorities")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("failure_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("username_digest", sa.String(length=64), nullable=False),
        sa.Column("failed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("failure_id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(
        op.f("ix_sign_in_failures_username_digest_failed_at"),
        "sign_in_failures",
        ["username_digest", "failed_at"],
        unique=False,
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('homes', 'referrals', 'returns', 'stays')", name=op.f("ck_imports_kind")
        ),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_imports_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_imports")),
    )
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_users_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "homes",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=True),
        sa.Column("area_authority", sa.String(length=9), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("contract", sa.String(length=20), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_homes_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_homes_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "home_id", name=op.f("pk_homes")),
    )
    op.create_table(
        "referrals",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("legal_status", sa.String(length=10), nullable=True),
        sa.Column("sibling_group", sa.String(length=200), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_referrals_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_referrals_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "referral_id", name=op.f("pk_referrals")),
    )
    op.create_index(
        op.f("ix_referrals_authority_child_id"), "referrals", ["authority", "child_id"], unique=False
    )
    op.create_table(
        "return_files",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("file_digest", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_return_files_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_return_files_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "file_name", name=op.f("pk_return_files")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "stays",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("stay_id", sa.String(length=200), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("setting", sa.String(length=60), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_stays_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f("fk_stays_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", "stay_id", name=op.f("pk_stays")),
    )
    op.create_index(op.f("ix_stays_authority_child_id"), "stays", ["authority", "child_id"], unique=False)
    op.create_table(
        "return_rows",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority", "file_name"],
            ["return_files.authority", "return_files.file_name"],
            name=op.f("fk_return_rows_authority_file_name_return_files"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("authority", "file_name", "row_number", name=op.f("pk_return_rows")),
    )

    _forbid_changing_the_audit()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_is_append_only ON audit")
        op.execute("DROP FUNCTION righthome_audit_is_append_only()")
    op.drop_table("return_rows")
    op.drop_index(op.f("ix_stays_authority_child_id"), table_name="stays")
    op.drop_table("stays")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("return_files")
    op.drop_index(op.f("ix_referrals_authority_child_id"), table_name="referrals")
    op.drop_table("referrals")
    op.drop_table("homes")
    op.drop_table("users")
    op.drop_table("imports")
    op.drop_index(op.f("ix_sign_in_failures_username_digest_failed_at"), table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_table("authorities")
    op.drop_index(op.f("ix_audit_authority"), table_name="audit")
    op.drop_table("audit")


def _forbid_changing_the_audit() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION righthome_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit is append only';
            END
            $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION righthome_audit_is_append_only()
            """
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"""
            CREATE TRIGGER audit_forbids_{change.lower()} BEFORE {change} ON audit
            BEGIN
                SELECT RAISE(ABORT, 'the audit is append only');
            END
            """
        )
