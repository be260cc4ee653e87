"""Worked examples of every rule of eligibility: an invented child and home, one thing changed at a time.

They are run as tests in ``tests/unit/matching/test_rules_one_by_one.py`` and shown, with what the engine
says to each, in ``docs/worked-examples.md``. This file is read by itself, so it imports nothing of ours.
"""

from __future__ import annotations

from datetime import date
from typing import Any

AS_OF = date(2026, 6, 15)

# The postcodes are public ones of council offices: Plymouth, Exeter and Torquay.
CHILD: dict[str, Any] = {
    "referral_id": "DEMO-R",
    "child_id": "DEMO-C",
    "authority": "879",
    "date_of_birth": "2013-03-01",
    "sex": "F",
    "home_postcode": "PL1 3BJ",
    "needed_by": "2026-06-22",
    "urgency": "planned",
    "expected_stay_days": 100,
    "support_or_care": "support",
    "needs": {"behaviour": 40, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40},
    "needs_assessed_on": "2026-06-01",
    "risks": dict.fromkeys(
        (
            "self_harm",
            "sexual_exploitation",
            "criminal_exploitation",
            "drugs_alcohol",
            "eating_disorder",
            "missing",
            "physical_harm",
            "sexual_harm",
            "fire_setting",
            "harm_to_animals",
            "criminal_exploitation_of_others",
        ),
        "none",
    ),
}
HOME: dict[str, Any] = {
    "home_id": "DEMO-H",
    "type": "childrens_home",
    "postcode": "PL1 3BJ",
    "authority": "879",
    "contract": "in_house",
    "weekly_fee_pounds": 4000,
    "registered": True,
    "status": "open",
    "places": 4,
    "vacancies": 2,
    "vacancies_confirmed_on": "2026-06-14",
    "residents": [],
    "min_age": 8,
    "max_age": 17,
    "sexes": "any",
    "can_meet": {"behaviour": 60, "emotional": 60, "relationships": 60, "risk": 60, "indicators": 60},
    "will_not_take": [],
    "accepts_emergency": True,
    "features": ["step_free"],
}

FITS, EXCLUDED, ASKED = "fits", "excluded", "asked"

AT_16 = {"date_of_birth": "2010-06-22"}
AT_15 = {"date_of_birth": "2010-06-23"}
AT_17 = {"date_of_birth": "2008-06-23"}
AT_18 = {"date_of_birth": "2008-06-22"}
SUPPORTED = {"type": "supported_accommodation", "min_age": 16}
CRISIS = {"type": "crisis_accommodation", "min_age": 16}
FOSTER = {"type": "in_house_foster_carer"}
CONNECTED = {"type": "connected_foster_carer"}
SECURE = {"type": "secure_childrens_home", "min_age": 10}
NAMES_SECURE = {"acceptable_types": ["secure_childrens_home"]}
ORDER = {**NAMES_SECURE, "secure_order": True, "secure_order_until": "2026-06-22"}
THREE = [{"child_id": f"DEMO-X{n}", "age": 9, "sex": "F", "sibling_group": "DEMO-S"} for n in range(3)]
STRANGERS = [{"child_id": f"DEMO-X{n}", "age": 9, "sex": "F"} for n in range(3)]
RISKS = {"self_harm": "none", "fire_setting": "low"}
NEEDS = {"behaviour": 90, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40}

# Two postcodes 15.0 and 15.1 miles from the invented home, which is in the middle of Plymouth.
MILES_15_0, MILES_15_1 = "PL14 3AA", "PL13 2JS"

Case = tuple[str, dict[str, Any], dict[str, Any], str]

LIVES_HERE = {"current_home_id": "DEMO-H"}
NOTICE = {"restriction_notice_from": "2026-06-01"}

