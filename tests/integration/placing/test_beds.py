"""A bed is never promised twice: by the services, by the database when they are passed by, by expiry and time."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from api import audit, clock
from api.database.placing_tables import bed_claims
from reference_data.problems import Conflict, NotFound

from .conftest import AUTHORITY, DAY, Council, child, house


def hold(council: Council, number: int, home: int = 1, minutes: int = 60, **facts: Any) -> Any:
    with council.records(f"officer {number}") as records:
        return records.beds_of(AUTHORITY).hold(
            home_id=f"DEMO-H{home}",
            child_id=f"DEMO-C{number}",
            referral_id=f"DEMO-R{number}",
            from_on=facts.pop("from_on", DAY),
            expires_at=clock.now() + timedelta(minutes=minutes),
            **facts,
        )


def free(council: Council, home_id: str = "DEMO-H1") -> list[tuple[date | None, str | None]]:
    with council.reading() as records:
        found = records.home(home_id)
        assert found.beds is not None
        return [(bed.available_from, bed.held_for) for bed in found.beds]


@pytest.fixture(autouse=True)
def _filled(council: Council) -> None:
    council.has("homes", house(), house(2, vacancies=2))
    council.has("referrals", *(child(number) for number in range(1, 4)))


def test_the_last_bed_is_held_once_and_the_second_officer_is_told_clearly(council: Council) -> None:
    hold(council, 1)
    with pytest.raises(Conflict) as refused:
        hold(council, 2)
    assert refused.value.code == "no_bed_free"
    assert free(council) == [(None, "DEMO-C1")]


def test_a_home_with_two_places_takes_two_and_no_third(council: Council) -> None:
    hold(council, 1, home=2)
    hold(council, 2, home=2)
    with pytest.raises(Conflict):
        hold(council, 3, home=2)


def test_the_database_itself_refuses_a_second_promise_that_passes_the_service_by(council: Council) -> None:
    first = hold(council, 1)
    second = replace(first, claim_id=uuid4().hex, child_id="DEMO-C2", referral_id="DEMO-R2")
    with pytest.raises(IntegrityError), council.database.writing() as connection:
        connection.execute(insert(bed_claims).values(**asdict(second)))


def test_the_database_refuses_a_change_that_makes_two_promises_overlap(council: Council) -> None:
    hold(council, 1, until_on=DAY + timedelta(days=7))
    later = hold(council, 2, from_on=DAY + timedelta(days=7))
    with pytest.raises(IntegrityError), council.database.writing() as connection:
        connection.execute(
            update(bed_claims)
            .where(bed_claims.c.claim_id == later.claim_id)
            .values(from_on=DAY + timedelta(days=6))
        )


def test_a_bed_promised_to_a_day_is_free_from_that_day(council: Council) -> None:
    hold(council, 1, until_on=DAY + timedelta(days=7))
    with pytest.raises(Conflict):
        hold(council, 2, from_on=DAY + timedelta(days=6))
    assert hold(council, 2, from_on=DAY + timedelta(days=7)).bed_number == 1


def test_a_hold_that_ran_out_frees_the_bed_and_history_says_so(council: Council) -> None:
    first = hold(council, 1, minutes=-1)
    with council.reading() as records:
        assert records.home("DEMO-H1").vacancies == 1
    hold(council, 2)
    with council.reading() as records:
        ledger = records.beds_of(AUTHORITY)
        assert ledger.claim(first.claim_id).released_because == "expired"
        assert [one.child_id for one in ledger.claims()] == ["DEMO-C2"]


def test_a_hold_let_go_frees_the_bed(council: Council) -> None:
    first = hold(council, 1)
    with council.records() as records:
        ledger = records.beds_of(AUTHORITY)
        ledger.release(ledger.claim(first.claim_id, to_change=True), "let_go")
    hold(council, 2)


def test_a_reservation_does_not_run_out(council: Council) -> None:
    with council.records() as records:
        claim = records.beds_of(AUTHORITY).reserve(
            home_id="DEMO-H1", child_id="DEMO-C1", referral_id="DEMO-R1", from_on=DAY
        )
        assert claim.expires_at is None
    with pytest.raises(Conflict):
        hold(council, 2)


def test_a_bed_that_the_home_keeps_for_a_child_goes_to_nobody_else(council: Council) -> None:
    council.has("homes", house(3, beds=[{"held_for": "DEMO-C2"}]))
    with pytest.raises(Conflict):
        hold(council, 1, home=3)
    assert hold(council, 2, home=3).child_id == "DEMO-C2"


def test_a_bed_that_comes_free_later_is_not_promised_before(council: Council) -> None:
    council.has("homes", house(3, beds=[{"available_from": "2026-07-01"}]))
    with pytest.raises(Conflict):
        hold(council, 1, home=3)
    hold(council, 1, home=3, from_on=date(2026, 7, 1))


def test_a_home_that_says_anew_what_is_free_gains_beds_and_keeps_its_promises(council: Council) -> None:
    hold(council, 1)
    council.has("homes", house(vacancies=2, vacancies_confirmed_on="2026-06-15"))
    # The home does not know of the hold: of its two places one is promised.
    assert free(council) == [(None, None), (DAY, "DEMO-C1")]
    hold(council, 2)
    with pytest.raises(Conflict):
        hold(council, 3)


def test_a_home_that_says_it_is_full_gives_no_further_bed(council: Council) -> None:
    hold(council, 1, home=2)
    council.has("homes", house(2, vacancies=0, vacancies_confirmed_on="2026-06-15"))
    with pytest.raises(Conflict):
        hold(council, 2, home=2)


def test_a_home_of_which_nothing_free_is_known_promises_nothing(council: Council) -> None:
    council.has("homes", house(3, vacancies=None))
    with pytest.raises(Conflict):
        hold(council, 1, home=3)


def test_a_home_of_another_council_cannot_be_held(council: Council) -> None:
    council.has("homes", house(9), authority="878")
    with pytest.raises(NotFound):
        hold(council, 1, home=9)


def test_a_placement_cannot_be_written_without_a_hold_before_it(council: Council) -> None:
    first = hold(council, 1, home=2)
    forged = replace(
        first, claim_id=uuid4().hex, bed_number=first.bed_number + 1, kind="placement", expires_at=None
    )
    with pytest.raises(DBAPIError), council.database.writing() as connection:
        connection.execute(insert(bed_claims).values(**asdict(forged)))


def test_every_promise_is_in_the_audit_and_the_chain_is_whole(council: Council) -> None:
    hold(council, 1)
    with council.reading() as records:
        actions = [entry.action for entry in records.audit_entries()]
        assert actions[0] == "hold_made"
        assert audit.verify(records.connection).first_broken is None
