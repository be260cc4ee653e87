"""Returns in the forms that councils' systems write: nothing in them stops the run or costs a good row, all is told."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from reference_data.cells import parse_date
from reference_data.problems import ImportRejected
from sufficiency import read_returns
from sufficiency.episodes import Stay
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.returns import Returns

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
HEADER = "CHILD,SEX,DOB\n1,1,01/06/2010\n2,2,15/03/2012\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n"
    "1,01/05/2020,S,C2,U4,PR1,01/09/2020,X1\n"
    "1,01/09/2020,P,C2,K2,PR4,,\n"
    "2,03/06/2020,S,C2,U6,PR4,01/02/2021,E8\n"
)


def stays(history: CareHistory) -> list[tuple[str, date, date | None, str]]:
    return [(s.child_id, s.started_on, s.ended_on, s.place) for s in history.stays]


@pytest.fixture
def plain(tmp_path: Path) -> list[tuple[str, date, date | None, str]]:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "header.csv").write_text(HEADER)
    (folder / "episodes.csv").write_text(EPISODES)
    found = stays(repaired_history(read_returns(folder)))
    assert len(found) == 3
    return found


def read(folder: Path, episodes: str | bytes = EPISODES, header: str | bytes = HEADER) -> CareHistory:
    folder.mkdir(exist_ok=True)
    for name, content in (("header.csv", header), ("episodes.csv", episodes)):
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return repaired_history(read_returns(folder))


WRITINGS: dict[str, Callable[[str], str | bytes]] = {
    "utf-16": lambda text: text.encode("utf-16"),
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "windows-1252": lambda text: text.replace("PR1", "PR1\xa0").encode("cp1252"),
    "semicolons": lambda text: text.replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "bars": lambda text: text.replace(",", "|"),
    "all quoted": lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()
    ),
    "spaces": lambda text: text.replace(",", " , "),
    "old line ends": lambda text: text.replace("\n", "\r\n") + "\r\n\r\n",
    "names in lower case and spaces": lambda text: (
        text.replace("CHILD", "child").replace("PLACE_PROVIDER", "Place Provider").replace("DECOM", "Decom")
    ),
    "an index without a name": lambda text: "\n".join(
        f"{'' if n == 0 else n},{line}" for n, line in enumerate(text.splitlines())
    ),
    "ids with a decimal point": lambda text: text.replace("\n1,", "\n1.0,").replace("\n2,", "\n2.0,"),
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_a_file_in_another_writing_holds_the_same(writing: str, tmp_path: Path, plain: object) -> None:
    history = read(tmp_path / "other", WRITINGS[writing](EPISODES))
    assert stays(history) == plain
    assert history.report.rows == ()


DATES: dict[str, Callable[[date], str]] = {
    "d/m/yyyy": lambda day: f"{day.day}/{day.month}/{day.year}",
    "dd-mm-yyyy": lambda day: f"{day:%d-%m-%Y}",
    "dd.mm.yy": lambda day: f"{day:%d.%m.%y}",
    "d-Mon-yy": lambda day: f"{day.day}-{day:%b-%y}",
    "d Month yyyy": lambda day: f"{day.day} {day:%B} {day.year}",
    "yyyymmdd": lambda day: f"{day:%Y%m%d}",
    "a time of day": lambda day: f"{day:%d/%m/%Y} 09:30:00",
    "a day number": lambda day: str((day - date(1899, 12, 30)).days),
}


@pytest.mark.parametrize("form", DATES)
def test_dates_in_another_form_are_read_and_told(form: str, tmp_path: Path, plain: object) -> None:
    rows = list(csv.reader(io.StringIO(EPISODES)))
    for row in rows[1:]:
        for place in (1, 6):
            row[place] = DATES[form](parse_date(row[place])) if row[place] else ""
    history = read(tmp_path / "other", "\n".join(map(",".join, rows)))
    assert stays(history) == plain
    assert history.report.counts == {"other_date_form": 5}
    assert {(row.file, row.row) for row in history.report.rows} == {("episodes.csv", n) for n in (2, 3, 4)}
    assert all(not any(character.isdigit() for character in row.done) for row in history.report.rows)


@pytest.mark.parametrize(
    ("spoil", "counts"),
    [
        (lambda t: t.replace("PR4,,", "PR4,,,,a remark"), {"too_many_cells": 1}),
        (lambda t: t.replace("2,03/06", '2,"03/06'), {"stray_quotation_mark": 1}),
        (lambda t: "SSDA903 2020-21,,\nCouncil of somewhere\n\n" + t, {"above_the_names": 2}),
    ],
)
def test_what_stands_in_the_way_of_a_row_is_told_and_costs_nothing(
    spoil: Callable[[str], str], counts: dict[str, int], tmp_path: Path, plain: object
) -> None:
    history = read(tmp_path / "other", spoil(EPISODES))
    assert stays(history) == plain
    assert history.report.counts == counts


def test_dates_with_the_month_first_are_warned_of(tmp_path: Path) -> None:
    rows = [
        f"1,{month:02}/{day}/2020,S,C2,U4,PR1,," for month, day in ((4, 30), (5, 2), (6, 17), (7, 21), (8, 3))
    ]
    history = read(tmp_path / "us", EPISODES.splitlines()[0] + "\n" + "\n".join(rows))
    assert history.report.counts["no_start_date"] == 3
    assert "many_unreadable_dates" in {issue.rule for issue in read_returns(tmp_path / "us").warnings}


def test_a_mistyped_year_does_not_date_a_history(tmp_path: Path) -> None:
    text = "".join((SAMPLE / f"{year}-episodes.csv").read_text(encoding="utf-8-sig") for year in (2018, 2019))
    folder = tmp_path / "history"
    folder.mkdir()
    for year in (2018, 2019):
        shutil.copy(SAMPLE / f"{year}-header.csv", folder)
    (folder / "episodes.csv").write_text(text)
    as_it_is = read_returns(folder)
    child, *rest = next(line for line in text.splitlines()[1:] if "/2019," in line).split(",")
    (folder / "episodes.csv").write_text(
        text + "\n" + ",".join([child, "01/05/2026", *rest[1:6], "01/06/2026", *rest[7:]])
    )
    assert read_returns(folder).last_day == as_it_is.last_day
    assert as_it_is.last_day == date(2020, 3, 31)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), day)
                    else:
                        sheet.write(y, x, cell)


def cells(text: str) -> list[list[object]]:
    def cell(value: str) -> object:
        if value.count("/") == 2:
            return parse_date(value)
        return int(value) if value.isdigit() else value

    return [[cell(value) for value in row] for row in csv.reader(io.StringIO(text))]


def test_a_workbook_with_a_table_on_each_sheet_is_a_whole_return(tmp_path: Path, plain: object) -> None:
    sheets = {"Notes": [["Made by the system"]], "Header": cells(HEADER), "Episodes": cells(EPISODES)}
    workbook(tmp_path / "return.xlsx", sheets)
    returns = read_returns(tmp_path / "return.xlsx")
    assert stays(repaired_history(returns)) == plain
    assert [(table.kind, table.raw.file) for table in returns.tables] == [
        ("header", "return.xlsx (Header)"),
        ("episodes", "return.xlsx (Episodes)"),
    ]
    assert [(issue.file, issue.rule) for issue in returns.warnings] == [
        ("return.xlsx (Notes)", "unknown_table")
    ]


def test_an_error_of_a_spreadsheet_costs_its_cell_only_and_is_told(tmp_path: Path) -> None:
    workbook(tmp_path / "episodes.xlsx", {"Sheet1": cells(EPISODES)})
    with zipfile.ZipFile(tmp_path / "episodes.xlsx") as package:
        parts = {item: package.read(item) for item in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'<c r="F3"><f>1/0</f><v>0</v></c>', b"")
    place = sheet.index(b'<row r="3"')
    end = sheet.index(b"</row>", place)
    parts["xl/worksheets/sheet1.xml"] = sheet[:end] + b'<c r="I3" t="e"><v>#REF!</v></c>' + sheet[end:]
    with zipfile.ZipFile(tmp_path / "episodes.xlsx", "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    (tmp_path / "header.csv").write_text(HEADER)
    history = repaired_history(read_returns(tmp_path))
    assert len(history.stays) == 3
    assert history.report.counts["spreadsheet_error"] == 1


def test_files_that_are_no_tables_stop_nothing_as_long_as_episodes_are_left(
    tmp_path: Path, plain: object
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "oc3.csv").write_text("")
    (folder / "oc2.csv").write_bytes(b"\x00\x01\x02")
    (folder / "uasc.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (folder / "old.xml").write_text("<EXPSSDA903><CHILD>")
    (folder / "guidance.pdf").write_bytes(b"%PDF-1.7")
    (folder / "2019-episodes.csv").write_text("CHILD,DECOM,DEC\n1,01/05/2019,\n")
    history = read(folder)
    assert stays(history) == plain
    told = {(issue.file, issue.rule) for issue in read_returns(folder).warnings}
    assert told == {
        ("2019-episodes.csv", "missing_column"),
        ("guidance.pdf", "passed_over"),
        ("oc2.csv", "unknown_table"),
        ("oc3.csv", "empty_file"),
        ("old.xml", "not_xml"),
        ("uasc.xlsx", "not_a_table"),
    }


def test_if_nothing_is_left_every_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "episodes.csv").write_text("")
    (tmp_path / "header.csv").write_text(HEADER)
    with pytest.raises(ImportRejected) as refused:
        read_returns(tmp_path)
    assert [(i.file, i.rule) for i in refused.value.issues] == [
        ("episodes.csv", "empty_file"),
        ("episodes", "missing_table"),
    ]


def test_zips_in_a_folder_and_rubbish_in_zips_are_no_hindrance(tmp_path: Path, plain: object) -> None:
    with zipfile.ZipFile(tmp_path / "2020.zip", "w") as archive:
        archive.writestr("2020/header.csv", HEADER)
        archive.writestr("2020/episodes.csv", EPISODES)
        archive.writestr("__MACOSX/2020/._episodes.csv", b"\x00\x05\x16\x07")
        archive.writestr("2020/empty.csv", "")
    assert stays(repaired_history(read_returns(tmp_path))) == plain
    assert stays(repaired_history(read_returns(tmp_path / "2020.zip"))) == plain


def of(history: CareHistory, child: str) -> list[Stay]:
    return [stay for stay in history.stays if stay.child_id == child]


def test_an_episode_without_a_night_takes_no_other_episode_with_it(tmp_path: Path) -> None:
    first = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n2,03/06/2020,S,C2,U6,PR4,01/02/2021,E8\n"
    history = read(
        tmp_path / "same_start",
        first + "1,01/05/2020,S,C2,U4,PR1,01/05/2020,X1\n1,01/05/2020,P,C2,K2,PR4,,\n",
    )
    assert [(stay.started_on, stay.ended_on, stay.place) for stay in of(history, "1")] == [
        (date(2020, 5, 1), None, "K2")
    ]
    assert history.report.counts == {"same_day": 1}
    history = read(
        tmp_path / "in_the_middle",
        first + "1,01/05/2020,S,C2,U4,PR1,,\n1,01/08/2020,P,C2,K2,PR4,01/08/2020,X1\n",
    )
    assert [stay.ended_on for stay in of(history, "1")] == [None]
    history = read(
        tmp_path / "with_an_end_of_care",
        first + "1,01/05/2020,S,C2,U4,PR1,,\n1,01/08/2020,P,C2,K2,PR4,01/08/2020,E8\n",
    )
    assert [stay.ended_on for stay in of(history, "1")] == [date(2020, 8, 1)]


def test_a_short_break_ends_no_placement(tmp_path: Path) -> None:
    history = read(
        tmp_path / "other",
        "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n2,03/06/2020,S,C2,U6,PR4,01/02/2021,E8\n"
        "1,01/05/2020,S,C2,U4,PR1,,\n1,01/08/2020,S,V3,U4,PR1,03/08/2020,E8\n",
    )
    assert [stay.ended_on for stay in of(history, "1")] == [None]
    assert history.report.counts == {"short_break": 1}


def partly(rows: list[list[str]], drawn: date) -> str:
    """Return the sample's rows as an extract drawn on a day would hold them."""
    kept = [rows[0]]
    at = {name: place for place, name in enumerate(rows[0])}
    for row in rows[1:]:
        days = {n: parse_date(row[at[n]]) for n in ("DECOM", "DEC") if row[at[n]]}
        if days["DECOM"] > drawn:
            continue
        row = list(row)
        if days.get("DEC", drawn) > drawn:
            row[at["DEC"]] = row[at["REC"]] = ""
        kept.append(row)
    return "\n".join(map(",".join, kept))


