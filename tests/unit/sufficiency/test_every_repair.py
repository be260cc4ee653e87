"""Every rule of repair on a return of a few rows: what it says, where, and what is counted afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from sufficiency import read_returns
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.repair_rules import DONE
from sufficiency.return_limits import LIMIT_RULES

COLUMNS = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n"
HEADER = "CHILD,SEX,DOB\nA,1,01/06/2010\nB,2,15/03/2004\nZ,2,20/01/2012\n"
ANCHOR_2020 = "Z,01/05/2020,S,C2,U4,PR1,01/07/2020,E8\n"
"""A child who dates each file: in care for two months of its year."""
ANCHOR_2021 = "Z,01/05/2021,S,C2,U4,PR1,01/07/2021,E8\n"
ANCHOR_2022 = "Z,01/05/2022,S,C2,U4,PR1,01/07/2022,E8\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Rows of one or two returns, the rule that speaks of the first row of ``on``, and child A's stays afterwards.

    ``stays`` are first day and the day after the last night, as ISO text; empty for one that lasts.
    """

    first: str
    second: str = ""
    third: str = ""
    header: str = HEADER
    on: str = "2020-episodes.csv"
    row: int = 3
    stays: tuple[tuple[str, str], ...] = ()
    others: dict[str, int] = field(default_factory=dict)


OPEN = "A,10/06/2020,S,C2,U4,PR1,,\n"
DATED = "".join(f"B,0{n}/08/2020,S,C2,U4,PR1,0{n + 1}/08/2020,E8\n" for n in range(1, 9))
"""Enough ends in one year to date a file in which another row lies outside it."""
CASES: dict[str, Case] = {
    "no_child": Case(first=",10/06/2020,S,C2,U4,PR1,,\n"),
    "no_start_date": Case(first="A,31/02/2020,S,C2,U4,PR1,,\n"),
    "no_birth_date": Case(first="A,10/06/2020,S,C2,U4,PR1,,\n", header="CHILD,SEX,DOB\nZ,2,20/01/2012\n"),
    "two_birth_dates": Case(
        first=OPEN,
        header=HEADER + "A,1,02/06/2010\n",
        on="header.csv",
        row=5,
        stays=(("2020-06-10", ""),),
    ),
    "start_taken_from_previous_end": Case(
        first="A,10/06/2020,S,C2,U4,PR1,01/08/2020,X1\nA,,P,C2,K2,PR4,,\n",
        row=4,
        stays=(("2020-06-10", "2020-08-01"), ("2020-08-01", "")),
    ),
    "impossible_birth_date": Case(
        first=OPEN,
        header=HEADER + "A,1,02/06/1910\n",
        on="header.csv",
        row=5,
        stays=(("2020-06-10", ""),),
    ),
    "starts_before_birth": Case(first="A,10/06/2009,S,C2,U4,PR1,,\n"),
    "starts_after_18": Case(first="A,01/06/2020,S,C2,U4,PR1,,\n", header=HEADER.replace("2010", "2002")),
    "ends_after_18": Case(
        first="A,10/06/2020,S,C2,U4,PR1,,\n",
        header=HEADER.replace("01/06/2010", "01/09/2002"),
        stays=(("2020-06-10", "2020-09-01"),),
    ),
    "starts_after_the_return": Case(first=DATED + "A,10/06/2021,S,C2,U4,PR1,,\n", row=11),
    "ends_after_the_return": Case(
        first=DATED + "A,10/06/2020,S,C2,U4,PR1,10/06/2021,E8\n",
        row=11,
        stays=(("2020-06-10", ""),),
    ),
    "duplicate_row": Case(first=OPEN + OPEN, stays=(("2020-06-10", ""),)),
    "carried_over": Case(first=OPEN, second=OPEN, stays=(("2020-06-10", ""),)),
    "back_in_later_return": Case(
        first=OPEN,
        second=ANCHOR_2021,
        third=OPEN,
        on="2022-episodes.csv",
        stays=(("2020-06-10", "2021-03-31"), ("2022-04-01", "")),
        others={"gone_from_next_return": 1},
    ),
    "one_day_gap": Case(
        first="A,10/06/2020,S,C2,U4,PR1,31/07/2020,X1\nA,01/08/2020,P,C2,K2,PR4,,\n",
        row=4,
        stays=(("2020-06-10", "2020-08-01"), ("2020-08-01", "")),
    ),
    "gap_in_care": Case(
        first="A,10/06/2020,S,C2,U4,PR1,31/07/2020,X1\nA,10/08/2020,P,C2,K2,PR4,,\n",
        row=4,
        stays=(("2020-06-10", "2020-07-31"), ("2020-08-10", "")),
    ),
    "nothing_follows": Case(
        first="A,10/06/2020,S,C2,U4,PR1,31/07/2020,X1\n", stays=(("2020-06-10", "2020-07-31"),)
    ),
    "temporary_place_alone": Case(
        first="A,10/06/2020,S,C2,T1,,13/06/2020,E8\n", stays=(("2020-06-10", "2020-06-13"),)
    ),
    "corrected_later": Case(
        first=OPEN, second="A,10/06/2020,S,C2,K2,PR4,01/09/2021,E8\n", stays=(("2020-06-10", "2021-09-01"),)
    ),
    "reopened_later": Case(
        first="A,10/06/2020,S,C2,U4,PR1,01/09/2020,E8\n", second=OPEN, stays=(("2020-06-10", "2020-09-01"),)
    ),
    "reversed_dates": Case(first="A,10/06/2020,S,C2,U4,PR1,09/06/2020,E8\n", stays=(("2020-06-10", ""),)),
    "end_reason_without_date": Case(
        first="A,10/06/2020,S,C2,U4,PR1,,E8\n",
        stays=(("2020-06-10", ""),),
    ),
    "end_taken_from_next_start": Case(
        first=OPEN + "A,01/08/2020,P,C2,K2,PR4,,\n", stays=(("2020-06-10", "2020-08-01"), ("2020-08-01", ""))
    ),
    "gone_from_next_return": Case(first=OPEN, second=ANCHOR_2021, stays=(("2020-06-10", "2021-03-31"),)),
    "overlap": Case(
        first="A,10/06/2020,S,C2,U4,PR1,01/09/2020,X1\nA,01/08/2020,P,C2,K2,PR4,,\n",
        stays=(("2020-06-10", "2020-08-01"), ("2020-08-01", "")),
    ),
    "same_day": Case(first="A,10/06/2020,S,C2,U4,PR1,10/06/2020,E8\n"),
    "short_break": Case(first="A,10/06/2020,S,V3,U4,PR1,20/06/2020,E8\n"),
    "temporary_place": Case(
        first="A,10/06/2020,S,C2,U4,PR1,01/07/2020,X1\nA,01/07/2020,T,C2,T0,,05/07/2020,X1\n"
        "A,05/07/2020,T,C2,U4,PR1,,\n",
        row=4,
        stays=(("2020-06-10", ""),),
    ),
    "unknown_place": Case(first="A,10/06/2020,S,C2,XX,PR1,,\n", stays=(("2020-06-10", ""),)),
}


