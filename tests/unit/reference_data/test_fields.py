"""Field tables: whole, readable, and one with the schema and the engines' records."""

from __future__ import annotations

import csv
from dataclasses import fields as dataclass_fields

import pytest

from matching.home import Home
from matching.referral import Referral
from reference_data.fields import (
    FIELDS_FOLDER,
    FieldType,
    allowed_values,
    json_schema,
    load_fields,
    record_names,
)
from reference_data.problems import NotFound
from sufficiency.emergency import Stay


@pytest.mark.parametrize("record", record_names())
def test_every_field_says_what_it_means_and_is_named_once(record: str) -> None:
    fields = load_fields(record)
    assert all(field.meaning.endswith(".") for field in fields)
    names = [field.column.casefold() for field in fields]
    assert len(set(names)) == len(names)
    assert all(field.required in ("key", "yes", "no") for field in fields)
    with (FIELDS_FOLDER / f"{record}.csv").open(encoding="utf-8", newline="") as file:
        assert all(None not in row and None not in row.values() for row in csv.DictReader(file))


@pytest.mark.parametrize("record", record_names())
def test_every_choice_has_values_and_nothing_else_has(record: str) -> None:
    for field in load_fields(record):
        if field.values:
            assert len(allowed_values(field.values)) >= 2, field.name
        else:
            assert field.type not in (FieldType.CHOICE, FieldType.CHOICES), field.name


@pytest.mark.parametrize(
    ("record", "kind"),
    [("referral", Referral), ("home", Home), ("stay", Stay)],
    ids=["referral", "home", "stay"],
)
def test_the_table_and_the_engines_record_have_the_same_fields(record: str, kind: type) -> None:
    in_table = {(field.parent or "").split(".")[0] or field.value_name for field in load_fields(record)}
    if record == "stay":
        # The older way of writing one approval; the reader folds it into approvals.
        in_table -= {"approved_by", "approved_on"}
    assert in_table == {field.name for field in dataclass_fields(kind)}


def test_the_schema_nests_as_json_does() -> None:
    schema = json_schema("home")
    assert schema["required"] == ["home_id", "type"]
    properties = schema["properties"]
    assert properties["weekly_fee_pounds"]["multipleOf"] == 0.01
    assert properties["weekly_fee_pounds"]["minimum"] == 0
    assert "childrens_home" in properties["type"]["enum"]
    assert properties["beds"]["type"] == "array"
    assert set(properties["beds"]["items"]["properties"]) == {"available_from", "held_for"}
    assert properties["can_meet"]["properties"]["risk"]["maximum"] == 100
    assert properties["features"] == {**properties["features"], "type": "array", "items": {"type": "string"}}


def test_a_record_without_a_table_is_not_found() -> None:
    with pytest.raises(NotFound, match="Known records"):
        load_fields("no_such_record")


CONTRACT_FIELDS = {
    "referral": (
        "referral_id child_id authority date_of_birth age_basis sex legal_status uasc home_postcode search_opened_at "
        "needed_by urgency may_wait_days placement_purpose expected_stay_days acceptable_types suitability.fostering "
        "suitability.residential suitability.supported support_or_care needs.behaviour needs.emotional "
        "needs.relationships needs.risk needs.indicators needs_assessed_on needs_source risks.self_harm "
        "risks.sexual_exploitation risks.criminal_exploitation risks.drugs_alcohol risks.eating_disorder risks.missing "
        "risks.physical_harm risks.sexual_harm risks.fire_setting risks.harm_to_animals "
        "risks.criminal_exploitation_of_others alongside adult_ratio communication sibling_group siblings_together "
        "not_with avoid.postcode avoid.miles avoid.reason requires important_places.what important_places.postcode "
        "important_places.how_often prefers.max_miles prefers.school_postcode prefers.keep_school prefers.language "
        "prefers.religion prefers.ethnicity prefers.pets prefers.gender_of_carer max_weekly_fee_pounds wishes.text "
        "wishes.asked_on wishes.asked_by wishes.reason_not_asked wishes.advocate secure_order secure_order_until "
        "sos_approval_on dol_order_until current_home_id current_placement_started_on move_reason move_review_on"
    ),
    "home": (
        "home_id name provider urn type postcode authority approved_by_authority contract control weekly_fee_pounds "
        "void_fee_pounds registered status opens_on closes_on restriction_notice_from restriction_notice_to judgement "
        "partner_concern places vacancies vacancies_confirmed_on beds.available_from beds.held_for residents.child_id "
        "residents.age residents.sex residents.sibling_group residents.authority min_age max_age sexes limit_source "
        "approved_for approval_terms temporary_approval_until can_meet.behaviour can_meet.emotional "
        "can_meet.relationships can_meet.risk can_meet.indicators can_meet_source will_not_take accepts_emergency "
        "max_stay_days features staffing offers.languages offers.religions offers.ethnicities offers.pets offers.schools"
    ),
    "stay": (
        "stay_id child_id date_of_birth authority setting home_id provider_registered started_on ended_on in_care "
        "legal_basis purpose approvals.code approvals.by approvals.on notices.to notices.on section_20_offered_on "
        "advocate_offered_on max_stay_days onward_plan_on approved_by approved_on"
    ),
}


@pytest.mark.parametrize("record", CONTRACT_FIELDS)
def test_every_field_of_the_contract_stands_in_the_table(record: str) -> None:
    assert set(CONTRACT_FIELDS[record].split()) <= {field.column for field in load_fields(record)}
