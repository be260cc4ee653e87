"""People and access: single sign-on, throttling, resets, sharing, restrictions, providers' links, tokens.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FORBIDDEN = (
    ("broken_glass", "UPDATE", "who opened a restricted record is only ever added to"),
    ("broken_glass", "DELETE", "who opened a restricted record is only ever added to"),
    ("provider_messages", "UPDATE", "what a provider said is only ever added to"),
)
"""Tables and changes that the database refuses. Retention takes a provider's link away with its messages."""

ONLY_ADDED_TO = {
    "audit": "sequence",
    "alert_notes": "note_id",
    "broken_glass": "glass_id",
    "provider_messages": "message_id",
}
"""Tables with their keys in which no row may take another's place."""


def upgrade() -> None:
    op.create_table(
        "broken_glass",
        sa.Column("glass_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_broken_glass_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("glass_id", name=op.f("pk_broken_glass")),
    )
    op.create_index(
        op.f("ix_broken_glass_authority_child_id"), "broken_glass", ["authority", "child_id"], unique=False
    )
    op.create_table(
        "provider_links",
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_provider_links_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_provider_links")),
    )
    op.create_index(
        op.f("ix_provider_links_authority_referral_id"),
        "provider_links",
        ["authority", "referral_id"],
        unique=False,
    )
    op.create_table(
        "restrictions",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("restricted_by", sa.String(length=128), nullable=False),
        sa.Column("restricted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_restrictions_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "child_id", name=op.f("pk_restrictions")),
    )
    op.create_table(
        "retention_holds",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.String(length=128), nullable=False),
        sa.Column("held_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f("fk_retention_holds_authority_authorities")
        ),
        sa.PrimaryKeyConstraint("authority", "child_id", name=op.f("pk_retention_holds")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.String(length=32), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_api_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_tokens_token_digest")),
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)
    op.create_table(
        "known_browsers",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_known_browsers_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_known_browsers")),
    )
    op.create_index(op.f("ix_known_browsers_user_id"), "known_browsers", ["user_id"], unique=False)
    op.create_table(
        "password_resets",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_password_resets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_password_resets")),
    )
    op.create_index(op.f("ix_password_resets_user_id"), "password_resets", ["user_id"], unique=False)
    op.create_table(
        "provider_messages",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("vacancies", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('question', 'reply', 'offered', 'declined', 'vacancies')",
            name=op.f("ck_provider_messages_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["provider_links.link_id"],
            name=op.f("fk_provider_messages_link_id_provider_links"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_provider_messages")),
    )
    op.create_index(op.f("ix_provider_messages_link_id"), "provider_messages", ["link_id"], unique=False)
    op.create_table(
        "shared_homes",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("shared_by", sa.String(length=128), nullable=False),
        sa.Column("shared_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority", "home_id"],
            ["homes.authority", "homes.home_id"],
            name=op.f("fk_shared_homes_authority_home_id_homes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("authority", "home_id", name=op.f("pk_shared_homes")),
    )
    op.add_column("sign_in_failures", sa.Column("address_digest", sa.String(length=64), nullable=True))
    op.add_column("sign_in_failures", sa.Column("browser_digest", sa.String(length=64), nullable=True))
    op.create_index(
        op.f("ix_sign_in_failures_address_digest_failed_at"),
        "sign_in_failures",
        ["address_digest", "failed_at"],
        unique=False,
    )
    op.add_column("users", sa.Column("sso_issuer", sa.String(length=400), nullable=True))
    op.add_column("users", sa.Column("sso_subject", sa.String(length=255), nullable=True))
    op.create_index(
        op.f("ix_users_sso_issuer_sso_subject"), "users", ["sso_issuer", "sso_subject"], unique=True
    )
    _forbid_changes()
    _forbid_replacing()


def downgrade() -> None:
    _allow_changes()

    op.drop_index(op.f("ix_users_sso_issuer_sso_subject"), table_name="users")
    op.drop_column("users", "sso_subject")
    op.drop_column("users", "sso_issuer")
    op.drop_index(op.f("ix_sign_in_failures_address_digest_failed_at"), table_name="sign_in_failures")
    op.drop_column("sign_in_failures", "browser_digest")
    op.drop_column("sign_in_failures", "address_digest")
    op.drop_table("shared_homes")
    op.drop_index(op.f("ix_provider_messages_link_id"), table_name="provider_messages")
    op.drop_table("provider_messages")
    op.drop_index(op.f("ix_password_resets_user_id"), table_name="password_resets")
    op.drop_table("password_resets")
    op.drop_index(op.f("ix_known_browsers_user_id"), table_name="known_browsers")
    op.drop_table("known_browsers")
    op.drop_index(op.f("ix_api_tokens_user_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_table("retention_holds")
    op.drop_table("restrictions")
    op.drop_index(op.f("ix_provider_links_authority_referral_id"), table_name="provider_links")
    op.drop_table("provider_links")
    op.drop_index(op.f("ix_broken_glass_authority_child_id"), table_name="broken_glass")
    op.drop_table("broken_glass")


def _forbid_changes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION righthome_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME;
            END
            $$
            """
        )
    for table, change, message in FORBIDDEN:
        if op.get_bind().dialect.name == "postgresql":
            also = " OR TRUNCATE" if change == "DELETE" else ""
            op.execute(
                f"CREATE TRIGGER {table}_forbids_{change.lower()} BEFORE {change}{also} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION righthome_only_added_to()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_forbids_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def _forbid_replacing() -> None:
    # SQLite's INSERT OR REPLACE takes the old row away without a DELETE that a trigger would see.
    if op.get_bind().dialect.name == "sqlite":
        for table, key in ONLY_ADDED_TO.items():
            op.execute(
                f"CREATE TRIGGER {table}_forbids_replace BEFORE INSERT ON {table} "  # noqa: S608  names of ours
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )


def _allow_changes() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, change, _ in FORBIDDEN:
        of_table = f" ON {table}" if is_postgresql else ""
        op.execute(f"DROP TRIGGER {table}_forbids_{change.lower()}{of_table}")
    if is_postgresql:
        op.execute("DROP FUNCTION righthome_only_added_to()")
    else:
        for table in ONLY_ADDED_TO:
            op.execute(f"DROP TRIGGER {table}_forbids_replace")
