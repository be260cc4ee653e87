"""Deleting what is past its time, holding it back, and everything about one child in one file."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from api import cli, clock
from api.database import placing_tables
from api.database.kinds import KINDS
from api.database.records import Records, Scope
from api.database.tables import audit, homes, metadata, provider_links, referrals, stays
from api.retention_policy import RetentionPolicy, retention_policy_of
from api.services import provider_links as links
from api.services.child_export import export_child
from api.services.retention import apply_retention, hold, holds, release
from api.settings import Settings
from reference_data.problems import Conflict, InvalidInput, NotFound, NotPermitted
from tests.web.sample_placing import KINDS_OF_CHILDREN, make_placing

CHILD = "DEMO-C-879"
POLICY = RetentionPolicy(referrals=730, stays=2192, provider_links=365)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def url(fresh_site: Any) -> str:
    """A database in which one council's records are old and a provider said something long ago."""
    long_ago = clock.now() - timedelta(days=4000)
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        settings = fresh_site.app.state.settings
        token = links.invite(records, "879", "DEMO-R-879", "DEMO-H-879", settings)
        links.ask(links.opened(connection, token, settings), "Is there a dog?")
        connection.execute(
            update(referrals)
            .where(referrals.c.authority == "879")
            .values(needed_by=long_ago.date(), changed_at=long_ago)
        )
        connection.execute(
            update(stays)
            .where(stays.c.authority == "879")
            .values(started_on=long_ago.date(), ended_on=long_ago.date())
        )
        connection.execute(update(provider_links).values(ended_at=long_ago))
    return str(fresh_site.app.state.settings.database_url)


def held(site: Any, table: Any) -> set[str]:
    with site.database.reading() as connection:
        return set(connection.execute(select(table.c.authority)).scalars())


def apply(url: str, *, dry_run: bool, as_user: str = "tester", as_of: date | None = None) -> Any:
    return apply_retention(url, "879", as_user, as_of=as_of or clock.today(), policy=POLICY, dry_run=dry_run)


def test_a_dry_run_says_what_would_go_and_the_run_deletes_exactly_that(url: str, fresh_site: Any) -> None:
    told = apply(url, dry_run=True)
    assert told.deleted["referrals"] == ("DEMO-R-879",)
    assert told.deleted["stays"] == ("DEMO-S-879",)
    assert len(told.deleted["provider_links"]) == 1
    assert held(fresh_site, referrals) == held(fresh_site, stays) == {"879", "878", "305"}
    done = apply(url, dry_run=False)
    assert (done.deleted, done.held_back) == (told.deleted, told.held_back)
    assert held(fresh_site, referrals) == held(fresh_site, stays) == {"878", "305"}
    assert held(fresh_site, provider_links) == set()
    again = apply(url, dry_run=False)
    assert not any(again.deleted.values())
    with fresh_site.database.reading() as connection:
        entries = connection.execute(
            select(audit.c.detail).where(audit.c.action == "retention_applied")
        ).scalars()
        assert next(iter(entries)) == {
            "referrals": 1,
            "records_without_referral": 0,
            "stays": 1,
            "provider_links": 1,
        }


def test_a_day_before_its_time_nothing_goes(url: str, fresh_site: Any) -> None:
    last = (clock.now() - timedelta(days=4000)).date()
    assert apply(url, dry_run=True, as_of=last + timedelta(days=730)).deleted["referrals"] == ()
    assert apply(url, dry_run=True, as_of=last + timedelta(days=731)).deleted["referrals"] == ("DEMO-R-879",)
    assert apply(url, dry_run=True, as_of=last + timedelta(days=2192)).deleted["stays"] == ()
    assert apply(url, dry_run=True, as_of=last + timedelta(days=2193)).deleted["stays"] == ("DEMO-S-879",)
    with fresh_site.database.writing() as connection:
        connection.execute(update(stays).values(ended_on=None))
    assert apply(url, dry_run=True).deleted["stays"] == ()


