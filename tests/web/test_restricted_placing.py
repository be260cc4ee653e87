"""Restricted children, analysts and partners on the addresses of placing: enquiries, holds, decisions, history."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from api import clock
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.records import Records, Scope
from api.database.tables import homes, metadata, shared_homes
from tests.web.sample_placing import KINDS_OF_CHILDREN, make_placing
from tests.web.test_restricted_and_shared import CHILD, REASON, REFERRAL, post, restricted

SAID = "Nan lives at the sign of the Mallard"
HOLD = "hold-879"
OF_THE_CHILD = (CHILD, REFERRAL, HOLD, "DEMO-E-879", "DEMO-N-879", "DEMO-D-879", SAID)
RECORDS = {
    "needs_assessments": "N",
    "nominations": "O",
    "notices": "G",
    "stability_meetings": "Y",
    "enquiries": "E",
    "decisions": "D",
    "moves": "M",
}
LISTS = (
    "/waiting-list",
    "/approvals",
    "/api/v1/approvals",
    *(f"/api/v1/records/{kind}" for kind in KINDS_OF_CHILDREN),
)
OTHER_LISTS = ("/api/v1/homes/DEMO-H-879/beds", "/api/v1/home-records/homes/DEMO-H-879/history")
PAGES = (
    f"/children/{REFERRAL}/enquiries",
    f"/children/{REFERRAL}/sheet",
    "/enquiries/DEMO-E-879",
    f"/holds/{HOLD}",
    f"/holds/{HOLD}/decision",
    f"/api/v1/referrals/{REFERRAL}/sheet",
    f"/api/v1/referrals/{REFERRAL}/enquiries",
    f"/api/v1/holds/{HOLD}",
    *(f"/api/v1/records/{kind}/DEMO-{letter}-879" for kind, letter in RECORDS.items()),
    *(f"/api/v1/records/{kind}/DEMO-{letter}-879/history" for kind, letter in RECORDS.items()),
    f"/api/v1/records/referrals/{REFERRAL}/history",
    "/api/v1/records/stays/DEMO-S-879/history",
)
CHANGES: dict[str, dict[str, Any]] = {
    f"/api/v1/referrals/{REFERRAL}/enquiries": {"home_id": "DEMO-H-879"},
    f"/api/v1/referrals/{REFERRAL}/holds": {"home_id": "DEMO-H-879"},
    "/api/v1/enquiries/DEMO-E-879/answer": {"answer": "offered", "vacancies": 1},
    f"/api/v1/holds/{HOLD}/release": {},
    f"/api/v1/holds/{HOLD}/extension": {},
    f"/api/v1/holds/{HOLD}/identity": {},
    f"/api/v1/holds/{HOLD}/decision": {"reasons": "Near.", "wishes_considered": "She said so."},
    f"/api/v1/duties/{HOLD}-duty/answer": {},
    f"/api/v1/approvals/{HOLD}-sign/signature": {},
    "/api/v1/records/notices": {"child_id": CHILD, "given_on": "2026-06-01"},
    "/api/v1/records/needs_assessments": {
        "child_id": CHILD,
        "referral_id": REFERRAL,
        "assessed_on": "2026-06-01",
        "rater": "social worker",
    },
}


def with_days_past(addresses: tuple[str, ...]) -> tuple[str, ...]:
    of_records = [one for one in addresses if "/records/" in one]
    return (*addresses, *(f"{one}?as_of={clock.today()}" for one in of_records))


def everything_in(site: Any) -> dict[str, list[tuple[Any, ...]]]:
    with site.database.reading() as connection:
        return {
            name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in {"audit", "sessions"}
        }


@pytest.fixture
def held_site(fresh_site: Any) -> Any:
    """A site in which one of everything is kept about the child, who is restricted."""
    make_placing(fresh_site, "879", said=SAID, signer="the child's social worker")
    restricted(fresh_site)
    return fresh_site


def test_a_restricted_child_is_in_no_list_queue_history_or_day_past(held_site: Any) -> None:
    # Whoever may see the child looks first: what is kept in memory for them is nobody else's.
    manager = held_site.signed_in(Role.MANAGER)
    for address in with_days_past(LISTS):
        told = manager.get(address).text
        assert CHILD in told or REFERRAL in told, address
    for role in (Role.BROKERAGE_OFFICER, Role.FOSTERING_DESK, Role.REVIEWING_OFFICER):
        client = held_site.signed_in(role)
        for address in with_days_past((*LISTS, *OTHER_LISTS)):
            answer = client.get(address)
            assert answer.status_code == 200, (role, address)
            for name in OF_THE_CHILD:
                assert name not in answer.text, (role, address)
        for address in PAGES:
            assert client.get(address).status_code == 404, (role, address)
    officer = held_site.signed_in(Role.BROKERAGE_OFFICER)
    assert "restricted and not shown" in officer.get("/waiting-list").text
    # The bed is taken all the same: only for whom is not told.
    (bed,) = officer.get("/api/v1/homes/DEMO-H-879/beds").json()
    assert [(one["child_id"], one["hold_id"]) for one in bed["promised"]] == [("restricted", None)]


def test_nothing_of_a_restricted_child_can_be_changed_by_whoever_may_not_see_it(held_site: Any) -> None:
    officer = held_site.signed_in(Role.BROKERAGE_OFFICER)
    headers = {"x-csrf-token": form_token(officer.cookies["righthome_session"]), "if-match": "1"}
    before = everything_in(held_site)
    for address, body in CHANGES.items():
        assert officer.post(address, json=body, headers=headers).status_code == 404, address
    assert everything_in(held_site) == before


@pytest.mark.parametrize("kind", ["referrals", "referrals?profile=south-west", "stays"])
def test_no_import_makes_a_restricted_childs_record_another_childs(held_site: Any, kind: str) -> None:
    # A standard's file is joined onto what is stored, so the other child's record would show all of it.
    body = {
        "referrals": "referral_id,child_id\nDEMO-R-879,DEMO-C-OTHER\n",
        "referrals?profile=south-west": "Child ID,Local Identifier\nDEMO-R-879,DEMO-C-OTHER\n",
        "stays": "stay_id,child_id,started_on\nDEMO-S-879,DEMO-C-OTHER,2026-06-01\n",
    }[kind]
    before = everything_in(held_site)
    for role in (Role.BROKERAGE_OFFICER, Role.MANAGER):
        client = held_site.signed_in(role)
        token = form_token(client.cookies["righthome_session"])
        answer = client.post(
            f"/api/v1/imports/{kind}",
            content=body,
            headers={"content-type": "text/csv", "x-csrf-token": token},
        )
        assert answer.status_code == 422
        assert [one["rule"] for one in answer.json()["problems"]] == ["another_childs_id"]
    assert everything_in(held_site) == before
    assert held_site.signed_in(Role.BROKERAGE_OFFICER).get(f"/api/v1/referrals/{REFERRAL}").status_code == 404


def test_breaking_the_glass_opens_the_records_of_placing_and_only_that_childs(held_site: Any) -> None:
    officer = held_site.signed_in(Role.BROKERAGE_OFFICER)
    colleague = held_site.signed_in(Role.OUT_OF_HOURS)
    assert post(officer, "/restricted/glass", child_id=CHILD, reason=REASON).status_code == 303
    for address in PAGES:
        assert officer.get(address).status_code == 200, address
        assert colleague.get(address).status_code == 404, address
    for address in with_days_past(LISTS):
        told, untold = officer.get(address).text, colleague.get(address).text
        assert CHILD in told or REFERRAL in told, address
        assert CHILD not in untold, address
        assert REFERRAL not in untold, address
    assert officer.get("/api/v1/homes/DEMO-H-879/beds").json()[0]["promised"][0]["child_id"] == CHILD


def test_a_home_is_kept_whole_when_somebody_changes_it_who_may_not_see_who_lives_there(
    held_site: Any,
) -> None:
    with held_site.database.writing() as connection:
        row = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
        living = row | {"residents": [{"child_id": CHILD}]}
        connection.execute(update(homes).where(homes.c.authority == "879").values(record=living))
    officer = held_site.signed_in(Role.BROKERAGE_OFFICER)
    headers = {"x-csrf-token": form_token(officer.cookies["righthome_session"])}
    answer = officer.post("/api/v1/homes/DEMO-H-879/vacancies", json={"vacancies": 1}, headers=headers)
    assert answer.status_code == 200
    with held_site.database.reading() as connection:
        kept = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
    assert kept["residents"] == [{"child_id": CHILD}]


def test_an_analyst_is_told_pseudonyms_and_no_free_text_of_placing(fresh_site: Any) -> None:
    make_placing(fresh_site, "879", said=SAID)
    # An officer looks first: the analyst is not told what is kept in memory for others.
    assert CHILD in fresh_site.signed_in(Role.BROKERAGE_OFFICER).get("/waiting-list").text
    analyst = fresh_site.signed_in(Role.ANALYST)
    for address in (
        "/waiting-list",
        "/approvals",
        "/api/v1/approvals",
        "/api/v1/home-records/concerns",
        f"/api/v1/home-records/concerns?as_of={clock.today()}",
        "/api/v1/home-records/concerns/DEMO-K-879/history",
        *OTHER_LISTS,
    ):
        answer = analyst.get(address)
        assert answer.status_code == 200, address
        for name in (CHILD, REFERRAL, SAID):
            assert name not in answer.text, address
    child = analyst.get("/api/v1/referrals").json()[0]["child_id"]
    assert analyst.get("/api/v1/homes/DEMO-H-879/beds").json()[0]["promised"][0]["child_id"] == child
    assert child in analyst.get("/approvals").text
    for address in PAGES:
        assert analyst.get(address).status_code == 403, address
    for kind in KINDS_OF_CHILDREN:
        assert analyst.get(f"/api/v1/records/{kind}").status_code == 403


def test_a_placed_child_waits_no_more_for_an_analyst_either(fresh_site: Any) -> None:
    make_placing(fresh_site, "879")
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        records.kept("placements", "879").add(
            {
                "placement_id": "DEMO-P-879",
                "child_id": CHILD,
                "referral_id": REFERRAL,
                "home_id": "DEMO-H-879",
                "decision_id": "DEMO-D-879",
                "starts_on": clock.today(),
            },
            is_main=True,
        )
    for role in (Role.ANALYST, Role.BROKERAGE_OFFICER):
        assert fresh_site.signed_in(role).get("/api/v1/referrals").json() == []


def test_whoever_reads_of_homes_is_not_told_who_lives_there(fresh_site: Any) -> None:
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        kept = records.kept("homes", "879")
        home = kept.one("DEMO-H-879", to_change=True)
        living = home.values | {"residents": [{"child_id": CHILD}], "approved_for": [CHILD]}
        kept.change("DEMO-H-879", living, version=home.version)
    told = fresh_site.signed_in(Role.CONTRACT_MANAGER).get("/api/v1/home-records/homes/DEMO-H-879/history")
    assert told.status_code == 200
    assert "withheld" in told.text
    assert CHILD not in told.text


def test_a_partner_sees_a_shared_home_as_it_stands_and_never_a_child_or_an_unshared_concern(
    fresh_site: Any,
) -> None:
    make_placing(fresh_site, "879", said="Kept to ourselves.")
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        records.beds_of("879").set_out("DEMO-H-879")
        records.kept("concerns", "879").add(
            {
                "concern_id": "DEMO-K2-879",
                "home_id": "DEMO-H-879",
                "level": "caution",
                "raised_on": clock.today(),
                "raised_by": "contract manager",
                "evidence": "Two moves at short notice.",
                "shared": True,
            }
        )
        records.kept("concerns", "879").add(
            {
                "concern_id": "DEMO-K3-879",
                "home_id": "DEMO-H-879",
                "level": "embargo",
                "raised_on": clock.today(),
                "raised_by": "contract manager",
                "evidence": "Kept to ourselves.",
                "shared": False,
            }
        )
        connection.execute(
            insert(shared_homes).values(
                authority="879", home_id="DEMO-H-879", shared_by="tester", shared_at=clock.now()
            )
        )
    partner = fresh_site.signed_in(Role.MANAGER, "878")
    (told,) = partner.get("/api/v1/partners/homes").json()
    own = fresh_site.signed_in(Role.MANAGER).get("/api/v1/homes/DEMO-H-879").json()
    assert told["vacancies"] == own["vacancies"]
    assert (told["partner_concern"], told["partner_concern_evidence"]) == (
        "caution",
        "Two moves at short notice.",
    )
    for address in (
        "/partners",
        "/api/v1/partners/homes",
        *LISTS,
        "/api/v1/home-records/concerns",
    ):
        text = partner.get(address).text
        for name in (CHILD, REFERRAL, HOLD, "Kept to ourselves"):
            assert name not in text, address
    for address in (*PAGES, *OTHER_LISTS):
        assert partner.get(address).status_code == 404, address