CASES: tuple[Case, ...] = (
    ("never_offered", {}, {"type": "hotel"}, EXCLUDED),
    ("never_offered", {}, {"type": "unregistered_home"}, EXCLUDED),
    ("never_offered", {}, {}, FITS),
    ("type_named", {}, SECURE, EXCLUDED),
    ("type_named", {}, {"type": "with_parents"}, EXCLUDED),
    ("type_named", {}, {"type": "adoption"}, EXCLUDED),
    ("type_named", {}, {"type": "residential_family_centre"}, EXCLUDED),
    ("type_named", {"acceptable_types": ["with_parents"]}, {"type": "with_parents"}, FITS),
    ("type_named", LIVES_HERE, {"type": "with_parents"}, FITS),
    ("type_acceptable", {"acceptable_types": ["agency_foster_carer"]}, {}, EXCLUDED),
    ("type_acceptable", {"acceptable_types": ["childrens_home"]}, {}, FITS),
    ("type_acceptable", {}, {}, FITS),
    ("type_acceptable", {**LIVES_HERE, "acceptable_types": ["agency_foster_carer"]}, {}, ASKED),
    ("purpose_needs_foster_carers", {"placement_purpose": "fostering_for_adoption"}, {}, EXCLUDED),
    (
        "purpose_needs_foster_carers",
        {"placement_purpose": "fostering_for_adoption", "acceptable_types": ["with_parents"]},
        {"type": "with_parents"},
        EXCLUDED,
    ),
    (
        "purpose_needs_foster_carers",
        {"placement_purpose": "fostering_for_adoption"},
        {**FOSTER, "features": ["fostering_for_adoption"]},
        FITS,
    ),
    (
        "purpose_needs_foster_carers",
        {"placement_purpose": "fostering_for_adoption", "acceptable_types": ["adoption"]},
        {"type": "adoption", "features": ["fostering_for_adoption"]},
        FITS,
    ),
    ("purpose_needs_foster_carers", {"placement_purpose": "ordinary"}, {}, FITS),
    ("type_suitable", {"suitability": {"residential": "unsuitable"}}, {}, EXCLUDED),
    ("type_suitable", {"suitability": {"fostering": "unsuitable"}}, {}, FITS),
    ("type_suitable", {"suitability": {"residential": "suitable"}}, {}, FITS),
    ("lawful_age", AT_15, SUPPORTED, EXCLUDED),
    ("lawful_age", AT_16, SUPPORTED, FITS),
    ("lawful_age", AT_17, SUPPORTED, FITS),
    ("lawful_age", AT_18, SUPPORTED, EXCLUDED),
    ("lawful_age", AT_15, {**CRISIS}, EXCLUDED),
    ("lawful_age", AT_18, {"max_age": 18}, EXCLUDED),
    ("lawful_age", AT_17, {}, FITS),
    ("lawful_age", {"date_of_birth": None}, {}, ASKED),
    ("age_disputed", {"age_basis": "disputed"}, {}, ASKED),
    ("age_disputed", {"age_basis": "claimed"}, {}, FITS),
    ("registered", {}, {"registered": False}, EXCLUDED),
    ("registered", {}, {"registered": None}, ASKED),
    ("registered", {}, {**FOSTER, "registered": None}, ASKED),
    ("registered", {}, {**FOSTER, "registered": None, "approved_by_authority": "879"}, FITS),
    ("restriction_notice", {}, {"restriction_notice_from": "2026-06-22"}, EXCLUDED),
    ("restriction_notice", {}, {"restriction_notice_from": "2026-06-23"}, FITS),
    (
        "restriction_notice",
        {},
        {"restriction_notice_from": "2026-06-01", "restriction_notice_to": "2026-06-22"},
        EXCLUDED,
    ),
    (
        "restriction_notice",
        {},
        {"restriction_notice_from": "2026-06-01", "restriction_notice_to": "2026-06-21"},
        FITS,
    ),
    ("restriction_notice", {**LIVES_HERE, "current_placement_started_on": "2026-06-01"}, NOTICE, FITS),
    ("restriction_notice", {**LIVES_HERE, "current_placement_started_on": "2026-06-02"}, NOTICE, EXCLUDED),
    ("restriction_notice", LIVES_HERE, NOTICE, ASKED),
    ("open_on_start", {}, {"status": "suspended"}, EXCLUDED),
    ("open_on_start", {}, {"status": "closed"}, EXCLUDED),
    ("open_on_start", {}, {"closes_on": "2026-06-22"}, EXCLUDED),
    ("open_on_start", {}, {"closes_on": "2026-06-23"}, FITS),
    ("open_on_start", {}, {"status": "planned", "opens_on": "2026-06-22"}, FITS),
    ("open_on_start", {}, {"status": "planned", "opens_on": "2026-06-23"}, EXCLUDED),
    ("open_on_start", {}, {"status": "planned"}, ASKED),
    ("open_on_start", {}, {"status": None}, ASKED),
    ("registered_age", {}, {"min_age": 13}, FITS),
    ("registered_age", {}, {"min_age": 14}, EXCLUDED),
    ("registered_age", {}, {"max_age": 13}, FITS),
    ("registered_age", {}, {"max_age": 12}, EXCLUDED),
    ("registered_age", AT_17, {"max_age": 17}, FITS),
    ("registered_age", {}, {"max_age": None}, ASKED),
    ("registered_age", {}, {"max_age": None, "min_age": 14}, EXCLUDED),
    ("registered_age", {"date_of_birth": None}, {}, ASKED),
    ("registered_sex", {}, {"sexes": "M"}, EXCLUDED),
    ("registered_sex", {}, {"sexes": "F"}, FITS),
    ("registered_sex", {}, {"sexes": None}, ASKED),
    ("registered_sex", {"sex": "U"}, {"sexes": "F"}, ASKED),
    ("registered_sex", {"sex": "U"}, {"sexes": "any"}, FITS),
    ("named_approval", {}, {**CONNECTED, "approved_for": ["DEMO-C"]}, FITS),
    ("named_approval", {}, {**CONNECTED, "approved_for": ["DEMO-OTHER"]}, EXCLUDED),
    ("named_approval", {}, CONNECTED, EXCLUDED),
    ("named_approval", {}, {**FOSTER, "approved_for": ["DEMO-OTHER"]}, EXCLUDED),
    ("named_approval", {}, FOSTER, FITS),
    ("temporary_approval", {}, {**FOSTER, "temporary_approval_until": "2026-06-21"}, EXCLUDED),
    ("temporary_approval", {}, {**FOSTER, "temporary_approval_until": "2026-06-22"}, FITS),
    ("secure_authority", NAMES_SECURE, SECURE, EXCLUDED),
    ("secure_authority", ORDER, SECURE, FITS),
    ("secure_authority", {**ORDER, "secure_order_until": "2026-06-21"}, SECURE, EXCLUDED),
    ("secure_authority", {**ORDER, "secure_order_until": None}, SECURE, ASKED),
    ("secure_authority", {**ORDER, "date_of_birth": "2013-06-22"}, SECURE, FITS),
    ("secure_authority", {**ORDER, "date_of_birth": "2013-06-23"}, SECURE, EXCLUDED),
    (
        "secure_authority",
        {**ORDER, "date_of_birth": "2013-06-23", "sos_approval_on": "2026-06-22"},
        SECURE,
        FITS,
    ),
    (
        "secure_authority",
        {**ORDER, "date_of_birth": "2016-06-23", "sos_approval_on": "2026-06-22"},
        SECURE,
        EXCLUDED,
    ),
    ("settled_placement", {"current_home_id": "DEMO-ELSEWHERE"}, {}, EXCLUDED),
    ("settled_placement", {"current_home_id": "DEMO-ELSEWHERE", "move_reason": "notice"}, {}, EXCLUDED),
    ("settled_placement", {"current_home_id": "DEMO-H"}, {}, FITS),
    (
        "settled_placement",
        {"current_home_id": "DEMO-ELSEWHERE", "move_reason": "notice", "move_review_on": "2026-06-22"},
        {},
        FITS,
    ),
    (
        "settled_placement",
        {"current_home_id": "DEMO-ELSEWHERE", "move_reason": "notice", "move_review_on": "2026-06-23"},
        {},
        ASKED,
    ),
    ("settled_placement", {"current_home_id": "DEMO-ELSEWHERE", "placement_purpose": "respite"}, {}, FITS),
    ("lives_here_already", {"current_home_id": "DEMO-H", "placement_purpose": "respite"}, {}, EXCLUDED),
    ("lives_here_already", {"current_home_id": "DEMO-H", "placement_purpose": "short_break"}, {}, EXCLUDED),
    ("lives_here_already", {"current_home_id": "DEMO-H", "placement_purpose": "stabilise"}, {}, EXCLUDED),
    ("lives_here_already", {"current_home_id": "DEMO-H", "placement_purpose": "ordinary"}, {}, FITS),
    ("lives_here_already", {"current_home_id": "DEMO-ELSEWHERE", "placement_purpose": "respite"}, {}, FITS),
    (
        "lives_here_already",
        {"current_home_id": "DEMO-H", "move_reason": "notice", "move_review_on": "2026-06-10"},
        {},
        EXCLUDED,
    ),
    (
        "lives_here_already",
        {"current_home_id": "DEMO-H", "move_reason": "notice", "move_review_on": "2026-06-30"},
        {},
        EXCLUDED,
    ),
    ("lives_here_already", {"current_home_id": "DEMO-H", "move_reason": "notice"}, {}, FITS),
    ("support_or_care", {**AT_16, "support_or_care": "care"}, SUPPORTED, EXCLUDED),
    ("support_or_care", {**AT_16, "support_or_care": "support"}, SUPPORTED, FITS),
    ("support_or_care", {**AT_16, "support_or_care": None}, SUPPORTED, ASKED),
    ("support_or_care", {"support_or_care": "care"}, {}, FITS),
    ("crisis_use", {**AT_16, "urgency": "planned"}, CRISIS, EXCLUDED),
    ("crisis_use", {**AT_16, "urgency": "emergency"}, CRISIS, EXCLUDED),
    ("crisis_use", {**AT_16, "urgency": "crisis"}, CRISIS, FITS),
    ("crisis_use", {**AT_16, "placement_purpose": "stabilise"}, CRISIS, FITS),
    ("crisis_use", {**AT_16, "urgency": None}, CRISIS, ASKED),
    ("emergency_admission", {"urgency": "crisis"}, {"accepts_emergency": False}, EXCLUDED),
    ("emergency_admission", {"urgency": "emergency"}, {"accepts_emergency": False}, EXCLUDED),
    ("emergency_admission", {"urgency": "planned"}, {"accepts_emergency": False}, FITS),
    (
        "emergency_admission",
        {"urgency": "planned", "needed_by": "2026-06-17"},
        {"accepts_emergency": False},
        EXCLUDED,
    ),
    (
        "emergency_admission",
        {"urgency": "planned", "needed_by": "2026-06-18"},
        {"accepts_emergency": False},
        FITS,
    ),
    (
        "emergency_admission",
        {"urgency": None, "needed_by": "2026-06-14"},
        {"accepts_emergency": False},
        EXCLUDED,
    ),
    ("emergency_admission", {"urgency": "crisis"}, {"accepts_emergency": None}, ASKED),
    ("emergency_admission", {"urgency": None}, {"accepts_emergency": False}, ASKED),
    ("place_to_avoid", {"avoid": [{"postcode": "PL1 3BJ", "miles": 0}]}, {}, EXCLUDED),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 20}]}, {}, FITS),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 36.8}]}, {}, FITS),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 36.9}]}, {}, EXCLUDED),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 60}]}, {}, EXCLUDED),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 20}]}, {"postcode": None}, ASKED),
    ("place_to_avoid", {"avoid": [{"miles": 20}]}, {}, ASKED),
    ("required_features", {"requires": ["step_free"]}, {}, FITS),
    ("required_features", {"requires": ["Step-free"]}, {}, FITS),
    ("required_features", {"requires": ["hoist"]}, {}, EXCLUDED),
    ("required_features", {"requires": ["step_free"]}, {"features": []}, EXCLUDED),
    ("required_features", {"requires": ["step_free"]}, {"features": None}, ASKED),
    ("required_features", {}, {"features": None}, FITS),
    ("written_exclusion", {"risks": RISKS}, {"will_not_take": ["fire_setting"]}, EXCLUDED),
    ("written_exclusion", {"risks": RISKS}, {"will_not_take": ["fire_setting:high"]}, FITS),
    ("written_exclusion", {"risks": RISKS}, {"will_not_take": ["self_harm"]}, FITS),
    ("written_exclusion", {"risks": RISKS}, {"will_not_take": ["missing"]}, ASKED),
    ("written_exclusion", {"risks": RISKS}, {"will_not_take": None}, ASKED),
    ("written_exclusion", {}, {"will_not_take": None}, FITS),
    ("written_exclusion", {"needs": NEEDS}, {"will_not_take": ["behaviour:89"]}, EXCLUDED),
    ("written_exclusion", {"needs": NEEDS}, {"will_not_take": ["behaviour:90"]}, FITS),
    ("written_exclusion", {"needs": NEEDS}, {"will_not_take": ["behaviour"]}, EXCLUDED),
    ("written_exclusion", {}, {"will_not_take": ["behaviour"]}, ASKED),
    ("written_exclusion", {"uasc": True}, {"will_not_take": ["uasc"]}, EXCLUDED),
    ("written_exclusion", {"placement_purpose": "remand"}, {"will_not_take": ["remand"]}, EXCLUDED),
    ("written_exclusion", {}, {"will_not_take": ["something only they know"]}, ASKED),
    ("written_exclusion", {**LIVES_HERE, "risks": RISKS}, {"will_not_take": ["fire_setting"]}, ASKED),
    ("need_gap", {"needs": NEEDS}, {}, FITS),
    ("need_gap", {"needs": {**NEEDS, "behaviour": 91}}, {}, EXCLUDED),
    ("need_gap", {"needs": {"behaviour": 40}}, {}, ASKED),
    ("need_gap", {}, {"can_meet": {"behaviour": 60}}, ASKED),
    ("need_gap", {"needs": {"behaviour": 95}}, {}, EXCLUDED),
    ("not_with", {"not_with": ["DEMO-X0"]}, {"residents": ["DEMO-X0"]}, EXCLUDED),
    ("not_with", {"not_with": ["DEMO-X9"]}, {"residents": ["DEMO-X0"]}, FITS),
    ("not_with", {"not_with": ["DEMO-X9"]}, {"residents": None}, ASKED),
    ("alongside", {"alongside": "solo"}, {"residents": ["DEMO-X0"]}, ASKED),
    ("alongside", {"alongside": "solo"}, {}, FITS),
    ("alongside", {"alongside": "only_older"}, {"residents": [{"child_id": "X", "age": 14}]}, FITS),
    ("alongside", {"alongside": "only_older"}, {"residents": [{"child_id": "X", "age": 13}]}, ASKED),
    ("alongside", {"alongside": "only_younger"}, {"residents": [{"child_id": "X", "age": 12}]}, FITS),
    ("alongside", {"alongside": "only_younger"}, {"residents": ["X"]}, ASKED),
    ("peers_and_impact", {"risks": {"physical_harm": "high"}}, {"residents": ["X"]}, ASKED),
    ("peers_and_impact", {"risks": {"physical_harm": "high"}}, {"residents": None}, ASKED),
    ("peers_and_impact", {"risks": {"physical_harm": "low"}}, {"residents": ["X"]}, FITS),
    ("peers_and_impact", {"risks": {"physical_harm": "high"}}, {}, FITS),
    ("peers_and_impact", {"risks": {"self_harm": "high"}}, {"residents": ["X"]}, FITS),
    ("scores_out_of_date", {"needs_assessed_on": "2026-03-17"}, {}, FITS),
    ("scores_out_of_date", {"needs_assessed_on": "2026-03-16"}, {}, ASKED),
    ("scores_out_of_date", {"needs_assessed_on": None}, {}, ASKED),
    ("staffing", {"adult_ratio": "1:1"}, {}, ASKED),
    ("staffing", {"adult_ratio": "1:1"}, {"staffing": ["2:1"]}, FITS),
    ("staffing", {"adult_ratio": "2:1"}, {"staffing": ["1:1"]}, ASKED),
    ("staffing", {"adult_ratio": "standard"}, {}, FITS),
    ("communication", {"communication": ["BSL"]}, {"offers": {"languages": ["English", "BSL"]}}, FITS),
    ("communication", {"communication": ["British Sign Language"]}, {"features": ["bsl"]}, FITS),
    ("communication", {"communication": ["BSL"]}, {"offers": {"languages": ["English"]}}, ASKED),
    ("communication", {"communication": ["BSL", "Makaton"]}, {"staffing": ["BSL"]}, ASKED),
    ("communication", {"communication": ["ESOL"]}, {}, ASKED),
    ("communication", {}, {}, FITS),
    ("special_purpose", {"placement_purpose": "parent_and_child"}, {}, ASKED),
    ("special_purpose", {"placement_purpose": "parent_and_child"}, {"features": ["parent and child"]}, FITS),
    ("continuity", {"prefers": {"keep_school": True, "school_postcode": "PL1 3BJ"}}, {}, FITS),
    ("continuity", {"prefers": {"keep_school": True, "school_postcode": "EX4 3LS"}}, {}, ASKED),
    ("continuity", {"prefers": {"keep_school": True, "school_postcode": MILES_15_0}}, {}, FITS),
    ("continuity", {"prefers": {"keep_school": True, "school_postcode": MILES_15_1}}, {}, ASKED),
    ("continuity", {"prefers": {"keep_school": True}}, {}, ASKED),
    ("registered_number", {}, {"places": 4, "residents": THREE}, FITS),
    ("registered_number", {}, {"places": 3, "residents": THREE}, EXCLUDED),
    ("registered_number", {}, {"places": None}, ASKED),
    ("place_free", {}, {"vacancies": 1}, FITS),
    ("place_free", {}, {"vacancies": 0}, EXCLUDED),
    ("place_free", {}, {"vacancies": None}, ASKED),
    ("place_free", {}, {"vacancies": 2, "beds": []}, EXCLUDED),
    ("place_free", {}, {"vacancies": 0, "beds": [{"available_from": "2026-06-22"}]}, FITS),
    ("place_free", {}, {"beds": [{"available_from": "2026-06-23"}]}, EXCLUDED),
    ("place_free", {}, {"beds": [{"held_for": "DEMO-C"}]}, FITS),
    ("place_free", {}, {"beds": [{"held_for": "DEMO-OTHER"}]}, EXCLUDED),
    ("place_free", {"current_home_id": "DEMO-H"}, {"vacancies": 0}, FITS),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": STRANGERS[:2]}, FITS),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": STRANGERS}, EXCLUDED),
    ("usual_fostering_limit", {}, {"residents": STRANGERS}, FITS),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": ["X", "Y", "Z"]}, ASKED),
    ("usual_fostering_limit", {"sibling_group": "DEMO-S"}, {**FOSTER, "residents": THREE}, FITS),
    ("usual_fostering_limit", {"sibling_group": "DEMO-T"}, {**FOSTER, "residents": THREE}, EXCLUDED),
    (
        "usual_fostering_limit",
        {},
        {**FOSTER, "residents": STRANGERS, "exemptions": [{"child_id": "DEMO-C", "authority": "879"}]},
        FITS,
    ),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": STRANGERS, "exemptions": ["DEMO-C"]}, ASKED),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": STRANGERS, "exemptions": ["DEMO-X"]}, EXCLUDED),
    (
        "usual_fostering_limit",
        {},
        {**FOSTER, "residents": STRANGERS, "exemptions": [{"child_id": "DEMO-C", "authority": "878"}]},
        EXCLUDED,
    ),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": None}, FITS),
    ("usual_fostering_limit", {}, {**FOSTER, "residents": None, "vacancies": 1}, ASKED),
    ("embargo", {}, {"partner_concern": "embargo"}, EXCLUDED),
    ("embargo", {}, {"partner_concern": "caution"}, FITS),
    ("embargo", LIVES_HERE, {"partner_concern": "embargo"}, ASKED),
    ("siblings_known", {"siblings_together": "must", "sibling_group": "DEMO-S"}, {}, ASKED),
    (
        "siblings_known",
        {"siblings_together": "must", "sibling_group": "DEMO-S"},
        {"residents": THREE},
        FITS,
    ),
)

