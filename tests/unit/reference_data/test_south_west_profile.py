"""The South West needs standard: every part of it has its place in our referral, both ways, and nothing is guessed."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matching.files import referral_from_values, referrals_from_values
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD
from reference_data.fields import allowed_values, load_fields
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput, NotFound
from reference_data.profile_joining import joined
from reference_data.profile_reading import read_profile
from reference_data.profile_telling import tell_records
from reference_data.profile_writing import PROFILE_FORMATS, profile_content
from reference_data.profiles import ProfileField, headings, load_profile, plain

SOUTH_WEST = "south-west"
PROFILE = load_profile(SOUTH_WEST)
Row = dict[str, Any]


def read(folder: Path, *rows: Row) -> tuple[list[dict[str, Any]], tuple[ImportIssue, ...]]:
    path = folder / "needs.json"
    path.write_text(json.dumps([{"Child ID": f"DEMO-C{n}", **row} for n, row in enumerate(rows, start=1)]))
    reading = read_profile(path, SOUTH_WEST)
    return list(reading.records), reading.warnings


def problems(folder: Path, *rows: Row) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRejected) as raised:
        read(folder, *rows)
    return [(issue.row, issue.column, issue.rule) for issue in raised.value.issues]


def at(record: dict[str, Any], path: str) -> Any:
    value: Any = record
    for part in path.split("."):
        if isinstance(value, list):
            return [item.get(part) for item in value]
        value = value.get(part)
    return value


def told(record: dict[str, Any], heading: str) -> Any:
    entry = headings(SOUTH_WEST)[plain(heading)]
    return tell_records([record], SOUTH_WEST).rows[0].get(entry.ours)


SUITABLE = (
    ("Preferred", "preferred"),
    ("Suitable but not preferred", "suitable"),
    ("Unsuitable", "unsuitable"),
    ("Not specified", None),
)
RISK = (("No known risk", "none"), ("Low risk", "low"), ("High risk", "high"))

# The standard's question, its answer, our field, our value: written out by hand and not taken from the table.
ANSWERS: list[tuple[str, Any, str, Any]] = [
    ("Is this a planned or emergency home search?", "Planned", "urgency", "planned"),
    ("Is this a planned or emergency home search?", "Emergency", "urgency", "emergency"),
    ("Latest date for placement to start by", "2026-07-01", "needed_by", date(2026, 7, 1)),
    ("Number of siblings to place with", 2, "home_search.siblings_to_place_with", 2),
    ("Preferred location for home search", "Saltash", "home_search.preferred_location", "Saltash"),
    ("Primary family location", "PL4 8", "home_search.family_area", "PL4 8"),
    (
        "Is it recommended to find a home close to the primary family location?",
        "No",
        "home_search.near_family",
        False,
    ),
    ("Does child go to school currently?", "Not applicable", "home_search.attends_school", "not_applicable"),
    ("School location", "PL1", "home_search.school_area", "PL1"),
    ("Does the child need to continue to attend this school?", "Yes", "prefers.keep_school", True),
    ("Please specify which location", ["Drama club"], "important_places.what", ["Drama club"]),
    (
        "How often does the child need to go to other location of importance?",
        ["Every two weeks"],
        "important_places.how_often",
        ["fortnightly"],
    ),
    ("Are there any locations to avoid?", "Yes", "home_search.places_to_avoid", True),
    ("Are there any locations to avoid?", "Not specified", "home_search.places_to_avoid", None),
    ("Location(s) to avoid", ["the bus station"], "avoid.place", ["the bus station"]),
    ("Communication, language and learning needs", "Yes", "home_search.communication_needs", True),
    (
        "Specific communication and language requirements",
        ["ESOL", "BSL", "Makaton", "Other"],
        "communication",
        ["ESOL", "BSL", "Makaton", "Other"],
    ),
    ("Specific communication and language requirements", ["None"], "communication", []),
    ("Adaptation to the home", "Yes", "home_search.adaptations", True),
    ("Cultural needs", "Required", "home_search.cultural_needs", "required"),
    ("Cultural needs", "Not required", "home_search.cultural_needs", "not_required"),
    ("Place of worship", "the gurdwara", "home_search.place_of_worship", "the gurdwara"),
    ("Who can the child be cared for alongside", "Solo placement recommended", "alongside", "solo"),
    (
        "Who can the child be cared for alongside",
        "With other children recommended",
        "alongside",
        "with_others",
    ),
    ("Who can the child be cared for alongside", "Only with other older children", "alongside", "only_older"),
    (
        "Who can the child be cared for alongside",
        "Only with other younger children",
        "alongside",
        "only_younger",
    ),
    ("Who can the child be cared for alongside", "No preference", "alongside", "no_preference"),
    ("Can child live with pets/animals?", "No", "home_search.pets", False),
    ("Can child live with pets/animals?", "Don't know", "home_search.pets", None),
    *(("Foster care suitability", word, "suitability.fostering", ours) for word, ours in SUITABLE),
    *(("Residential suitability", word, "suitability.residential", ours) for word, ours in SUITABLE),
    *(("Supported home suitability", word, "suitability.supported", ours) for word, ours in SUITABLE),
    *(
        ("Minimum adult support ratio", word, "adult_ratio", ours)
        for word, ours in (
            ("Standard ratio", "standard"),
            ("1:1", "1:1"),
            ("2:1", "2:1"),
            (">2:1", "more"),
            ("Not applicable", "not_applicable"),
            ("Not specified", None),
        )
    ),
    *(
        (f"Risk to child: {heading}", word, f"risks.{ours}", level)
        for heading, ours in (
            ("Self-harm", "self_harm"),
            ("Sexual exploitation", "sexual_exploitation"),
            ("Criminal exploitation", "criminal_exploitation"),
            ("Drug and alcohol use", "drugs_alcohol"),
            ("Eating disorder", "eating_disorder"),
            ("Going missing", "missing"),
        )
        for word, level in RISK
    ),
    *(
        (f"Risk to others or property: {heading}", word, f"risks.{ours}", level)
        for heading, ours in (
            ("Physical harm", "physical_harm"),
            ("Sexual harm", "sexual_harm"),
            ("Fire-setting", "fire_setting"),
            ("Harm to animals", "harm_to_animals"),
            ("Criminal exploitation", "criminal_exploitation_of_others"),
        )
        for word, level in RISK
    ),
    (
        "Was there any additional provision the home needed to provide to support the child?",
        "Yes",
        "home_search.added_support_needed",
        True,
    ),
    (
        "Additional support (Please specify)",
        ["Taxis to school", "art therapy"],
        "home_search.added_support",
        ["Taxis to school", "art therapy"],
    ),
    ("Name of officer filling referral form", "AB", "home_search.officer", "AB"),
    ("Date of referral form filling", "2026-06-01", "home_search.form_filled_on", date(2026, 6, 1)),
    ("Total agreed weekly cost", 4500.5, "placement_found.agreed_weekly_cost_pence", 450_050),
    ("Actual Weekly Cost", 4700, "placement_found.actual_weekly_cost_pence", 470_000),
    ("Placement Location", "Ivybridge", "placement_found.location", "Ivybridge"),
    ("Provider ID (linked to Ofsted)", "DEMO-1", "placement_found.provider_id", "DEMO-1"),
    ("Whether Sibling Split Y/N", "Yes", "placement_found.siblings_split", True),
    ("Placement Type", "Foster", "placement_found.type", "foster"),
    ("Placement Type", "Residential", "placement_found.type", "residential"),
    ("Placement Type", "Supported accommodation", "placement_found.type", "supported"),
]


@pytest.mark.parametrize(("heading", "answer", "ours", "value"), ANSWERS)
def test_each_answer_of_the_standard_has_its_place_and_goes_back_as_it_came(
    heading: str, answer: Any, ours: str, value: Any, tmp_path: Path
) -> None:
    (record,), _ = read(tmp_path, {heading: answer})
    parent, _, leaf = ours.rpartition(".")
    holder = record.get(parent) or {} if parent else record
    found = [item.get(leaf) for item in holder] if isinstance(holder, list) else holder.get(leaf)
    assert found == value
    assert told(record, heading) == answer


def codes() -> list[tuple[ProfileField, str, str]]:
    return [(entry, word, code) for entry in PROFILE for word, code in entry.codes.items()]


@pytest.mark.parametrize(("entry", "word", "code"), codes(), ids=lambda value: str(value)[-24:])
def test_every_word_of_the_table_is_read_and_told_as_itself(
    entry: ProfileField, word: str, code: str, tmp_path: Path
) -> None:
    answer = [word] if entry.is_list else word
    (record,), _ = read(tmp_path, {entry.heading: answer})
    assert told(record, entry.heading) == answer


def test_the_table_names_each_of_our_fields_once_and_only_codes_that_we_have() -> None:
    ours = [entry.ours for entry in PROFILE]
    assert len(set(ours)) == len(ours) == 58
    known = {field.name for field in load_fields("referral")}
    for entry in PROFILE:
        assert {entry.ours, entry.whole or entry.ours, entry.when or entry.ours} <= known
        for code in {*entry.codes.values(), *entry.also_read.values()} - {""}:
            if entry.field.values:
                assert code in allowed_values(entry.field.values), entry.ours
        for code in set(entry.told_as) - {"*"}:
            assert code in allowed_values(entry.field.values), entry.ours


def test_every_code_of_ours_has_a_word_of_theirs() -> None:
    for entry in PROFILE:
        if entry.field.values and entry.codes:
            told_codes = {*entry.codes.values(), *entry.told_as} - {""}
            assert told_codes == set(allowed_values(entry.field.values)), entry.ours


def test_the_six_risks_to_the_child_and_the_five_to_others_are_those_of_the_engine() -> None:
    names = [entry.ours for entry in PROFILE if entry.ours.startswith("risks.")]
    assert names == [f"risks.{name}" for name in (*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS)]


def test_the_tables_are_those_of_the_standards_diagram() -> None:
    assert {entry.table for entry in PROFILE} == {
        *("CHILD", "PLACEMENT", "PLACEMENT_TYPE", "REFERRAL", "IMPORTANT_LOCATION", "NEEDS", "RISKS"),
        *("FINANCE", "FORM"),
    }


FULL = {
    "Referral ID": "DEMO-R1",
    "Local Identifier": "DEMO-L1",
    "Is this a planned or emergency home search?": "Planned",
    "Latest date for placement to start by": "01/07/2026",
    "Number of siblings to place with": "1",
    "Primary family location (postcode sector - e.g. GL71)": "PL4 8",
    "Please specify which location": "Drama club; Grandad",
    "How often does the child need to go to other location of importance?": "Weekly; Monthly",
    "Location(s) to avoid (leave blank if not applicable)": "the bus station",
    "Specific communication and language requirements": "BSL; Makaton",
    "Risk to child: Going missing": "High risk",
    "Total agreed weekly cost": "4500.50",
}


def write_csv(path: Path, row: Row, header: list[str] | None = None) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header or ["Child ID", *row])
        writer.writerow(["DEMO-C1", *row.values()])
    return path


def test_every_layout_and_format_says_the_same(tmp_path: Path) -> None:
    records = read_profile(write_csv(tmp_path / "flat.csv", FULL), SOUTH_WEST).records
    rows = tell_records(records, SOUTH_WEST).rows
    for suffix in PROFILE_FORMATS:
        path = tmp_path / f"again{suffix}"
        path.write_bytes(profile_content(rows, SOUTH_WEST, suffix))
        reading = read_profile(path, SOUTH_WEST)
        assert reading.records == records
        assert not [one for one in reading.warnings if one.rule.startswith("unknown")]
    with zipfile.ZipFile(tmp_path / "again.zip") as archive:
        assert "IMPORTANT_LOCATION.csv" in archive.namelist()
        archive.extractall(tmp_path / "folder")
    assert read_profile(tmp_path / "folder", SOUTH_WEST).records == records
    assert openpyxl.load_workbook(tmp_path / "again.xlsx").sheetnames[:2] == ["CHILD", "REFERRAL"]


def test_headings_may_be_the_diagrams_names_in_any_case_and_with_or_without_brackets(tmp_path: Path) -> None:
    row = {
        "RISK_TO_CHILD_SELF_HARM": "low risk",
        "Finance.Total_Planned_Weekly_Cost": "£1,200",
        "primary family location": "PL4",
        "CULTURAL NEEDS": "other",
    }
    (record,) = read_profile(write_csv(tmp_path / "flat.csv", row), SOUTH_WEST).records
    assert record == {
        "child_id": "DEMO-C1",
        "referral_id": "DEMO-C1",
        "risks": {"self_harm": "low"},
        "placement_found": {"agreed_weekly_cost_pence": 120_000},
        "home_search": {"family_area": "PL4", "cultural_needs": "other"},
    }


def test_a_referral_without_an_id_takes_the_childs_and_says_so(tmp_path: Path) -> None:
    (record,), warnings = read(tmp_path, {"Placement Type": "Foster"})
    assert record["referral_id"] == record["child_id"] == "DEMO-C1"
    assert [one.rule for one in warnings] == ["no_referral_id"]


def test_the_engine_reads_what_the_standard_said(tmp_path: Path) -> None:
    (record,), _ = read(
        tmp_path,
        {
            "Can child live with pets/animals?": "No",
            "Location(s) to avoid": "the bus station; PL1 2AA",
            "School location": "PL6 8BH",
            "Minimum adult support ratio": "Not applicable",
        },
    )
    referral = referral_from_values(record)
    assert referral.prefers.pets == ("none",)
    assert [place.postcode for place in referral.avoid] == [None, "PL1 2AA"]
    assert referral.prefers.school_postcode == "PL6 8BH"
    assert referral.adult_ratio == "not_applicable"


def test_a_wish_about_pets_that_is_recorded_goes_before_the_standards_no() -> None:
    record = {
        "referral_id": "DEMO-R1",
        "child_id": "DEMO-C1",
        "home_search": {"pets": False},
        "prefers": {"pets": ["dog"]},
    }
    (referral,), _ = referrals_from_values([record])
    assert referral.prefers.pets == ("dog",)


def test_every_problem_is_listed_with_its_row_and_column_and_nothing_is_used(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {"Foster care suitability": "Perhaps", "Latest date for placement to start by": "31/02/2026"},
        {"Total agreed weekly cost": "12.345", "Number of siblings to place with": "two"},
        {"Specific communication and language requirements": "None; BSL"},
        {"Please specify which location": "A;B", "How often does the child need to go": "x"},
        {"Child ID": "DEMO-C1"},
        {"Child ID": ""},
    )
    assert found == [
        (1, "Latest date for placement to start by", "impossible_date"),
        (1, "Foster care suitability", "unknown_code"),
        (2, "Number of siblings to place with", "wrong_type"),
        (2, "Total agreed weekly cost", "money_decimals"),
        (3, "Specific communication and language requirements", "contradiction"),
        (5, "Child ID", "duplicate_id"),
        (6, "child_id", "missing_value"),
    ]


def test_no_problem_repeats_what_was_in_the_cell(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected) as raised:
        read(tmp_path, {"Placement Type": "SECRET", "Date of form filling": "SECRET"})
    assert len(raised.value.issues) == 2
    assert "SECRET" not in str([issue.as_dict() for issue in raised.value.issues])


def test_places_and_how_often_must_be_as_many(tmp_path: Path) -> None:
    often = "How often does the child need to go to other location of importance?"
    found = problems(tmp_path, {"Please specify which location": "A; B; C", often: "Weekly; Monthly"})
    assert found == [(1, often, "list_lengths_differ")]


def test_a_column_that_the_profile_does_not_have_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    records, warnings = read(tmp_path, {"Shoe size": "4", "Placement Type": "Foster"})
    assert records[0]["placement_found"] == {"type": "foster"}
    assert ("Shoe size", "unknown_column") in [(one.column, one.rule) for one in warnings]


def test_two_headings_of_one_column_that_disagree_are_a_problem(tmp_path: Path) -> None:
    row = {"Placement Type": "Foster", "placement_type": "Residential"}
    assert problems(tmp_path, row) == [(1, "placement_type", "given_twice")]


def test_a_no_beside_details_is_noticed_and_both_are_kept(tmp_path: Path) -> None:
    row = {"Are there any locations to avoid?": "No", "Location(s) to avoid": "the bus station"}
    (record,), warnings = read(tmp_path, row)
    assert record["home_search"] == {"places_to_avoid": False}
    assert record["avoid"] == [{"place": "the bus station"}]
    assert "contradiction" in [one.rule for one in warnings]


def tables(**changed: list[Row]) -> dict[str, list[Row]]:
    return {
        "CHILD": [{"id": "DEMO-C1", "local_identifier": "DEMO-L1"}],
        "REFERRAL": [{"id": "DEMO-R1", "child_id": "DEMO-C1"}],
        "RISKS": [{"referral_id": "DEMO-R1", "risk_to_child_self_harm": "Low risk"}],
        **changed,
    }


def read_tables(folder: Path, content: dict[str, list[Row]]) -> Any:
    (folder / "tables.json").write_text(json.dumps(content))
    return read_profile(folder / "tables.json", SOUTH_WEST)


def test_tables_hang_together_by_the_childs_and_the_referrals_ids(tmp_path: Path) -> None:
    reading = read_tables(
        tmp_path,
        tables(
            IMPORTANT_LOCATION=[
                {"referral_id": "DEMO-R1", "family_location": "PL4", "location_to_avoid": "the pier"},
                {"referral_id": "DEMO-R1", "other_location_to_vist_regularly": "Drama; club"},
            ]
        ),
    )
    (record,) = reading.records
    assert record == {
        "referral_id": "DEMO-R1",
        "child_id": "DEMO-C1",
        "home_search": {"local_identifier": "DEMO-L1", "family_area": "PL4"},
        "risks": {"self_harm": "low"},
        "avoid": [{"place": "the pier"}],
        "important_places": [{"what": "Drama; club"}],
    }


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"RISKS": [{"referral_id": "DEMO-R9"}]}, ("tables.json (RISKS)", 1, "referral_id", "unknown_link")),
        (
            {"NEEDS": [{"cultural_needs": "Other"}]},
            ("tables.json (NEEDS)", 1, "referral_id", "missing_value"),
        ),
        ({"CHILD": [{"id": "DEMO-C9"}]}, ("tables.json (CHILD)", 1, "id", "unknown_link")),
        ({"REFERRAL": [{"id": "DEMO-R1"}]}, ("tables.json (REFERRAL)", 1, "child_id", "missing_value")),
        (
            {
                "REFERRAL": [
                    {"id": "DEMO-R1", "child_id": "DEMO-C1"},
                    {"id": "DEMO-R1", "child_id": "DEMO-C2"},
                ]
            },
            ("tables.json (REFERRAL)", 2, "id", "duplicate_id"),
        ),
        (
            {
                "FORM": [
                    {"referral_id": "DEMO-R1", "form_filled": "2026-01-01"},
                    {"referral_id": "DEMO-R1", "form_filled": "2026-01-02"},
                ]
            },
            ("tables.json (FORM)", 2, "form_filled", "given_twice"),
        ),
    ],
)
def test_tables_that_do_not_hang_together_are_problems_with_table_row_and_column(
    changed: dict[str, list[Row]], problem: tuple[str, int, str, str], tmp_path: Path
) -> None:
    with pytest.raises(ImportRejected) as raised:
        read_tables(tmp_path, tables(**changed))
    found = [(issue.file, issue.row, issue.column, issue.rule) for issue in raised.value.issues]
    assert problem in found


def test_tables_without_referrals_and_files_without_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRejected) as raised:
        read_tables(tmp_path, {"RISKS": [{"referral_id": "DEMO-R1"}]})
    assert raised.value.issues[0].rule == "missing_table"
    (tmp_path / "empty.csv").write_text("Child ID,Placement Type\n")
    with pytest.raises(ImportRejected) as raised:
        read_profile(tmp_path / "empty.csv", SOUTH_WEST)
    assert raised.value.issues[0].rule == "no_rows"


def test_a_table_that_is_given_twice_is_a_problem_and_neither_is_dropped(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("REFERRAL.csv", "id,child_id\nDEMO-R1,DEMO-C1\n")
        archive.writestr("a/FORM.csv", "referral_id,form_filled\nDEMO-R1,2026-01-01\n")
        archive.writestr("b/form.csv", "referral_id,name_officer_form_filled\nDEMO-R1,AB\n")
    with pytest.raises(ImportRejected) as raised:
        read_profile(tmp_path / "two.zip", SOUTH_WEST)
    assert [(one.file, one.rule) for one in raised.value.issues] == [("b/form.csv", "duplicate_table")]


def test_a_table_that_the_profile_does_not_have_is_named(tmp_path: Path) -> None:
    reading = read_tables(tmp_path, tables(PROVIDER=[{"id": "1"}]))
    assert [one.file for one in reading.warnings if one.rule == "unknown_table"] == ["tables.json (PROVIDER)"]


def test_a_profile_nobody_ships_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="south-west"):
        read_profile(tmp_path / "absent.csv", "north-east")
    with pytest.raises(InvalidInput, match="csv"):
        profile_content([], SOUTH_WEST, ".pdf")


OURS = {
    "referral_id": "DEMO-R1",
    "child_id": "DEMO-C1",
    "date_of_birth": date(2012, 3, 4),
    "urgency": "crisis",
    "home_postcode": "PL4 8AA",
    "communication": ["Polish", "BSL"],
    "prefers": {"school_postcode": "PL6 8BH", "keep_school": True, "pets": ["dog"]},
    "important_places": [{"what": "Grandad", "postcode": "PL1 2AA", "how_often": "rarely"}],
    "avoid": [{"postcode": "PL1 1DN", "miles": 5.0, "reason": "an adult"}],
}


def test_what_is_told_more_broadly_and_what_is_not_told_stands_in_the_notes() -> None:
    writing = tell_records([OURS], SOUTH_WEST)
    row = writing.rows[0]
    assert row["urgency"] == "Emergency"
    assert row["home_search.home_area"] == "PL4 8"
    assert row["home_search.school_area"] == "PL6 8"
    assert row["avoid[].place"] == ["PL1 1"]
    assert row["important_places[].how_often"] == ["Other"]
    assert row["communication"] == ["Other", "BSL"]
    broader = [note.partition(":")[0] for note in writing.notes if "more broadly" in note]
    beyond = [note.partition(":")[0] for note in writing.notes if "beyond" in note]
    assert broader == [
        *("home_postcode", "urgency", "communication", "avoid.postcode", "important_places.how_often"),
        "prefers.school_postcode",
    ]
    assert beyond == [
        *("date_of_birth", "avoid.miles", "avoid.reason", "important_places.postcode", "prefers.pets"),
    ]
    assert not [note for note in writing.notes if "PL" in note or "Grandad" in note]


def incoming(folder: Path, **changes: Any) -> dict[str, Any]:
    """Our record through the standard's file, with some answers changed on the way."""
    (row,) = tell_records([OURS], SOUTH_WEST).rows
    path = folder / "out.csv"
    path.write_bytes(profile_content([{**row, **changes}], SOUTH_WEST, ".csv"))
    (record,) = read_profile(path, SOUTH_WEST).records
    return record