def extracts(folder: Path, drawn: dict[str, date], *, leave_out: str = "") -> Returns:
    folder.mkdir()
    shutil.copy(SAMPLE / "2017-header.csv", folder)
    text = (SAMPLE / "2017-episodes.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    for name, day in drawn.items():
        last = day == max(drawn.values())
        kept = [row for row in rows if not (last and leave_out and row[0] == leave_out)]
        (folder / f"{name}.csv").write_text(partly(kept, day))
    return read_returns(folder)


def test_extracts_of_one_year_follow_each_other_whatever_their_names(tmp_path: Path) -> None:
    # The later extract stands first by name.
    drawn = {"z-episodes": date(2017, 9, 30), "a-episodes": date(2017, 12, 31)}
    returns = extracts(tmp_path / "both", drawn)
    assert date(2017, 12, 15) <= returns.last_day <= date(2017, 12, 31)
    alone = extracts(tmp_path / "later", {"a-episodes": date(2017, 12, 31)})
    assert alone.last_day == returns.last_day
    assert stays(repaired_history(returns)) == stays(repaired_history(alone))


def test_who_is_gone_from_a_later_extract_of_the_year_is_closed_on_the_day_of_the_earlier(
    tmp_path: Path,
) -> None:
    drawn = {"z-episodes": date(2017, 9, 30), "a-episodes": date(2017, 12, 31)}
    whole = repaired_history(extracts(tmp_path / "whole", drawn))
    child = next(stay.child_id for stay in whole.stays if stay.ended_on is None)
    without = repaired_history(extracts(tmp_path / "without", drawn, leave_out=child))
    assert all(
        stay.ended_on and date(2017, 9, 15) <= stay.ended_on <= date(2017, 9, 30)
        for stay in of(without, child)
        if stay.ended_on == max(s.ended_on or date.max for s in of(without, child))
    )
    assert "gone_from_next_return" in without.report.counts
    assert "missing_year" not in {issue.rule for issue in extracts(tmp_path / "again", drawn).warnings}


def test_an_extract_of_a_small_council_is_known_to_end_when_its_events_do(tmp_path: Path) -> None:
    header, rows = ["CHILD,SEX,DOB"], ["CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC"]
    for n in range(60):
        header.append(f"{n},1,01/06/2010")
        day = date.fromordinal(date(2020, 4, 3).toordinal() + 3 * n)
        rows.append(f"{n},{day:%d/%m/%Y},S,C2,U4,PR1,,")
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "header.csv").write_text("\n".join(header))
    (folder / "episodes.csv").write_text("\n".join(rows))
    assert read_returns(folder).last_day == date(2020, 9, 27)


