"""A joint plan from the asking to the page: made in the background, kept, under decisions, on both databases."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from sqlalchemy import insert, select, update

from api import cli, clock
from api.auth.sessions import form_token
from api.database.plan_records import UNNAMED_KEPT, PlanRecords
from api.database.records import Records, Scope
from api.database.tables import plans
from api.kept import Kept
from api.services.importing import import_file
from api.services.plans import ask_for_plan, make_plan, with_decision
from matching.policy import default_policy
from reference_data.problems import InvalidInput
from reference_data.sample import SAMPLE_DATE, sample_path
from tests.conftest import copied
from tests.counts import FULL
from tests.postgres_server import PostgresServer, name_of
from tests.site import Site


def with_the_sample(site: Site) -> Site:
    """Give the first council the sample's children and homes, and let long work be done."""
    url = site.app.state.settings.database_url
    for kind in ("homes", "referrals"):
        import_file(url, kind, sample_path(kind), "879", "tester")
    return site.work()


@pytest.fixture
def listed(working_site: Site) -> Site:
    """A site where the first council has the sample's children and homes, and no plan."""
    return with_the_sample(working_site)


def plan_once(url: str) -> None:
    """Fill a database with the sample and a plan that a manager asked for."""
    site = with_the_sample(Site(url))
    made(site, site.signed_in())
    site.close()


