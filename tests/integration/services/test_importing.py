"""Importing files: all or nothing, idempotent, bound to one authority, written into the audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from api import audit
from api.auth.passwords import add_user
from api.auth.roles import Role
from api.database import migrate
from api.database.engine import open_database
from api.database.records import Records, Scope
from api.database.tables import audit as audit_table
from api.database.tables import homes as homes_table
from api.database.tables import referrals as referrals_table
from api.services.importing import ImportResult, import_file
from api.services.stored import stored_records
from matching.files import read_homes, read_referrals
from reference_data.problems import Conflict, ImportRejected, InvalidInput, NotFound, NotPermitted
from reference_data.sample import sample_path
from sufficiency.stay_files import read_stays

PLYMOUTH, DEVON = "879", "878"


@pytest.fixture
def sample() -> dict[str, Path]:
    """The sample's files of single records."""
    return {kind: sample_path(kind) for kind in ("referrals", "homes", "stays")}


def counts(result: ImportResult) -> tuple[int, int, int]:
    changes = result.changes
    return changes.added, changes.changed, changes.unchanged


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(records))
    return path


def referral(number: int, **values: Any) -> dict[str, Any]:
    return {
        "referral_id": f"DEMO-R-{number}",
        "child_id": f"DEMO-C-{number}",
        "authority": PLYMOUTH,
        "date_of_birth": "2012-03-04",
        "needed_by": "2026-06-20",
        "urgency": "planned",
        **values,
    }


def stored_count(url: str, table: Table = referrals_table) -> int:
    database = open_database(url)
    try:
        with database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()
    finally:
        database.close()


def test_what_is_stored_comes_out_exactly_as_the_engines_read_it_from_the_file(
    database_url: str, sample: dict[str, Path]
) -> None:
    for kind, path in sample.items():
        import_file(database_url, kind, path, PLYMOUTH, "tester")
    with stored_records(database_url, PLYMOUTH) as records:
        kept = {one.referral_id: one for one in records.referrals()}
        assert kept == {one.referral_id: one for one in read_referrals(sample["referrals"])[0]}
        homes = {one.home_id: one for one in records.homes()}
        assert homes == {one.home_id: one for one in read_homes(sample["homes"])[0]}
        stays = {one.stay_id: one for one in records.stays()}
        assert stays == {one.stay_id: one for one in read_stays(sample["stays"])[0]}


@pytest.mark.parametrize("kind", ["homes", "referrals", "stays"])
def test_the_same_file_twice_changes_nothing(database_url: str, kind: str, sample: dict[str, Path]) -> None:
    first = import_file(database_url, kind, sample[kind], PLYMOUTH, "tester")
    again = import_file(database_url, kind, sample[kind], PLYMOUTH, "tester")
    assert first.changes.added > 0
    assert counts(again) == (0, 0, first.changes.added)


def test_a_record_that_changed_is_replaced_and_the_others_stay(database_url: str, tmp_path: Path) -> None:
    both = write(tmp_path / "both.json", [referral(1), referral(2)])
    import_file(database_url, "referrals", both, PLYMOUTH, "tester")
    later = write(tmp_path / "later.json", [referral(2, urgency="crisis"), referral(3)])
    result = import_file(database_url, "referrals", later, PLYMOUTH, "tester")
    assert counts(result) == (1, 1, 0)
    with stored_records(database_url, PLYMOUTH) as records:
        urgencies = {one.referral_id: str(one.urgency) for one in records.referrals()}
    assert urgencies == {"DEMO-R-1": "planned", "DEMO-R-2": "crisis", "DEMO-R-3": "planned"}


