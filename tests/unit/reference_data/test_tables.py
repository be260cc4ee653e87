"""The one reader of records: what it takes, and how it lists what it cannot take."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_data import sheets
from reference_data.problems import ImportRejected
from reference_data.tables import read_records, read_rows

HEADER = "home_id,type,postcode,places,weekly_fee_pounds,opens_on,registered,features,can_meet.risk\n"


def written(folder: Path, text: str | bytes, name: str = "homes.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problems_of(path: Path, record: str = "home") -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRejected) as caught:
        read_records(path, record)
    assert all(issue.file == path.name for issue in caught.value.issues)
    assert all(issue.what_to_do for issue in caught.value.issues)
    return [(issue.row, issue.column, issue.rule) for issue in caught.value.issues]


def test_a_csv_gives_typed_values_and_leaves_out_what_is_empty(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER
        + 'DEMO-H1,childrens_home,pl1 2aa,3,"£6,610.50",01/09/2026,yes,step_free; solo,60\nDEMO-H2,childrens_home,,,,,,,\n',
    )
    first, second = read_records(path, "home").rows
    assert first.values == {
        "home_id": "DEMO-H1",
        "type": "childrens_home",
        "postcode": "PL1 2AA",
        "places": 3,
        "weekly_fee_pence": 661050,
        "opens_on": date(2026, 9, 1),
        "registered": True,
        "features": ["step_free", "solo"],
        "can_meet": {"risk": 60},
    }
    assert second.values == {"home_id": "DEMO-H2", "type": "childrens_home"}
    assert second.number == 3


def test_the_same_records_as_csv_xlsx_and_json_read_alike(tmp_path: Path) -> None:
    records = [
        {
            "home_id": "DEMO-H1",
            "type": "in_house_foster_carer",
            "weekly_fee_pounds": 512.35,
            "opens_on": "2026-09-01",
            "features": ["step_free", "garden"],
            "beds": [
                {"available_from": "2026-06-20", "held_for": "DEMO-C1"},
                {"available_from": "2026-07-01"},
            ],
            "residents": [{"child_id": "DEMO-C8", "age": 12}, {"child_id": "DEMO-C9", "age": 14}],
        }
    ]
    as_json = written(tmp_path, json.dumps(records), "homes.json")
    flat = [
        ["home_id", "type", "weekly_fee_pounds", "opens_on", "features"]
        + ["beds.available_from", "beds.held_for", "residents.child_id", "residents.age"],
        ["DEMO-H1", "in_house_foster_carer", 512.35, datetime(2026, 9, 1), "step_free;garden"]
        + ["2026-06-20;01/07/2026", "DEMO-C1;", "DEMO-C8;DEMO-C9", "12;14"],
    ]
    as_csv = written(
        tmp_path,
        "\n".join(",".join(str(c)[:10] if isinstance(c, datetime) else str(c) for c in row) for row in flat),
    )
    workbook = openpyxl.Workbook()
    for row in flat:
        workbook.active.append(row)
    as_xlsx = tmp_path / "homes.xlsx"
    workbook.save(as_xlsx)
    values = [read_records(path, "home").rows[0].values for path in (as_json, as_csv, as_xlsx)]
    assert values[0] == values[1] == values[2]
    assert values[0]["weekly_fee_pence"] == 51235
    assert values[0]["beds"] == [
        {"available_from": date(2026, 6, 20), "held_for": "DEMO-C1"},
        {"available_from": date(2026, 7, 1)},
    ]


def test_residents_may_be_bare_ids(tmp_path: Path) -> None:
    record = {"home_id": "DEMO-H1", "type": "childrens_home", "residents": ["DEMO-C1", "DEMO-C2"]}
    path = written(tmp_path, json.dumps(record), "homes.json")
    expected = [{"child_id": "DEMO-C1"}, {"child_id": "DEMO-C2"}]
    assert read_records(path, "home").rows[0].values["residents"] == expected
    as_csv = written(tmp_path, "home_id,type,residents\nDEMO-H1,childrens_home,DEMO-C1;DEMO-C2\n")
    assert read_records(as_csv, "home").rows[0].values["residents"] == expected


def test_an_empty_list_is_known_to_be_empty_and_an_absent_one_is_unknown(tmp_path: Path) -> None:
    records = [
        {"home_id": "DEMO-H1", "type": "childrens_home", "features": []},
        {"home_id": "DEMO-H2", "type": "childrens_home", "features": None},
    ]
    first, second = read_records(written(tmp_path, json.dumps(records), "h.json"), "home").rows
    assert first.values["features"] == []
    assert "features" not in second.values


def test_every_problem_is_listed_with_its_row_column_and_rule(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER
        + "DEMO-H1,childrens_home,PL1,3,10.005,31/02/2026,perhaps,,101\n"
        + "DEMO-H1,igloo,PL1 2AA,three,12,2026-06-31,true,,50\n"
        + ",childrens_home,,-1,-4,45000,,,\n",
    )
    assert problems_of(path) == [
        (2, "postcode", "postcode_format"),
        (2, "weekly_fee_pounds", "money_decimals"),
        (2, "opens_on", "impossible_date"),
        (2, "registered", "wrong_type"),
        (2, "can_meet.risk", "out_of_range"),
        (3, "type", "unknown_code"),
        (3, "places", "wrong_type"),
        (3, "opens_on", "impossible_date"),
        (4, "places", "out_of_range"),
        (4, "weekly_fee_pounds", "out_of_range"),
        (4, "opens_on", "spreadsheet_date"),
        (4, "home_id", "missing_value"),
        (3, "home_id", "duplicate_id"),
    ]


def test_a_missing_column_is_reported_once(tmp_path: Path) -> None:
    path = written(tmp_path, "home_id,name\nDEMO-H1,Demo one\nDEMO-H2,Demo two\n")
    assert problems_of(path) == [(1, "type", "missing_column")]


@pytest.mark.parametrize(
    "text", ["1/6/2026", "01-06-2026", "06/2026", "1 June 2026", "20260601x", "01/06/26", "2026-6-1"]
)
def test_a_date_in_any_other_writing_is_ambiguous(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, f"home_id,type,opens_on\nDEMO-H1,childrens_home,{text}\n")
    assert problems_of(path) == [(2, "opens_on", "ambiguous_date")]


def test_a_us_date_whose_month_cannot_be_is_impossible_and_never_turned_round(tmp_path: Path) -> None:
    path = written(tmp_path, "home_id,type,opens_on\nDEMO-H1,childrens_home,06/25/2026\n")
    assert problems_of(path) == [(2, "opens_on", "impossible_date")]


@pytest.mark.parametrize("cell", [45_000, 45_000.0])
def test_a_number_in_a_spreadsheets_date_column_is_not_guessed(tmp_path: Path, cell: float) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["home_id", "type", "opens_on"])
    workbook.active.append(["DEMO-H1", "childrens_home", cell])
    path = tmp_path / "homes.xlsx"
    workbook.save(path)
    assert problems_of(path) == [(2, "opens_on", "spreadsheet_date")]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b" \n \n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"home_id,type\n", "no_rows"),
        (b"[]", "no_rows"),
        (b'[{"home_id": "DEMO-H1"', "not_json"),
        (b'[{"home_id": NaN}]', "not_json"),
        (b'[{"home_id": "a", "home_id": "b"}]', "duplicate_name"),
        (b'["DEMO-H1"]', "not_a_record"),
        (b"[" * 100_000, "not_json"),
        ("home_id,type\nDEMO-H1,childrens_home\n".encode("utf-16"), "encoding"),
        ("home_id,name\nDEMO-H1,Café\n".encode("cp1252"), "encoding"),
        (b"PK\x03\x04 not really", "not_a_table"),
        (b"home_id,home_id,type\nDEMO-H1,DEMO-H2,childrens_home\n", "duplicate_column"),
        (b'home_id,type\n"DEMO-H1,childrens_home\n', "not_a_table"),
        (b"home_id,type\nDEMO-H1,childrens_home,extra\n", "too_many_cells"),
        (b"home_id;type\nDEMO-H1;childrens_home\n", "not_commas"),
        (b"home_id\ttype\nDEMO-H1\tchildrens_home\n", "not_commas"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_rule(tmp_path: Path, content: bytes, rule: str) -> None:
    path = written(tmp_path, content, "homes.json" if content[:1] in b"[{" and content else "homes.csv")
    assert [found for _, _, found in problems_of(path)] == [rule]


def test_a_file_of_50_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "homes.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert problems_of(path) == [(None, None, "file_too_large")]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = openpyxl.Workbook()
    for _ in range(200):
        workbook.active.append(["home_id"] * 20)
    path = tmp_path / "homes.xlsx"
    workbook.save(path)
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED_BYTES", 1000)
    assert problems_of(path) == [(None, None, "file_too_large")]


def test_a_cell_that_only_looks_filled_is_a_problem_and_never_an_unknown_fact(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("homes")
    sheet.append(["home_id", "type", "places", "min_age", "name"])
    sheet.append(["DEMO-H1", "childrens_home", "#REF!", "=1+1", "one"])
    sheet.append(["DEMO-H2", "childrens_home", 3, 8, "two"])
    sheet.append(["=A2", "childrens_home", 3, 8, None])
    sheet.merge_cells("E3:E4")
    path = tmp_path / "homes.xlsx"
    workbook.save(path)
    assert sorted(problems_of(path)) == [
        (2, "min_age", "formula_without_value"),
        (2, "places", "spreadsheet_error"),
        (3, "name", "merged_cells"),
        (4, "home_id", "formula_without_value"),
    ]


def test_rows_of_a_wrong_shape_are_listed_with_the_cells_of_the_others(tmp_path: Path) -> None:
    as_json = written(tmp_path, '[{"home_id": "", "type": "igloo"}, 5]', "homes.json")
    assert problems_of(as_json) == [
        (2, None, "not_a_record"),
        (1, "type", "unknown_code"),
        (1, "home_id", "missing_value"),
    ]
    as_csv = written(tmp_path, "home_id,type,places\nDEMO-H1,igloo,3\nDEMO-H2,childrens_home,3,4\n")
    assert problems_of(as_csv) == [(3, None, "too_many_cells"), (2, "type", "unknown_code")]


def test_a_wrong_encoding_names_each_row_that_shows_it(tmp_path: Path) -> None:
    path = written(tmp_path, "home_id,name\nDEMO-H1,plain\nDEMO-H2,Café\n".encode("cp1252"))
    assert problems_of(path) == [(3, None, "encoding")]


def test_an_unknown_column_is_a_warning(tmp_path: Path) -> None:
    path = written(tmp_path, "home_id,type,colour\nDEMO-H1,childrens_home,blue\n")
    table = read_records(path, "home")
    assert [(w.column, w.rule) for w in table.warnings] == [("colour", "unknown_column")]


@pytest.mark.parametrize(
    ("column", "words", "code"),
    [
        ("type", "In-house foster carer", "in_house_foster_carer"),
        ("type", "Children's home", "childrens_home"),
        ("type", "Children’s Home", "childrens_home"),
        ("type", "Bed and breakfast", "bed_and_breakfast"),
        ("type", "Home with parents", "with_parents"),
        ("sexes", "Male", "M"),
        ("sexes", "girls", "F"),
        ("sexes", "Any", "any"),
        ("contract", "In house", "in_house"),
    ],
)
def test_a_choice_may_be_written_in_words(tmp_path: Path, column: str, words: str, code: str) -> None:
    cells = {"home_id": "DEMO-H1", "type": "childrens_home", column: words}
    path = written(tmp_path, ",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    assert read_records(path, "home").rows[0].values[column] == code


@pytest.mark.parametrize("words", ["-", "foster carer", "childrens homes and more"])
def test_words_that_are_no_choice_are_still_refused(tmp_path: Path, words: str) -> None:
    path = written(tmp_path, f"home_id,type\nDEMO-H1,{words}\n")
    assert problems_of(path) == [(2, "type", "unknown_code")]


def test_headings_may_be_written_in_words(tmp_path: Path) -> None:
    as_csv = written(
        tmp_path,
        "Home ID,Type,Weekly fee (pounds),Weekly fee pounds,Can meet.risk,Residents.Child ID\n"
        "DEMO-H1,childrens_home,ignored,6610.50,60,DEMO-C1;DEMO-C2\n",
    )
    as_json = written(
        tmp_path,
        '[{"Home ID": "DEMO-H1", "Type": "childrens_home", "Weekly fee pounds": 6610.5,'
        ' "Can meet": {"Risk": 60}, "Residents": [{"Child ID": "DEMO-C1"}, "DEMO-C2"]}]',
        "homes.json",
    )
    expected = {
        "home_id": "DEMO-H1",
        "type": "childrens_home",
        "weekly_fee_pence": 661050,
        "can_meet": {"risk": 60},
        "residents": [{"child_id": "DEMO-C1"}, {"child_id": "DEMO-C2"}],
    }
    table = read_records(as_csv, "home")
    assert table.rows[0].values == expected
    assert [(w.column, w.rule) for w in table.warnings] == [("Weekly fee (pounds)", "unknown_column")]
    table = read_records(as_json, "home")
    assert table.rows[0].values == expected
    assert not table.warnings


def test_a_column_given_twice_in_two_writings_is_a_problem(tmp_path: Path) -> None:
    as_csv = written(tmp_path, "home_id,Home ID,type\nDEMO-H1,DEMO-H2,childrens_home\n")
    assert problems_of(as_csv) == [(1, "Home ID", "duplicate_column")]
    as_json = written(
        tmp_path, '[{"home_id": "DEMO-H1", "Home ID": "DEMO-H2", "type": "childrens_home"}]', "homes.json"
    )
    assert problems_of(as_json) == [(1, "Home ID", "duplicate_column")]


def test_a_missing_value_is_reported_under_its_own_name_when_the_heading_is_in_words(tmp_path: Path) -> None:
    path = written(tmp_path, "Home ID,Type,Name\n,childrens_home,The Elms\n")
    assert problems_of(path) == [(2, "home_id", "missing_value")]


def test_lists_side_by_side_of_different_lengths_are_a_problem(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "home_id,type,residents.child_id,residents.age\nDEMO-H1,childrens_home,DEMO-C1;DEMO-C2,12\n",
    )
    assert problems_of(path) == [(2, "residents", "list_lengths_differ")]


def test_a_missing_file_and_a_folder_are_problems_too(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.csv") == [(None, None, "file_missing")]
    (tmp_path / "folder.csv").mkdir()
    assert problems_of(tmp_path / "folder.csv") == [(None, None, "not_a_file")]


MARKER = "Zebedee"


@settings(max_examples=60, deadline=None)
@given(
    column=st.sampled_from(["postcode", "places", "weekly_fee_pounds", "opens_on", "registered", "type"]),
    tail=st.text(st.characters(whitelist_categories=["L", "N"]), max_size=12),
)
def test_no_problem_ever_repeats_the_cell(
    tmp_path_factory: pytest.TempPathFactory, column: str, tail: str
) -> None:
    record = {"home_id": "DEMO-H1", "type": "childrens_home", column: MARKER + tail}
    path = written(tmp_path_factory.mktemp("cells"), json.dumps(record), "homes.json")
    with pytest.raises(ImportRejected) as caught:
        read_records(path, "home")
    told = str(caught.value) + repr([issue.as_dict() for issue in caught.value.issues])
    assert MARKER not in told


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_problem_list_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.mktemp("bytes"), content, "any")
    try:
        assert read_rows(path).rows == read_rows(str(path)).rows != ()
    except ImportRejected as rejected:
        assert rejected.issues


def test_a_spreadsheet_by_name_only_and_a_folder_are_called_what_they_are(tmp_path: Path) -> None:
    path = tmp_path / "homes.xlsx"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ImportRejected) as raised:
        read_records(path, "home")
    assert [issue.rule for issue in raised.value.issues] == ["not_a_spreadsheet"]
    with pytest.raises(ImportRejected) as raised:
        read_records(Path("."), "home")
    assert [(issue.file, issue.rule) for issue in raised.value.issues] == [(".", "not_a_file")]


@pytest.mark.parametrize(
    "name", ["PL1 3BJ born 2010-01-01", "0777 12345678", "a@b.example", "\x1b[31m", "x" * 200]
)
def test_a_column_name_that_looks_like_data_is_not_repeated(tmp_path: Path, name: str) -> None:
    path = tmp_path / "homes.json"
    path.write_text(json.dumps([{"home_id": "DEMO-H1", "type": "childrens_home", name: "x"}]))
    (issue,) = read_records(path, "home").warnings
    assert issue.column is None
    assert name not in str(issue)
    path.write_text(json.dumps([{"home_id": "DEMO-H1", "type": "childrens_home", "IMD 2019": "x"}]))
    assert [one.column for one in read_records(path, "home").warnings] == ["IMD 2019"]


@pytest.mark.parametrize("written", ["2026-11-28T02:00", "2026-11-28 02:00:00", "28/11/2026 02:00"])
def test_a_date_with_a_time_of_day_is_told_so(tmp_path: Path, written: str) -> None:
    path = tmp_path / "homes.json"
    path.write_text(json.dumps([{"home_id": "DEMO-H1", "type": "childrens_home", "opens_on": written}]))
    with pytest.raises(ImportRejected) as raised:
        read_records(path, "home")
    assert "without a time of day" in raised.value.issues[0].what_to_do
