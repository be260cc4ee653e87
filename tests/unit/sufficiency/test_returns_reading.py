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
    assert mended.report.counts["gone_from_next_return"] == 24
    assert mended.report.counts["carried_over"] == 910
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
    (tmp_path / "episodes.csv").write_bytes(b"CHILD,DECOM\n\xff\xfe,\n")
    with pytest.raises(ImportRejected) as caught:
        read_returns(tmp_path)
    assert {(i.file, i.rule) for i in caught.value.issues} == {
        ("header.csv", "empty_file"),
        ("episodes.csv", "encoding"),
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
    mended = history(tmp_path, y2021="B,01/05/2020,P,C2,K3,PR4,,\nA,01/05/2021,S,C2,U4,PR1,,\n")
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
    (tmp_path / "episodes.csv").write_text("CHILD,DECOM,DEC,PLACE,PL_POST\nB,01/05/2021,,k3,V28 5OY\n")
    mended = repaired_history(read_returns(tmp_path))
    assert mended.stays[0].detail is PlacementDetail.SUPPORTED
    assert mended.report.rows == ()
