"""What the database itself refuses, whoever asks: a bed promised twice, and a start before its time.

SQLite has one writer at a time, so a trigger that looks for another promise sees all there are.
PostgreSQL keeps overlapping promises apart by an exclusion constraint, which needs no extension: a bed
is a range of its own number alone.
"""

from __future__ import annotations

from alembic import op

BED_TWICE = "this bed is promised already"
NOT_READY = "something that must be had before the start is missing"
BEGINS_AS_A_HOLD = "a placement begins as a hold"

_OPEN_DUTY = """
    SELECT 1 FROM placing_duties AS duty
    WHERE duty.claim_id = NEW.claim_id AND duty.before_start AND duty.status NOT IN ('done', 'skipped')
"""
_OVERLAPPING = """
    SELECT 1 FROM bed_claims AS other
    WHERE other.bed_number = NEW.bed_number AND other.claim_id <> NEW.claim_id AND other.released_at IS NULL
        AND other.from_on < COALESCE(NEW.until_on, '9999-12-31')
        AND NEW.from_on < COALESCE(other.until_on, '9999-12-31')
"""


def guard_beds() -> None:
    """Refuse two promises of one bed that overlap in time."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """
            ALTER TABLE bed_claims ADD CONSTRAINT bed_claims_never_twice EXCLUDE USING gist (
                int4range(bed_number, bed_number, '[]') WITH &&,
                daterange(from_on, until_on, '[)') WITH &&
            ) WHERE (released_at IS NULL)
            """
        )
        return
    for change in ("INSERT", "UPDATE"):
        op.execute(
            f"""
            CREATE TRIGGER bed_claims_never_twice_{change.lower()} BEFORE {change} ON bed_claims
            WHEN NEW.released_at IS NULL AND EXISTS ({_OVERLAPPING})
            BEGIN
                SELECT RAISE(ABORT, '{BED_TWICE}');
            END
            """
        )


def guard_starts() -> None:
    """Refuse a placement that did not begin as a hold, or that lacks a signature or an item of its checklist."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION righthome_placement_may_start() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.kind <> 'placement' THEN
                    RETURN NEW;
                END IF;
                IF TG_OP = 'INSERT' THEN
                    RAISE EXCEPTION '{BEGINS_AS_A_HOLD}' USING ERRCODE = 'check_violation';
                END IF;
                IF OLD.kind <> 'placement' AND EXISTS ({_OPEN_DUTY}) THEN
                    RAISE EXCEPTION '{NOT_READY}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END
            $$
            """
        )
        op.execute(
            """
            CREATE TRIGGER placement_may_start BEFORE INSERT OR UPDATE ON bed_claims
            FOR EACH ROW EXECUTE FUNCTION righthome_placement_may_start()
            """
        )
        return
    op.execute(
        f"""
        CREATE TRIGGER placement_begins_as_a_hold BEFORE INSERT ON bed_claims
        WHEN NEW.kind = 'placement'
        BEGIN
            SELECT RAISE(ABORT, '{BEGINS_AS_A_HOLD}');
        END
        """
    )
    op.execute(
        f"""
        CREATE TRIGGER placement_may_start BEFORE UPDATE ON bed_claims
        WHEN NEW.kind = 'placement' AND OLD.kind <> 'placement' AND EXISTS ({_OPEN_DUTY})
        BEGIN
            SELECT RAISE(ABORT, '{NOT_READY}');
        END
        """
    )


def drop_guards() -> None:
    """Take the guards away before their tables. SQLite drops triggers with the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER placement_may_start ON bed_claims")
        op.execute("DROP FUNCTION righthome_placement_may_start()")
