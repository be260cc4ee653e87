"""Exporting: what comes out reads back the same, is one authority's only, whole or not there, and audited."""

from __future__ import annotations

import csv
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from api import audit
from api.auth.passwords import add_user
from api.auth.roles import Role
from api.database.engine import open_database
from api.services.exporting import export_file
from api.services.importing import import_file
from api.services.stored import stored_records
from reference_data.problems import ImportRejected, InvalidInput, NotEnoughData, NotFound, NotPermitted
from reference_data.sample import SAMPLE_RETURNS, sample_path
from reference_data.tables import read_records

PLYMOUTH, DEVON = "879", "878"
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "south-west-needs.csv"
RECORD = {"referrals": "referral", "homes": "home", "stays": "stay"}


def stored(url: str, kind: str, authority: str = PLYMOUTH) -> dict[str, Mapping[str, Any]]:
    with stored_records(url, authority) as records:
        return {values[f"{RECORD[kind]}_id"]: values for values in records.contract_values(kind)}


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json"])
@pytest.mark.parametrize("kind", ["referrals", "homes", "stays"])
def test_what_is_exported_reads_back_as_what_is_stored(
    database_url: str, kind: str, suffix: str, tmp_path: Path
) -> None:
    import_file(database_url, kind, sample_path(kind), PLYMOUTH, "tester")
    path = tmp_path / f"out{suffix}"
    result = export_file(database_url, kind, path, PLYMOUTH, "tester")
    again = {row.values[f"{RECORD[kind]}_id"]: row.values for row in read_records(path, RECORD[kind]).rows}
    assert again == stored(database_url, kind)
    assert result.count == len(again) > 0
    changes = import_file(database_url, kind, path, PLYMOUTH, "tester").changes
    assert (changes.added, changes.changed, changes.unchanged) == (0, 0, result.count)


def test_an_export_holds_one_authoritys_records_only(database_url: str, tmp_path: Path) -> None:
    for number, authority in enumerate((PLYMOUTH, DEVON)):
        record = {
            "referral_id": f"DEMO-R{number}",
            "child_id": f"DEMO-C{number}",
            "authority": authority,
        }
        import_file(database_url, "referrals", write(tmp_path / "in.json", [record]), authority, "tester")
    export_file(database_url, "referrals", tmp_path / "out.json", DEVON, "tester")
    assert [one["referral_id"] for one in json.loads((tmp_path / "out.json").read_text())] == ["DEMO-R1"]
    export_file(database_url, "referrals", tmp_path / "sw.csv", DEVON, "tester", profile="south-west")
    assert "DEMO-C0" not in (tmp_path / "sw.csv").read_text()


def test_an_export_is_written_into_the_audit_with_a_count_and_no_values(
    database_url: str, tmp_path: Path
) -> None:
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    export_file(database_url, "homes", tmp_path / "out.csv", PLYMOUTH, "tester")
    with stored_records(database_url, PLYMOUTH) as records:
        entry = records.audit_entries()[0]
        assert audit.verify(records.connection).first_broken is None
    assert (entry.actor, entry.action, entry.subject_kind) == ("tester", "exported", "homes")
    assert entry.detail == {"count": 30, "profile": None}


def test_a_dry_run_counts_and_leaves_no_file_and_no_audit(database_url: str, tmp_path: Path) -> None:
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    before = sorted(tmp_path.iterdir())
    result = export_file(database_url, "homes", tmp_path / "out.csv", PLYMOUTH, "tester", dry_run=True)
    assert (result.count, result.dry_run) == (30, True)
    with stored_records(database_url, PLYMOUTH) as records:
        assert [entry.action for entry in records.audit_entries()] == ["imported"]
    if database_url.startswith("postgresql"):
        assert sorted(tmp_path.iterdir()) == before
    assert not (tmp_path / "out.csv").exists()


def test_the_file_is_its_owners_only_and_replaces_what_was_there(database_url: str, tmp_path: Path) -> None:
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    path = tmp_path / "out.csv"
    path.write_text("before")
    export_file(database_url, "homes", path, PLYMOUTH, "tester")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8-sig").startswith("home_id,")
    assert not list(tmp_path.glob(".righthome-*"))