def test_the_88_open_episodes_that_vanish_from_the_second_sample_return_are_closed(tmp_path: Path) -> None:
    def keyed(year: int) -> dict[tuple[str, str], str]:
        text = (SAMPLE / f"{year}-episodes.csv").read_text(encoding="utf-8-sig")
        rows = csv.DictReader(io.StringIO(text))
        return {(row["CHILD"], row["DECOM"]): row["DEC"] for row in rows}

    first, second = keyed(2017), keyed(2018)
    vanished = {key for key, ended in first.items() if not ended and key not in second}
    assert len(vanished) == 88
    for year in (2017, 2018):
        for table in ("header", "episodes"):
            shutil.copy(SAMPLE / f"{year}-{table}.csv", tmp_path)
    history = repaired_history(read_returns(tmp_path))
    kept = [
        stay
        for stay in history.stays
        if (stay.child_id, f"{stay.started_on:%d/%m/%Y}") in vanished
        and (stay.ended_on is None or stay.ended_on > date(2018, 3, 31))
    ]
    assert kept == []
    at = {row.row for row in history.report.rows if row.rule == "gone_from_next_return"}
    assert len(at) == 87
    # Read with all five returns they are closed too, though most come back under the same start.
    history = repaired_history(read_returns(SAMPLE))
    assert history.report.counts["back_in_later_return"] > 80
    assert not any(
        stay.ended_on is None or stay.ended_on > date(2018, 3, 31)
        for stay in history.stays
        if (stay.child_id, f"{stay.started_on:%d/%m/%Y}") in vanished
    )
    assert (
        len({row.row for row in history.report.rows if row.file == "2017-episodes.csv" and row.row in at})
        == 87
    )
