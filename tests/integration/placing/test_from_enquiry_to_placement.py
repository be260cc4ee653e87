"""From an enquiry to a placement: every step, what each refuses, and everything a decision makes."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from api import audit, clock
from api.database.engine import Database
from api.database.placing_tables import bed_claims, decisions
from api.services import anonymous_sheet, deciding, enquiries, holding, signing
from api.services.alerts import alerts_listed
from reference_data.problems import Conflict, ImportRejected, InvalidInput, NotPermitted

from .conftest import AUTHORITY, DAY, Council, Office, child, house

SAID = {"reasons": "Nearest, and she knows them.", "wishes_considered": "She asked to stay near her school."}


def agency(number: int = 5, **changes: Any) -> dict[str, Any]:
    """Return an agency's foster carer, whom we ask."""
    return house(
        number,
        **{
            "type": "agency_foster_carer",
            "contract": "framework",
            "control": "offer",
            "provider": "Sample Agency",
            **changes,
        },
    )


def offered(office: Office, referral: str = "DEMO-R1", home: str = "DEMO-H5", **said: Any) -> Any:
    asked = office.does("officer", enquiries.ask, referral, home, channel="phone", spoke_to="Duty manager")
    return office.does(
        "officer", enquiries.answer, asked.record_id, version=asked.version, **{"answer": "offered", **said}
    )


def placed(office: Office, referral: str = "DEMO-R1", home: str = "DEMO-H1", **said: Any) -> Any:
    held = office.does("officer", holding.hold, referral, home)
    office.ready(held.claim.claim_id)
    return office.does(
        "officer",
        deciding.decide,
        held.claim.claim_id,
        **{**SAID, "why_not_first": "It fits better.", **said},
    )


@pytest.fixture(autouse=True)
def _filled(council: Council) -> None:
    council.has("homes", house(), house(2, vacancies=2), agency())
    council.has("referrals", *(child(number) for number in range(1, 4)))


def test_a_call_is_kept_with_who_was_spoken_to_the_answer_the_fee_and_when_the_offer_ends(
    office: Office,
) -> None:
    found = offered(
        office,
        quoted_weekly_fee_pounds="950.50",
        quoted_staffing="One carer",
        offer_expires_on="2026-06-16",
        offer_expires_at="17:00",
    )
    values = found.values
    assert values["spoke_to"] == "Duty manager"
    assert values["quoted_weekly_fee_pence"] == 95_050
    assert (values["offer_expires_on"], values["offer_expires_at"]) == (date(2026, 6, 16), "17:00")
    with office.desk() as desk:
        states = desk.records.kept("enquiries", AUTHORITY).states(found.record_id)
    assert [state.version for state in states] == [1, 2]
    assert {"field": "answer", "before": None, "after": "offered"} in states[1].as_dict()["changes"]


def test_a_refusal_needs_a_coded_reason(office: Office) -> None:
    asked = office.does("officer", enquiries.ask, "DEMO-R1", "DEMO-H5")
    with pytest.raises(ImportRejected) as refused:
        office.does("officer", enquiries.answer, asked.record_id, version=1, answer="declined")
    assert [one.column for one in refused.value.issues] == ["reason"]
    with pytest.raises(ImportRejected):
        office.does(
            "officer", enquiries.answer, asked.record_id, version=1, answer="declined", reason="because"
        )
    answered = office.does(
        "officer", enquiries.answer, asked.record_id, version=1, answer="declined", reason="staffing"
    )
    assert answered.values["reason"] == "staffing"


def test_two_officers_writing_down_one_answer_the_second_is_told_and_nothing_is_lost(office: Office) -> None:
    asked = office.does("officer", enquiries.ask, "DEMO-R1", "DEMO-H5")
    office.does("officer", enquiries.answer, asked.record_id, version=1, answer="offered")
    with pytest.raises(Conflict) as refused:
        office.does("colleague", enquiries.answer, asked.record_id, version=1, answer="no_answer")
    assert refused.value.code == "stale_edit"
    with office.desk() as desk:
        assert enquiries.enquiry(desk, asked.record_id).values["answer"] == "offered"


