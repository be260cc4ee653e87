"""Records and the steps of placing over the API: versions, history, days past, permissions, other councils."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api import clock
from api.auth.sessions import form_token

CONCERN = {
    "concern_id": "DEMO-K1",
    "home_id": "DEMO-H-879",
    "level": "caution",
    "raised_on": "2026-06-01",
    "raised_by": "contract manager",
    "evidence": "Two agency shifts unfilled.",
    "shared": True,
}


class Program:
    """A program that speaks to the API in somebody's name."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(self, path: str, body: Any, status: int, *, method: str = "POST", version: Any = None) -> Any:
        headers = {**self.headers, **({"if-match": f'"{version}"'} if version is not None else {})}
        answer = self.client.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def manager(fresh_site: Any) -> Program:
    return Program(fresh_site.signed_in())


def test_a_record_is_kept_read_changed_and_its_history_says_who_changed_what(manager: Program) -> None:
    kept = manager.send("/home-records/concerns", CONCERN, 201)
    assert (kept["id"], kept["version"]) == ("DEMO-K1", 1)
    changed = {**CONCERN, "level": "embargo", "reply": "Denied."}
    manager.send("/home-records/concerns/DEMO-K1", changed, 200, method="PUT", version=1)
    first, second = manager.get("/home-records/concerns/DEMO-K1/history")
    assert (first["version"], first["by"]) == (1, "manager.879")
    assert second["changes"] == [
        {"field": "level", "before": "caution", "after": "embargo"},
        {"field": "reply", "before": None, "after": "Denied."},
    ]


def test_a_change_of_an_outdated_version_is_a_conflict_and_loses_nothing(manager: Program) -> None:
    manager.send("/home-records/concerns", CONCERN, 201)
    manager.send("/home-records/concerns/DEMO-K1", {**CONCERN, "reply": "One."}, 200, method="PUT", version=1)
    told = manager.send(
        "/home-records/concerns/DEMO-K1", {**CONCERN, "reply": "Two."}, 409, method="PUT", version=1
    )
    assert told["code"] == "stale_edit"
    assert manager.get("/home-records/concerns/DEMO-K1")["values"]["reply"] == "One."
    untold = manager.send("/home-records/concerns/DEMO-K1", CONCERN, 422, method="PUT")
    assert untold["code"] == "if_match_missing"


def test_records_are_read_as_they_stood_on_a_day(manager: Program) -> None:
    manager.send("/home-records/concerns", CONCERN, 201)
    today, yesterday = clock.today(), clock.today() - timedelta(days=1)
    assert [one["id"] for one in manager.get(f"/home-records/concerns?as_of={today}")] == ["DEMO-K1"]
    assert manager.get(f"/home-records/concerns?as_of={yesterday}") == []


def test_an_embargo_excludes_the_home_at_once_and_lifting_it_brings_it_back(manager: Program) -> None:
    def excluded() -> set[str]:
        answer = manager.get("/referrals/DEMO-R-879/options")
        return {one["home_id"] for one in answer["excluded"]}

    assert "DEMO-H-879" not in excluded()
    manager.send("/home-records/concerns", {**CONCERN, "level": "embargo"}, 201)
    assert "DEMO-H-879" in excluded()
    lifted = {**CONCERN, "level": "embargo", "ended_on": "2026-06-10"}
    manager.send("/home-records/concerns/DEMO-K1", lifted, 200, method="PUT", version=1)
    assert "DEMO-H-879" not in excluded()


def test_a_concern_that_a_partner_shares_is_shown_on_the_same_home_and_one_kept_back_is_not(
    fresh_site: Any,
) -> None:
    ours, theirs = Program(fresh_site.signed_in()), Program(fresh_site.signed_in(authority="878"))
    from api.database.records import Records, Scope

    with fresh_site.database.writing() as connection:
        for authority in ("879", "878"):
            records = Records(connection, Scope(authorities=frozenset({authority}), actor="importer"))
            homes = records.kept("homes", authority)
            home = homes.one(f"DEMO-H-{authority}", to_change=True)
            homes.change(home.record_id, {**home.values, "urn": "SC999999"}, version=home.version)
    given = {**CONCERN, "home_id": "DEMO-H-878", "urn": "SC999999", "level": "embargo"}
    theirs.send("/home-records/concerns", {**given, "shared": False}, 201)
    options = ours.get("/referrals/DEMO-R-879/options")
    assert "DEMO-H-879" not in {one["home_id"] for one in options["excluded"]}
    theirs.send("/home-records/concerns/DEMO-K1", given, 200, method="PUT", version=1)
    options = ours.get("/referrals/DEMO-R-879/options")
    assert "DEMO-H-879" in {one["home_id"] for one in options["excluded"]}
    # The concern itself is theirs to read and to change.
    ours.get("/home-records/concerns/DEMO-K1", 404)


