"""The same return as XML, and the Standard Safeguarding Dataset: read like the CSV form of the same facts."""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from reference_data.problems import ImportRejected
from sufficiency import read_returns
from sufficiency.repair import repaired_history

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
YEAR = "2019"
REVIEWED = "14/09/2019"


def rows_of(table: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (SAMPLE / f"{YEAR}-{table}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["CHILD"]].append(row)
    return found


def elements(row: dict[str, str], leave_out: tuple[str, ...] = ()) -> str:
    names = {"CHILD": "CHILDID", "PLACE": "PL"}
    return "".join(
        f"<{names.get(name, name)}>{escape(value)}</{names.get(name, name)}>"
        for name, value in row.items()
        if name not in leave_out
    )


def as_xml() -> str:
    header, episodes = rows_of("header"), rows_of("episodes")
    children = []
    for child, people in header.items():
        review = f"<AREVIEW><REVIEW>{REVIEWED}</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>"
        inner = review * 2 + "<UASC/><OC3><IN_TOUCH>YES</IN_TOUCH><ACTIV>F2</ACTIV><ACCOM>B1</ACCOM></OC3>"
        spells = "".join(f"<EPISODE>{elements(row, ('CHILD',))}</EPISODE>" for row in episodes.get(child, []))
        children.append(f"<CHILD><HEADER>{elements(people[0])}{inner}</HEADER>{spells}</CHILD>")
    return f"<?xml version='1.0' encoding='utf-8'?><EXPSSDA903>{''.join(children)}</EXPSSDA903>"


def test_a_return_in_xml_is_read_as_its_csv_form_is(tmp_path: Path) -> None:
    as_csv = tmp_path / "csv"
    as_csv.mkdir()
    for table in ("header", "episodes"):
        shutil.copy(SAMPLE / f"{YEAR}-{table}.csv", as_csv)
    (tmp_path / "return.xml").write_text(as_xml(), encoding="utf-8")
    from_csv, from_xml = read_returns(as_csv), read_returns(tmp_path / "return.xml")
    assert (from_xml.first_day, from_xml.last_day) == (from_csv.first_day, from_csv.last_day)

    def said(returns: object) -> list[object]:
        return sorted(
            (replace(row, file="", row=0) for row in returns.episodes),  # type: ignore[attr-defined]
            key=lambda row: (row.child_id, row.started_on, row.ended_on or date.max, row.place),
        )

    assert said(from_xml) == said(from_csv)
    assert len(from_csv.episodes) > 500
    children = len(rows_of("header"))
    counts = {table.kind: len(table.raw.rows) for table in from_xml.tables}
    assert counts == {
        "header": children,
        "episodes": len(from_csv.episodes),
        "reviews": 2 * children,
        "oc3": children,
    }
    stays = repaired_history(from_xml).stays
    assert {replace(stay) for stay in stays} == set(repaired_history(from_csv).stays)


def test_xml_inside_a_zip_or_a_folder_is_read_too(tmp_path: Path) -> None:
    folder = tmp_path / "returns"
    folder.mkdir()
    (folder / "return.xml").write_text(as_xml(), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "returns.zip", "w") as archive:
        archive.write(folder / "return.xml", "inner/return.xml")
    assert read_returns(folder).episodes == read_returns(tmp_path / "returns.zip").episodes


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("<EXPSSDA903><CHILD><HEADER>", "not_xml"),
        ("<EXPSSDA903></EXPSSDA903>", "no_children"),
        (
            "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><EXPSSDA903><CHILD><HEADER><CHILDID>&a;</CHILDID>"
            "</HEADER></CHILD></EXPSSDA903>",
            "document_type",
        ),
    ],
)
def test_xml_that_is_no_return_is_refused(tmp_path: Path, content: str, rule: str) -> None:
    (tmp_path / "return.xml").write_text(content)
    with pytest.raises(ImportRejected) as refused:
        read_returns(tmp_path / "return.xml")
    assert [issue.rule for issue in refused.value.issues] == [rule]


def test_an_element_that_no_table_has_is_told_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_text(as_xml().replace("</RNE>", "</RNE><SHOE_SIZE>4</SHOE_SIZE>"))
    returns = read_returns(tmp_path / "return.xml")
    assert [(issue.column, issue.rule) for issue in returns.warnings] == [("SHOE_SIZE", "unknown_column")]


PLACEMENTS = """clap_cla_placement_id,clap_cla_id,clap_person_id,clap_cla_placement_start_date,\
clap_cla_placement_type,clap_cla_placement_urn,clap_cla_placement_distance,clap_cla_placement_provider,\
clap_cla_placement_postcode,clap_cla_placement_end_date,clap_cla_placement_change_reason
1,1,A,2020-05-01 00:00:00,U6,SC000001,3.1,PR1,PL1 2AA,2020-09-01 00:00:00,CARPL
2,1,A,2020-09-01 00:00:00,U6,SC000001,4.1,PR1,PL1 2AA,2021-01-10 00:00:00,
3,2,A,2021-06-01 00:00:00,K2,SC000002,30.2,PR4,EX1 1JN,,
"""
PEOPLE = "pers_person_id,pers_sex,pers_dob,pers_ethnicity\nA,F,2010-06-01 00:00:00,WBRI\n"


def test_placements_of_the_safeguarding_dataset_are_placements_and_never_joined(tmp_path: Path) -> None:
    (tmp_path / "ssd_cla_placement.csv").write_text(PLACEMENTS)
    (tmp_path / "ssd_person.csv").write_text(PEOPLE)
    mended = repaired_history(read_returns(tmp_path))
    assert [
        (stay.care_started_on, stay.started_on, stay.ended_on, stay.detail.value) for stay in mended.stays
    ] == [
        (date(2020, 5, 1), date(2020, 5, 1), date(2020, 9, 1), "in_house_fostering"),
        (date(2020, 5, 1), date(2020, 9, 1), date(2021, 1, 10), "in_house_fostering"),
        (date(2021, 6, 1), date(2021, 6, 1), None, "homes"),
    ]
    assert mended.report.rows == ()