def test_a_home_that_decides_for_itself_is_held_only_on_its_offer(office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5")
    assert refused.value.code == "no_offer"
    offered(office)
    assert office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5").claim.enquiry_id is not None


def test_no_bed_is_held_for_a_child_who_is_placed_and_whoever_looks_is_told_so(office: Office) -> None:
    def told() -> tuple[str, ...]:
        with office.desk() as desk:
            return holding.promised_so_far(desk.records, AUTHORITY, "DEMO-R1", desk.today)

    def is_placed(days: int) -> bool:
        with office.desk() as desk:
            child, day = desk.records.referral("DEMO-R1").child_id, desk.today + timedelta(days=days)
            return holding.is_placed(desk.records, AUTHORITY, child, day)

    assert told() == ()
    office.does("officer", holding.hold, "DEMO-R1", "DEMO-H2")
    assert not is_placed(400)
    assert told()[0].startswith("A bed is held for this child at Sample Carers 2 already.")
    placed(office)
    assert [one.split(" from ")[0] for one in told()] == ["This child is placed at Sample Carers 1"]
    assert is_placed(400)
    assert not is_placed(-400)
    with pytest.raises(Conflict) as refused:
        office.does("officer", holding.hold, "DEMO-R1", "DEMO-H2")
    assert refused.value.code == "child_placed"


def test_an_offer_that_has_run_out_is_no_offer(office: Office) -> None:
    office.settings = office.settings.__class__(database_url=office.council.url, as_of=None)
    offered(office, offer_expires_on="2026-06-14")
    with pytest.raises(Conflict) as refused:
        office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5")
    assert refused.value.code == "offer_expired"


def test_a_vacancy_confirmed_on_the_telephone_can_be_held_at_once(office: Office) -> None:
    office.council.has("homes", agency(vacancies=0))
    with pytest.raises(Conflict):
        offered(office)
        office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5")
    offered(office, vacancies=1)
    assert office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5").claim.home_id == "DEMO-H5"


def test_an_excluded_home_cannot_be_held_and_the_reasons_are_told(office: Office) -> None:
    office.council.has("homes", house(7, max_age=10))
    with pytest.raises(Conflict) as refused:
        office.does("officer", holding.hold, "DEMO-R1", "DEMO-H7")
    assert refused.value.code == "home_excluded"
    assert "10" in refused.value.message


def test_a_hold_lasts_as_the_urgency_says_and_may_be_made_longer_or_let_go(office: Office) -> None:
    claim = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1").claim
    assert timedelta(hours=47) < claim.expires_at - clock.now() <= timedelta(hours=48)
    longer = office.does("officer", holding.longer, claim.claim_id)
    assert longer.expires_at >= claim.expires_at
    assert office.does("officer", holding.let_go, claim.claim_id).released_because == "let_go"
    with pytest.raises(Conflict):
        office.does("officer", holding.longer, claim.claim_id)


def test_a_checklist_stands_in_the_way_and_is_left_out_only_with_a_reason(office: Office) -> None:
    held = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    with pytest.raises(Conflict) as refused:
        office.does("officer", deciding.decide, held.claim.claim_id, **SAID)
    assert refused.value.code == "not_ready"
    item = next(duty for duty in held.duties if duty.code == "health")
    with pytest.raises(ImportRejected):
        office.does("officer", signing.tick, item.duty_id, skip=True)
    left = office.does(
        "officer", signing.tick, item.duty_id, skip=True, note="Comes with her tomorrow at nine."
    )
    assert (left.status, left.answered_by) == ("skipped", "officer")
    with pytest.raises(Conflict):
        office.does("colleague", signing.tick, item.duty_id)


def test_the_database_refuses_a_start_whose_checklist_is_open_and_an_empty_reason(office: Office) -> None:
    from api.database.placing_tables import placing_duties

    held = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    with pytest.raises(DBAPIError), office.council.database.writing() as connection:
        connection.execute(
            update(bed_claims)
            .where(bed_claims.c.claim_id == held.claim.claim_id)
            .values(kind="placement", expires_at=None)
        )
    with pytest.raises(DBAPIError), office.council.database.writing() as connection:
        connection.execute(
            update(placing_duties)
            .where(placing_duties.c.claim_id == held.claim.claim_id)
            .values(status="skipped", answered_at=clock.now(), note="  ")
        )


def test_a_decision_says_how_wishes_were_considered_and_why_not_the_first(office: Office) -> None:
    first = office.does(
        "officer", lambda desk: deciding.ranked_options(desk.records, "DEMO-R1", DAY).first[0]
    )
    other = next(home for home in ("DEMO-H1", "DEMO-H2") if home != first)
    held = office.does("officer", holding.hold, "DEMO-R1", other)
    office.ready(held.claim.claim_id)
    for lacking in ("wishes_considered", "reasons", "why_not_first"):
        given = {**SAID, "why_not_first": "Her brother is here.", lacking: " "}
        with pytest.raises(ImportRejected) as refused:
            office.does("officer", deciding.decide, held.claim.claim_id, **given)
        assert [one.column for one in refused.value.issues] == [lacking]
    made = office.does(
        "officer", deciding.decide, held.claim.claim_id, **SAID, why_not_first="Her brother is here."
    )
    assert made.decision.values["first_ranked_home_id"] == first
    assert made.decision.values["why_not_first"] == "Her brother is here."
    for empty in ({"wishes_considered": " "}, {"why_not_first": None}):
        with pytest.raises(DBAPIError), office.council.database.writing() as connection:
            connection.execute(update(decisions).values(**empty))


def test_a_decision_places_the_child_takes_the_bed_and_ends_the_search(office: Office) -> None:
    offered(office)
    office.does("officer", holding.hold, "DEMO-R1", "DEMO-H5")
    made = placed(office, weekly_fee_pounds="610.00")
    assert made.placement.values["weekly_fee_pence"] == 61_000
    assert made.holding.claim.kind == "placement"
    with office.desk() as desk:
        records = desk.records
        assert "DEMO-R1" not in {one.referral_id for one in records.referrals()}
        assert "DEMO-R1" in {one.referral_id for one in records.referrals(placed=True)}
        home = records.home("DEMO-H1")
        assert home.beds == ()
        assert [(one.child_id, one.authority) for one in home.residents or ()] == [("DEMO-C1", AUTHORITY)]
        stay = next(one for one in records.stays() if one.child_id == "DEMO-C1")
        assert (str(stay.setting), stay.started_on, str(stay.legal_basis)) == (
            "in_house_foster_carer",
            DAY,
            "s20",
        )
        # The hold elsewhere is gone, and its bed free.
        assert [one.home_id for one in records.beds_of(AUTHORITY).claims()] == ["DEMO-H1"]
        notices = {duty.code: duty.due_on for duty in made.holding.duties if duty.kind == "notice"}
        assert notices == {"placement_plan": DAY, "notification": DAY}
        assert audit.verify(records.connection).first_broken is None
    # Her bed cannot be had, and the other children are not offered it.
    with pytest.raises(Conflict):
        office.does("officer", holding.hold, "DEMO-R2", "DEMO-H1")


def test_a_decision_that_fails_leaves_nothing_behind(office: Office) -> None:
    held = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    office.ready(held.claim.claim_id)
    with pytest.raises(ImportRejected):
        office.does(
            "officer",
            deciding.decide,
            held.claim.claim_id,
            **SAID,
            why_not_first="-",
            weekly_fee_pounds="a lot",
        )
    with office.desk() as desk:
        assert desk.records.kept("decisions", AUTHORITY).all() == ()
        assert desk.records.beds_of(AUTHORITY).claim(held.claim.claim_id).kind == "hold"


def test_a_night_in_a_hotel_ends_with_the_placement_and_its_alerts_close_in_the_same_transaction(
    office: Office,
) -> None:
    office.council.has(
        "stays",
        {
            "stay_id": "DEMO-S1",
            "child_id": "DEMO-C1",
            "date_of_birth": "2013-09-03",
            "authority": AUTHORITY,
            "setting": "hotel",
            "started_on": "2026-06-10",
            "in_care": True,
        },
    )
    with office.desk() as desk:
        deciding.scan_with_settings(desk.records, AUTHORITY, as_of=DAY, settings=office.settings)
        assert alerts_listed(desk.records, AUTHORITY)
    placed(office)
    with office.desk() as desk:
        ended = next(one for one in desk.records.stays() if one.stay_id == "DEMO-S1")
        assert ended.ended_on == DAY
        assert alerts_listed(desk.records, AUTHORITY) == []


def test_a_child_who_moves_frees_the_bed_left_and_the_move_is_kept(office: Office) -> None:
    first = placed(office)
    office.council.has(
        "referrals",
        child(
            11,
            child_id="DEMO-C1",
            current_home_id="DEMO-H1",
            current_placement_started_on="2026-06-15",
            move_reason="Nearer to her school",
            move_review_on="2026-06-12",
            needed_by="2026-06-20",
        ),
    )
    placed(office, "DEMO-R11", "DEMO-H2")
    with office.desk() as desk:
        ended = desk.records.kept("placements", AUTHORITY).one(first.placement.record_id)
        assert (ended.values["ended_on"], ended.values["end_reason"]) == (date(2026, 6, 20), "CARPL")
        (move,) = desk.records.kept("moves", AUTHORITY).all()
        assert (move.values["from_home_id"], move.values["to_home_id"]) == ("DEMO-H1", "DEMO-H2")
    office.council.has("referrals", child(4, needed_by="2026-06-20"))
    assert office.does("officer", holding.hold, "DEMO-R4", "DEMO-H1").claim.from_on == date(2026, 6, 20)


def test_a_placement_that_ends_frees_its_bed(office: Office) -> None:
    made = placed(office)
    office.does(
        "officer",
        deciding.end_placement,
        made.placement.record_id,
        version=1,
        ended_on=date(2026, 6, 30),
        end_reason="CARPL",
        review_on=date(2026, 6, 20),
    )
    office.council.has("referrals", child(4, needed_by="2026-06-30"))
    assert office.does("officer", holding.hold, "DEMO-R4", "DEMO-H1").claim.from_on == date(2026, 6, 30)


def test_a_child_is_not_placed_twice(office: Office) -> None:
    first = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    office.council.has("referrals", child(12, child_id="DEMO-C1"))
    second = office.does("officer", holding.hold, "DEMO-R12", "DEMO-H2")
    office.ready(first.claim.claim_id)
    office.does("officer", deciding.decide, first.claim.claim_id, **SAID, why_not_first="-")
    for duty in second.duties:
        if duty.kind == "checklist":
            office.does("officer", signing.tick, duty.duty_id)
    moved = office.does("officer", deciding.decide, second.claim.claim_id, **SAID, why_not_first="-")
    with office.desk() as desk:
        live = desk.records.kept("placements", AUTHORITY).all(child_id="DEMO-C1", ended_on=None)
        assert [one.record_id for one in live] == [moved.placement.record_id]


def test_a_decision_and_the_letting_go_of_the_childs_other_hold_wait_in_no_circle(office: Office) -> None:
    held = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    other = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H2")
    office.ready(held.claim.claim_id)
    begun, told = threading.Event(), []

    def let_go() -> None:
        try:
            with office.desk("colleague") as desk:
                desk.records.beds_of(AUTHORITY).claim(other.claim.claim_id, to_change=True)
                begun.set()
                wait_until_somebody_waits(office.council.database)
                told.append(holding.let_go(desk, other.claim.claim_id).released_because)
        except BaseException as fault:
            told.append(fault)

    colleague = threading.Thread(target=let_go)
    colleague.start()
    begun.wait()
    # The decision ends the other hold too, so it waits for the colleague before it takes what the colleague still needs.
    office.does("officer", deciding.decide, held.claim.claim_id, **SAID, why_not_first="-")
    colleague.join()
    assert told == ["let_go"]


def wait_until_somebody_waits(database: Database) -> None:
    """Wait until another transaction waits for a lock; on SQLite it cannot even have begun."""
    if database.engine.dialect.name == "sqlite":
        return
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while True:
        with database.reading() as connection:
            if connection.exec_driver_sql(asked).scalar_one():
                return
        time.sleep(0.02)


def test_a_provider_is_told_who_the_child_is_only_when_chosen_and_one_at_a_time(office: Office) -> None:
    first = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H1")
    second = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H2")
    office.does("officer", holding.share_identity, first.claim.claim_id)
    with pytest.raises(Conflict) as refused:
        office.does("officer", holding.share_identity, second.claim.claim_id)
    assert refused.value.code == "identity_shared_elsewhere"
    with pytest.raises(DBAPIError), office.council.database.writing() as connection:
        connection.execute(update(bed_claims).values(identity_shared_at=clock.now()))
    office.does("officer", holding.let_go, first.claim.claim_id)
    assert office.does("officer", holding.share_identity, second.claim.claim_id).identity_shared_at


def test_the_anonymous_sheet_says_nothing_of_who_the_child_is(office: Office) -> None:
    office.council.has(
        "referrals",
        child(
            8,
            wishes={"text": "I want to see my nan MARKER"},
            important_places=[{"what": "MARKER school", "postcode": "PL4 8AA"}],
            needs={"behaviour": 40},
            prefers={"school_postcode": "PL4 8AA"},
        ),
    )
    sheet = office.does("officer", anonymous_sheet.anonymous_sheet, "DEMO-R8").as_dict()
    assert sheet["age_years"] == 12
    assert sheet["needs"] == {"behaviour": 40}
    for hidden in ("DEMO-", "PL4", "2013", "MARKER"):
        assert hidden not in str(sheet)
    again = office.does("officer", anonymous_sheet.anonymous_sheet, "DEMO-R8").as_dict()
    assert again["reference"] == sheet["reference"]


def at_a_distance(office: Office) -> Any:
    """Hold a bed far away, which the Director must approve before the child moves."""
    office.council.has("homes", house(9, postcode="M1 1AE", authority="352", approved_by_authority="352"))
    offered(office, home="DEMO-H9")
    held = office.does("officer", holding.hold, "DEMO-R1", "DEMO-H9")
    return held, next(duty for duty in held.duties if duty.code == "at_a_distance")


def test_a_signature_that_comes_before_the_start_holds_the_placement_up_until_the_director_gives_it(
    office: Office,
) -> None:
    held, duty = at_a_distance(office)
    assert duty.before_start
    for item in held.duties:
        if item.kind == "checklist":
            office.does("officer", signing.tick, item.duty_id)
    with pytest.raises(Conflict) as refused:
        office.does("officer", deciding.decide, held.claim.claim_id, **SAID, why_not_first="-")
    assert "Director" in refused.value.message
    for who in ("officer", "manager", "iro"):
        with pytest.raises(NotPermitted):
            office.does(who, signing.sign, duty.duty_id)
    mine = office.does("director", signing.queue)
    assert [(one.duty.code, one.mine) for one in mine if one.duty.code == "at_a_distance"] == [
        ("at_a_distance", True)
    ]
    office.does("director", signing.sign, duty.duty_id)
    for item in held.duties:
        if item.kind == "approval" and item.before_start and item.code != "at_a_distance":
            office.does("director", signing.sign, item.duty_id, note="Seen.")
    made = office.does("officer", deciding.decide, held.claim.claim_id, **SAID, why_not_first="-")
    with office.desk() as desk:
        stay = next(one for one in desk.records.stays() if one.stay_id == made.placement.record_id)
        assert "at_a_distance" in {one.code for one in stay.approvals or ()}


def test_a_refused_signature_stops_the_placement_for_good(office: Office) -> None:
    held, duty = at_a_distance(office)
    with pytest.raises(ImportRejected):
        office.does("director", signing.refuse, duty.duty_id, note="")
    office.does("director", signing.refuse, duty.duty_id, note="Too far from her brother.")
    with pytest.raises(Conflict):
        office.does("director", signing.sign, duty.duty_id)
    with pytest.raises(Conflict):
        office.does("officer", deciding.decide, held.claim.claim_id, **SAID, why_not_first="-")


def test_a_signature_handed_on_for_the_night_is_honoured_and_says_under_which_delegation(
    office: Office,
) -> None:
    _, duty = at_a_distance(office)
    day = DAY
    given = {
        "given_to": "manager",
        "codes": ("at_a_distance",),
        "from_on": day,
        "until_on": day,
        "hours": "any",
        "reason": "Away tonight",
    }
    with pytest.raises(NotPermitted):
        office.does("commissioner", signing.delegate, **given)
    with pytest.raises(InvalidInput):
        office.does("director", signing.delegate, **{**given, "given_to": "nobody"})
    made = office.does("director", signing.delegate, **given)
    signed = office.does("manager", signing.sign, duty.duty_id)
    assert (signed.answered_by, signed.delegation_id) == ("manager", made.record_id)


def test_a_delegation_taken_back_or_over_gives_no_right(office: Office) -> None:
    _, duty = at_a_distance(office)
    day = DAY
    given = {"given_to": "manager", "codes": ("at_a_distance",), "hours": "any", "reason": "Away"}
    office.does(
        "director",
        signing.delegate,
        **given,
        from_on=day - timedelta(days=9),
        until_on=day - timedelta(days=8),
    )
    made = office.does("director", signing.delegate, **given, from_on=day, until_on=day)
    office.does("director", signing.withdraw_delegation, made.record_id)
    with pytest.raises(NotPermitted):
        office.does("manager", signing.sign, duty.duty_id)


def test_whoever_promised_the_bed_does_not_sign_for_it(office: Office) -> None:
    office.council.has("homes", house(9, postcode="M1 1AE", authority="352", approved_by_authority="352"))
    offered(office, home="DEMO-H9")
    held = office.does("director", holding.hold, "DEMO-R1", "DEMO-H9")
    duty = next(duty for duty in held.duties if duty.code == "at_a_distance")
    with pytest.raises(NotPermitted):
        office.does("director", signing.sign, duty.duty_id)
