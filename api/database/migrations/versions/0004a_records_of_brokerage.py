"""History of every record, versions, and the records of brokerage: needs, enquiries, contracts, visits and so on.

Revision ID: 0004a
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.database.tables import Instant

revision = "0004a"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_history",
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("authority", "kind", "record_id", "version", name=op.f("pk_record_history")),
    )
    op.create_index(
        op.f("ix_record_history_authority_kind_at"),
        "record_history",
        ["authority", "kind", "at"],
        unique=False,
    )
    _create_kept(
        "concerns",
        "concern_id",
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=True),
    )
    op.create_index(op.f("ix_concerns_authority_home_id"), "concerns", ["authority", "home_id"], unique=False)
    _create_kept(
        "contracts",
        "contract_id",
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
    )
    _create_kept(
        "delegations",
        "delegation_id",
        sa.Column("given_to", sa.String(length=128), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_delegations_in_order")),
    )
    _create_kept(
        "enquiries",
        "enquiry_id",
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("referral_id", sa.String(length=200), nullable=True),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
    )
    op.create_index(
        op.f("ix_enquiries_authority_child_id"), "enquiries", ["authority", "child_id"], unique=False
    )
    op.create_index(
        op.f("ix_enquiries_authority_home_id"), "enquiries", ["authority", "home_id"], unique=False
    )
    _create_kept(
        "moves",
        "move_id",
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
    )
    _create_kept(
        "needs_assessments",
        "assessment_id",
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
    )
    op.create_index(
        op.f("ix_needs_assessments_authority_child_id"),
        "needs_assessments",
        ["authority", "child_id"],
        unique=False,
    )
    _create_kept(
        "nominations",
        "nomination_id",
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
    )
    op.create_index(
        op.f("ix_nominations_authority_child_id"), "nominations", ["authority", "child_id"], unique=False
    )
    _create_kept(
        "notices",
        "notice_id",
        sa.Column("child_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
    )
    _create_kept(
        "planned_openings",
        "opening_id",
        sa.Column("home_id", sa.String(length=200), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
    )
    _create_kept(
        "quality_visits",
        "visit_id",
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=True),
    )
    _create_kept(
        "voids",
        "void_id",
        sa.Column("contract_id", sa.String(length=200), nullable=False),
        sa.Column("home_id", sa.String(length=200), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority", "contract_id"],
            ["contracts.authority", "contracts.contract_id"],
            name=op.f("fk_voids_authority_contract_id_contracts"),
        ),
    )
    op.add_column("homes", sa.Column("beds_stated", sa.String(length=64), nullable=True))
    op.add_column("homes", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("referrals", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("stays", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    _begin_history()
    _forbid_changing_history()


def _create_kept(name: str, key: str, *columns: sa.schema.SchemaItem) -> None:
    """Create the table of one kind of record: its key, what is searched by, and the record whole."""
    op.create_table(
        name,
        sa.Column("authority", sa.String(length=9), nullable=False),
        sa.Column(key, sa.String(length=200), nullable=False),
        *columns,
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("record_digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority"], ["authorities.authority"], name=op.f(f"fk_{name}_authority_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.import_id"], name=op.f(f"fk_{name}_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("authority", key, name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER record_history_is_never_changed ON record_history")
        op.execute("DROP FUNCTION righthome_record_history_is_never_changed()")
    op.drop_column("stays", "version")
    op.drop_column("referrals", "version")
    op.drop_column("homes", "version")
    op.drop_column("homes", "beds_stated")
    op.drop_table("voids")
    op.drop_table("quality_visits")
    op.drop_table("planned_openings")
    op.drop_table("notices")
    op.drop_index(op.f("ix_nominations_authority_child_id"), table_name="nominations")
    op.drop_table("nominations")
    op.drop_index(op.f("ix_needs_assessments_authority_child_id"), table_name="needs_assessments")
    op.drop_table("needs_assessments")
    op.drop_table("moves")
    op.drop_index(op.f("ix_enquiries_authority_home_id"), table_name="enquiries")
    op.drop_index(op.f("ix_enquiries_authority_child_id"), table_name="enquiries")
    op.drop_table("enquiries")
    op.drop_table("delegations")
    op.drop_table("contracts")
    op.drop_index(op.f("ix_concerns_authority_home_id"), table_name="concerns")
    op.drop_table("concerns")
    op.drop_index(op.f("ix_record_history_authority_kind_at"), table_name="record_history")
    op.drop_table("record_history")


def _begin_history() -> None:
    """Carry what is there over as the first state of each record, under the name of whoever imported it."""
    history = sa.table("record_history", *map(sa.column, _HISTORY))
    imports = sa.table("imports", sa.column("import_id"), sa.column("actor"))
    for name, key in (("referrals", "referral_id"), ("homes", "home_id"), ("stays", "stay_id")):
        kept = sa.table(
            name, *map(sa.column, ("authority", key, "changed_at", "record", "record_digest", "import_id"))
        )
        imported_by = (
            sa.select(imports.c.actor).where(imports.c.import_id == kept.c.import_id).scalar_subquery()
        )
        carried = sa.select(
            kept.c.authority,
            sa.literal(name),
            kept.c[key],
            sa.literal(1),
            kept.c.changed_at,
            sa.func.coalesce(imported_by, "unknown"),
            kept.c.record,
            kept.c.record_digest,
        )
        op.execute(sa.insert(history).from_select(_HISTORY, carried))


_HISTORY = ["authority", "kind", "record_id", "version", "at", "actor", "record", "record_digest"]


def _forbid_changing_history() -> None:
    # Deleting is left possible: what is past its retention goes, and its history with it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            CREATE FUNCTION righthome_record_history_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the history of a record is never changed';
            END
            $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER record_history_is_never_changed BEFORE UPDATE ON record_history
            FOR EACH STATEMENT EXECUTE FUNCTION righthome_record_history_is_never_changed()
            """
        )
        return
    op.execute(
        """
        CREATE TRIGGER record_history_is_never_changed BEFORE UPDATE ON record_history
        BEGIN
            SELECT RAISE(ABORT, 'the history of a record is never changed');
        END
        """
    )