def test_one_bad_record_keeps_the_whole_file_out(migrated_url: str, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.json", [referral(1), referral(2, urgency="soonish", sex="X")])
    with pytest.raises(ImportRejected) as raised:
        import_file(migrated_url, "referrals", bad, PLYMOUTH, "tester")
    assert {issue.column for issue in raised.value.issues} == {"urgency", "sex"}
    assert stored_count(migrated_url) == 0


def test_a_record_of_another_authority_is_refused_with_its_row(migrated_url: str, tmp_path: Path) -> None:
    mixed = write(tmp_path / "mixed.json", [referral(1), referral(2, authority=DEVON)])
    with pytest.raises(ImportRejected) as raised:
        import_file(migrated_url, "referrals", mixed, PLYMOUTH, "tester")
    assert [(issue.row, issue.column, issue.rule) for issue in raised.value.issues] == [
        (2, "authority", "another_authority")
    ]
    assert stored_count(migrated_url) == 0


def test_a_dry_run_counts_and_keeps_nothing(migrated_url: str, sample: dict[str, Path]) -> None:
    dry = import_file(migrated_url, "homes", sample["homes"], PLYMOUTH, "tester", dry_run=True)
    assert dry.import_id is None
    assert dry.changes.added > 0
    assert stored_count(migrated_url, homes_table) == 0
    database = open_database(migrated_url)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(audit_table)).scalar_one() == 0
    database.close()


def test_a_dry_run_without_a_database_leaves_none_behind(tmp_path: Path) -> None:
    path = tmp_path / "absent.sqlite3"
    result = import_file(f"sqlite:///{path}", "homes", sample_path("homes"), PLYMOUTH, "tester", dry_run=True)
    assert result.changes.added > 0
    assert list(tmp_path.iterdir()) == []


def test_an_import_is_written_into_the_audit_with_counts_and_no_values(
    database_url: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "one.json", [referral(1, home_postcode="PL1 2AA")])
    result = import_file(database_url, "referrals", path, PLYMOUTH, "tester")
    with stored_records(database_url, PLYMOUTH) as records:
        (entry,) = records.audit_entries()
        assert audit.verify(records.connection).first_broken is None
    assert (entry.actor, entry.action, entry.subject_kind) == ("tester", "imported", "referrals")
    assert entry.subject_id == result.import_id
    assert entry.detail == {"added": 1, "changed": 0, "unchanged": 0}


def test_a_record_of_another_council_is_not_found_and_not_listed(database_url: str, tmp_path: Path) -> None:
    ours = write(tmp_path / "ours.json", [referral(1)])
    theirs = write(tmp_path / "theirs.json", [referral(2, authority=DEVON)])
    import_file(database_url, "referrals", ours, PLYMOUTH, "tester")
    import_file(database_url, "referrals", theirs, DEVON, "tester")
    with stored_records(database_url, PLYMOUTH) as records:
        assert [one.referral_id for one in records.referrals()] == ["DEMO-R-1"]
        with pytest.raises(NotFound) as theirs_error:
            records.referral("DEMO-R-2")
        with pytest.raises(NotFound) as nobodys_error:
            records.referral("DEMO-R-99")
    assert (theirs_error.value.code, theirs_error.value.message) == (
        nobodys_error.value.code,
        nobodys_error.value.message,
    )


def test_two_councils_may_use_the_same_id_without_seeing_each_other(
    database_url: str, tmp_path: Path
) -> None:
    for authority in (PLYMOUTH, DEVON):
        path = write(tmp_path / f"{authority}.json", [referral(1, authority=authority)])
        assert counts(import_file(database_url, "referrals", path, authority, "tester")) == (1, 0, 0)
    with stored_records(database_url, DEVON) as records:
        assert [one.authority for one in records.referrals()] == [DEVON]


def test_records_cannot_be_kept_for_an_authority_outside_the_scope(migrated_url: str) -> None:
    database = open_database(migrated_url)
    with pytest.raises(NotPermitted), database.writing() as connection:
        scope = Scope(authorities=frozenset({PLYMOUTH}), actor="tester")
        Records(connection, scope).keep("referrals", DEVON, [], import_id=None)
    database.close()


