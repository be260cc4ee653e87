"""Returns of several councils read together: children told apart, each council mended by its own returns."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from reference_data.problems import ImportRejected, InvalidInput
from sufficiency import forecast_need, read_returns
from sufficiency.repair import repaired_history

COLUMNS = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC"
HEADER = "CHILD,SEX,DOB\n1,1,01/06/2010\n2,2,15/03/2012\n"


def year(last: int, *rows: str) -> str:
    """An episodes table that its child 2 dates, in care for two months of the year."""
    anchor = f"2,01/05/{last - 1},S,C2,U4,PR1,01/07/{last - 1},E8"
    return "\n".join([COLUMNS, anchor, *rows]) + "\n"


def councils(folder: Path, *, devon_years: tuple[int, ...] = (2020, 2021)) -> Path:
    """Child 1 of Plymouth stays in a home, child 1 of Devon in fostering; the same id is two children."""
    for name, place, years in (("Plymouth", "K2,PR4", (2020, 2021)), ("878", "U4,PR1", devon_years)):
        (folder / name).mkdir(parents=True)
        (folder / name / "header.csv").write_text(HEADER)
        for last in years:
            rows = year(last, f"1,10/06/{years[0] - 1},S,C2,{place},,")
            (folder / name / f"{last}-episodes.csv").write_text(rows)
    return folder


def test_the_same_id_in_two_councils_is_two_children(tmp_path: Path) -> None:
    returns = read_returns(councils(tmp_path))
    assert returns.authorities == ("878", "879")
    history = repaired_history(returns)
    lasting = {stay.child_id: str(stay.detail) for stay in history.stays if stay.ended_on is None}
    assert lasting == {"878/1": "in_house_fostering", "879/1": "homes"}
    assert "two_birth_dates" not in history.report.counts
    assert "duplicate_row" not in history.report.counts
    assert [issue.rule for issue in returns.warnings] == ["several_authorities"]


def test_a_zip_tells_them_apart_by_its_folders_too(tmp_path: Path) -> None:
    folder = councils(tmp_path / "loose")
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.csv")):
            archive.write(file, f"partnership/{file.relative_to(folder)}")
    packed, loose = read_returns(path), read_returns(folder)
    assert packed.authorities == loose.authorities
    assert repaired_history(packed).stays == repaired_history(loose).stays


@pytest.mark.parametrize("named", ["879", "E06000026", "plymouth", "PLYMOUTH "])
def test_a_column_tells_them_apart_row_by_row(tmp_path: Path, named: str) -> None:
    (tmp_path / "header.csv").write_text(
        f"LA,CHILD,DOB\n{named},1,01/06/2010\nDevon,1,02/07/2011\n{named},2,15/03/2012\n"
    )
    (tmp_path / "2020-episodes.csv").write_text(
        f"LA,{COLUMNS}\n{named},2,01/05/2019,S,C2,U4,PR1,01/07/2019,E8\n{named},1,10/06/2019,S,C2,K2,PR4,,\n"
        "Devon,1,11/06/2019,S,C2,U4,PR1,01/07/2019,E8\n"
    )
    returns = read_returns(tmp_path)
    history = repaired_history(returns)
    assert {(stay.child_id, stay.date_of_birth) for stay in history.stays} == {
        ("879/1", date(2010, 6, 1)),
        ("879/2", date(2012, 3, 15)),
        ("878/1", date(2011, 7, 2)),
    }
    assert {row.row for row in returns.episodes} == {2, 3, 4}


def test_a_council_whose_returns_end_earlier_has_nobody_vanish(tmp_path: Path) -> None:
    returns = read_returns(councils(tmp_path, devon_years=(2020,)))
    assert (returns.first_day, returns.last_day) == (date(2019, 4, 1), date(2020, 3, 31))
    history = repaired_history(returns)
    assert "gone_from_next_return" not in history.report.counts
    assert history.known_to == date(2020, 3, 31)
    assert {stay.child_id for stay in history.stays if stay.ended_on is None} == {"878/1", "879/1"}
    assert "different years" in returns.warnings[-1].what_to_do


def test_one_council_is_taken_out_of_several_as_if_it_were_alone(tmp_path: Path) -> None:
    both = councils(tmp_path, devon_years=(2020,))
    alone = repaired_history(read_returns(both / "Plymouth")).stays
    taken = repaired_history(read_returns(both).of("879")).stays
    assert [(s.child_id, s.started_on, s.ended_on) for s in taken] == [
        (f"879/{s.child_id}", s.started_on, s.ended_on) for s in alone
    ]
    with pytest.raises(InvalidInput, match="878, 879"):
        read_returns(both).of("880")


def test_councils_without_a_common_year_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected) as caught:
        read_returns(councils(tmp_path, devon_years=(2015, 2016)))
    assert caught.value.issues[0].rule == "no_common_year"


def test_a_single_council_is_read_as_before_named_or_not(tmp_path: Path) -> None:
    folder = councils(tmp_path)
    inside = read_returns(folder / "Plymouth")
    (folder / "878").rename(tmp_path / "aside")
    for path in (tmp_path / "aside").iterdir():
        path.unlink()
    outside = read_returns(folder)
    assert outside.authorities == ("879",)
    assert inside.authorities == ()
    assert repaired_history(outside).stays == repaired_history(inside).stays


def test_a_partnership_is_forecast_together(tmp_path: Path) -> None:
    returns = read_returns(councils(tmp_path))
    forecast = forecast_need(returns, start=date(2021, 3, 31), months=2, runs=5, track_record=False)
    answer = forecast.as_dict()
    assert answer["totals"][0]["mean"] == 2
    assert any("2 councils are taken together (878, 879)" in one for one in answer["evidence"]["warnings"])
