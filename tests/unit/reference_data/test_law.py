"""The shipped law: every limit with its unit, dates and certainty, and the dates that matter most."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from itertools import pairwise

import pytest

from reference_data.law import all_provisions, instrument, law, law_keys, legal_limits
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_path

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("key", "value", "unit", "reference"),
    [
        ("child", 18, "years", "Children Act 1989, section 105(1)"),
        ("usual_fostering_limit", 3, "children", "Children Act 1989, Schedule 7, paragraph 2"),
        (
            "placement_plan",
            5,
            "working days",
            "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 9",
        ),
        (
            "placement_notice",
            5,
            "working days",
            "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 13",
        ),
        (
            "foster_emergency_outside_terms",
            6,
            "working days",
            "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 23",
        ),
        (
            "temporary_approval",
            16,
            "weeks",
            "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 24",
        ),
        (
            "temporary_approval_extension",
            8,
            "weeks",
            "Care Planning, Placement and Case Review (England) Regulations 2010, regulation 25(2)",
        ),
        (
            "secure_without_court",
            72,
            "hours",
            "Children (Secure Accommodation) Regulations 1991, regulation 10",
        ),
    ],
)
def test_the_limits_are_what_the_instruments_say(key: str, value: int, unit: str, reference: str) -> None:
    provision = law(key, TODAY)
    assert provision is not None
    assert (provision.value, provision.unit, provision.reference) == (value, unit, reference)
    assert instrument(key) == reference


@pytest.mark.parametrize(
    ("key", "first_day"),
    [
        ("under_16_other_arrangements", date(2021, 9, 9)),
        ("age_16_17_other_arrangements", date(2023, 10, 28)),
        ("supported_accommodation_registration", date(2023, 10, 28)),
        ("at_a_distance_approval", date(2014, 1, 27)),
        ("placement_plan", date(2011, 4, 1)),
    ],
)
def test_a_rule_begins_on_its_first_day_and_not_the_day_before(key: str, first_day: date) -> None:
    assert law(key, first_day) is not None
    assert law(key, date.fromordinal(first_day.toordinal() - 1)) is None


def test_2018_is_judged_by_the_law_of_2018() -> None:
    may_2018 = date(2018, 5, 25)
    assert law("age_16_17_other_arrangements", may_2018) is None
    assert law("under_16_other_arrangements", may_2018) is None
    assert law("section_20_before_housing", may_2018) is not None


@pytest.mark.parametrize("key", ["secure_without_court", "first_review", "admission_within_statement"])
def test_what_is_only_remembered_never_bars(key: str) -> None:
    provision = law(key, TODAY)
    assert provision is not None
    assert provision.certainty == "M"
    assert not provision.may_bar


@pytest.mark.parametrize("key", ["bed_and_breakfast", "temporary_hospital"])
def test_what_is_not_statute_never_bars(key: str) -> None:
    provision = law(key, TODAY)
    assert provision is not None
    assert not provision.may_bar


@pytest.mark.parametrize(
    "key", ["usual_fostering_limit", "age_16_17_other_arrangements", "restriction_notice", "secure_under_13"]
)
def test_statute_that_was_read_may_bar(key: str) -> None:
    provision = law(key, TODAY)
    assert provision is not None
    assert provision.may_bar


def test_an_unknown_name_is_a_fault_and_not_an_absent_law() -> None:
    with pytest.raises(NotFound):
        law("no_such_rule", TODAY)
    with pytest.raises(NotFound):
        instrument("no_such_rule")


def test_every_provision_is_complete() -> None:
    assert {known.key for known in all_provisions()} == set(law_keys())
    for known in all_provisions():
        assert known.certainty in {"C", "S", "M"}
        assert known.kind in {"statute", "case law", "guidance"}
        assert known.instrument
        assert known.paragraph
        assert known.source
        assert known.says.endswith(".")
        assert (known.value is None) == (known.unit == "")
        assert known.in_force_to is None or known.in_force_from <= known.in_force_to


def test_no_two_versions_of_a_provision_are_in_force_together() -> None:
    for key in law_keys():
        versions = [known for known in all_provisions() if known.key == key]
        for earlier, later in pairwise(versions):
            assert earlier.in_force_to is not None
            assert earlier.in_force_to < later.in_force_from


def test_the_files_have_no_field_that_nothing_reads() -> None:
    read = {
        "key",
        "instrument",
        "paragraph",
        "kind",
        "says",
        "value",
        "unit",
        "stricter",
        "used_by",
        "in_force_from",
        "in_force_to",
        "certainty",
        "source",
        "note",
    }
    for path in shipped_path("law", "").glob("*.toml"):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(document) == {"instrument", "kind", "provision"}
        for entry in document["provision"]:
            assert set(entry) <= read


def test_a_topic_takes_its_numbers_and_dates_from_the_instruments() -> None:
    for topic in ("placement", "emergency"):
        table = tomllib.loads(shipped_path("law/topics", f"{topic}.toml").read_text(encoding="utf-8"))
        linked = {name: row["provision"] for name, row in table.items() if "provision" in row}
        assert linked
        for name, key in linked.items():
            assert not {"value", "unit", "certainty", "in_force_from"} & set(table[name])
            limit, provision = legal_limits(topic)[name], law(key, TODAY)
            assert provision is not None
            assert (limit.value, limit.in_force_from) == (provision.value, provision.in_force_from)
            assert limit.certainty[0] == {"C": "c", "S": "s", "M": "f"}[provision.certainty]


def test_a_topic_keeps_its_own_words() -> None:
    limit = legal_limits("emergency")["other_arrangements_under_16"]
    assert limit.instrument.endswith("reg 27A (SI 2021/161)")
    assert not limit.in_force_on(date(2021, 9, 8))
    assert limit.in_force_on(date(2021, 9, 9))


def test_an_unknown_topic_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(NotFound, match="emergency, placement"):
        legal_limits("housing")


@pytest.mark.parametrize("topic", sorted(path.stem for path in shipped_path("law/topics", "").glob("*.toml")))
def test_every_limit_of_a_topic_names_its_instrument_and_its_certainty(topic: str) -> None:
    limits = legal_limits(topic)
    assert limits
    for limit in limits.values():
        assert limit.instrument
        assert limit.says.endswith(".")
        assert limit.certainty in {"certain", "secondary", "from_memory"}
        assert (limit.value is None) == (limit.unit is None)


def test_no_file_of_law_holds_what_a_council_set_itself() -> None:
    """The 14 nights, the warnings and the gaps are policy: numbers in ``default.toml``, sources beside it."""
    for path in shipped_path("law", "").rglob("*.toml"):
        text = "\n".join(
            line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
        )
        assert "council policy" not in text.casefold()
        assert "fourteen" not in text.casefold()
        assert "focused visit" not in text
    assert all(known.kind in {"statute", "case law", "guidance"} for known in all_provisions())
    assert not any(known.unit == "nights" for known in all_provisions())
    default = tomllib.loads(shipped_path("policy", "default.toml").read_text(encoding="utf-8"))
    assert default["emergency"]["over_14_nights"] == 14
    assert {"approaching_nights", "temporary_approval_warning_days"} <= set(default["emergency"])
    assert default["gaps"]["need_points"] == 30


def test_where_a_councils_policy_comes_from_stands_beside_the_policy_without_numbers() -> None:
    table = tomllib.loads(shipped_path("policy/topics", "emergency.toml").read_text(encoding="utf-8"))
    assert set(table) == {"longest_stay", "nominated_officer", "fourteen_nights", "nights_in_the_window"}
    for name in table:
        limit = legal_limits("emergency")[name]
        assert limit.value is None
        assert limit.provision is None
        assert "policy" in limit.instrument.casefold()


def test_every_provision_has_a_user_that_exists() -> None:
    known = users_there_are()
    for provision in all_provisions():
        assert provision.used_by, provision.key
        assert set(provision.used_by) <= known, (provision.key, set(provision.used_by) - known)
        assert len(provision.used_by) == 1 or "for reading" not in provision.used_by


def users_there_are() -> set[str]:
    from matching.aims import AIMS
    from matching.eligibility import RULES
    from matching.policy import default_policy
    from sufficiency.emergency_rules import RULES as WATCH_RULES
    from sufficiency.repair_rules import DONE

    return {
        "for reading",
        "prompts",
        *(f"eligibility: {rule.__name__}" for rule in RULES),
        *(f"approvals: {code}" for code in default_policy().approvers),
        *(f"aims: {name}" for name in AIMS),
        *(f"watch: {name}" for name in WATCH_RULES),
        *(f"returns: {name}" for name in DONE),
    }


def test_every_topic_row_with_a_number_takes_it_from_a_provision() -> None:
    for topic in ("placement", "emergency"):
        for limit in legal_limits(topic).values():
            assert limit.value is None or limit.provision is not None


DEMANDED = {
    "Care Planning": "9 10 11 13 14 22 23 24 25 27 27A 27C",
    "Children Act 1989": "22C 22D 25",
}


def test_every_regulation_and_section_the_rules_must_know_is_there() -> None:
    def cited(instrument: str) -> str:
        return " ".join(
            known.paragraph for known in all_provisions() if known.instrument.startswith(instrument)
        )

    for name, numbers in DEMANDED.items():
        paragraphs = re.findall(r"\d+[A-Z]*", cited(name))
        assert set(numbers.split()) <= set(paragraphs), name
    assert "Schedule 7, paragraph 3" in cited("Children Act 1989")
    assert "section 22B" in cited("Care Standards Act 2000")
    assert "regulation 4" in cited("Children (Secure Accommodation) Regulations 1991")
    assert "code T1" in cited("Guide to the children looked after return")
    assert cited("Supported Accommodation (England) Regulations 2023")


# Every number of law, typed from the sources and not from the files: key, number, unit, certainty.
EVERY_NUMBER = """
child 18 years S
looked_after 24 hours C
usual_fostering_limit 3 children S
placement_plan 5 working days C
out_of_area_emergency 5 working days S
placement_notice 5 working days S
area_authority_notice 5 working days C
foster_emergency_outside_terms 6 working days S
temporary_approval 16 weeks S
temporary_approval_extension 8 weeks C
under_16_other_arrangements 16 years C
age_16_17_other_arrangements 16 years C
first_visit 7 days C
first_review 20 working days M
second_review 3 months M
later_reviews 6 months M
short_break_single 17 days C
short_break_year 75 days C
case_record 75 years S
secure_under_13 13 years S
secure_youngest 10 years M
secure_without_court 72 hours M
secure_without_court_window 28 days M
secure_first_order 3 months S
supported_accommodation_youngest 16 years S
supported_accommodation_oldest 17 years S
statement_of_purpose 28 days C
bed_and_breakfast_care_leaver 2 working days S
key_stage_4_turns 16 years M
temporary_hospital 42 days C
temporary_carer_holiday 21 days C
temporary_carer_holidays_a_year 2 moves C
temporary_other 7 days C
police_protection 72 hours C
emergency_protection_order 21 days C
child_assessment_order 7 days C
shortest_episode 24 hours C
"""


def test_every_number_of_law_is_the_one_of_its_source() -> None:
    expected = {}
    for line in EVERY_NUMBER.split("\n"):
        if line:
            key, number, *unit, certainty = line.split()
            expected[key] = (int(number), " ".join(unit), certainty)
    found = {
        known.key: (known.value, known.unit, known.certainty)
        for known in all_provisions()
        if known.value is not None
    }
    assert found == expected
