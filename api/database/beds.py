"""Beds and who has been promised them: holds that run out, reservations, placements.

A home says how many places are free, or lists its beds; the first promise sets them out as rows, one a
bed, and from then on the rows are the truth until the home says something new. The database refuses two
promises of one bed that overlap (``migrations/guards.py``); here the question is put so that it seldom
has to. Reached through ``Records.beds_of``, which has checked the scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from api import clock
from api.database import history, tables
from api.database.occupancy import BedRow, Claim, free_bed, slots_left, statement
from api.database.placing_tables import bed_claims, beds
from api.database.stored import digest, typed_values
from api.errors import StaleEdit
from reference_data.problems import Conflict, NotFound

if TYPE_CHECKING:
    from api.database.records import Records


class BedLedger:
    """The beds of one council's homes and the promises of them, on one connection and in its transaction."""

    def __init__(self, records: Records, authority: str) -> None:
        self.records = records
        self.connection = records.connection
        self.authority = authority

    def hold(
        self,
        *,
        home_id: str,
        child_id: str,
        referral_id: str,
        from_on: date,
        expires_at: datetime,
        enquiry_id: str | None = None,
        until_on: date | None = None,
    ) -> Claim:
        """Promise a bed of a home to a child until an instant.

        Raises
        ------
        NotFound
            If the home is not in view.
        Conflict
            If no bed is free on the day: somebody else has the last one.
        """
        return self._claim(
            kind="hold",
            home_id=home_id,
            child_id=child_id,
            referral_id=referral_id,
            from_on=from_on,
            until_on=until_on,
            expires_at=expires_at,
            enquiry_id=enquiry_id,
        )

    def reserve(
        self, *, home_id: str, child_id: str, referral_id: str, from_on: date, until_on: date | None = None
    ) -> Claim:
        """Promise a bed of a home to a child until somebody lets it go.

        Raises
        ------
        NotFound, Conflict
            As for a hold.
        """
        return self._claim(
            kind="reservation",
            home_id=home_id,
            child_id=child_id,
            referral_id=referral_id,
            from_on=from_on,
            until_on=until_on,
            expires_at=None,
            enquiry_id=None,
        )

    def claim(self, claim_id: str, *, to_change: bool = False) -> Claim:
        """Return one promise.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        query = select(bed_claims).where(
            and_(bed_claims.c.authority == self.authority, bed_claims.c.claim_id == claim_id)
        )
        row = self.connection.execute(query.with_for_update() if to_change else query).first()
        # A restricted child's hold is as if it were not there, to whoever may not see the child.
        if row is None or row.child_id in self.records.seen.hidden:
            raise NotFound("no_such_hold", "There is no hold of that id.")
        return Claim(**row._mapping)

    def claims(self, *, only_standing: bool = True, **equal: Any) -> tuple[Claim, ...]:
        """Return the promises whose columns equal what is given, the oldest first.

        Restricted children's are among them, for their beds are taken: whoever shows them asks ``seen`` first.
        """
        query = select(bed_claims).where(bed_claims.c.authority == self.authority)
        for column, value in equal.items():
            query = query.where(bed_claims.c[column] == value)
        if only_standing:
            query = query.where(bed_claims.c.released_at.is_(None))
        found = (
            Claim(**row._mapping) for row in self.connection.execute(query.order_by(bed_claims.c.made_at))
        )
        now = clock.now()
        return tuple(claim for claim in found if not only_standing or claim.stands(now))

    def beds(self, home_id: str | None = None) -> tuple[BedRow, ...]:
        """Return the beds set out one by one, of one home or of all."""
        query = select(*(beds.c[name] for name in BedRow.__slots__)).where(beds.c.authority == self.authority)
        if home_id is not None:
            query = query.where(beds.c.home_id == home_id)
        rows = self.connection.execute(query.order_by(beds.c.home_id, beds.c.bed_number))
        return tuple(BedRow(**row._mapping) for row in rows)

    def keep(self, claim: Claim, **changes: Any) -> Claim:
        """Change a promise that was read ``to_change``, and write its history.

        Raises
        ------
        IntegrityError
            If the database refuses: the bed is promised for that time, or a start lacks something.
        """
        changed = replace(claim, **changes, version=claim.version + 1)
        done = self.connection.execute(
            update(bed_claims)
            .where(and_(bed_claims.c.claim_id == claim.claim_id, bed_claims.c.version == claim.version))
            .values(**asdict(changed))
        )
        if not done.rowcount:
            raise StaleEdit
        self._note(changed)
        return changed

    def release(self, claim: Claim, because: str) -> Claim:
        """Let a promise go. The bed is free for others from this moment."""
        return self.keep(claim, released_at=clock.now(), released_because=because)

    def release_expired(self, home_id: str | None = None) -> int:
        """Let go every hold that has run out; return how many."""
        query = select(bed_claims).where(
            and_(
                bed_claims.c.authority == self.authority,
                bed_claims.c.kind == "hold",
                bed_claims.c.released_at.is_(None),
                bed_claims.c.expires_at <= clock.now(),
            )
        )
        if home_id is not None:
            query = query.where(bed_claims.c.home_id == home_id)
        rows = self.connection.execute(query.with_for_update()).all()
        for row in rows:
            self.release(Claim(**row._mapping), "expired")
        return len(rows)

    def set_out(self, home_id: str) -> None:
        """Set out a home's beds one by one, if it has said something new since; whoever calls holds its row.

        Raises
        ------
        NotFound
            If the home is not in view.
        """
        home, stated = self._locked_home(home_id)
        said = digest(statement(home))
        if stated == said:
            return
        standing = self.claims(home_id=home_id)
        slots = slots_left(home, standing)
        taken = {claim.bed_number for claim in standing}
        spare = [
            bed for bed in self.beds(home_id) if bed.bed_number not in taken and bed.withdrawn_on is None
        ]
        for bed, slot in zip(spare, slots, strict=False):
            self._set(bed, available_from=slot[0], held_for=slot[1])
        today = clock.today()
        for bed in spare[len(slots) :]:
            self._set(bed, withdrawn_on=today)
        self._add_beds(home_id, slots[len(spare) :])
        self.connection.execute(update(tables.homes).where(self._is_home(home_id)).values(beds_stated=said))

    def set_out_again(self, home_id: str) -> None:
        """Set out a home's beds anew if they were set out before: it has said something else since."""
        if self._locked_home(home_id)[1] is not None:
            self.set_out(home_id)

    def require_free(
        self, home_id: str, child_id: str, from_on: date, until_on: date | None = None
    ) -> BedRow:
        """Return the bed that a child would get; others who want the home's beds wait until this transaction ends.

        Raises
        ------
        NotFound
            If the home is not in view.
        Conflict
            If no bed is free on the day.
        """
        # The home's row is the place where those who want its beds wait for each other.
        self.set_out(home_id)
        self.release_expired(home_id)
        standing = self.claims(home_id=home_id)
        bed = free_bed(self.beds(home_id), standing, child_id, from_on, until_on)
        if bed is None:
            raise no_bed_free()
        return bed

    def _claim(self, *, home_id: str, from_on: date, until_on: date | None, **facts: Any) -> Claim:
        bed = self.require_free(home_id, facts["child_id"], from_on, until_on)
        claim = Claim(
            claim_id=uuid4().hex,
            bed_number=bed.bed_number,
            authority=self.authority,
            home_id=home_id,
            from_on=from_on,
            until_on=until_on,
            made_at=clock.now(),
            made_by=self.records.scope.actor,
            released_at=None,
            released_because=None,
            identity_shared_at=None,
            version=1,
            **facts,
        )
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(bed_claims).values(**asdict(claim)))
        except IntegrityError:
            raise no_bed_free() from None
        self._note(claim)
        return claim

    def _locked_home(self, home_id: str) -> tuple[Mapping[str, Any], str | None]:
        row = self.connection.execute(
            select(tables.homes.c.record, tables.homes.c.beds_stated)
            .where(self._is_home(home_id))
            .with_for_update()
        ).first()
        if row is None:
            raise NotFound("no_such_home", "There is no home of that id.")
        return typed_values("home", row.record), row.beds_stated

    def _is_home(self, home_id: str) -> Any:
        return and_(tables.homes.c.authority == self.authority, tables.homes.c.home_id == home_id)

    def _add_beds(self, home_id: str, slots: Iterable[tuple[date | None, str | None]]) -> None:
        known = len(self.beds(home_id))
        for number, (available_from, held_for) in enumerate(slots, start=known + 1):
            self.connection.execute(
                insert(beds).values(
                    authority=self.authority,
                    bed_id=f"{home_id[:190]}.{number}",
                    home_id=home_id,
                    available_from=available_from,
                    held_for=held_for,
                )
            )

    def _set(self, bed: BedRow, **values: Any) -> None:
        self.connection.execute(update(beds).where(beds.c.bed_number == bed.bed_number).values(**values))

    def _note(self, claim: Claim) -> None:
        history.write_row(
            self.connection,
            kind="bed_claims",
            record_id=claim.claim_id,
            version=claim.version,
            row=asdict(claim),
            actor=self.records.scope.actor,
            at=clock.now(),
        )
        action = claim.released_because or ("made" if claim.version == 1 else "changed")
        self.records.note(
            f"{claim.kind}_{action}",
            authority=self.authority,
            subject_kind="bed_claims",
            subject_id=claim.claim_id,
            detail={"home_id": claim.home_id, "version": claim.version},
        )


def is_promised_twice(refused: IntegrityError) -> bool:
    """Say whether the database refused because the bed is promised, and not because a start lacks something."""
    said = str(refused.orig)
    return "promised already" in said or "bed_claims_never_twice" in said


def no_bed_free() -> Conflict:
    """Return the conflict of whoever comes second for a bed."""
    return Conflict(
        "no_bed_free",
        "No bed is free there on that day any more: somebody else has it, or the home has none. "
        "Look at the options again, or confirm the home's vacancies.",
    )
