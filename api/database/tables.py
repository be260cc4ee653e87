"""Every table, as SQLAlchemy Core. Migrations build them; ``records.py`` is the door to them.

A referral, home or stay keeps explicit columns only for what is filtered or scoped by; the whole
contract record stands beside them as JSON, so that the field table stays the single source of
truth. Every record belongs to one authority, which is part of its key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document = JSON()
"""Plain JSON on both databases: it is kept and given back whole, never searched."""


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is taken off going in and put back coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CODE = String(9)
IDENTIFIER = String(200)
DIGEST = String(64)

authorities = Table(
    "authorities",
    metadata,
    Column("authority", CODE, primary_key=True),
    Column("added_at", Instant, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(32), primary_key=True),
    Column("username", String(128), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(40), nullable=False),
    Column("authority", CODE, ForeignKey("authorities.authority"), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Who somebody is at the council's own sign-in service; empty for people with a password here.
    Column("sso_issuer", String(400)),
    Column("sso_subject", String(255)),
    Index(None, "sso_issuer", "sso_subject", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    # Only the digest is kept: someone who reads the table cannot take over a session.
    Column("token_digest", DIGEST, primary_key=True),
    Column(
        "user_id", String(32), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("failure_id", Integer, primary_key=True, autoincrement=True),
    # A digest, because people type passwords into the name field by mistake.
    Column("username_digest", DIGEST, nullable=False),
    Column("failed_at", Instant, nullable=False),
    # Where the attempt came from, and which known browser made it: only digests of either.
    Column("address_digest", DIGEST),
    Column("browser_digest", DIGEST),
    Index(None, "username_digest", "failed_at"),
    Index(None, "address_digest", "failed_at"),
)

known_browsers = Table(
    "known_browsers",
    metadata,
    # A browser somebody signed in with before: strangers who guess at the name do not hold it up.
    Column("token_digest", DIGEST, primary_key=True),
    Column(
        "user_id", String(32), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("seen_at", Instant, nullable=False),
)

password_resets = Table(
    "password_resets",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),
    Column(
        "user_id", String(32), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_id", String(32), primary_key=True),
    Column("token_digest", DIGEST, nullable=False, unique=True),
    Column(
        "user_id", String(32), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("name", String(100), nullable=False),
    # The permissions the token carries: never more than its user's role does at the time of asking.
    Column("scopes", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", String(32), primary_key=True),
    Column("authority", CODE, ForeignKey("authorities.authority"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("input_digest", DIGEST, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("imported_at", Instant, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    CheckConstraint("kind IN ('homes', 'referrals', 'returns', 'stays')", name="kind"),
)


def record_columns() -> list[Column[Any]]:
    """Return what every kind of record has: itself, how often it was changed, and by which import."""
    return [
        Column("record", Document, nullable=False),
        Column("record_digest", DIGEST, nullable=False),
        # From 1; whoever changes a record says which version was read.
        Column("version", Integer, nullable=False, server_default="1"),
        Column("import_id", String(32), ForeignKey("imports.import_id")),
        Column("changed_at", Instant, nullable=False),
    ]


referrals = Table(
    "referrals",
    metadata,
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("referral_id", IDENTIFIER, primary_key=True),
    Column("child_id", IDENTIFIER, nullable=False),
    Column("urgency", String(20)),
    Column("needed_by", Date),
    Column("legal_status", String(10)),
    Column("sibling_group", IDENTIFIER),
    *record_columns(),
    Index(None, "authority", "child_id"),
)

homes = Table(
    "homes",
    metadata,
    # The council that keeps this record. The area the home stands in is ``area_authority``.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("home_id", IDENTIFIER, primary_key=True),
    Column("type", String(40)),
    Column("area_authority", CODE),
    Column("status", String(20)),
    Column("contract", String(20)),
    # The digest of what the home said of its beds when they were last set out one by one.
    Column("beds_stated", DIGEST),
    *record_columns(),
)

stays = Table(
    "stays",
    metadata,
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("stay_id", IDENTIFIER, primary_key=True),
    Column("child_id", IDENTIFIER, nullable=False),
    Column("setting", String(60)),
    Column("started_on", Date),
    Column("ended_on", Date),
    *record_columns(),
    Index(None, "authority", "child_id"),
)

shared_homes = Table(
    "shared_homes",
    metadata,
    # A row says that the council shows this home, its vacancies and concerns to its partners.
    Column("authority", CODE, primary_key=True),
    Column("home_id", IDENTIFIER, primary_key=True),
    Column("shared_by", String(128), nullable=False),
    Column("shared_at", Instant, nullable=False),
    ForeignKeyConstraint(["authority", "home_id"], ["homes.authority", "homes.home_id"], ondelete="CASCADE"),
)

restrictions = Table(
    "restrictions",
    metadata,
    # A child whose records only some may see, whichever records there are or will be.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("child_id", IDENTIFIER, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("restricted_by", String(128), nullable=False),
    Column("restricted_at", Instant, nullable=False),
)

broken_glass = Table(
    "broken_glass",
    metadata,
    # Who opened a restricted child's records, why and until when. Only ever added to.
    Column("glass_id", String(32), primary_key=True),
    Column("authority", CODE, ForeignKey("authorities.authority"), nullable=False),
    Column("child_id", IDENTIFIER, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Index(None, "authority", "child_id"),
)

retention_holds = Table(
    "retention_holds",
    metadata,
    # A child whose records no retention rule deletes, such as during an inquiry.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("child_id", IDENTIFIER, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("held_by", String(128), nullable=False),
    Column("held_at", Instant, nullable=False),
)

provider_links = Table(
    "provider_links",
    metadata,
    # One home asked about one referral, by a signed link. Enquiries join on authority, referral_id and home_id.
    Column("link_id", String(32), primary_key=True),
    Column("authority", CODE, ForeignKey("authorities.authority"), nullable=False),
    Column("referral_id", IDENTIFIER, nullable=False),
    Column("home_id", IDENTIFIER, nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "authority", "referral_id"),
)

provider_messages = Table(
    "provider_messages",
    metadata,
    # What was asked and answered over a link. Only ever added to; retention takes whole links away.
    Column("message_id", String(32), primary_key=True),
    Column(
        "link_id",
        String(32),
        ForeignKey("provider_links.link_id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", String(20), nullable=False),
    Column("reason", String(40)),
    Column("text", Text),
    Column("vacancies", Integer),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('question', 'reply', 'offered', 'declined', 'vacancies')", name="kind"),
)

return_files = Table(
    "return_files",
    metadata,
    # A return is kept whole, file by file, because the next year's file replaces nothing of it.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("file_name", String(255), primary_key=True),
    Column("header", Document, nullable=False),
    Column("file_digest", DIGEST, nullable=False),
    Column("import_id", String(32), ForeignKey("imports.import_id")),
    Column("changed_at", Instant, nullable=False),
)

return_rows = Table(
    "return_rows",
    metadata,
    Column("authority", CODE, primary_key=True),
    Column("file_name", String(255), primary_key=True),
    Column("row_number", Integer, primary_key=True),
    Column("cells", Document, nullable=False),
    ForeignKeyConstraint(
        ["authority", "file_name"],
        ["return_files.authority", "return_files.file_name"],
        ondelete="CASCADE",
    ),
)

forecasts = Table(
    "forecasts",
    metadata,
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    # The digest of all a forecast was made from, so that the same question about the same records is answered once.
    Column("forecast_id", DIGEST, primary_key=True),
    Column("starts_on", Date, nullable=False),
    Column("answer", Document, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("adopted_at", Instant),
    Column("adopted_by", String(128)),
    Index(None, "authority", "made_at"),
)

spell_ids = Table(
    "spell_ids",
    metadata,
    # The id that a stay's spell was told under: corrections and back-dating must not change it.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("stay_id", IDENTIFIER, primary_key=True),
    Column("spell_id", IDENTIFIER, nullable=False),
)

watch_runs = Table(
    "watch_runs",
    metadata,
    # One row a council: whoever holds it scans, and its last scan is the heartbeat.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("scanned_for", Date),
    Column("scanned_at", Instant),
)

alerts = Table(
    "alerts",
    metadata,
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("alert_id", IDENTIFIER, primary_key=True),
    Column("spell_id", IDENTIFIER, nullable=False),
    Column("child_id", IDENTIFIER),
    Column("rule", String(60), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("due_on", Date),
    Column("settings", String(400), nullable=False),
    # How often the rule has begun to speak of this spell, and how far the present time has gone up.
    Column("occurrence", Integer, nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("step", String(60), nullable=False),
    Column("untold_roles", Document, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("step_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String(128)),
    Column("snoozed_until", Instant),
    Column("closed_at", Instant),
    Column("closed_because", String(40)),
    # How many placements have each been told at the present outcome, and the stays that were told about.
    Column("placement", Integer, nullable=False, server_default="1"),
    Column("told_about", Document, nullable=False, server_default="[]"),
    Index(None, "authority", "closed_at"),
)

alert_notes = Table(
    "alert_notes",
    metadata,
    # What people said of an alert: acknowledged or snoozed, by whom and why. Only ever added to.
    Column("note_id", String(32), primary_key=True),
    Column("authority", CODE, nullable=False),
    Column("alert_id", IDENTIFIER, nullable=False),
    Column("step", String(60), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("until", Instant),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
    ForeignKeyConstraint(["authority", "alert_id"], ["alerts.authority", "alerts.alert_id"]),
    CheckConstraint("kind IN ('acknowledged', 'snoozed')", name="kind"),
    Index(None, "authority", "alert_id"),
)

recipients = Table(
    "recipients",
    metadata,
    Column("recipient_id", String(32), primary_key=True),
    Column("authority", CODE, ForeignKey("authorities.authority"), nullable=False, index=True),
    Column("role", String(40), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("address", String(400), nullable=False),
    Column("hours", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    CheckConstraint("channel IN ('email', 'webhook', 'notify', 'in_app', 'file')", name="channel"),
    CheckConstraint("hours IN ('any', 'office', 'out_of_hours')", name="hours"),
)

outbox = Table(
    "outbox",
    metadata,
    # The digest of key and recipient, so that one thing is told to one place under one name for ever.
    Column("message_id", DIGEST, primary_key=True),
    Column("authority", CODE, nullable=False),
    Column("alert_id", IDENTIFIER, nullable=False),
    Column("step", String(60), nullable=False),
    Column("role", String(40), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("address", String(400), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("body", Text, nullable=False),
    Column("facts", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("claimed_by", String(80)),
    Column("sent_at", Instant),
    Column("last_error", String(60)),
    # What goes to one place from one scan goes out together, under one id.
    Column("envelope_id", DIGEST, nullable=False, index=True, server_default=""),
    Column("urgent", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["authority", "alert_id"], ["alerts.authority", "alerts.alert_id"]),
    CheckConstraint("status IN ('waiting', 'claimed', 'sent', 'dead', 'withdrawn')", name="status"),
    Index(None, "status", "next_at"),
)

plans = Table(
    "plans",
    metadata,
    # A joint plan somebody asked for: also the queue of those to be made. It names children and homes by id only.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("plan_id", String(32), primary_key=True),
    Column("question", DIGEST, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("based_on", String(32)),
    Column("decisions", Document, nullable=False),
    Column("settings", Document, nullable=False),
    Column("name", String(100)),
    Column("status", String(20), nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("in_brief", Document),
    Column("answer", Document),
    CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),
    Index(None, "authority", "asked_at"),
)

jobs = Table(
    "jobs",
    metadata,
    # Long work that somebody asked for: also the queue of what is to be done. Ids and numbers only, and a report's file.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("job_id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("question", DIGEST, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("settings", Document, nullable=False),
    Column("status", String(20), nullable=False),
    Column("step", String(200)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Who makes it, and when that server last said so: work that nobody speaks for is begun again.
    Column("claimed_by", String(80)),
    Column("seen_at", Instant),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("cancel_asked_at", Instant),
    Column("result_id", DIGEST),
    Column("problem_code", String(60)),
    Column("problem", String(400)),
    Column("file", LargeBinary),
    # Which of how many steps is being done, where that is known.
    Column("step_number", Integer),
    Column("step_count", Integer),
    CheckConstraint("kind IN ('plan', 'forecast', 'report', 'analysis')", name="kind"),
    CheckConstraint("status IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="status"),
    Index(None, "authority", "asked_at"),
    Index(None, "status", "asked_at"),
)

answers_given = Table(
    "answers_given",
    metadata,
    # What was answered under an idempotency key, so that the same request sent twice is done once. For a day.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("user_id", String(32), primary_key=True),
    Column("key_digest", DIGEST, primary_key=True),
    Column("request_digest", DIGEST, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("status", Integer),
    Column("headers", Document),
    Column("body", Text),
    Index(None, "authority", "given_at"),
)

audit = Table(
    "audit",
    metadata,
    # Numbered by ``api.audit``, never by the database: a gap must mean a missing entry.
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("authority", CODE, index=True),
    Column("actor", String(128), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject_kind", String(40)),
    Column("subject_id", IDENTIFIER),
    Column("detail", Document, nullable=False),
    Column("previous_digest", DIGEST, nullable=False),
    Column("digest", DIGEST, nullable=False),
)
