"""Records of homes, contracts and children on pages: added, changed, as of a day, with their history and what is overdue."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from api.auth.sessions import form_token
from api.database.placing_tables import placing_duties
from tests.web.sample_placing import make_placing

HOME, CHILD, REFERRAL = "DEMO-H-879", "DEMO-C-879", "DEMO-R-879"
CONTRACT = {
    "provider": "Sample Care",
    "kind": "block",
    "home_ids": HOME,
    "block_beds": "2",
    "bed_fee_pounds": "£4,200.00",
    "void_share_percent": "80",
    "starts_on": "1/4/2026",
    "answer_within_days": "2",
}
CONCERN = {
    "home_id": HOME,
    "level": "caution",
    "raised_on": "03/06/2026",
    "raised_by": "contract manager",
    "evidence": "Two of three night staff left.",
}


def send(client: Any, path: str, **given: str) -> Any:
    token = form_token(client.cookies.get("righthome_session"))
    return client.post(path, data={**given, "csrf_token": token})


def added(client: Any, path: str, **given: str) -> str:
    answer = send(client, path, **given)
    assert answer.status_code == 303, answer.text
    where: str = answer.headers["location"]
    return where


def test_a_void_is_shown_with_its_reason_whose_cost_it_is_and_what_it_has_cost(fresh_site: Any) -> None:
    client = fresh_site.signed_in("contract_manager")
    contract = added(client, "/home-records/contracts", **CONTRACT)
    void = {"contract_id": contract.rpartition("/")[2], "home_id": HOME, "from_on": "1/6/2026"}
    added(client, "/home-records/voids", **void, reason="matching_with_residents", liability="disputed")
    listed = client.get("/home-records/voids").text
    # Fourteen nights to the day of the site, at four fifths of 4,200 pounds a week.
    for words in ("Matching with residents", "Disputed", "£6,720", "Larkbeare", "1 June 2026"):
        assert words in listed


def test_a_concern_cannot_be_raised_on_a_day_yet_to_come(site: Any) -> None:
    client = site.signed_in("contract_manager")
    future = send(client, "/home-records/concerns", **CONCERN | {"raised_on": "1/1/2099"})
    assert future.status_code == 422
    assert 'id="raised_on-error"' in future.text
    assert "The day is yet to come" in future.text
    assert 'value="1/1/2099"' in future.text


def test_what_is_wrong_is_said_beside_its_field_and_nothing_that_was_typed_is_lost(site: Any) -> None:
    client = site.signed_in("contract_manager")
    wrong = CONCERN | {"home_id": "nowhere"}
    unusable = send(client, "/home-records/concerns", **wrong)
    assert unusable.status_code == 404
    assert 'href="#home_id"' in unusable.text
    assert CONCERN["evidence"] in unusable.text
    lacking = send(client, "/home-records/concerns", **CONCERN | {"level": "", "raised_on": "31/02/2026"})
    assert lacking.status_code == 422
    for name in ("level", "raised_on"):
        assert f'href="#{name}"' in lacking.text


def test_a_change_shows_in_the_history_and_the_record_stands_as_of_a_day_as_it_stood(fresh_site: Any) -> None:
    client = fresh_site.signed_in("contract_manager")
    where = added(client, "/home-records/concerns", **CONCERN, shared="yes")
    changed = CONCERN | {"level": "note", "reply": "All replaced.", "reply_on": "10/06/2026"}
    assert send(client, where, **changed, version="1").status_code == 303
    page = client.get(where).text
    for words in (
        "Level: Note, before: Caution",
        "Reply: All replaced.",
        "contract_manager.879",
        "Shared with partners",
    ):
        assert words in page
    assert "Larkbeare" in client.get("/home-records/concerns").text
    before = client.get("/home-records/concerns?as_of=1/1/2020").text
    assert "Larkbeare" not in before
    assert "There was none at the end of that day." in before
    assert client.get("/home-records/concerns?as_of=soon").status_code == 422


def test_a_stale_change_is_refused_and_what_was_typed_stays_beside_what_changed_meanwhile(
    fresh_site: Any,
) -> None:
    client, other = fresh_site.signed_in("contract_manager"), fresh_site.signed_in("commissioner")
    where = added(client, "/home-records/concerns", **CONCERN)
    assert send(other, where, **CONCERN | {"level": "embargo"}, version="1").status_code == 303
    refused = send(client, where, **CONCERN | {"reply": "Being looked at."}, version="1")
    assert refused.status_code == 422
    for words in (
        "Somebody changed this",
        "Being looked at.",
        "Level: Embargo, before: Caution",
        "commissioner.879",
    ):
        assert words in refused.text
    assert "Level</dt><dd" in refused.text
    assert send(client, where, **CONCERN, version="2").status_code == 303


def test_what_is_overdue_is_told_first(fresh_site: Any) -> None:
    make_placing(fresh_site, "879")
    keeper, officer = fresh_site.signed_in("contract_manager"), fresh_site.signed_in("brokerage_officer")
    contract = added(keeper, "/home-records/contracts", **CONTRACT).rpartition("/")[2]
    visit = {"home_id": HOME, "visited_by": "contract manager", "found": "Warm and tidy."}
    added(
        keeper, "/home-records/quality_visits", **visit, visited_on="01/03/2026", next_visit_on="01/06/2026"
    )
    assert "A visit is overdue" in keeper.get("/home-records").text
    added(keeper, "/home-records/quality_visits", **visit, visited_on="02/06/2026")
    assert "Nothing is overdue" in keeper.get("/home-records").text
    of_child = {"child_id": CHILD, "home_id": HOME}
    added(officer, "/records/nominations", **of_child, contract_id=contract, nominated_on="08/06/2026")
    added(
        officer, "/records/notices", **of_child, given_on="01/06/2026", ends_on="20/06/2026", outcome="open"
    )
    said = officer.get("/records").text
    assert "A home has not answered a nomination" in said
    assert "A notice runs out" in said
    added(
        officer, "/records/notices", **of_child, given_on="01/05/2026", ends_on="20/05/2026", outcome="moved"
    )
    assert officer.get("/records").text.count("A notice") == 1
    assert "A signature is not given" not in said
    with fresh_site.database.writing() as connection:
        connection.execute(
            update(placing_duties)
            .where(placing_duties.c.kind == "approval")
            .values(due_on=date(2026, 6, 12), before_start=False)
        )
    assert "A signature is not given" in officer.get("/records").text


@pytest.mark.parametrize("kind", ["decisions", "placements", "enquiries", "moves", "delegations"])
def test_what_people_do_elsewhere_is_read_here_and_not_written(site: Any, kind: str) -> None:
    client = site.signed_in("manager")
    assert client.get(f"/records/{kind}").status_code == 200
    assert '<form method="post" action="/records' not in client.get(f"/records/{kind}").text
    assert send(client, f"/records/{kind}", child_id=CHILD).status_code == 403


def test_who_may_only_read_is_offered_no_form(site: Any) -> None:
    page = site.signed_in("auditor").get("/home-records/concerns").text
    assert 'action="/home-records/concerns" novalidate' in page
    assert "Add a concern" not in page
    assert "Add a concern" in site.signed_in("contract_manager").get("/home-records/concerns").text
