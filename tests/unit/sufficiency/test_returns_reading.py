"""Reading SSDA903 returns and mending them: every change is listed, and nothing repeats a child's data."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from reference_data.problems import ImportRejected
from sufficiency import read_returns
from sufficiency.episodes import PlacementDetail
from sufficiency.repair import CareHistory, repaired_history

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
HEADER = "CHILD,SEX,DOB\nA,1,01/06/2010\nB,2,15/03/2004\nC,2,20/01/2015\n"
COLUMNS = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n"


def history(folder: Path, *, known_on: date | None = None, header: str = HEADER, **years: str) -> CareHistory:
    (folder / "header.csv").write_text(header)
    for name, rows in years.items():
        (folder / f"{name}-episodes.csv").write_text(COLUMNS + rows)
    return repaired_history(read_returns(folder), known_on=known_on)


def in_care(history: CareHistory, day: date) -> int:
    return sum(s.started_on <= day and (s.ended_on is None or s.ended_on > day) for s in history.stays)


def rules(history: CareHistory) -> dict[str, int]:
    return history.report.counts


def test_the_sample_returns_cover_five_years_and_report_what_was_mended() -> None:
    returns = read_returns(SAMPLE)
    assert (returns.first_day, returns.last_day) == (date(2017, 4, 1), date(2022, 3, 31))
    assert len(returns.year_ends) == 5
    mended = repaired_history(returns)
    assert mended.report.counts["gone_from_next_return"] == 174
    assert mended.report.counts["carried_over"] == 760
    assert mended.report.counts["back_in_later_return"] == 150
    assert in_care(mended, date(2022, 3, 31)) == 55


def test_children_who_vanish_from_the_next_return_are_closed_and_not_kept() -> None:
    mended = repaired_history(read_returns(SAMPLE), known_on=date(2019, 3, 31))
    assert mended.report.counts["gone_from_next_return"] == 87
    # 234 children are open in the return closing that day; 39 of them are on short breaks.
    assert in_care(mended, date(2019, 3, 31)) == 195


def test_headers_may_be_in_any_case_and_order_and_dates_iso(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("dob,child,sex\n2010-06-01,A,F\n")
    (tmp_path / "x.csv").write_text("Place,dec,Child,Decom\nU4,,A,2020-05-01\n")
    returns = read_returns(tmp_path)
    assert returns.year_ends == (date(2021, 3, 31),)
    assert in_care(repaired_history(returns), date(2020, 5, 1)) == 1
    assert {issue.column for issue in returns.warnings} == {"RNE", "LS", "PLACE_PROVIDER", "REC"}


def test_a_zip_is_read_like_the_folder_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "returns.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(SAMPLE.glob("2021-*.csv")):
            archive.write(file, f"some/folder/{file.name}")
    assert read_returns(path).year_ends == (date(2022, 3, 31),)


def test_a_missing_column_is_rejected_by_file_and_column(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER)
    (tmp_path / "2020-episodes.csv").write_text("CHILD,DECOM,DEC\nA,01/05/2020,\n")
    with pytest.raises(ImportRejected) as caught:
        read_returns(tmp_path)
    assert [(i.file, i.column, i.rule) for i in caught.value.issues] == [
        ("2020-episodes.csv", "PLACE", "missing_column")
    ]


def test_every_unusable_file_is_listed(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text("")
    (tmp_path / "episodes.csv").write_bytes(b"CHILD,DECOM\n\x00\x01,\n")
    with pytest.raises(ImportRejected) as caught:
        read_returns(tmp_path)
    assert {(i.file, i.rule) for i in caught.value.issues} == {
        ("header.csv", "empty_file"),
        ("episodes.csv", "missing_column"),
    }


def test_a_folder_without_birth_dates_or_without_files_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected) as caught:
        read_returns(tmp_path)
    assert caught.value.issues[0].rule == "no_files"
    (tmp_path / "episodes.csv").write_text(COLUMNS + "A,01/05/2020,S,C2,U4,PR1,,\n")
    with pytest.raises(ImportRejected) as caught:
        read_returns(tmp_path)
    assert caught.value.issues[0].rule == "missing_table"


def test_row_level_dirt_is_set_aside_and_listed_without_stopping_the_rest(tmp_path: Path) -> None:
    mended = history(
        tmp_path,
        y2020="A,01/05/2020,S,C2,U4,PR1,,\n"
        "A,,P,C2,U4,PR1,,\n"
        ",01/05/2020,S,C2,U4,PR1,,\n"
        "B,01/09/2020,S,C2,XX,PR1,01/10/2020,E8\n"
        "B,01/11/2020,S,C2,U4,PR1,01/11/2020,E8\n"
        "C,01/06/2020,S,C2,U4,PR1,31/05/2020,X1\n"
        "C,01/07/2020,P,C2,K2,PR4,32/13/2020,\n"
        "D,01/07/2020,S,C2,K2,PR4,,\n"
        "C,01/01/2014,S,C2,K2,PR4,01/02/2014,E8\n",
    )
    assert rules(mended) == {
        "end_taken_from_next_start": 1,
        "no_birth_date": 1,
        "no_child": 1,
        "no_start_date": 1,
        "reversed_dates": 1,
        "same_day": 1,
        "starts_before_birth": 1,
        "unknown_place": 1,
        "unreadable_end_date": 1,
    }
    assert in_care(mended, date(2021, 3, 31)) == 2


def test_the_report_names_rows_and_never_a_child(tmp_path: Path) -> None:
    header = "CHILD,SEX,DOB\nSECRET-ID,1,01/06/2010\n"
    mended = history(tmp_path, header=header, y2020="SECRET-ID,05/07/2020,S,V3,U4,PR1,,\n")
    text = json.dumps(mended.report.as_dict())
    assert "SECRET-ID" not in text
    assert "05/07/2020" not in text
    assert '"row": 2' in text


def test_care_ends_on_the_eighteenth_birthday_whatever_the_return_says(tmp_path: Path) -> None:
    mended = history(tmp_path, y2021="B,01/05/2020,P,C2,H5,PR4,,\nA,01/05/2021,S,C2,U4,PR1,,\n")
    assert mended.stays[1].ended_on == date(2022, 3, 15)
    assert rules(mended) == {"ends_after_18": 1}


def test_short_breaks_are_left_out_and_temporary_places_keep_the_bed(tmp_path: Path) -> None:
    mended = history(
        tmp_path,
        y2020="A,01/05/2020,S,C2,U4,PR1,10/06/2020,X1\n"
        "A,10/06/2020,T,C2,T1,,20/06/2020,X1\n"
        "A,20/06/2020,P,C2,U4,PR1,,\n"
        "C,01/05/2020,S,V4,U4,PR1,,\n",
    )
    assert len(mended.stays) == 1
    assert mended.stays[0].started_on == date(2020, 5, 1)
    assert mended.stays[0].detail is PlacementDetail.IN_HOUSE_FOSTERING
    assert rules(mended) == {"short_break": 1, "temporary_place": 1}


def test_the_later_return_wins_and_overlaps_are_cut(tmp_path: Path) -> None:
    mended = history(
        tmp_path,
        y2019="A,01/05/2019,S,C2,U4,PR1,,\nB,01/06/2019,S,C2,K2,PR4,01/07/2019,E8\n",
        y2020="A,01/05/2019,S,C2,U4,PR1,01/09/2020,X1\nA,01/08/2020,P,C2,K2,PR4,,\nB,01/06/2020,S,C2,U4,PR1,01/07/2020,E8\n",
    )
    first, second = (stay for stay in mended.stays if stay.child_id == "A")
    assert (first.ended_on, first.next_detail) == (date(2020, 8, 1), PlacementDetail.HOMES)
    assert (second.started_on, second.care_started_on) == (date(2020, 8, 1), date(2019, 5, 1))
    assert rules(mended) == {"carried_over": 1, "overlap": 1}


def test_what_was_recorded_after_a_day_is_forgotten(tmp_path: Path) -> None:
    mended = history(
        tmp_path,
        known_on=date(2020, 3, 31),
        y2019="A,01/05/2019,S,C2,U4,PR1,,\nB,01/06/2019,S,C2,K2,PR4,01/07/2019,E8\n",
        y2020="A,01/05/2019,S,C2,U4,PR1,01/09/2020,E8\nB,01/06/2020,S,C2,U4,PR1,,\n",
    )
    assert in_care(mended, date(2020, 3, 31)) == 1
    assert all(stay.started_on < date(2020, 1, 1) for stay in mended.stays)
    assert next(stay for stay in mended.stays if stay.child_id == "A").ended_on is None


def test_codes_in_lower_case_and_invented_postcodes_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text("CHILD,DOB\nB,15/03/2005\n")
    (tmp_path / "episodes.csv").write_text("CHILD,DECOM,DEC,PLACE,PL_POST\nB,01/05/2021,,h5,V28 5OY\n")
    mended = repaired_history(read_returns(tmp_path))
    assert mended.stays[0].detail is PlacementDetail.SUPPORTED
    assert mended.report.rows == ()


FULL_COLUMNS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE\n"


def code_notes(folder: Path, header: str = HEADER, **years: str) -> list[tuple[str, int, str, str]]:
    """Return the notes about codes: file, row, rule, column."""
    (folder / "header.csv").write_text(header)
    for name, rows in years.items():
        (folder / f"{name}-episodes.csv").write_text(FULL_COLUMNS + rows)
    report = repaired_history(read_returns(folder)).report
    return [
        (row.file, row.row, row.rule, row.done.split(":")[0].removeprefix("Column "))
        for row in report.rows
        if "code" in row.rule
    ]


def test_a_code_that_no_list_ever_had_is_told_by_column(tmp_path: Path) -> None:
    rows = "A,01/05/2020,S,C9,N1,U4,PR9,01/06/2020,X1,WHY\nA,01/06/2020,Q,C2,N9,U4,PR1,,,\n"
    assert code_notes(tmp_path, y2020=rows) == [
        ("y2020-episodes.csv", 2, "unknown_code", "LS"),
        ("y2020-episodes.csv", 2, "unknown_code", "PLACE_PROVIDER"),
        ("y2020-episodes.csv", 2, "unknown_code", "REASON_PLACE_CHANGE"),
        ("y2020-episodes.csv", 3, "unknown_code", "RNE"),
        ("y2020-episodes.csv", 3, "unknown_code", "CIN"),
    ]


def test_a_code_before_or_after_its_years_is_told_and_keeps_its_meaning(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text("CHILD,SEX,DOB\nA,1,01/06/2007\nB,2,15/03/2008\n")
    (tmp_path / "y2023-episodes.csv").write_text(
        COLUMNS + "A,01/05/2023,S,C2,K3,PR4,,\nB,01/06/2023,S,C2,P2,PR4,01/12/2023,E4A\n"
        "B,05/01/2024,S,C2,P2,PR4,01/03/2024,E43\n"
    )
    report = repaired_history(read_returns(tmp_path)).report
    assert [(row.row, row.rule, row.done.split(":")[0]) for row in report.rows] == [
        (2, "code_not_yet_valid", "Column PLACE"),
        # The first P2 began while the code was in use; the second did not.
        (4, "code_no_longer_valid", "Column PLACE"),
        (4, "code_no_longer_valid", "Column REC"),
    ]
    assert repaired_history(read_returns(tmp_path)).stays[0].detail is PlacementDetail.SUPPORTED


def test_an_open_placement_that_kept_its_old_code_in_the_next_return_is_told(tmp_path: Path) -> None:
    header = "CHILD,SEX,DOB\nA,1,01/06/2008\nB,2,15/03/2008\n"
    notes = code_notes(
        tmp_path,
        header=header,
        y2023="A,01/05/2023,S,C2,N1,H5,PR4,,,\nB,01/05/2023,S,C2,N1,U4,PR1,01/06/2023,E4A,\n",
        y2024="A,01/05/2023,S,C2,N1,H5,PR4,,,\nB,01/05/2024,S,C2,N1,K3,PR4,01/06/2024,E4A,\n",
    )
    assert notes == [("y2024-episodes.csv", 2, "code_no_longer_valid", "PLACE")]


def test_sex_is_coded_as_the_year_of_the_return_asks(tmp_path: Path) -> None:
    row = "A,01/05/2024,S,C2,N1,U4,PR1,01/06/2024,E4A,\n"
    header = "CHILD,SEX,DOB\nA,1,01/06/2010\nB,M,15/03/2009\nC,X,15/03/2009\n"
    assert code_notes(tmp_path, header=header, y2024=row) == [
        ("header.csv", 2, "code_no_longer_valid", "SEX"),
        ("header.csv", 4, "unknown_code", "SEX"),
    ]


def test_codes_of_a_return_not_yet_known_on_a_day_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER)
    for year, provider in ((2019, "PR1"), (2020, "PR9")):
        (tmp_path / f"y{year}-episodes.csv").write_text(
            COLUMNS + f"A,01/05/{year},S,C2,U4,{provider},01/06/{year},E4A\n"
        )
    returns = read_returns(tmp_path)
    assert "unknown_code" not in repaired_history(returns, known_on=date(2020, 3, 31)).report.counts
    assert repaired_history(returns).report.counts["unknown_code"] == 1


def test_an_open_placement_carried_over_under_its_new_code_is_no_correction(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text("CHILD,SEX,DOB\nA,1,01/06/2008\nB,2,15/03/2008\n")
    ended = "B,01/05/{0},S,C2,U4,PR1,01/06/{0},E4A\n"
    (tmp_path / "y2023-episodes.csv").write_text(
        COLUMNS + "A,01/05/2023,S,C2,H5,PR4,,\n" + ended.format(2023)
    )
    (tmp_path / "y2024-episodes.csv").write_text(
        COLUMNS + "A,01/05/2023,S,C2,K3,PR4,,\n" + ended.format(2024)
    )
    mended = repaired_history(read_returns(tmp_path))
    assert rules(mended) == {"carried_over": 1}
    assert sum(stay.child_id == "A" for stay in mended.stays) == 1


def test_a_history_of_several_years_says_nothing_of_the_year_in_which_sex_was_coded(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("CHILD,SEX,DOB\nA,M,01/06/2010\n")
    (tmp_path / "episodes.csv").write_text(
        COLUMNS + "A,01/05/2020,S,C2,U4,PR1,01/06/2020,X1\nA,01/06/2020,P,C2,U4,PR1,01/06/2021,X1\n"
        "A,01/06/2021,P,C2,K2,PR4,,\n"
    )
    assert "code_not_yet_valid" not in rules(repaired_history(read_returns(tmp_path)))