def test_a_record_joined_with_its_own_export_stays_as_it_was(tmp_path: Path) -> None:
    assert joined(OURS, incoming(tmp_path), SOUTH_WEST) == OURS


def test_joining_corrects_what_changed_and_leaves_what_the_standard_does_not_say(tmp_path: Path) -> None:
    changes = {
        "urgency": "Planned",
        "prefers.keep_school": "No",
        "home_search.school_area": "EX4 3",
        "important_places[].what": ["Grandad", "Drama club"],
        "important_places[].how_often": ["Weekly", "Daily"],
        "avoid[].place": ["PL1 1", "the pier"],
        "communication": ["Makaton"],
        "risks.self_harm": "High risk",
    }
    after = joined(OURS, incoming(tmp_path, **changes), SOUTH_WEST)
    assert after == {
        **OURS,
        "urgency": "planned",
        "prefers": {"keep_school": False, "pets": ["dog"]},
        "home_search": {"school_area": "EX4 3"},
        "important_places": [
            {"what": "Grandad", "postcode": "PL1 2AA", "how_often": "weekly"},
            {"what": "Drama club", "how_often": "daily"},
        ],
        "avoid": [*OURS["avoid"], {"place": "the pier"}],
        "communication": ["Polish", "BSL", "Makaton"],
        "risks": {"self_harm": "high"},
    }


def test_brothers_and_sisters_are_counted_from_their_group_where_nobody_gave_a_number() -> None:
    def child(number: int, **values: Any) -> dict[str, Any]:
        return {"referral_id": f"DEMO-R{number}", "child_id": f"DEMO-C{number}", **values}

    records = [
        child(1, sibling_group="G", siblings_together="must"),
        child(2, sibling_group="G"),
        child(3, sibling_group="H", siblings_together="no"),
        child(4, sibling_group="H", siblings_together="prefer"),
        child(5, sibling_group="G", home_search={"siblings_to_place_with": 5}),
        child(6),
        child(7, siblings_together="prefer"),
    ]
    writing = tell_records(records, SOUTH_WEST)
    assert [row.get("home_search.siblings_to_place_with") for row in writing.rows] == [
        2,
        2,
        None,
        1,
        5,
        None,
        None,
    ]
    assert "home_search.siblings_to_place_with: counted from sibling_group, in 3 records." in writing.notes