def test_a_held_child_is_kept_until_released(url: str, fresh_site: Any) -> None:
    hold(url, "879", "tester", CHILD, "A public inquiry.")
    with pytest.raises(Conflict):
        hold(url, "879", "tester", CHILD, "Again.")
    done = apply(url, dry_run=False)
    assert not any(done.deleted.values())
    assert done.held_back["referrals"] == ("DEMO-R-879",)
    assert held(fresh_site, referrals) == {"879", "878", "305"}
    assert [one.child_id for one in holds(url, "879", "tester")] == [CHILD]
    release(url, "879", "tester", CHILD)
    with pytest.raises(NotFound):
        release(url, "879", "tester", CHILD)
    assert apply(url, dry_run=False).deleted["referrals"] == ("DEMO-R-879",)


def test_only_who_may_deletes_and_exports(url: str, tmp_path: Path) -> None:
    for user in ("brokerage_officer.879", "auditor.879", "administrator.879", "manager.878"):
        with pytest.raises(NotPermitted):
            apply(url, dry_run=False, as_user=user)
        with pytest.raises(NotPermitted):
            export_child(url, tmp_path / "child.json", CHILD, "879", user)
    assert not (tmp_path / "child.json").exists()
    assert apply(url, dry_run=True, as_user="manager.879").deleted["referrals"]


@pytest.mark.parametrize(
    "text",
    ["[days]\nreferrals = 1", "[days]\nreferral = 400", "days = 4", "[days]\nstays = 'long'", "[x]\n", "["],
)
def test_rules_that_cannot_be_used_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "retention.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput):
        retention_policy_of(Settings(retention_path=str(path)))
    path.write_text("[days]\nreferrals = 400\n")
    own = retention_policy_of(Settings(retention_path=str(path)))
    assert (own.referrals, own.stays) == (400, retention_policy_of(Settings()).stays)


