"""What must hold of eligibility whatever the records: tried on every pair of the sample partnership."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from matching.eligibility import (
    RULES,
    Context,
    assess_all,
    assess_case,
    exclusions_of_all,
    may_be_offered,
    speaking_rules,
)
from matching.files import homes_from_values, read_homes, read_referrals, referrals_from_values
from matching.findings import Case, case_of
from matching.home import Home
from matching.home_columns import MAY_SPEAK
from matching.policy import default_policy
from matching.rank import rank_homes
from matching.referral import PlaceToAvoid, Referral
from matching.when_rules_speak import OF_CHILD, OF_HOME
from reference_data.sample import SAMPLE_DATE, sample_path
from reference_data.vocabulary import NeedDomain
from tests.examples.rules_of_eligibility import AS_OF, CASES, CHILD, HOME

REFERRALS = read_referrals(sample_path("referrals"))[0]
HOMES = read_homes(sample_path("homes"))[0]
CONTEXT = Context(as_of=SAMPLE_DATE, policy=default_policy(), others=REFERRALS)

# What is absent here says that nothing of the kind is recorded, not that it is unknown; and without beds the
# vacancies count instead. A connected carer without a recorded approval of the child is never offered.
EVENTS = frozenset(
    {"home_id", "type", "approved_for", "exemptions", "beds", "can_meet", "offers", "approval_terms"}
)


def pairs() -> Iterator[tuple[Case, Home]]:
    for referral in REFERRALS:
        case = case_of(referral, CONTEXT)
        for home in HOMES:
            yield case, home


def changed(case: Case, **changes: object) -> Case:
    referral: Referral = replace(case.referral, **changes)  # type: ignore[arg-type]
    return case_of(referral, case.context)


def test_the_sample_has_pairs_of_both_kinds() -> None:
    offered = sum(may_be_offered(case, home) for case, home in pairs())
    assert 100 < offered < len(REFERRALS) * len(HOMES) - 100


def test_the_quick_answer_and_the_full_assessment_agree_on_every_pair() -> None:
    for case, home in pairs():
        assert may_be_offered(case, home) == assess_case(case, home).may_be_offered


def pairs_of_the_worked_examples() -> Iterator[tuple[Case, Home]]:
    context = Context(as_of=AS_OF, policy=default_policy())
    for _, child, home, _ in CASES:
        values = [
            {name: value for name, value in {**base, **changes}.items() if value is not None}
            for base, changes in ((CHILD, child), (HOME, home))
        ]
        referral = referrals_from_values([values[0]])[0][0]
        yield case_of(referral, context), homes_from_values([values[1]])[0][0]


def test_a_rule_that_is_left_out_has_nothing_to_say() -> None:
    names = {rule.__name__ for rule in RULES}
    assert names >= OF_CHILD.keys() | OF_HOME.keys() | MAY_SPEAK.keys()
    left_out = 0
    for case, home in (*pairs(), *pairs_of_the_worked_examples()):
        for as_listed in (None, (home,)):
            (asked,) = speaking_rules(case, RULES, (home,), as_listed)
            for rule in RULES:
                if rule not in asked:
                    left_out += 1
                    assert rule(case, home) is None, rule.__name__
    assert left_out > 10_000


def test_all_homes_at_once_are_assessed_as_one_by_one() -> None:
    for referral in REFERRALS:
        case = case_of(referral, CONTEXT)
        one_by_one = [assess_case(case, home) for home in HOMES]
        assert assess_all(case, HOMES) == one_by_one
        exclusions = [found.exclusions for found in one_by_one]
        assert exclusions_of_all(case, HOMES) == exclusions
        assert exclusions_of_all(case, HOMES, as_listed=tuple(HOMES)) == exclusions


def test_a_home_that_is_not_the_one_listed_is_assessed_as_it_is() -> None:
    full = tuple(replace(home, vacancies=0, beds=None, places=0) for home in HOMES)
    for referral in REFERRALS[::5]:
        case = case_of(referral, CONTEXT)
        found = exclusions_of_all(case, full, as_listed=tuple(HOMES))
        assert found == [assess_case(case, home).exclusions for home in full]


@pytest.mark.parametrize("domain", list(NeedDomain))
def test_a_greater_need_never_opens_a_home(domain: NeedDomain) -> None:
    for case, home in pairs():
        needs = dict(case.referral.needs)
        needs[domain] = min(100, needs.get(domain, 0) + 25)
        if may_be_offered(changed(case, needs=needs), home):
            assert may_be_offered(case, home) or domain not in case.referral.needs


def test_one_more_requirement_or_place_to_avoid_never_opens_a_home() -> None:
    for case, home in pairs():
        more = changed(
            case,
            requires=(*case.referral.requires, "sea_view"),
            avoid=(*case.referral.avoid, PlaceToAvoid(postcode="PL1 3BJ", miles=3)),
        )
        if may_be_offered(more, home):
            assert may_be_offered(case, home)


def test_one_more_free_place_never_shuts_a_home() -> None:
    for case, home in pairs():
        if home.vacancies is not None and may_be_offered(case, home):
            assert may_be_offered(case, replace(home, vacancies=home.vacancies + 1))


@pytest.mark.parametrize(
    "name",
    [field.name for field in fields(Home) if field.name not in EVENTS],
)
def test_taking_a_fact_away_never_shuts_a_home(name: str) -> None:
    for case, home in pairs():
        if may_be_offered(case, home):
            assert may_be_offered(case, replace(home, **{name: None}))  # type: ignore[arg-type]


def test_every_home_is_accounted_for_and_options_with_questions_come_last() -> None:
    for referral in REFERRALS:
        ranking = rank_homes(referral, HOMES, as_of=SAMPLE_DATE, others=REFERRALS)
        ids = [option.home_id for option in ranking.options] + [home.home_id for home in ranking.excluded]
        assert sorted(ids) == sorted(home.home_id for home in HOMES)
        asked = [bool(option.questions) for option in ranking.options]
        assert asked == sorted(asked)
        excluded = {home.home_id for home in ranking.excluded}
        assert all(set(change.homes_gained) <= excluded for change in ranking.relaxations)
