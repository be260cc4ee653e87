"""The tidy tables: they say what the stays say, add up, and hold no birth date and no postcode."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from reference_data.sample import SAMPLE_RETURNS
from sufficiency import read_returns, tidy_tables
from sufficiency.reading_report import reading_report
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.tidy import COLUMNS, TidyTables

COLUMN_NAMES = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC,URN,PL_POST\n"
ROWS = (
    "A,10/06/2020,S,C2,U4,PR1,01/08/2020,X1,,PL4 8AA\n"
    "A,01/08/2020,P,C2,K2,PR4,01/10/2020,X1,1234567,PL4 8AA\n"
    "A,01/10/2020,L,E1,K2,PR4,01/11/2020,X1,1234567,PL4 8AA\n"
    "A,01/11/2020,T,E1,T0,,03/11/2020,X1,XXXXXXX,PL4 8AA\n"
    "A,03/11/2020,T,E1,K2,PR4,,,1234567,PL4 8AA\n"
    "B,10/05/2020,S,C2,U4,PR1,10/06/2020,E8,,PL4 8AA\n"
    "B,10/02/2021,S,C2,K2,PR4,20/02/2021,E4A,1234567,PL4 8AA\n"
)


@cache
def sample() -> Returns:
    return read_returns(SAMPLE_RETURNS)


def small(folder: Path) -> TidyTables:
    (folder / "header.csv").write_text("CHILD,SEX,DOB\nA,1,01/07/2010\nB,2,15/03/2004\n")
    (folder / "2020-episodes.csv").write_text(COLUMN_NAMES + ROWS)
    return tidy_tables(read_returns(folder))


def test_each_period_placement_and_home_is_one_row(tmp_path: Path) -> None:
    tidy = small(tmp_path)
    assert [
        (row["child_id"], row["period"], row["placements"], row["reason_ended"]) for row in tidy.periods
    ] == [
        ("A", 1, 2, ""),
        ("B", 1, 1, "E8"),
        ("B", 2, 1, "E4A"),
    ]
    first, second = (row for row in tidy.placements if row["child_id"] == "A")
    assert (first["ended_on"], first["next_detail"], first["age_at_start"]) == (date(2020, 8, 1), "homes", 9)
    # A change of legal status and a temporary place are no moves of carer.
    assert (second["started_on"], second["ended_on"], second["age_at_start"]) == (date(2020, 8, 1), None, 10)
    assert (second["place"], second["urn"], second["reason_started"]) == ("K2", "1234567", "P")
    assert second["nights"] == (date(2021, 4, 1) - date(2020, 8, 1)).days
    assert tidy.homes == (
        {
            "urn": "1234567",
            "details": "homes",
            "first_day": date(2020, 8, 1),
            "last_day": date(2021, 3, 31),
            "placements": 2,
            "children": 2,
            "nights": second["nights"] + 10,
            "there_now": 1,
        },
    )
    assert tidy.placements_without_urn == 2


def test_on_the_sample_the_tables_agree_with_the_stays_and_with_each_other() -> None:
    tidy = tidy_tables(sample())
    stays = repaired_history(sample()).stays
    assert len(tidy.placements) == len(stays)
    assert sum(row["placements"] for row in tidy.periods) == len(stays)
    by_period: dict[tuple[str, int], int] = {}
    for row in tidy.placements:
        key = (row["child_id"], row["period"])
        by_period[key] = by_period.get(key, 0) + row["nights"]
    for row in tidy.periods:
        assert by_period[row["child_id"], row["period"]] == row["nights"]
    with_urn = [row for row in tidy.placements if row["urn"]]
    assert sum(home["nights"] for home in tidy.homes) == sum(row["nights"] for row in with_urn)
    assert sum(home["placements"] for home in tidy.homes) == len(with_urn)
    assert len(tidy.placements) == len(with_urn) + tidy.placements_without_urn
    on = date(2021, 3, 31)
    nights = sum(s.started_on <= on and (s.ended_on is None or s.ended_on > on) for s in stays)
    there = sum(
        row["started_on"] <= on < (row["ended_on"] or on + timedelta(days=1)) for row in tidy.placements
    )
    assert there == nights


def test_no_birth_date_and_no_postcode_leaves_and_every_column_is_described(tmp_path: Path) -> None:
    tidy = small(tmp_path)
    for name in ("periods", "placements", "homes"):
        assert all(list(row) == list(COLUMNS[name]) for row in getattr(tidy, name))
        assert tidy.grid(name)[0] == list(COLUMNS[name])
    text = json.dumps([tidy.grid(name) for name in COLUMNS], default=str)
    assert "PL4" not in text
    assert "2010-07-01" not in text
    assert "01/07/2010" not in text


def test_children_who_vanished_are_in_nobodys_count_of_now() -> None:
    returns = sample()
    last = {row.child_id for row in returns.episodes if row.year_end == returns.year_ends[-1]}
    gone = {row.child_id for row in returns.episodes} - last
    lasting = {row["child_id"] for row in tidy_tables(returns).periods if row["ended_on"] is None}
    assert gone
    assert not gone & lasting
    assert len(lasting) == 55


def test_the_report_tells_a_data_manager_what_was_read_and_mended() -> None:
    report = reading_report(sample(), repaired_history(sample()))
    assert {file["table"] for file in report["files"]} == {"episodes", "header", "uasc"}
    assert sum(f["rows"] for f in report["files"] if f["table"] == "episodes") == report["episodes"] == 3737
    assert (report["children"], report["placements"]) == (820, 1973)
    listed = sum(row["rows"] for row in report["repairs"])
    assert listed == len(repaired_history(sample()).report.rows)
    assert listed == sum(file["mended_or_told"] for file in report["files"])
    assert any(row["done"].startswith("Column REC") for row in report["repairs"])
    assert not any(f'"{child.child_id}"' in json.dumps(report) for child in sample().people[:50])
