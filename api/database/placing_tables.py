"""The tables of placing a child: the records of brokerage, beds and who has been promised them, and history.

They stand on the same ``metadata`` as ``tables.py``. What the database itself guards (a bed promised
once, a start only when everything is signed and seen to) is written as constraints and triggers in the
migration 0004; the columns here are what those guards look at.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from api.database.tables import CODE, DIGEST, IDENTIFIER, Document, Instant, metadata, record_columns

__all__ = ["metadata"]


def _kept(name: str, key: str, *columns: Any) -> Table:
    """Return the table of one kind of record: its key, what is searched by, and the record whole."""
    return Table(
        name,
        metadata,
        Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
        Column(key, IDENTIFIER, primary_key=True),
        *columns,
        *record_columns(),
    )


def _child(*, nullable: bool = False) -> Column[Any]:
    return Column("child_id", IDENTIFIER, nullable=nullable)


def _home(*, nullable: bool = False) -> Column[Any]:
    return Column("home_id", IDENTIFIER, nullable=nullable)


needs_assessments = _kept(
    "needs_assessments",
    "assessment_id",
    _child(),
    Column("assessed_on", Date, nullable=False),
    Index(None, "authority", "child_id"),
)
enquiries = _kept(
    "enquiries",
    "enquiry_id",
    _child(),
    Column("referral_id", IDENTIFIER),
    _home(),
    Column("asked_on", Date, nullable=False),
    Column("answer", String(20)),
    Index(None, "authority", "child_id"),
    Index(None, "authority", "home_id"),
)
contracts = _kept("contracts", "contract_id", Column("kind", String(20)), Column("ends_on", Date))
voids = _kept(
    "voids",
    "void_id",
    Column("contract_id", IDENTIFIER, nullable=False),
    _home(),
    Column("until_on", Date),
    ForeignKeyConstraint(["authority", "contract_id"], ["contracts.authority", "contracts.contract_id"]),
)
nominations = _kept(
    "nominations",
    "nomination_id",
    _child(),
    _home(),
    Column("answer", String(20)),
    Index(None, "authority", "child_id"),
)
notices = _kept(
    "notices",
    "notice_id",
    _child(),
    _home(nullable=True),
    Column("ends_on", Date),
    Column("outcome", String(20)),
)
stability_meetings = _kept(
    "stability_meetings",
    "meeting_id",
    _child(),
    Column("due_on", Date, nullable=False),
    Column("held_on", Date),
    Index(None, "authority", "child_id"),
)
quality_visits = _kept(
    "quality_visits", "visit_id", _home(), Column("visited_on", Date), Column("shared", Boolean)
)
concerns = _kept(
    "concerns",
    "concern_id",
    _home(),
    Column("level", String(20), nullable=False),
    Column("ended_on", Date),
    Column("shared", Boolean),
    Index(None, "authority", "home_id"),
)
planned_openings = _kept(
    "planned_openings",
    "opening_id",
    _home(nullable=True),
    Column("stage", String(20)),
    Column("opens_on", Date),
)
delegations = _kept(
    "delegations",
    "delegation_id",
    Column("given_to", String(128), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    CheckConstraint("until_on >= from_on", name="in_order"),
)

decisions = _kept(
    "decisions",
    "decision_id",
    _child(),
    Column("referral_id", IDENTIFIER, nullable=False),
    _home(),
    Column("decided_on", Date, nullable=False),
    Column("rank", Integer),
    # Beside the record, so that the database refuses a decision that leaves them out.
    Column("wishes_considered", Text, nullable=False),
    Column("why_not_first", Text),
    CheckConstraint("length(trim(wishes_considered)) > 0", name="wishes_considered"),
    CheckConstraint(
        "(rank IS NOT NULL AND rank = 1) OR (why_not_first IS NOT NULL AND length(trim(why_not_first)) > 0)",
        name="why_not_first",
    ),
    Index(None, "authority", "referral_id"),
)
placements = _kept(
    "placements",
    "placement_id",
    _child(),
    Column("referral_id", IDENTIFIER),
    _home(),
    Column("decision_id", IDENTIFIER, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ended_on", Date),
    # The placement a child lives in; a respite or a stabilising stay stands beside it.
    Column("is_main", Boolean, nullable=False),
    CheckConstraint("ended_on IS NULL OR ended_on >= starts_on", name="in_order"),
    ForeignKeyConstraint(["authority", "decision_id"], ["decisions.authority", "decisions.decision_id"]),
    Index(None, "authority", "home_id"),
    Index(
        "uq_placements_one_main_of_a_child",
        "authority",
        "child_id",
        unique=True,
        sqlite_where=text("is_main AND ended_on IS NULL"),
        postgresql_where=text("is_main AND ended_on IS NULL"),
    ),
)
moves = _kept("moves", "move_id", _child(), Column("moved_on", Date, nullable=False))

beds = Table(
    "beds",
    metadata,
    # A number for the database's own guard against overlapping promises; people use the id.
    Column("bed_number", Integer, primary_key=True, autoincrement=True),
    Column("authority", CODE, nullable=False),
    Column("bed_id", IDENTIFIER, nullable=False),
    Column("home_id", IDENTIFIER, nullable=False),
    Column("label", String(200)),
    Column("available_from", Date),
    Column("held_for", IDENTIFIER),
    Column("withdrawn_on", Date),
    UniqueConstraint("authority", "bed_id"),
    ForeignKeyConstraint(["authority", "home_id"], ["homes.authority", "homes.home_id"]),
    Index(None, "authority", "home_id"),
)

bed_claims = Table(
    "bed_claims",
    metadata,
    # A promise of a bed from a day on: first a hold, which runs out, then the placement itself.
    Column("claim_id", String(32), primary_key=True),
    Column("bed_number", Integer, ForeignKey("beds.bed_number"), nullable=False),
    Column("authority", CODE, nullable=False),
    Column("home_id", IDENTIFIER, nullable=False),
    Column("child_id", IDENTIFIER, nullable=False),
    Column("referral_id", IDENTIFIER, nullable=False),
    Column("enquiry_id", IDENTIFIER),
    Column("kind", String(20), nullable=False),
    Column("from_on", Date, nullable=False),
    # The day the bed is free again; absent while nobody knows.
    Column("until_on", Date),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("expires_at", Instant),
    Column("released_at", Instant),
    Column("released_because", String(40)),
    Column("identity_shared_at", Instant),
    Column("version", Integer, nullable=False),
    CheckConstraint("kind IN ('hold', 'reservation', 'placement')", name="kind"),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="in_order"),
    # A hold runs out by itself; nothing else does.
    CheckConstraint("(kind = 'hold') = (expires_at IS NOT NULL)", name="hold_expires"),
    CheckConstraint("(released_at IS NULL) = (released_because IS NULL)", name="released_because"),
    ForeignKeyConstraint(["authority", "home_id"], ["homes.authority", "homes.home_id"]),
    Index(None, "authority", "home_id"),
    Index(None, "authority", "child_id"),
    Index(None, "bed_number"),
    # Who a child is, is told to one provider at a time: the one chosen.
    Index(
        "uq_bed_claims_identity_once",
        "authority",
        "child_id",
        unique=True,
        sqlite_where=text("identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"),
        postgresql_where=text(
            "identity_shared_at IS NOT NULL AND released_at IS NULL AND kind <> 'placement'"
        ),
    ),
)

placing_duties = Table(
    "placing_duties",
    metadata,
    # What has to be had, signed or sent for one promised bed: the checklist, the approvals, the notices.
    Column("duty_id", String(32), primary_key=True),
    Column("authority", CODE, nullable=False),
    Column("claim_id", String(32), ForeignKey("bed_claims.claim_id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("code", String(60), nullable=False),
    Column("who", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("due_on", Date),
    Column("before_start", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", String(128)),
    Column("delegation_id", IDENTIFIER),
    Column("note", Text),
    Column("version", Integer, nullable=False),
    UniqueConstraint("claim_id", "code"),
    CheckConstraint("kind IN ('checklist', 'approval', 'notice')", name="kind"),
    CheckConstraint("status IN ('waiting', 'done', 'skipped', 'refused')", name="status"),
    CheckConstraint("(status = 'waiting') = (answered_at IS NULL)", name="answered"),
    # Leaving something out, or saying no, needs a reason.
    CheckConstraint(
        "status NOT IN ('skipped', 'refused') OR (note IS NOT NULL AND length(trim(note)) > 0)", name="reason"
    ),
    # A signature is given or refused, never left out.
    CheckConstraint("kind <> 'approval' OR status <> 'skipped'", name="signed"),
    Index(None, "authority", "status"),
)

record_history = Table(
    "record_history",
    metadata,
    # Every state that a record of any kind has had; nothing here is ever changed.
    Column("authority", CODE, primary_key=True),
    Column("kind", String(40), primary_key=True),
    Column("record_id", IDENTIFIER, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("record", Document, nullable=False),
    Column("record_digest", DIGEST, nullable=False),
    Index(None, "authority", "kind", "at"),
)
