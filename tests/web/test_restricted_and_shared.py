"""Restricted children, breaking the glass, what partners share, and what an analyst is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api import clock
from api.alert_policy import default_alert_policy
from api.auth.roles import Permission, Role, may
from api.auth.sessions import form_token
from api.database.records import Records, Scope
from api.database.tables import audit, broken_glass, homes, outbox, referrals
from api.services.recipients import add_recipient

CHILD, REFERRAL, STAY = "DEMO-C-879", "DEMO-R-879", "DEMO-S-879"
REASON = "The worker is the child's aunt."
LISTS = (
    "/waiting-list",
    "/emergency-watch",
    "/emergency-watch/nights",
    "/emergency-watch/nights.csv",
    "/emergency-watch/week",
    "/alerts",
    "/alerts/closed",
    "/alerts/messages",
    "/api/v1/referrals",
    "/api/v1/stays",
    "/api/v1/emergency-watch",
    "/api/v1/emergency-watch/nights",
    "/api/v1/alerts",
)


def post(client: Any, address: str, **fields: str) -> Any:
    token = form_token(client.cookies["righthome_session"])
    return client.post(address, data={**fields, "csrf_token": token})


def statuses(client: Any) -> set[int]:
    return {
        client.get(address).status_code
        for address in (
            f"/children/{REFERRAL}/options",
            f"/api/v1/referrals/{REFERRAL}",
            f"/api/v1/referrals/{REFERRAL}/options",
        )
    }


def restricted(site: Any) -> Any:
    manager = site.signed_in(Role.MANAGER)
    assert post(manager, "/restricted", child_id=CHILD, reason=REASON).status_code == 303
    return manager


def message_about(alert: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "message_id": "m" * 64,
        "envelope_id": "e" * 64,
        "authority": "879",
        "alert_id": alert.alert_id,
        "step": alert.step,
        "role": "team_manager",
        "channel": "email",
        "address": "manager@council.example",
        "subject": f"About {alert.child_id}",
        "body": f"About {alert.child_id}",
        "facts": {"child_id": alert.child_id},
        "created_at": now,
        "status": "sent",
        "attempts": 1,
        "next_at": now,
    }


def test_a_restricted_child_is_in_no_list_for_those_who_may_not_see_it(fresh_site: Any) -> None:
    with fresh_site.database.writing() as connection:
        scope = Scope(authorities=frozenset({"879"}), actor="tester")
        store = Records(connection, scope).alerts_of("879")
        store.keep(
            replace(store.alerts()[0], closed_at=clock.now(), closed_because="corrected"), is_new=False
        )
        store.queue([message_about(store.alerts()[0])])
    manager = restricted(fresh_site)
    for role in Role:
        client = fresh_site.signed_in(role)
        for address in LISTS:
            answer = client.get(address)
            if answer.status_code == 200 and role != Role.ANALYST:
                shown = any(name in answer.text for name in (CHILD, REFERRAL, STAY))
                assert shown == may(role, Permission.READ_RESTRICTED), (role, address)
        if may(role, Permission.OPEN_CHILD) and not may(role, Permission.READ_RESTRICTED):
            assert statuses(client) == {404}
            assert REASON not in client.get("/restricted").text
    assert (
        "One child’s record is restricted"
        in fresh_site.signed_in(Role.BROKERAGE_OFFICER).get("/waiting-list").text
    )
    assert statuses(manager) == {200}
    assert post(manager, f"/restricted/{CHILD}/lifted").status_code == 303
    assert CHILD in fresh_site.signed_in(Role.BROKERAGE_OFFICER).get("/waiting-list").text


def test_a_home_names_no_restricted_child_who_lives_in_it(fresh_site: Any) -> None:
    restricted(fresh_site)
    with fresh_site.database.writing() as connection:
        row = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
        changed = row | {
            "residents": [{"child_id": CHILD}, {"child_id": "DEMO-C-2"}],
            "approved_for": [CHILD],
        }
        connection.execute(update(homes).where(homes.c.authority == "879").values(record=changed))
    scope = Scope(authorities=frozenset({"879"}), actor="brokerage_officer.879", sees_restricted=False)
    with fresh_site.database.reading() as connection:
        home = Records(connection, scope).homes()[0]
        assert home.approved_for == ("restricted",)
        # The place is still taken: only who takes it is not told.
        assert [resident.child_id for resident in home.residents or ()] == ["restricted", "DEMO-C-2"]


def test_breaking_the_glass_opens_one_child_to_one_person_for_a_time_and_tells_managers(
    fresh_site: Any,
) -> None:
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        add_recipient(
            records,
            "879",
            role="team_manager",
            channel="email",
            address="manager@council.example",
            hours="any",
            policy=default_alert_policy(),
        )
    manager = restricted(fresh_site)
    officer, colleague = fresh_site.signed_in("brokerage_officer"), fresh_site.signed_in("out_of_hours")
    assert post(officer, "/restricted/glass", child_id=CHILD, reason="short").status_code == 422
    assert post(officer, "/restricted/glass", child_id="DEMO-C-878", reason=REASON).status_code == 422
    assert statuses(officer) == {404}
    assert (
        post(
            officer, "/restricted/glass", child_id=CHILD, reason="A bed tonight, nobody else is on duty."
        ).status_code
        == 303
    )
    assert statuses(officer) == {200}
    assert statuses(colleague) == {404}
    assert CHILD in officer.get("/waiting-list").text
    listed = manager.get("/alerts").text
    assert "Restricted records were opened" in listed
    assert "brokerage_officer.879" in listed
    assert "nobody else is on duty" in manager.get("/restricted").text
    with fresh_site.database.reading() as connection:
        told = connection.execute(
            select(outbox.c.address, outbox.c.body).where(outbox.c.step.like("%raised%"))
        ).all()
        actions = set(connection.execute(select(audit.c.action).where(audit.c.subject_id == CHILD)).scalars())
        opened = connection.execute(
            select(audit.c.actor).where(audit.c.action == "viewed", audit.c.subject_id == REFERRAL)
        ).scalars()
        assert "brokerage_officer.879" in set(opened)
    assert any(address == "manager@council.example" and "restricted" in body for address, body in told)
    assert {"restricted", "glass_broken"} <= actions
    with fresh_site.database.writing() as connection:
        forbidden = "ALTER TABLE broken_glass DISABLE TRIGGER ALL"
        if connection.dialect.name == "sqlite":
            forbidden = "DROP TRIGGER broken_glass_forbids_update"
        connection.exec_driver_sql(forbidden)
        connection.execute(update(broken_glass).values(until=clock.now() - timedelta(seconds=1)))
    assert statuses(officer) == {404}


@pytest.mark.parametrize(
    "statement", ["DELETE FROM broken_glass", "UPDATE broken_glass SET reason = 'x'", "REPLACE"]
)
def test_who_broke_the_glass_cannot_be_changed_in_the_database(fresh_site: Any, statement: str) -> None:
    restricted(fresh_site)
    officer = fresh_site.signed_in("brokerage_officer")
    assert post(officer, "/restricted/glass", child_id=CHILD, reason=REASON).status_code == 303
    if statement == "REPLACE":
        # Only SQLite has a way to take a row's place that is neither an update nor a delete.
        on_sqlite = fresh_site.database.engine.dialect.name == "sqlite"
        statement = (
            "INSERT OR REPLACE INTO broken_glass SELECT * FROM broken_glass"
            if on_sqlite
            else "TRUNCATE broken_glass"
        )
    with pytest.raises(Exception, match="only ever added to"), fresh_site.database.writing() as connection:
        connection.exec_driver_sql(statement)


def test_a_partner_sees_a_shared_home_with_its_concern_and_a_stranger_nothing(fresh_site: Any) -> None:
    with fresh_site.database.writing() as connection:
        row = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
        changed = row | {
            "partner_concern": "caution",
            "partner_concern_evidence": "Two moves at short notice.",
            "residents": [{"child_id": CHILD}],
            "approved_for": [CHILD],
            "beds": [{"held_for": CHILD}],
        }
        connection.execute(update(homes).where(homes.c.authority == "879").values(record=changed))
    partner, stranger = fresh_site.signed_in("manager", "878"), fresh_site.signed_in("manager", "305")
    own = fresh_site.signed_in("contract_manager")
    for address in ("/partners", "/api/v1/partners/homes"):
        assert "DEMO-H-879" not in partner.get(address).text
        assert "Two moves" not in partner.get(address).text
    assert post(own, "/partners/homes/DEMO-H-879", shared="yes").status_code == 303
    assert post(partner, "/partners/homes/DEMO-H-879", shared="no").status_code == 404
    for address in ("/partners", "/api/v1/partners/homes"):
        told = partner.get(address).text
        assert "Larkbeare" in told
        assert "Two moves at short notice." in told
        for hidden in ("DEMO-C", "DEMO-R", "PL4", "2012"):
            assert hidden not in told
        assert "Two moves" not in stranger.get(address).text
    assert partner.get("/api/v1/homes/DEMO-H-879").status_code == 404
    assert post(own, "/partners/homes/DEMO-H-879", shared="no").status_code == 303
    assert partner.get("/api/v1/partners/homes").json() == []


def test_of_a_foster_carer_partners_are_told_no_name(fresh_site: Any) -> None:
    with fresh_site.database.writing() as connection:
        row = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
        changed = row | {"type": "in_house_foster_carer", "name": "The Smiths", "provider": "Mrs Smith"}
        connection.execute(update(homes).where(homes.c.authority == "879").values(record=changed))
    post(fresh_site.signed_in("manager"), "/partners/homes/DEMO-H-879", shared="yes")
    for address in ("/partners", "/api/v1/partners/homes"):
        told = fresh_site.signed_in("manager", "878").get(address).text
        assert "in_house_foster_carer" in told or "foster" in told
        assert "Smith" not in told


def test_an_analyst_is_told_pseudonyms_and_no_free_text(fresh_site: Any) -> None:
    marker = "Nan lives at the sign of the Mallard"
    with fresh_site.database.writing() as connection:
        row = connection.execute(
            select(referrals.c.record).where(referrals.c.authority == "879")
        ).scalar_one()
        changed = row | {
            "wishes": {"text": marker},
            "move_reason": marker,
            "sibling_group": "DEMO-G-879",
            "not_with": ["DEMO-C-other"],
            "important_places": [{"what": marker, "postcode": "PL4 8AA"}],
            "home_search": {"officer": marker},
        }
        connection.execute(update(referrals).where(referrals.c.authority == "879").values(record=changed))
    analyst = fresh_site.signed_in(Role.ANALYST)
    told = {}
    for address in LISTS:
        answer = analyst.get(address)
        if answer.status_code == 200:
            told[address] = answer.text
            for name in (CHILD, REFERRAL, STAY, "DEMO-G-879", "DEMO-C-other", "Mallard"):
                assert name not in answer.text, address
    one = analyst.get("/api/v1/referrals").json()[0]
    assert one["child_id"].startswith("C-")
    assert one["child_id"] in told["/waiting-list"]
    # The same child keeps the same pseudonym in every list, and has another at another council.
    assert analyst.get("/api/v1/stays").json()[0]["child_id"] == one["child_id"]
    with fresh_site.database.writing() as connection:
        connection.execute(update(referrals).where(referrals.c.authority == "878").values(child_id=CHILD))
    theirs = fresh_site.signed_in(Role.ANALYST, "878").get("/api/v1/referrals").json()[0]
    assert theirs["child_id"] != one["child_id"]
    assert analyst.get(f"/api/v1/referrals/{REFERRAL}").status_code == 403


def test_without_a_secret_an_analyst_is_told_nothing_instead_of_names(make_site: Any) -> None:
    answer = make_site(secret=None).signed_in(Role.ANALYST).get("/api/v1/referrals")
    assert answer.status_code == 409
    assert answer.json()["code"] == "no_secret"


def test_looking_at_a_list_and_taking_a_file_is_written_into_the_audit(fresh_site: Any) -> None:
    officer = fresh_site.signed_in("brokerage_officer")
    officer.get("/waiting-list")
    officer.get("/emergency-watch/nights.csv")
    officer.get("/sufficiency")
    with fresh_site.database.reading() as connection:
        noted = connection.execute(
            select(audit.c.action, audit.c.subject_id).where(audit.c.actor == "brokerage_officer.879")
        ).all()
    assert [tuple(entry) for entry in noted] == [
        ("listed", "/waiting-list"),
        ("exported", "/emergency-watch/nights.csv"),
    ]


def test_whoever_may_not_open_a_child_is_shown_no_link_to_one(fresh_site: Any) -> None:
    officer = fresh_site.signed_in("brokerage_officer")
    assert 'href="/children/' in officer.get("/waiting-list").text
    for role in ("commissioner", "analyst"):
        listed = fresh_site.signed_in(role).get("/waiting-list")
        assert listed.status_code == 200
        assert "rh-nowrap" in listed.text
        assert 'href="/children/' not in listed.text