def test_a_user_who_may_not_export_is_refused_and_nothing_is_written(
    database_url: str, tmp_path: Path
) -> None:
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    database = open_database(database_url)
    with database.writing() as connection:
        for username, role, authority in (
            ("reader", Role.AUDITOR, PLYMOUTH),
            ("neighbour", Role.MANAGER, DEVON),
            ("director", Role.DIRECTOR, PLYMOUTH),
        ):
            add_user(
                connection,
                username=username,
                name=username,
                role=role,
                authority=authority,
                password="a long enough one",
            )
    database.close()
    for username in ("reader", "Neighbour"):
        with pytest.raises(NotPermitted):
            export_file(database_url, "homes", tmp_path / "out.csv", PLYMOUTH, username)
    assert not (tmp_path / "out.csv").exists()
    assert export_file(database_url, "homes", tmp_path / "out.csv", PLYMOUTH, "director").count == 30


def test_what_cannot_be_exported_is_refused_with_a_reason(database_url: str, tmp_path: Path) -> None:
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("")
    cases: list[tuple[str, Path, str | None, type[Exception], str]] = [
        ("pins", tmp_path / "a.csv", None, InvalidInput, "no_such_kind"),
        ("homes", tmp_path / "a.pdf", None, InvalidInput, "no_such_format"),
        ("homes", tmp_path / "a.csv", "south-west", InvalidInput, "profile_of_referrals"),
        ("homes", tmp_path / "absent" / "a.csv", None, InvalidInput, "not_writable"),
        ("stays", tmp_path / "a.csv", None, NotEnoughData, "nothing_to_export"),
        ("returns", tmp_path / "a", None, NotEnoughData, "nothing_to_export"),
        ("returns", tmp_path / "a.csv", None, InvalidInput, "no_such_format"),
    ]
    for kind, path, profile, error, code in cases:
        with pytest.raises(error) as raised:
            export_file(database_url, kind, path, PLYMOUTH, "tester", profile=profile)
        assert getattr(raised.value, "code", None) == code, kind
    import_file(database_url, "returns", SAMPLE_RETURNS, PLYMOUTH, "tester")
    with pytest.raises(InvalidInput) as taken:
        export_file(database_url, "returns", tmp_path / "full", PLYMOUTH, "tester")
    assert taken.value.code == "folder_not_empty"
    with stored_records(database_url, PLYMOUTH) as records:
        assert "exported" not in [entry.action for entry in records.audit_entries()]


def test_there_is_nothing_to_export_without_a_database(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export_file(f"sqlite:///{tmp_path / 'no.sqlite3'}", "homes", tmp_path / "a.csv", PLYMOUTH, "tester")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["returns", "returns.zip"])
def test_returns_come_out_file_by_file_and_read_as_they_did(
    database_url: str, name: str, tmp_path: Path
) -> None:
    from sufficiency import read_returns

    import_file(database_url, "returns", SAMPLE_RETURNS, PLYMOUTH, "tester")
    result = export_file(database_url, "returns", tmp_path / name, PLYMOUTH, "tester")
    before, after = read_returns(SAMPLE_RETURNS), read_returns(tmp_path / name)
    assert after.episodes == before.episodes
    assert after.year_ends == before.year_ends
    if name == "returns":
        again = import_file(database_url, "returns", tmp_path / name, PLYMOUTH, "tester").changes
        assert (again.added, again.changed, again.unchanged) == (0, 0, result.count)