def test_the_newest_judgement_of_needs_ranks_homes_and_an_older_one_does_not(manager: Program) -> None:
    def needs(day: str, behaviour: int) -> dict[str, Any]:
        return {
            "child_id": "DEMO-C-879",
            "referral_id": "DEMO-R-879",
            "assessed_on": day,
            "rater": "social worker",
            "source": "BERRI",
            "behaviour": behaviour,
        }

    manager.send("/records/needs_assessments", needs("2026-06-10", 60), 201)
    manager.send("/records/needs_assessments", needs("2026-05-01", 20), 201)
    assert manager.get("/referrals/DEMO-R-879/sheet")["needs"] == {"behaviour": 60}
    over_time = manager.get("/records/needs_assessments")
    assert sorted(one["values"]["behaviour"] for one in over_time) == [20, 60]


def test_a_form_that_cannot_be_used_is_told_field_by_field_and_repeats_no_value(manager: Program) -> None:
    told = manager.send(
        "/home-records/concerns", {**CONCERN, "level": "MARKER", "raised_on": "31/02/2026"}, 422
    )
    assert {one["column"] for one in told["problems"]} == {"level", "raised_on"}
    assert "MARKER" not in str(told)
    told = manager.send("/home-records/concerns", {**CONCERN, "said_by": "x"}, 422)
    assert [one["rule"] for one in told["problems"]] == ["unknown_field"]


def test_a_record_cannot_be_given_to_another_council(manager: Program) -> None:
    kept = manager.send("/home-records/concerns", {**CONCERN, "authority": "878"}, 201)
    assert kept["values"]["authority"] == "879"
    manager.send("/home-records/concerns", {**CONCERN, "concern_id": "K2", "home_id": "DEMO-H-878"}, 404)


def test_history_repeats_no_birth_date_and_no_postcode(manager: Program) -> None:
    text = str(manager.get("/records/referrals/DEMO-R-879/history"))
    assert "withheld" in text
    for hidden in ("2012-03-04", "PL4"):
        assert hidden not in text


@pytest.mark.parametrize("kind", ["referrals", "bed_claims", "users", "nonsense"])
def test_what_is_no_kind_of_kept_record_cannot_be_read_or_written(manager: Program, kind: str) -> None:
    for group in ("records", "home-records"):
        manager.get(f"/{group}/{kind}", 404)
        manager.send(f"/{group}/{kind}", {"note": "x"}, 404)


def test_a_kind_is_found_in_its_own_group_alone(manager: Program) -> None:
    manager.get("/records/concerns", 404)
    manager.get("/records/homes/DEMO-H-879/history", 404)
    manager.get("/home-records/decisions", 404)
    manager.get("/home-records/referrals/DEMO-R-879/history", 404)


def test_decisions_and_placements_are_not_written_by_hand(manager: Program) -> None:
    for kind in ("decisions", "placements", "moves", "enquiries", "delegations"):
        assert manager.send(f"/records/{kind}", {"note": "x"}, 403)["code"] == "made_by_its_service"


def test_a_child_is_placed_over_the_api_from_the_call_to_the_bed_taken(manager: Program) -> None:
    asked = manager.send(
        "/referrals/DEMO-R-879/enquiries", {"home_id": "DEMO-H-879", "spoke_to": "Manager"}, 201
    )
    assert manager.send("/referrals/DEMO-R-879/holds", {"home_id": "DEMO-H-879"}, 409)["code"] == "no_offer"
    said = {"answer": "offered", "quoted_weekly_fee_pounds": "5200", "vacancies": 1}
    manager.send(f"/enquiries/{asked['id']}/answer", said, 200, version=1)
    held = manager.send("/referrals/DEMO-R-879/holds", {"home_id": "DEMO-H-879"}, 201)
    assert held["ready"] is False
    decision = {"reasons": "Near.", "wishes_considered": "She wants to stay in Plymouth."}
    path = f"/holds/{held['hold_id']}"
    assert manager.send(f"{path}/decision", decision, 409)["code"] == "not_ready"
    for duty in held["duties"]:
        if duty["kind"] == "checklist":
            manager.send(f"/duties/{duty['duty_id']}/answer", {}, 200)
    assert manager.get(path)["ready"] is True
    assert manager.send(f"{path}/decision", {**decision, "wishes_considered": " "}, 422)["problems"]
    made = manager.send(f"{path}/decision", decision, 201)
    assert made["placement"]["values"]["home_id"] == "DEMO-H-879"
    assert manager.get("/records/decisions")[0]["values"]["rank"] == 1
    (bed,) = manager.get("/homes/DEMO-H-879/beds")
    assert [(one["kind"], one["child_id"]) for one in bed["promised"]] == [("placement", "DEMO-C-879")]
    # Nobody waits any more, and the home has no bed.
    assert manager.get("/referrals") == []
    ended = {"ended_on": "2026-07-01", "end_reason": "CARPL"}
    manager.send(f"/placements/{held['hold_id']}/end", ended, 200, version=1)
    manager.send(f"/placements/{held['hold_id']}/end", ended, 409, version=2)