def test_the_file_of_one_child_holds_every_row_about_it_and_no_other_child(
    url: str, fresh_site: Any, tmp_path: Path
) -> None:
    with fresh_site.database.writing() as connection:
        row = connection.execute(
            select(referrals.c.record).where(referrals.c.authority == "879")
        ).scalar_one()
        changed = row | {"not_with": ["DEMO-C-other"], "wishes": {"text": "Near my nan."}}
        connection.execute(update(referrals).where(referrals.c.authority == "879").values(record=changed))
        home = connection.execute(select(homes.c.record).where(homes.c.authority == "879")).scalar_one()
        living = home | {"residents": [{"child_id": CHILD}, {"child_id": "DEMO-C-other"}]}
        connection.execute(update(homes).where(homes.c.authority == "879").values(record=living))
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        records.restricted_of("879").restrict(CHILD, "The worker is the aunt.")
        records.note("viewed", authority="879", subject_kind="referral", subject_id="DEMO-R-879")
    counts = export_child(url, tmp_path / "child.json", CHILD, "879", "manager.879")
    assert (tmp_path / "child.json").stat().st_mode & 0o077 == 0
    text = (tmp_path / "child.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert "DEMO-C-other" not in text
    assert "-878" not in text
    assert told["referrals"][0]["record"]["wishes"] == {"text": "Near my nan."}
    assert told["referrals"][0]["record"]["not_with"] == ["another child"]
    assert told["homes"] == [{"home_id": "DEMO-H-879", "named_in": ["residents"]}]
    assert told["provider_messages"][0]["text"] == "Is there a dog?"
    assert told["restrictions"][0]["reason"] == "The worker is the aunt."
    assert "viewed" in {entry["action"] for entry in told["audit"]}
    assert counts["stays"] == 1
    with fresh_site.database.reading() as connection:
        last = connection.execute(select(audit).order_by(audit.c.sequence.desc()).limit(1)).one()
    assert (last.action, last.subject_id, last.actor) == ("child_exported", CHILD, "manager.879")


def test_no_table_that_holds_a_child_is_left_out_of_the_file(url: str, tmp_path: Path) -> None:
    """A new table with a child's id has to be added to the file, or said here to hold none."""
    export_child(url, tmp_path / "child.json", CHILD, "879", "tester")
    told = set(json.loads((tmp_path / "child.json").read_text(encoding="utf-8")))
    with_child = {name for name, table in metadata.tables.items() if "child_id" in table.c}
    assert with_child <= told


CASE_OF_PLACING = (
    placing_tables.bed_claims,
    placing_tables.placing_duties,
    *(KINDS[kind].table for kind in (*KINDS_OF_CHILDREN, "placements")),
)


def placed(site: Any, *, ended_on: date | None) -> None:
    """Give the child one of each record of placing, and a placement."""
    make_placing(site, "879")
    with site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        records.kept("placements", "879").add(
            {
                "placement_id": "DEMO-P-879",
                "child_id": CHILD,
                "referral_id": "DEMO-R-879",
                "home_id": "DEMO-H-879",
                "decision_id": "DEMO-D-879",
                "starts_on": date(2015, 1, 1),
                **({"ended_on": ended_on} if ended_on else {}),
            },
            is_main=True,
        )


def named_in_history(site: Any) -> set[str]:
    with site.database.reading() as connection:
        rows = connection.execute(select(placing_tables.record_history)).all()
    return {row.kind for row in rows if row.authority == "879" and CHILD in json.dumps(row.record)}


def test_with_a_referral_goes_all_that_was_done_for_it_and_its_history(url: str, fresh_site: Any) -> None:
    make_placing(fresh_site, "878")
    placed(fresh_site, ended_on=date(2016, 1, 1))
    assert {"decisions", "enquiries", "moves", "placements"} <= named_in_history(fresh_site)
    assert apply(url, dry_run=False).deleted["referrals"] == ("DEMO-R-879",)
    for table in CASE_OF_PLACING:
        assert held(fresh_site, table) <= {"878"}, table.name
    assert (
        held(fresh_site, placing_tables.bed_claims) == held(fresh_site, placing_tables.decisions) == {"878"}
    )
    assert named_in_history(fresh_site) == set()
    # The bed is the home's, and the concern about it the council's.
    assert (
        held(fresh_site, placing_tables.beds) == held(fresh_site, placing_tables.concerns) == {"878", "879"}
    )


def test_what_is_kept_about_a_child_stays_while_another_referral_of_it_does(
    url: str, fresh_site: Any
) -> None:
    make_placing(fresh_site, "879")
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        again = records.kept("referrals", "879").one("DEMO-R-879").values
        records.kept("referrals", "879").add({**again, "referral_id": "DEMO-R2-879"})
    assert apply(url, dry_run=False).deleted["referrals"] == ("DEMO-R-879",)
    assert held(fresh_site, placing_tables.enquiries) == held(fresh_site, placing_tables.bed_claims) == set()
    assert held(fresh_site, placing_tables.notices) == held(fresh_site, placing_tables.moves) == {"879"}


def test_what_was_imported_about_a_child_without_a_referral_goes_in_its_time(
    url: str, fresh_site: Any
) -> None:
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        alone = {"notice_id": "DEMO-G1", "child_id": "DEMO-C-alone", "given_on": date(2015, 1, 1)}
        records.keep("notices", "879", [alone], import_id=None)
    assert apply(url, dry_run=True).deleted["records_without_referral"] == ()
    later = clock.today() + timedelta(days=731)
    told = apply(url, dry_run=False, as_of=later)
    assert told.deleted["records_without_referral"] == ("notices/DEMO-G1",)
    assert held(fresh_site, placing_tables.notices) == set()
    with fresh_site.database.reading() as connection:
        history = connection.execute(select(placing_tables.record_history.c.record_id)).scalars()
        assert "DEMO-G1" not in set(history)


def test_a_referral_is_kept_while_its_placement_goes_on_and_from_its_end(url: str, fresh_site: Any) -> None:
    placed(fresh_site, ended_on=None)
    assert apply(url, dry_run=True).deleted["referrals"] == ()
    ended = clock.today() - timedelta(days=100)
    with fresh_site.database.writing() as connection:
        connection.execute(update(placing_tables.placements).values(ended_on=ended))
    assert apply(url, dry_run=True).deleted["referrals"] == ()
    assert apply(url, dry_run=True, as_of=ended + timedelta(days=731)).deleted["referrals"] == ("DEMO-R-879",)


def test_the_file_of_one_child_holds_the_records_of_placing_with_their_history(
    url: str, fresh_site: Any, tmp_path: Path
) -> None:
    placed(fresh_site, ended_on=None)
    make_placing(fresh_site, "878")
    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        kept = records.kept("enquiries", "879")
        asked = kept.one("DEMO-E-879", to_change=True)
        kept.change("DEMO-E-879", {**asked.values, "with_children": ["DEMO-C-other"]}, version=asked.version)
        homes_kept = records.kept("homes", "879")
        home = homes_kept.one("DEMO-H-879", to_change=True)
        living = home.values | {"residents": [{"child_id": CHILD}, {"child_id": "DEMO-C-other"}]}
        homes_kept.change("DEMO-H-879", living, version=home.version)
    export_child(url, tmp_path / "child.json", CHILD, "879", "tester")
    text = (tmp_path / "child.json").read_text(encoding="utf-8")
    told = json.loads(text)
    for table in CASE_OF_PLACING:
        assert told[table.name], table.name
    assert "DEMO-C-other" not in text
    assert "-878" not in text
    states = [one["version"] for one in told["record_history"] if one["kind"] == "enquiries"]
    assert states == [1, 2]
    assert [one["named_in"] for one in told["history_of_homes"]] == [["residents"]]
    assert "enquiry_changed" in {entry["action"] for entry in told["audit"]}


def test_a_child_of_another_council_and_an_unusable_file_are_refused(
    url: str, fresh_site: Any, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        export_child(url, tmp_path / "child.json", "DEMO-C-878", "879", "tester")
    with pytest.raises(InvalidInput):
        export_child(url, tmp_path / "child.csv", CHILD, "879", "tester")
    with pytest.raises(InvalidInput):
        export_child(url, tmp_path / "absent" / "child.json", CHILD, "879", "tester")
    assert export_child(url, tmp_path / "child.json", CHILD, "879", "tester", dry_run=True)["stays"] == 1
    assert list(tmp_path.glob("*.json")) == []
    with fresh_site.database.reading() as connection:
        actions = set(connection.execute(select(audit.c.action)).scalars())
    assert "child_exported" not in actions


def test_the_commands_say_what_they_did(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", url)
    who = ("--authority", "879", "--as-user", "tester")
    assert run(monkeypatch, "retention", "run", "--dry-run", *who) == 0
    assert "DEMO-R-879" in capsys.readouterr().out
    assert run(monkeypatch, "retention", "run", "--as-of", "2099-01-01", *who) == 2
    assert run(monkeypatch, "retention", "hold", CHILD, "--reason", "Inquiry.", *who) == 0
    capsys.readouterr()
    assert run(monkeypatch, "retention", "holds", *who, "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["child_id"] == CHILD
    assert run(monkeypatch, "retention", "release", CHILD, *who) == 0
    target = tmp_path / "child.json"
    assert run(monkeypatch, "export", "child", str(target), *who) == 2
    assert run(monkeypatch, "export", "referrals", str(target), "--child", CHILD, *who) == 2
    capsys.readouterr()
    assert run(monkeypatch, "export", "child", str(target), "--child", CHILD, *who, "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"]["referrals"] == 1
    assert target.exists()
    assert run(monkeypatch, "retention", "run", *who, "--json") == 0
    assert json.loads(capsys.readouterr().out)["deleted"]["referrals"] == ["DEMO-R-879"]


@pytest.mark.parametrize("table", ["referrals", "stays"])
def test_a_run_that_fails_half_way_deletes_nothing(url: str, fresh_site: Any, table: str) -> None:
    with fresh_site.database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
            )
            connection.exec_driver_sql(
                f"CREATE TRIGGER refuse BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()"
            )
        else:
            connection.exec_driver_sql(
                f"CREATE TRIGGER refuse BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
    with pytest.raises(DBAPIError):
        apply(url, dry_run=False)
    assert held(fresh_site, referrals) == held(fresh_site, stays) == {"879", "878", "305"}
    assert held(fresh_site, provider_links) == {"879"}