def test_a_user_who_may_not_import_is_refused_by_name(migrated_url: str) -> None:
    database = open_database(migrated_url)
    with database.writing() as connection:
        for username, role, authority in (
            ("reader", Role.AUDITOR, PLYMOUTH),
            ("neighbour", Role.MANAGER, DEVON),
            ("officer", Role.BROKERAGE_OFFICER, PLYMOUTH),
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
            import_file(migrated_url, "homes", sample_path("homes"), PLYMOUTH, username)
    assert import_file(migrated_url, "homes", sample_path("homes"), PLYMOUTH, "officer").changes.added > 0


def test_an_unknown_authority_is_refused_before_the_file_is_read(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        import_file(database_url, "homes", tmp_path / "absent.json", "999", "tester")
    assert raised.value.code == "no_such_authority"


def test_a_database_that_needs_an_upgrade_is_left_alone(database_url: str) -> None:
    migrate.upgrade(database_url)
    migrate.downgrade(database_url, "base")
    with pytest.raises(Conflict) as raised:
        import_file(database_url, "homes", sample_path("homes"), PLYMOUTH, "tester")
    assert raised.value.code == "database_out_of_date"


EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"


def write_return(folder: Path, year: int, children: int) -> None:
    folder.mkdir(parents=True)
    episodes = [f"{n},01/05/{year - 1},S,C2,N1,U1,PR1,,,,,,\n" for n in range(children)]
    header = [f"{n},1,01/02/2012,WBRI,,,\n" for n in range(children)]
    (folder / "episodes.csv").write_text(EPISODES + "".join(episodes))
    (folder / "header.csv").write_text(HEADER + "".join(header))


def test_a_return_is_kept_file_by_file_and_reads_as_from_its_folder(
    database_url: str, tmp_path: Path
) -> None:
    from sufficiency import read_returns

    folder = tmp_path / "returns"
    write_return(folder / "2024", 2024, 3)
    write_return(folder / "2025", 2025, 4)
    first = import_file(database_url, "returns", folder, PLYMOUTH, "tester")
    assert counts(first) == (4, 0, 0)
    assert counts(import_file(database_url, "returns", folder, PLYMOUTH, "tester")) == (0, 0, 4)
    with stored_records(database_url, PLYMOUTH) as records:
        kept = records.returns()
    read = read_returns(folder)
    assert len(kept.episodes) == len(read.episodes) == 7
    assert kept.year_ends == read.year_ends
    with open(folder / "2025" / "header.csv", "a") as header:
        header.write("4,2,01/02/2013,WBRI,,,\n")
    assert counts(import_file(database_url, "returns", folder, PLYMOUTH, "tester")) == (0, 1, 3)


def test_a_return_in_xml_and_a_safeguarding_dataset_are_kept_and_read_back(
    database_url: str, tmp_path: Path
) -> None:
    from sufficiency import read_returns

    folder = tmp_path / "returns"
    (folder / "2020").mkdir(parents=True)
    (folder / "2020" / "return.xml").write_text(
        "<EXPSSDA903><CHILD><HEADER><CHILDID>DEMO-1</CHILDID><SEX>2</SEX><DOB>01/06/2010</DOB></HEADER>"
        "<EPISODE><DECOM>01/05/2019</DECOM><RNE>S</RNE><LS>C2</LS><PL>U6</PL>"
        "<PLACE_PROVIDER>PR1</PLACE_PROVIDER></EPISODE></CHILD></EXPSSDA903>"
    )
    (folder / "ssd_person.csv").write_text("pers_person_id,pers_dob,pers_sex\nDEMO-2,2008-02-03,M\n")
    (folder / "ssd_cla_placement.csv").write_text(
        "clap_person_id,clap_cla_placement_start_date,clap_cla_placement_type,clap_cla_placement_provider,"
        "clap_cla_placement_end_date\nDEMO-2,2019-06-01,K2,PR4,\n"
    )
    import_file(database_url, "returns", folder, PLYMOUTH, "tester")
    with stored_records(database_url, PLYMOUTH) as records:
        kept = records.returns()
    read = read_returns(folder)
    assert sorted(row.child_id for row in kept.episodes) == ["DEMO-1", "DEMO-2"]
    assert sorted(kept.episodes, key=str) == sorted(read.episodes, key=str)
    assert {table.raw.file for table in kept.tables} == {table.raw.file for table in read.tables}