def test_a_hold_that_was_changed_meanwhile_is_a_conflict_for_whoever_names_the_older_version(
    manager: Program,
) -> None:
    asked = manager.send("/referrals/DEMO-R-879/enquiries", {"home_id": "DEMO-H-879"}, 201)
    manager.send(f"/enquiries/{asked['id']}/answer", {"answer": "offered"}, 200, version=1)
    held = manager.send("/referrals/DEMO-R-879/holds", {"home_id": "DEMO-H-879"}, 201)
    path, read = f"/holds/{held['hold_id']}", held["version"]
    longer = manager.send(f"{path}/extension", {}, 200, version=read)
    assert longer["version"] == read + 1
    decision = {"reasons": "Near.", "wishes_considered": "She said so."}
    for action, body in (("extension", {}), ("identity", {}), ("release", {}), ("decision", decision)):
        told = manager.send(f"{path}/{action}", body, 409, version=read)
        assert told["code"] == "stale_edit"
    assert manager.get(path)["version"] == read + 1
    manager.send(f"{path}/extension", {}, 422, version="x")
    assert manager.send(f"{path}/release", {}, 200, version=read + 1)["released_because"] == "let_go"


def test_another_councils_holds_approvals_and_enquiries_do_not_exist(fresh_site: Any) -> None:
    ours, theirs = Program(fresh_site.signed_in()), Program(fresh_site.signed_in(authority="878"))
    asked = theirs.send("/referrals/DEMO-R-878/enquiries", {"home_id": "DEMO-H-878"}, 201)
    theirs.send(f"/enquiries/{asked['id']}/answer", {"answer": "offered"}, 200, version=1)
    held = theirs.send("/referrals/DEMO-R-878/holds", {"home_id": "DEMO-H-878"}, 201)
    hold, duty = held["hold_id"], held["duties"][0]["duty_id"]
    for path, body in (
        (f"/holds/{hold}/release", {}),
        (f"/holds/{hold}/extension", {}),
        (f"/holds/{hold}/identity", {}),
        (f"/holds/{hold}/decision", {"reasons": "x", "wishes_considered": "x"}),
        (f"/duties/{duty}/answer", {}),
        (f"/approvals/{duty}/signature", {}),
        ("/referrals/DEMO-R-878/enquiries", {"home_id": "DEMO-H-879"}),
        ("/referrals/DEMO-R-879/enquiries", {"home_id": "DEMO-H-878"}),
        ("/referrals/DEMO-R-879/holds", {"home_id": "DEMO-H-878"}),
        ("/homes/DEMO-H-878/vacancies", {"vacancies": 1}),
    ):
        assert ours.send(path, body, 404)["status"] == 404
    ours.send(f"/enquiries/{asked['id']}/answer", {"answer": "offered"}, 404, version=2)
    ours.get(f"/holds/{hold}", 404)
    assert ours.get("/approvals") == []


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "x" * 5000, "=1+1", "../../etc", "{{ 7*7 }}", "'; DROP"])
def test_odd_text_is_kept_or_refused_and_is_never_a_fault(fresh_site: Any, odd: str) -> None:
    from urllib.parse import quote

    manager = Program(fresh_site.signed_in())
    bodies = [
        ("POST", "/home-records/concerns", {**CONCERN, "evidence": odd}),
        ("POST", "/home-records/concerns", {**CONCERN, "concern_id": odd}),
        ("POST", "/home-records/concerns", {**CONCERN, "home_id": odd}),
        ("POST", "/home-records/voids", {"contract_id": odd, "home_id": "DEMO-H-879"}),
        ("POST", "/referrals/DEMO-R-879/enquiries", {"home_id": odd}),
        ("POST", "/referrals/DEMO-R-879/enquiries", {"home_id": "DEMO-H-879", "spoke_to": odd[:3000]}),
        ("POST", "/referrals/DEMO-R-879/holds", {"home_id": odd}),
    ]
    path = quote(odd.encode("utf-8", "surrogatepass"))
    bodies += [
        ("GET", f"/home-records/concerns/{path}", None),
        ("GET", f"/home-records/concerns?after={path}", None),
        ("GET", f"/holds/{path}", None),
        ("POST", f"/holds/{path}/release", {}),
        ("POST", f"/approvals/{path}/signature", {}),
        ("POST", f"/duties/{path}/answer", {}),
    ]
    import json

    for method, address, body in bodies:
        answer = manager.client.request(
            method,
            f"/api/v1{address}",
            content=None if body is None else json.dumps(body),
            headers={**manager.headers, "content-type": "application/json"},
        )
        assert answer.status_code < 500, (method, address[:60], answer.text)
