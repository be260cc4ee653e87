"""The tables of what a commissioner has worked out: analyses kept as they were made, and the council's own parts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from api.database.tables import CODE, DIGEST, Document, Instant, metadata

analyses = Table(
    "analyses",
    metadata,
    # Beds short, indicators or a report that somebody asked for; a job makes each. No child's id stands in an answer.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("analysis_id", String(32), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("question", DIGEST, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(128), nullable=False),
    Column("settings", Document, nullable=False),
    Column("name", String(100)),
    Column("status", String(20), nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("in_brief", Document),
    Column("answer", Document),
    CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),
    CheckConstraint("kind IN ('beds', 'indicators', 'report')", name="kind"),
    Index(None, "authority", "kind", "asked_at"),
)

council_parts = Table(
    "council_parts",
    metadata,
    # What the council itself writes: paragraphs, targets, milestones, candidate actions. Only ever added to; the
    # highest version of a part is the one that stands.
    Column("authority", CODE, ForeignKey("authorities.authority"), primary_key=True),
    Column("part", String(60), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Document, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("written_by", String(128), nullable=False),
)