def test_a_returns_file_never_leaves_the_folder_it_is_exported_to(database_url: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in ("../../header.csv", "a/episodes.csv"):
            archive.writestr(name, (SAMPLE_RETURNS / f"2017-{Path(name).name}").read_text())
    import_file(database_url, "returns", tmp_path / "in.zip", PLYMOUTH, "tester")
    folder = tmp_path / "inner" / "out"
    folder.parent.mkdir()
    result = export_file(database_url, "returns", folder, PLYMOUTH, "tester")
    assert result.count == 2 == len([path for path in folder.rglob("*") if path.is_file()])
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_a_file_of_the_standard_becomes_referrals_and_goes_back_as_it_came(
    database_url: str, tmp_path: Path
) -> None:
    result = import_file(database_url, "referrals", EXAMPLE, PLYMOUTH, "tester", profile="south-west")
    assert result.changes.added == 3
    export_file(database_url, "referrals", tmp_path / "out.csv", PLYMOUTH, "tester", profile="south-west")
    with (
        EXAMPLE.open(newline="") as one,
        (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as two,
    ):
        before, after = list(csv.DictReader(one)), list(csv.DictReader(two))
    unknown = {"", "Not specified", "Don't know"}
    for theirs, ours in zip(before, after, strict=True):
        for heading, answer in theirs.items():
            if answer in unknown:
                assert ours[heading] in unknown, heading
            elif "date" in heading.lower():
                assert ours[heading] == "-".join(reversed(answer.split("/"))), heading
            elif "cost" in heading.lower():
                assert float(ours[heading]) == float(answer), heading
            else:
                assert ours[heading].replace("; ", ";") == answer.replace("; ", ";"), heading


def test_the_standard_corrects_a_stored_referral_and_keeps_the_rest_of_it(
    database_url: str, tmp_path: Path
) -> None:
    record = {
        "referral_id": "DEMO-R1",
        "child_id": "DEMO-SW1",
        "authority": PLYMOUTH,
        "date_of_birth": "2012-03-04",
        "urgency": "crisis",
        "home_postcode": "PL4 8AA",
    }
    import_file(database_url, "referrals", write(tmp_path / "in.json", [record]), PLYMOUTH, "tester")
    result = import_file(database_url, "referrals", EXAMPLE, PLYMOUTH, "tester", profile="south-west")
    assert (result.changes.added, result.changes.changed) == (2, 1)
    # The file names no referral, so the child's only one is meant.
    after = stored(database_url, "referrals")
    assert set(after) == {"DEMO-R1", "DEMO-SW2", "DEMO-SW3"}
    kept = after["DEMO-R1"]
    assert (str(kept["date_of_birth"]), kept["home_postcode"], kept["urgency"]) == (
        *("2012-03-04", "PL4 8AA", "planned"),
    )
    again = import_file(database_url, "referrals", EXAMPLE, PLYMOUTH, "tester", profile="south-west")
    assert again.changes.unchanged == 3


def test_an_export_in_the_standard_read_back_changes_no_stored_referral(
    database_url: str, tmp_path: Path
) -> None:
    import_file(database_url, "referrals", sample_path("referrals"), PLYMOUTH, "tester")
    before = stored(database_url, "referrals")
    for suffix in (".csv", ".xlsx", ".json", ".zip"):
        path = tmp_path / f"sw{suffix}"
        result = export_file(database_url, "referrals", path, PLYMOUTH, "tester", profile="south-west")
        assert "date_of_birth: beyond the standard and not told, in 40 records." in result.notes
        import_file(database_url, "referrals", path, PLYMOUTH, "tester", profile="south-west")
    after = stored(database_url, "referrals")
    for values in after.values():
        # Only the number of brothers and sisters is new: it was counted from their group.
        search = dict(values.get("home_search") or {})
        search.pop("siblings_to_place_with", None)
        left = {name: value for name, value in values.items() if name != "home_search"}
        assert {**left, **({"home_search": search} if search else {})} == before[values["referral_id"]]


def test_one_bad_answer_keeps_a_whole_file_of_the_standard_out(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(EXAMPLE.read_text().replace("Solo placement recommended", "On the moon"))
    import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    with pytest.raises(ImportRejected) as raised:
        import_file(database_url, "referrals", path, PLYMOUTH, "tester", profile="south-west")
    (issue,) = raised.value.issues
    assert (issue.file, issue.row, issue.column, issue.rule) == (
        *("bad.csv", 3, "Who can the child be cared for alongside", "unknown_code"),
    )
    assert stored(database_url, "referrals") == {}


def test_a_dry_run_shows_what_the_file_says_and_nothing_that_is_stored(
    database_url: str, tmp_path: Path
) -> None:
    record = {
        "referral_id": "DEMO-R1",
        "child_id": "DEMO-SW1",
        "authority": PLYMOUTH,
        "date_of_birth": "2012-03-04",
    }
    import_file(database_url, "referrals", write(tmp_path / "in.json", [record]), PLYMOUTH, "tester")
    result = import_file(
        database_url, "referrals", EXAMPLE, PLYMOUTH, "tester", dry_run=True, profile="south-west"
    ).as_dict()
    assert [one["child_id"] for one in result["referrals"]] == ["DEMO-SW1", "DEMO-SW2", "DEMO-SW3"]
    assert result["counts"] == {"added": 2, "changed": 1, "unchanged": 0}
    assert "2012-03-04" not in json.dumps(result)
    assert set(stored(database_url, "referrals")) == {"DEMO-R1"}
