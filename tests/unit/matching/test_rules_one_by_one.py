"""Each rule alone: a case that passes, a case that does not, one at the limit, and one that must be asked.

The child is 13 on the start date, 22 June 2026, unless a case says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.eligibility import HARD_FACTS, RULES
from matching.findings import Assessment

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

Case = tuple[str, dict[str, Any], dict[str, Any], str]

CASES: tuple[Case, ...] = (
    ("never_offered", {}, {"type": "hotel"}, EXCLUDED),
    ("never_offered", {}, {"type": "unregistered_home"}, EXCLUDED),
    ("never_offered", {}, {}, FITS),
    ("type_named", {}, SECURE, EXCLUDED),
    ("type_named", {}, {"type": "with_parents"}, EXCLUDED),
    ("type_named", {}, {"type": "adoption"}, EXCLUDED),
    ("type_named", {}, {"type": "residential_family_centre"}, EXCLUDED),
    ("type_named", {"acceptable_types": ["with_parents"]}, {"type": "with_parents"}, FITS),
    ("type_acceptable", {"acceptable_types": ["agency_foster_carer"]}, {}, EXCLUDED),
    ("type_acceptable", {"acceptable_types": ["childrens_home"]}, {}, FITS),
    ("type_acceptable", {}, {}, FITS),
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
    ("emergency_admission", {"urgency": "crisis"}, {"accepts_emergency": None}, ASKED),
    ("emergency_admission", {"urgency": None}, {"accepts_emergency": False}, ASKED),
    ("place_to_avoid", {"avoid": [{"postcode": "PL1 3BJ", "miles": 0}]}, {}, EXCLUDED),
    ("place_to_avoid", {"avoid": [{"postcode": "EX4 3LS", "miles": 20}]}, {}, FITS),
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
    ("usual_fostering_limit", {}, {**FOSTER, "residents": STRANGERS, "exemptions": ["DEMO-C"]}, FITS),
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
    ("siblings_known", {"siblings_together": "must", "sibling_group": "DEMO-S"}, {}, ASKED),
    (
        "siblings_known",
        {"siblings_together": "must", "sibling_group": "DEMO-S"},
        {"residents": THREE},
        FITS,
    ),
)


def outcome(found: Assessment, rule: str) -> str:
    if any(exclusion.rule == rule for exclusion in found.exclusions):
        return EXCLUDED
    return ASKED if any(question.rule == rule for question in found.questions) else FITS


@pytest.mark.parametrize(("rule", "child", "home", "expected"), CASES)
def test_a_rule_answers_as_its_example_says(
    assessed: Callable[..., Assessment],
    rule: str,
    child: dict[str, Any],
    home: dict[str, Any],
    expected: str,
) -> None:
    assert outcome(assessed(child, home), rule) == expected


def test_the_invented_pair_fits_without_any_question(assessed: Callable[..., Assessment]) -> None:
    found = assessed()
    assert found.exclusions == ()
    assert found.questions == ()


def test_every_rule_has_an_example_where_it_speaks() -> None:
    names = {rule.__name__ for rule in RULES} - {"council_rules"}
    assert names == {rule for rule, _, _, expected in CASES if expected != FITS}


def test_every_rule_that_excludes_counts_as_a_hard_fact_when_it_asks() -> None:
    excluding = {rule for rule, _, _, expected in CASES if expected == EXCLUDED}
    asking = {rule for rule, _, _, expected in CASES if expected == ASKED}
    assert excluding & asking <= HARD_FACTS


def test_every_exclusion_names_an_instrument_and_every_question_a_role(
    assessed: Callable[..., Assessment],
) -> None:
    for _, child, home, _ in CASES:
        found = assessed(child, home)
        assert all(exclusion.instrument and exclusion.text.endswith(".") for exclusion in found.exclusions)
        assert all(
            question.ask.startswith("the ") and question.text[-1] in ".?" for question in found.questions
        )


def test_the_other_childs_record_keeps_two_children_apart_too(assessed: Callable[..., Assessment]) -> None:
    placed = {"referral_id": "DEMO-R2", "child_id": "DEMO-X0", "not_with": ["DEMO-C"]}
    found = assessed({}, {"residents": ["DEMO-X0"]}, (placed,))
    assert outcome(found, "not_with") == EXCLUDED


@pytest.mark.parametrize(
    ("comparison", "value", "judgement", "expected"),
    [
        ("equals", "inadequate", "Inadequate", EXCLUDED),
        ("equals", "Inadequate", "Good", FITS),
        ("not_equals", "Good", "Good", FITS),
        ("equals", "Inadequate", None, ASKED),
        ("one_of", ["Good", "Outstanding"], "Good", EXCLUDED),
        ("not_one_of", ["Good", "Outstanding"], "Good", FITS),
    ],
)
def test_a_councils_own_rule_excludes_with_its_own_reason(
    assessed: Callable[..., Assessment], comparison: str, value: Any, judgement: str | None, expected: str
) -> None:
    policy = (
        f'[rules.own]\nfield = "judgement"\ncomparison = "{comparison}"\n'
        f'value = {value!r}\nreason = "Decided by cabinet."'
    )
    found = assessed({}, {"judgement": judgement}, policy=policy)
    assert outcome(found, "council_rule") == expected
    if expected == EXCLUDED:
        assert found.exclusions[0].text == "Decided by cabinet."


def test_a_councils_own_rule_may_look_at_a_fee_in_pounds(assessed: Callable[..., Assessment]) -> None:
    rule = '[rules.own]\nfield="weekly_fee_pounds"\ncomparison="above"\nvalue={}\nreason="Too dear."'
    assert outcome(assessed(policy=rule.format(4000)), "council_rule") == FITS
    assert outcome(assessed(policy=rule.format("3999.99")), "council_rule") == EXCLUDED
