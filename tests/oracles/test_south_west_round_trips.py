"""The South West needs standard both ways: whatever the rows and whatever the records, nothing is lost on the way."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_data.cells import CellError, parse_cell
from reference_data.fields import FieldType, load_fields
from reference_data.profile_joining import joined
from reference_data.profile_reading import read_profile
from reference_data.profile_telling import tell_records
from reference_data.profile_writing import PROFILE_FORMATS, profile_content
from reference_data.profiles import ProfileField, load_profile
from tests.oracles.any_records import IDS, TEXTS, records, values_of

SOUTH_WEST = "south-west"
PROFILE = load_profile(SOUTH_WEST)
PLACES = ("important_places[].what", "important_places[].how_often")


def through_a_file(rows: Any, suffix: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / f"needs{suffix}"
    path.write_bytes(profile_content(rows, SOUTH_WEST, suffix))
    return list(read_profile(path, SOUTH_WEST).records)


def is_whole_postcode(text: str, entry: ProfileField) -> bool:
    try:
        return entry.whole_field is not None and bool(parse_cell(text, entry.whole_field))
    except CellError:
        return False


def answers(entry: ProfileField) -> st.SearchStrategy[Any]:
    """Return the answers that the standard allows in a column, as it would write them itself."""
    if entry.codes:
        words = st.sampled_from([word for word, code in entry.codes.items() if code or not entry.is_list])
        if entry.is_list and not entry.field.in_list:
            return st.one_of(
                st.lists(words, min_size=1, unique=True),
                st.just([entry.says_none]) if entry.says_none else st.nothing(),
            )
        return words
    match entry.field.type:
        case FieldType.DATE:
            return values_of(entry.field).map(lambda day: day.isoformat())
        case FieldType.POUNDS:
            return st.integers(0, 10**7).map(lambda pence: pence // 100 if pence % 100 == 0 else pence / 100)
        case FieldType.INTEGER:
            return values_of(entry.field)
        case FieldType.IDENTIFIER:
            return IDS
        case FieldType.TEXTS:
            return st.lists(TEXTS, min_size=1, max_size=3, unique=True)
        case _:
            return TEXTS.filter(lambda text: not is_whole_postcode(text, entry))


@st.composite
def standard_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for number in range(draw(st.integers(1, 3))):
        row: dict[str, Any] = {"child_id": f"DEMO-C{number}", "referral_id": f"DEMO-R{number}"}
        for entry in PROFILE:
            if entry.ours in row or entry.field.in_list:
                continue
            if entry.says_nothing or draw(st.integers(0, 2)) == 0:
                row[entry.ours] = draw(answers(entry))
        what, often, avoid = (next(e for e in PROFILE if e.ours == n) for n in (*PLACES, "avoid[].place"))
        gap = st.none()
        pairs = draw(st.lists(st.tuples(answers(what) | gap, answers(often) | gap).filter(any), max_size=3))
        for place, name in enumerate(PLACES):
            if any(pair[place] for pair in pairs):
                row[name] = [pair[place] for pair in pairs]
        if avoided := draw(st.lists(answers(avoid), max_size=2)):
            row[avoid.ours] = avoided
        rows.append(row)
    return rows


@pytest.mark.parametrize("suffix", PROFILE_FORMATS)
def test_rows_of_the_standard_come_back_as_they_were(
    suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")

    @settings(max_examples=25, deadline=None)
    @given(standard_rows())
    def check(rows: list[dict[str, Any]]) -> None:
        again = tell_records(through_a_file(rows, suffix, folder), SOUTH_WEST)
        assert list(again.rows) == rows
        assert again.notes == ()

    check()


def covered_part(record: dict[str, Any]) -> dict[str, Any]:
    """Return what of a record stands in the standard's fields, item by item."""
    covered = {entry.ours for entry in PROFILE}
    part: dict[str, Any] = {}
    for field in load_fields("referral"):
        if field.name not in covered:
            continue
        if field.in_list:
            for place, item in enumerate(record.get(str(field.parent), ())):
                if field.value_name in item:
                    part[f"{field.column} {place}"] = item[field.value_name]
        elif field.parent is None:
            if field.value_name in record:
                part[field.column] = record[field.value_name]
        elif field.value_name in record.get(field.parent, {}):
            part[field.column] = record[field.parent][field.value_name]
    return part


def made_tellable(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the standard's own words in the fields that it tells from a list of words."""
    made = deepcopy(record)
    for entry in PROFILE:
        if entry.told_as and entry.field.parent is None:
            value = made.get(entry.ours)
            if isinstance(value, list):
                made[entry.ours] = ["BSL"] if value else value
            elif value in entry.told_as:
                made[entry.ours] = "emergency"
    for place in made.get("important_places", ()):
        if "how_often" in place:
            place["how_often"] = "fortnightly"
    # A place of which the standard tells nothing is not there afterwards, so the others are counted without it.
    for name, told in (("important_places", ("what", "how_often")), ("avoid", ("place", "postcode"))):
        if name in made:
            made[name] = [item for item in made[name] if any(leaf in item for leaf in told)]
    search = made.get("home_search", {})
    search.pop("added_support", None) if not search.get("added_support") else None
    if "added_support" in search:
        search["added_support"] = list(dict.fromkeys(search["added_support"]))
    return made


@pytest.mark.parametrize("suffix", PROFILE_FORMATS)
def test_our_records_keep_every_field_that_the_standard_covers(
    suffix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("records")

    @settings(max_examples=25, deadline=None)
    @given(records("referral"))
    def check(given_records: list[dict[str, Any]]) -> None:
        ours = [
            {**made_tellable(record), "child_id": f"DEMO-C{number}"}
            for number, record in enumerate(given_records)
        ]
        again = through_a_file(tell_records(ours, SOUTH_WEST).rows, suffix, folder)
        for before, after in zip(ours, again, strict=True):
            assert covered_part(before).items() <= covered_part(after).items()

    check()


def test_joining_a_record_with_its_own_export_changes_nothing_in_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("joined")

    @settings(max_examples=50, deadline=None)
    @given(records("referral"))
    def check(given_records: list[dict[str, Any]]) -> None:
        # The number of brothers and sisters is counted from the group where it is not given, so it is given here.
        ours = [
            {
                **record,
                "child_id": f"DEMO-C{number}",
                "home_search": {"siblings_to_place_with": 1, **record.get("home_search", {})},
            }
            for number, record in enumerate(given_records)
        ]
        again = through_a_file(tell_records(ours, SOUTH_WEST).rows, ".csv", folder)
        assert [joined(a, b, SOUTH_WEST) for a, b in zip(ours, again, strict=True)] == ours

    check()