OWN_RULE = '[rules.own]\nfield = "judgement"\ncomparison = "equals"\nvalue = "Inadequate"\nreason = "Decided by cabinet."'
OWN_FEE = '[rules.own]\nfield = "weekly_fee_pounds"\ncomparison = "above"\nvalue = 4000\nreason = "Too dear."'

CouncilCase = tuple[str, dict[str, Any], dict[str, Any], str]

COUNCIL_CASES: tuple[CouncilCase, ...] = (
    (OWN_RULE, {}, {"judgement": "Inadequate"}, EXCLUDED),
    (OWN_RULE, {}, {"judgement": "Good"}, FITS),
    (OWN_RULE, {}, {"judgement": None}, ASKED),
    (OWN_RULE, LIVES_HERE, {"judgement": "Inadequate"}, ASKED),
    (OWN_FEE, {}, {"weekly_fee_pounds": 4000}, FITS),
    (OWN_FEE, {}, {"weekly_fee_pounds": "4000.01"}, EXCLUDED),
)
"""Examples of ``council_rules``, each with the policy in force instead of the default."""

Pair = tuple[dict[str, Any], dict[str, Any]]

AT_THE_LIMIT: dict[str, tuple[Pair, Pair]] = {
    "lawful_age": ((AT_16, SUPPORTED), (AT_15, SUPPORTED)),
    "emergency_admission": (
        ({"urgency": "planned", "needed_by": "2026-06-18"}, {"accepts_emergency": False}),
        ({"urgency": "planned", "needed_by": "2026-06-17"}, {"accepts_emergency": False}),
    ),
    "restriction_notice": (
        ({}, {"restriction_notice_from": "2026-06-23"}),
        ({}, {"restriction_notice_from": "2026-06-22"}),
    ),
    "open_on_start": (({}, {"closes_on": "2026-06-23"}), ({}, {"closes_on": "2026-06-22"})),
    "registered_age": (({}, {"min_age": 13}), ({}, {"min_age": 14})),
    "temporary_approval": (
        ({}, {**FOSTER, "temporary_approval_until": "2026-06-22"}),
        ({}, {**FOSTER, "temporary_approval_until": "2026-06-21"}),
    ),
    "secure_authority": (
        ({**ORDER, "date_of_birth": "2013-06-22"}, SECURE),
        ({**ORDER, "date_of_birth": "2013-06-23"}, SECURE),
    ),
    "settled_placement": (
        (
            {"current_home_id": "DEMO-ELSEWHERE", "move_reason": "notice", "move_review_on": "2026-06-22"},
            {},
        ),
        (
            {"current_home_id": "DEMO-ELSEWHERE", "move_reason": "notice", "move_review_on": "2026-06-23"},
            {},
        ),
    ),
    "place_to_avoid": (
        ({"avoid": [{"postcode": "EX4 3LS", "miles": 36.8}]}, {}),
        ({"avoid": [{"postcode": "EX4 3LS", "miles": 36.9}]}, {}),
    ),
    "written_exclusion": (
        ({"needs": NEEDS}, {"will_not_take": ["behaviour:90"]}),
        ({"needs": NEEDS}, {"will_not_take": ["behaviour:89"]}),
    ),
    "need_gap": (({"needs": NEEDS}, {}), ({"needs": {**NEEDS, "behaviour": 91}}, {})),
    "alongside": (
        ({"alongside": "only_older"}, {"residents": [{"child_id": "X", "age": 14}]}),
        ({"alongside": "only_older"}, {"residents": [{"child_id": "X", "age": 13}]}),
    ),
    "scores_out_of_date": (
        ({"needs_assessed_on": "2026-03-17"}, {}),
        ({"needs_assessed_on": "2026-03-16"}, {}),
    ),
    "continuity": (
        ({"prefers": {"keep_school": True, "school_postcode": MILES_15_0}}, {}),
        ({"prefers": {"keep_school": True, "school_postcode": MILES_15_1}}, {}),
    ),
    "registered_number": (
        ({}, {"places": 4, "residents": THREE}),
        ({}, {"places": 3, "residents": THREE}),
    ),
    "place_free": (({}, {"vacancies": 1}), ({}, {"vacancies": 0})),
    "usual_fostering_limit": (
        ({}, {**FOSTER, "residents": STRANGERS[:2]}),
        ({}, {**FOSTER, "residents": STRANGERS}),
    ),
}
"""By rule that measures something: the last example inside its limit, and the first outside it."""

YES_OR_NO = frozenset(
    {
        "never_offered",
        "type_named",
        "age_disputed",
        "registered",
        "registered_sex",
        "named_approval",
        "lives_here_already",
        "type_acceptable",
        "purpose_needs_foster_carers",
        "type_suitable",
        "support_or_care",
        "crisis_use",
        "required_features",
        "not_with",
        "peers_and_impact",
        "staffing",
        "communication",
        "special_purpose",
        "embargo",
        "siblings_known",
    }
)
"""Rules that measure nothing: there is no last case inside."""
