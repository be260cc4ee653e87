"""Records written as files read back as the same records, and no spreadsheet runs what stands in them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_data.formula_guard import guarded, unguarded
from reference_data.problems import InvalidInput
from reference_data.sample import sample_path
from reference_data.tables import read_records, read_rows
from reference_data.writing import FORMATS, csv_content, record_content, xlsx_content
from tests.oracles.any_records import HOSTILE, records

RECORDS = ("referral", "home", "stay")
SAMPLES = {"referral": "referrals", "home": "homes", "stay": "stays"}


def back(content: bytes, record: str, suffix: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"records{suffix}"
    path.write_bytes(content)
    return [row.values for row in read_records(path, record).rows]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("record", RECORDS)
def test_the_sample_reads_back_as_it_was(record: str, suffix: str, tmp_path: Path) -> None:
    values = [row.values for row in read_records(sample_path(SAMPLES[record]), record).rows]
    content = record_content(values, record, suffix)
    assert back(content, record, suffix, tmp_path) == values
    assert record_content(values, record, suffix) == content


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_reads_back_as_it_was_wherever_it_stands(text: str, suffix: str, tmp_path: Path) -> None:
    record = {
        "referral_id": "DEMO-R1",
        "child_id": "DEMO-C1",
        "needs_source": text,
        "communication": [text, "BSL"],
        "important_places": [{"what": text}, {"how_often": "weekly"}],
    }
    assert back(record_content([record], "referral", suffix), "referral", suffix, tmp_path) == [record]


def test_no_cell_of_a_csv_begins_with_what_a_spreadsheet_runs() -> None:
    content = csv_content([["heading", "another"], *([text, text] for text in HOSTILE)])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    content = xlsx_content({"records": [["heading"], *([text] for text in HOSTILE)]})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["records"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}


@given(st.text(alphabet="'=+-@\t\ra"))
def test_guarding_loses_nothing(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_a_csv_of_somebody_elses_keeps_its_apostrophes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,note\n'tis,O'Brien's\n")
    assert read_rows(tmp_path / "a.csv").rows[0].cells == {"name": "'tis", "note": "O'Brien's"}


def test_an_empty_list_is_known_and_stays_so_in_every_format(tmp_path: Path) -> None:
    record = {
        "home_id": "DEMO-H1",
        "type": "childrens_home",
        "features": [],
        "beds": [],
        "residents": [{"child_id": "DEMO-C1"}],
    }
    for suffix in FORMATS:
        assert back(record_content([record], "home", suffix), "home", suffix, tmp_path) == [record]


def test_lists_of_objects_stand_in_columns_side_by_side_where_that_reads_back() -> None:
    record = {"home_id": "DEMO-H1", "type": "childrens_home", "residents": [{"child_id": "A"}, {"age": 9}]}
    header = record_content([record], "home", ".csv").decode("utf-8-sig").splitlines()
    assert header == ["home_id,type,residents.child_id,residents.age", "DEMO-H1,childrens_home,A;,;9"]


@pytest.mark.parametrize(("suffix", "text"), [(".csv", "a\x00b"), (".xlsx", "a\x00b"), (".xlsx", "_x005F_")])
def test_text_that_a_format_cannot_hold_is_refused_with_its_place_and_not_its_words(
    suffix: str, text: str
) -> None:
    record = {"referral_id": "DEMO-R1", "child_id": "DEMO-C1", "needs_source": text}
    with pytest.raises(InvalidInput) as raised:
        record_content([record], "referral", suffix)
    assert raised.value.code == "text_not_writable"
    assert raised.value.context == {"row": 2, "column": "needs_source"}
    assert text not in raised.value.message


def test_another_format_is_refused() -> None:
    with pytest.raises(InvalidInput, match="csv"):
        record_content([], "referral", ".pdf")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("record", RECORDS)
def test_any_records_read_back_as_they_were(
    record: str, suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("written")

    @settings(max_examples=25, deadline=None)
    @given(records(record))
    def check(values: list[dict[str, Any]]) -> None:
        assert back(record_content(values, record, suffix), record, suffix, folder) == values

    check()