@pytest.fixture(scope="module")
def planned_file(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the sample and its plan, made once and copied for each test."""
    path = tmp_path_factory.mktemp("planned") / "planned.sqlite3"
    shutil.copy(filled_file, path)
    plan_once(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def planned_template(postgres_server: PostgresServer, filled_template: str) -> str:
    """The name of a PostgreSQL database with the sample and its plan, made once and copied likewise."""
    url = postgres_server.new_database(like=filled_template)
    plan_once(url)
    return name_of(url)


@pytest.fixture(params=["sqlite", "postgresql"] if FULL else ["sqlite"])
def planned(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site where the first council's plan was made already, so that asking the same again finds it."""
    for url in copied(request, "planned", tmp_path / "site.sqlite3"):
        site = Site(url).work()
        yield site
        site.close()


def send(client: Any, path: str, **fields: Any) -> Any:
    token = form_token(client.cookies["righthome_session"])
    return client.post(path, data={"csrf_token": token, **fields})


def asked(client: Any, **fields: Any) -> str:
    answer = send(client, "/plan/runs", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[1]


def made(site: Site, client: Any, **fields: Any) -> dict[str, Any]:
    """Ask for a plan, wait until it is there, and return its row."""
    plan_id = asked(client, **fields)
    for _ in range(60):
        page = client.get(f"/plan/runs/{plan_id}")
        assert page.status_code == 200
        if "data-rh-waiting" not in page.text:
            break
    row = row_of(site, plan_id)
    assert row["status"] == "done"
    return row


def row_of(site: Site, plan_id: str) -> dict[str, Any]:
    with site.database.reading() as connection:
        row = connection.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().one()
        return dict(row)


def test_a_plan_is_asked_for_made_and_then_the_newest(listed: Site) -> None:
    client = listed.signed_in()
    assert "No plan has been made yet" in client.get("/plan").text
    row = made(listed, client)
    assert row["asked_by"] == "manager.879"
    assert row["answer"]["status"] == "OPTIMAL"
    newest = client.get("/plan").text
    assert "Who goes where" in newest
    assert "has changed since this plan was made" not in newest
    child = row["answer"]["assignments"][0]["child_id"]
    assert child in newest
    assert len(newest.encode()) < 200_000
    html5lib.HTMLParser(strict=True).parse(newest)
    # An answer kept for weeks holds no birth date and no postcode.
    kept = json.dumps(row["answer"])
    assert not re.search(r"20(0|1)\d-\d\d-\d\d", kept)
    assert not re.search(r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", kept)


def test_the_same_question_is_answered_by_the_same_plan_until_a_record_changes(
    planned: Site, tmp_path: Any
) -> None:
    client = planned.signed_in()
    first = made(planned, client)
    assert asked(client) == first["plan_id"]
    taken = first["answer"]["assignments"][0]["home_id"]
    closed = tmp_path / "homes.json"
    closed.write_text(json.dumps([{"home_id": taken, "type": "childrens_home", "status": "closed"}]))
    import_file(planned.app.state.settings.database_url, "homes", closed, "879", "tester")
    assert "has changed since this plan was made" in client.get("/plan").text
    second = made(planned, client)
    assert second["plan_id"] != first["plan_id"]
    assert taken not in {one["home_id"] for one in second["answer"]["assignments"]}


def test_a_home_fixed_or_ruled_out_is_kept_compared_and_dropped_again(planned: Site) -> None:
    client = planned.signed_in()
    first = made(planned, client)
    answer = first["answer"]
    child, chosen = (answer["assignments"][0][key] for key in ("child_id", "home_id"))
    choice = client.get(f"/plan/runs/{first['plan_id']}/children/{child}").text
    assert f'value="ban:{chosen}"' in choice

    banned = made(planned, client, based_on=first["plan_id"], child_id=child, decision=f"ban:{chosen}")
    assert banned["decisions"] == [{"child_id": child, "home_id": chosen, "ban": True}]
    now = {one["child_id"]: one["home_id"] for one in banned["answer"]["assignments"]}
    assert now.get(child) != chosen
    compared = client.get(f"/plan/compare?first={first['plan_id']}&second={banned['plan_id']}").text
    assert child in compared

    other = next(home for who, home in answer["eligible_pairs"] if who == child and home != chosen)
    pinned = made(planned, client, based_on=banned["plan_id"], child_id=child, decision=f"pin:{other}")
    assert {one["child_id"]: one["home_id"] for one in pinned["answer"]["assignments"]}[child] == other
    assert "Decided:" in client.get(f"/plan/runs/{pinned['plan_id']}").text

    assert asked(client, based_on=pinned["plan_id"]) == first["plan_id"]
    assert asked(client, based_on=pinned["plan_id"], keep=0) == pinned["plan_id"]


def test_a_decision_that_no_rule_allows_gives_no_plan_and_says_why(planned: Site) -> None:
    client = planned.signed_in()
    first = made(planned, client)
    able = {home for who, home in first["answer"]["eligible_pairs"] if who == "DEMO-C01"}
    with planned.database.reading() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        cannot = next(home.home_id for home in records.homes() if home.home_id not in able)
    row = made(planned, client, based_on=first["plan_id"], child_id="DEMO-C01", decision=f"pin:{cannot}")
    assert row["answer"]["status"] == "INFEASIBLE"
    assert "No plan" in client.get(f"/plan/runs/{row['plan_id']}").text


def test_a_rival_plan_can_be_taken_over_as_decisions(planned: Site) -> None:
    client = planned.signed_in()
    first = made(planned, client, alternatives=1, differ_by=1, loss_percent=50)
    rivals = first["answer"]["alternatives"]
    place = next(k for k, one in enumerate(rivals) if one["changes"])
    row = made(planned, client, based_on=first["plan_id"], adopt=place)
    now = {one["child_id"]: one["home_id"] for one in row["answer"]["assignments"]}
    for change in rivals[place]["changes"]:
        assert now[change["child_id"]] == change["home_id"]


def test_nobody_sees_or_compares_the_plans_of_another_council(planned: Site) -> None:
    ours = planned.signed_in()
    plan_id = made(planned, ours)["plan_id"]
    theirs = planned.signed_in(authority="878")
    child = row_of(planned, plan_id)["answer"]["assignments"][0]["child_id"]
    for path in (
        f"/plan/runs/{plan_id}",
        f"/plan/runs/{plan_id}/children/{child}",
        f"/plan/compare?first={plan_id}&second={plan_id}",
    ):
        assert theirs.get(path).status_code == 404
    assert send(theirs, f"/plan/runs/{plan_id}/name", name="Ours").status_code == 404
    assert send(theirs, "/plan/runs", based_on=plan_id).status_code == 404
    assert plan_id not in theirs.get("/plan/all").text
    assert plan_id in ours.get("/plan/all").text


def test_who_only_reads_sees_the_plan_and_may_not_ask_for_one(planned: Site) -> None:
    made(planned, planned.signed_in())
    auditor = planned.signed_in("auditor")
    page = auditor.get("/plan").text
    assert "Who goes where" in page
    assert "<button" not in page.replace('class="rh-header__button"', "").split("<main")[1]
    assert send(auditor, "/plan/runs").status_code == 403


def test_asking_is_in_the_audit_with_who_asked(listed: Site) -> None:
    plan_id = asked(listed.signed_in())
    with listed.database.reading() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        entry = next(one for one in records.audit_entries() if one.action == "plan_asked_for")
    assert (entry.actor, entry.subject_id) == ("manager.879", plan_id)


def _waiting(site: Site) -> str:
    with site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        return ask_for_plan(records, "879", SAMPLE_DATE, policy=default_policy())


def test_two_servers_that_take_the_same_plan_make_it_once(fresh_site: Site) -> None:
    plan_id = _waiting(fresh_site)
    with fresh_site.database.writing() as connection:
        assert PlanRecords(connection, "879").claim(plan_id)
    with fresh_site.database.writing() as connection:
        assert not PlanRecords(connection, "879").claim(plan_id)
        assert not PlanRecords(connection, "878").claim(plan_id)
    make_plan(
        fresh_site.database, "879", plan_id, policy=default_policy(), kept=Kept(), actor="another server"
    )
    assert row_of(fresh_site, plan_id)["status"] == "running"


def test_a_plan_that_a_stopped_server_left_is_told_as_such_and_asked_for_again(fresh_site: Site) -> None:
    plan_id = _waiting(fresh_site)
    with fresh_site.database.writing() as connection:
        connection.execute(
            update(plans)
            .where(plans.c.plan_id == plan_id)
            .values(status="running", asked_at=clock.now() - timedelta(minutes=11))
        )
    started = time.monotonic()
    page = fresh_site.signed_in().get(f"/plan/runs/{plan_id}").text
    assert "Nobody is making this plan any more" in page
    assert time.monotonic() - started < 30
    assert _waiting(fresh_site) != plan_id


def test_a_fault_while_planning_is_told_without_what_it_said(
    fresh_site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    client = fresh_site.signed_in()
    plan_id = asked(client)
    with fresh_site.database.writing() as connection:
        # The database is what the other process believes: a number that is none is a fault there.
        connection.execute(
            update(plans)
            .where(plans.c.plan_id == plan_id)
            .values(settings={"alternatives": "a child's data", "differ_by": 2, "loss_percent": 10})
        )
    another_server = Site(fresh_site.app.state.settings.database_url, workers=1)
    with caplog.at_level(logging.INFO):
        another_server.app.state.workers.start()
        for _ in range(60):
            page = client.get(f"/plan/runs/{plan_id}").text
            if "data-rh-waiting" not in page and "ValueError" in caplog.text:
                break
        another_server.close()
    assert "The plan could not be made" in page
    assert "ValueError" in caplog.text
    assert "child's data" not in page + caplog.text


def test_plans_with_a_name_are_kept_and_the_oldest_without_one_are_dropped(fresh_site: Site) -> None:
    client = fresh_site.signed_in()
    first = _waiting(fresh_site)
    assert send(client, f"/plan/runs/{first}/name", name=" Friday evening ").status_code == 303
    with fresh_site.database.writing() as connection:
        kept = PlanRecords(connection, "879")
        ids = [
            kept.add(
                question=str(number),
                as_of=date(2026, 6, 15),
                asked_by="tester",
                based_on=None,
                decisions=(),
                settings={},
            )
            for number in range(UNNAMED_KEPT + 3)
        ]
        left = {plan.plan_id: plan.name for plan in kept.all()}
        assert left[first] == "Friday evening"
        assert len(left) == UNNAMED_KEPT + 1
        assert ids[-1] in left
        # Another council's plans are another matter.
        assert {plan.plan_id for plan in PlanRecords(connection, "878").all()} == {"plan-878"}
    assert send(client, f"/plan/runs/{first}/name", name="x" * 101).status_code == 422


def test_beds_have_prices_and_the_page_says_where_the_next_children_come_from(planned: Site) -> None:
    client = planned.signed_in()
    row = made(planned, client)
    told = row["answer"]["arrivals"]
    assert (told["samples"], told["days"], told["searches"]) == (20, 28, 40)
    assert row["answer"]["bed_prices"]
    text = client.get("/plan").text
    assert "20 futures of the next 28 days were drawn from the 40 searches opened since" in text
    assert "of 100 futures one more of them would have no home without a bed there." in text
    without = made(planned, client, based_on=row["plan_id"], scarce="asked")
    assert without["answer"]["bed_prices"] == {}
    assert without["answer"]["arrivals"] is None
    assert "futures of the next" not in client.get("/plan").text


def test_with_few_searches_the_price_of_a_bed_is_not_assessed_and_the_page_says_so(fresh_site: Site) -> None:
    client = fresh_site.work().signed_in()
    answer = made(fresh_site, client)["answer"]
    assert answer["bed_prices"] == {}
    assert "not_assessed" in answer["arrivals"]
    assert "What beds the next children will need is not assessed." in client.get("/plan").text


def test_a_plan_that_is_downloaded_is_checked_by_the_command_that_its_page_names(
    planned: Site, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = planned.signed_in()
    row = made(planned, client)
    assert row["answer"]["checked"] == []
    page = client.get("/plan").text
    assert "counted again by a checker that uses no solver: nothing was wrong" in page
    assert "By adding up: the certificate puts a weight on" in page
    child, home = (row["answer"]["assignments"][0][key] for key in ("child_id", "home_id"))
    row = made(planned, client, based_on=row["plan_id"], child_id=child, decision=f"ban:{home}")
    file = client.get(f"/plan/runs/{row['plan_id']}/certificate.json")
    assert "attachment" in file.headers["content-disposition"]
    saved = tmp_path / "plan.json"
    saved.write_bytes(file.content)
    words = file.json()["how_to_check"].split()
    assert " ".join(words) in page.replace("&#39;", "'")
    assert words[1:3] == ["verify", "plan.json"]
    assert file.json()["pins"] == [{"child_id": child, "home_id": home, "ban": True}]
    url = planned.app.state.settings.database_url
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", url)

    def checked() -> tuple[int, dict[str, Any]]:
        command = ["righthome", "verify", str(saved), *words[3:], "--json"]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0), json.loads(capsys.readouterr().out)

    code, said = checked()
    assert (code, said["whole"], said["violations"], said["records_unchanged"]) == (0, True, [], True)
    assert {"crisis_placed", "planned_placed"} <= set(said["certified"])
    # A plan that was tampered with, and records that have changed since, are both seen.
    told = json.loads(saved.read_text())
    told["stages"][2]["value"] += 1
    saved.write_text(json.dumps(told))
    code, said = checked()
    assert code == 3
    assert {"stage", "certificate"} & {one["rule"] for one in said["violations"]}
    gone = tmp_path / "homes.json"
    gone.write_text(json.dumps([{"home_id": home, "type": "childrens_home", "status": "closed"}]))
    import_file(url, "homes", gone, "879", "tester")
    assert checked()[1]["records_unchanged"] is False


def test_numbers_of_further_plans_out_of_range_are_refused(fresh_site: Site) -> None:
    client = fresh_site.signed_in()
    for field, value in (("alternatives", 6), ("differ_by", 0), ("loss_percent", 101)):
        assert send(client, "/plan/runs", **{field: value}).status_code == 422


def test_a_decision_takes_the_place_of_what_was_decided_before() -> None:
    def one(child: str, home: str, ban: bool = False) -> dict[str, Any]:
        return {"child_id": child, "home_id": home, "ban": ban}

    before = [one("A", "x", True), one("A", "y", True), one("B", "x")]
    assert with_decision(before, "A", "ban", "z") == [
        one("B", "x"),
        one("A", "x", True),
        one("A", "y", True),
        one("A", "z", True),
    ]
    assert with_decision(before, "A", "pin", "z") == [one("B", "x"), one("A", "z")]
    assert with_decision(before, "A", "free", None) == [one("B", "x")]
    assert with_decision(before, "B", "ban", "x")[-1] == one("B", "x", True)
    for decision, home in (("pin", None), ("move", "x")):
        with pytest.raises(InvalidInput):
            with_decision(before, "A", decision, home)


def test_decisions_about_who_has_left_the_list_are_left_out_and_said(fresh_site: Site) -> None:
    with fresh_site.database.writing() as connection:
        connection.execute(
            insert(plans).values(
                authority="879",
                plan_id="gone",
                question="1" * 64,
                as_of=SAMPLE_DATE,
                asked_at=clock.now(),
                asked_by="tester",
                decisions=[{"child_id": "NOBODY", "home_id": "DEMO-H-879", "ban": False}],
                settings={"alternatives": 0, "differ_by": 2, "loss_percent": 10},
                status="waiting",
            )
        )
    make_plan(fresh_site.database, "879", "gone", policy=default_policy(), kept=Kept(), actor="tester")
    answer = row_of(fresh_site, "gone")["answer"]
    assert answer["status"] == "OPTIMAL"
    assert any("1 of the decisions" in warning for warning in answer["evidence"]["warnings"])


def test_a_child_restricted_since_is_in_no_plan_that_others_read_and_in_none_made_anew(planned: Site) -> None:
    manager = planned.signed_in()
    before = made(planned, manager)
    child = before["answer"]["assignments"][0]["child_id"]
    officer = planned.signed_in("brokerage_officer")
    address = f"/plan/runs/{before['plan_id']}"
    assert child in officer.get(address).text
    assert child in officer.get("/waiting-list").text
    assert send(manager, "/restricted", child_id=child, reason="The worker is an aunt.").status_code == 303
    # Read by the manager first: what is remembered for one reader is never shown to another.
    for page in (address, "/plan", "/waiting-list"):
        assert child in manager.get(page).text
        assert child not in officer.get(page).text
    assert officer.get(f"{address}/children/{child}").status_code == 404
    assert "restricted and not shown" in officer.get("/waiting-list").text
    assert "restricted and not shown" in officer.get("/waiting-list").text, "and so when it is remembered"
    assert child in manager.get(f"{address}/certificate.json").text
    assert child not in officer.get(f"{address}/certificate.json").text
    after = made(planned, manager)
    assert child not in json.dumps(after["answer"])


def test_an_analyst_reads_no_plan_and_meets_no_id_of_a_child_in_what_is_remembered(planned: Site) -> None:
    manager = planned.signed_in()
    child = made(planned, manager)["answer"]["assignments"][0]["child_id"]
    assert child in manager.get("/waiting-list").text
    analyst = planned.signed_in("analyst")
    assert analyst.get("/plan").status_code == 403
    assert child not in analyst.get("/waiting-list").text
    assert child in manager.get("/waiting-list").text