def read(folder: Path, case: Case) -> CareHistory:
    (folder / "header.csv").write_text(case.header)
    (folder / "2020-episodes.csv").write_text(COLUMNS + ANCHOR_2020 + case.first)
    if case.second:
        anchor = "" if case.second == ANCHOR_2021 else ANCHOR_2021
        (folder / "2021-episodes.csv").write_text(COLUMNS + anchor + case.second)
    if case.third:
        (folder / "2022-episodes.csv").write_text(COLUMNS + ANCHOR_2022 + case.third)
    return repaired_history(read_returns(folder))


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(DONE) - set(LIMIT_RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_says_where_and_what_and_leaves_what_it_should(rule: str, tmp_path: Path) -> None:
    case = CASES[rule]
    mended = read(tmp_path, case)
    assert mended.report.counts == {rule: 1, **case.others}
    found = next(row for row in mended.report.rows if row.rule == rule)
    assert (found.file, found.row, found.done) == (case.on, case.row, DONE[rule])
    assert [
        (stay.started_on.isoformat(), stay.ended_on.isoformat() if stay.ended_on else "")
        for stay in mended.stays
        if stay.child_id == "A"
    ] == list(case.stays)
    # What is wrong with one child costs no other anything.
    anchors = [stay.started_on for stay in mended.stays if stay.child_id == "Z"]
    assert (
        anchors
        == [date(2020, 5, 1), date(2021, 5, 1), date(2022, 5, 1)][: 1 + bool(case.second) + bool(case.third)]
    )


@pytest.mark.parametrize(
    ("gap_days", "reason", "periods"), [(0, "P", 1), (1, "P", 1), (1, "S", 2), (2, "P", 2), (30, "P", 2)]
)
def test_a_gap_of_a_day_is_bridged_unless_care_began_anew(
    tmp_path: Path, gap_days: int, reason: str, periods: int
) -> None:
    back = date(2020, 8, 1) + timedelta(days=gap_days)
    rows = f"A,10/06/2020,S,C2,U4,PR1,01/08/2020,X1\nA,{back:%d/%m/%Y},{reason},C2,K2,PR4,,\n"
    mended = read(tmp_path, Case(first=rows))
    stays = [stay for stay in mended.stays if stay.child_id == "A"]
    assert len({stay.care_started_on for stay in stays}) == periods
    if periods == 1:
        assert stays[0].ended_on == stays[1].started_on


def test_a_child_without_a_header_row_is_counted_where_another_table_has_the_birth_date(
    tmp_path: Path,
) -> None:
    (tmp_path / "header.csv").write_text("CHILD,SEX,DOB\nZ,2,20/01/2012\n")
    (tmp_path / "uasc.csv").write_text("CHILD,SEX,DOB,DUC\nA,1,01/06/2004,01/06/2022\n")
    (tmp_path / "oc3.csv").write_text("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nB,15/03/2003,YES,F1,C1\n")
    rows = ANCHOR_2020 + OPEN + "B,10/06/2020,S,C2,U4,PR1,,\n"
    (tmp_path / "2020-episodes.csv").write_text(COLUMNS + rows)
    mended = repaired_history(read_returns(tmp_path))
    assert {stay.child_id for stay in mended.stays} == {"A", "B", "Z"}


def test_without_uasc_oc3_and_urn_the_same_stays_are_read(tmp_path: Path) -> None:
    for name, columns, end in (
        ("with", COLUMNS.strip() + ",URN\n", ",1234567\n"),
        ("without", COLUMNS, "\n"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "header.csv").write_text(HEADER)
        rows = (ANCHOR_2020 + OPEN).replace("\n", end)
        (folder / "2020-episodes.csv").write_text(columns + rows)
        if name == "with":
            (folder / "uasc.csv").write_text("CHILD,SEX,DOB,DUC\nA,1,01/06/2010,01/06/2028\n")
            (folder / "oc3.csv").write_text("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nB,15/03/2004,YES,F1,C1\n")
    rich, bare = (repaired_history(read_returns(tmp_path / name)).stays for name in ("with", "without"))
    assert [stay.urn for stay in rich] == ["1234567", "1234567"]
    assert [stay.urn for stay in bare] == ["", ""]
    assert [(s.child_id, s.started_on, s.ended_on, s.detail) for s in rich] == [
        (s.child_id, s.started_on, s.ended_on, s.detail) for s in bare
    ]


def test_a_workbook_is_read_as_its_csv_is(tmp_path: Path) -> None:
    tables = {"header": HEADER, "2020-episodes": COLUMNS + ANCHOR_2020 + OPEN}
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    as_csv = repaired_history(read_returns(tmp_path)).stays
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").unlink()
        with xlsxwriter.Workbook(tmp_path / f"{name}.xlsx") as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(text.splitlines()):
                sheet.write_row(number, 0, line.split(","))
    assert repaired_history(read_returns(tmp_path)).stays == as_csv


@pytest.mark.parametrize("drawn_on", [date(2020, 9, 17), date(2020, 12, 31), date(2021, 2, 3)])
def test_an_extract_drawn_within_its_year_is_known_to_its_last_event(tmp_path: Path, drawn_on: date) -> None:
    """Two children start every day until the extract was drawn: silence after it is no lack of starts."""
    first = date(2020, 4, 1)
    days = [first + timedelta(days=n) for n in range((drawn_on - first).days + 1)]
    born = "".join(f"C{n},1,01/06/2010\n" for n in range(len(days)))
    rows = "".join(f"C{n},{day:%d/%m/%Y},S,C2,U4,PR1,,\n" for n, day in enumerate(days))
    (tmp_path / "header.csv").write_text("CHILD,SEX,DOB\n" + born)
    (tmp_path / "2020-episodes.csv").write_text(COLUMNS + rows)
    returns = read_returns(tmp_path)
    assert returns.year_ends == (date(2021, 3, 31),)
    assert returns.last_day == drawn_on
    assert repaired_history(returns).known_to == drawn_on


def test_a_year_that_is_missing_between_two_returns_is_told(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_text(HEADER)
    (tmp_path / "2019-episodes.csv").write_text(COLUMNS + ANCHOR_2020.replace("2020", "2019"))
    (tmp_path / "2021-episodes.csv").write_text(COLUMNS + ANCHOR_2021)
    assert [issue.rule for issue in read_returns(tmp_path).warnings] == ["missing_year"]
