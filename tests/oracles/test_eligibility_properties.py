"""What must hold of eligibility whatever the records: tried on every pair of the sample partnership."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from matching import aims
from matching.eligibility import (
    RULES,
    RULES_FOR_EACH_CHILD,
    Assessment,
    Context,
    Exclusion,
    Question,
    assess_all,
    assess_case,
    cases_of_group,
    exclusions_of_all,
    may_be_offered,
    open_to,
)
from matching.facts_read import FACTS, MAY_SPEAK
from matching.files import homes_from_values, read_homes, read_referrals, referrals_from_values
from matching.findings import Case, case_of
from matching.home import Bed, Home, Resident
from matching.home_list import WORKED_OUT, HomeList, all_of, home_list
from matching.policy import default_policy
from matching.rank import rank_homes
from matching.referral import PlaceToAvoid, Referral
from matching.when_rules_speak import OF_CHILD, silent_for
from reference_data.sample import SAMPLE_DATE, sample_path
from reference_data.vocabulary import NeedDomain
from tests.counts import count
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
    assert names >= OF_CHILD.keys() | FACTS.keys() | MAY_SPEAK.keys()
    left_out = 0
    for case, home in (*pairs(), *pairs_of_the_worked_examples()):
        listed = HomeList((home,))
        silent = silent_for(case)
        for rule in RULES:
            may_speak = MAY_SPEAK.get(rule.__name__)
            if rule.__name__ in silent or (may_speak is not None and not may_speak(case, listed)[0]):
                left_out += 1
                assert rule(case, home) is None, rule.__name__
    assert left_out > 10_000


class Watched:
    """A home that remembers which of its fields are looked at."""

    def __init__(self, home: Home) -> None:
        self._home, self.looked_at = home, set()

    def __getattr__(self, name: str) -> object:
        self.looked_at.add(name)
        return getattr(self._home, name)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_rule_looks_at_the_facts_named_for_it_and_at_no_others(name: str) -> None:
    rule = next(rule for rule in RULES if rule.__name__ == name)
    facts = {WORKED_OUT[fact][1] if fact in WORKED_OUT else fact for fact in FACTS[name]}
    # Who lives there and which home it is matter only where somebody lives who is to move in: that one is asked itself.
    allowed = facts | {"home_id"} | ({"residents"} if name == "place_free" else set())
    seen: set[str] = set()
    for case, home in (*pairs(), *pairs_of_the_worked_examples()):
        watched = Watched(home)
        rule(case, watched)  # type: ignore[arg-type]
        seen |= watched.looked_at
    assert seen <= allowed
    assert facts <= seen | {"residents"}, "a fact that nothing looks at splits homes for nothing"


def plainly(case: Case, home: Home) -> Assessment:
    """Every rule asked of the home itself, the child first and then each brother and sister."""
    found: dict[type, dict[str, Exclusion | Question]] = {Exclusion: {}, Question: {}}
    for rule in RULES:
        if (said := rule(case, home)) is not None:
            found[type(said)][said.rule] = said
    for member in cases_of_group(case):
        for rule in RULES_FOR_EACH_CHILD:
            if (said := rule(member, home)) is not None:
                said = said._replace(text=f"For a brother or sister who must come too: {said.text}")
                found[type(said)].setdefault(said.rule, said)
    return Assessment(
        exclusions=tuple(found[Exclusion].values()),  # type: ignore[arg-type]
        questions=tuple(found[Question].values()),  # type: ignore[arg-type]
    )


def test_all_homes_at_once_are_assessed_as_each_by_every_rule() -> None:
    rng = random.Random(4)
    for _ in range(count("lists of homes asked at once")):
        homes = tuple(home for n in range(4) for home in varied_homes(HOMES, rng, f"{n}"))
        listed = home_list(homes)
        # Another record than the listed one, as where a child on the list lives whom the home does not list.
        instead = {place: replace(listed.homes[place], vacancies=0, beds=None) for place in (3, 40)}
        everybody = all_of(listed, instead)
        some = everybody.some(sorted(rng.sample(range(len(homes)), 30)))
        for referral in rng.sample(REFERRALS, 12):
            lives = rng.choice((None, rng.choice(homes).home_id))
            case = case_of(replace(referral, current_home_id=lives), CONTEXT)
            for asked in (everybody, some):
                expected = [plainly(case, home) for home in asked.homes]
                assert assess_all(case, asked) == expected
                assert exclusions_of_all(case, asked) == [found.exclusions for found in expected]
                assert open_to(case, asked) == [
                    index for index, found in enumerate(expected) if found.may_be_offered
                ]


def varied_homes(homes: Iterable[Home], rng: random.Random, mark: str) -> Iterator[Home]:
    """Return copies that differ in what rules look at, so that few are alike in everything."""
    children = [one.child_id for one in REFERRALS]
    groups = [one.sibling_group for one in REFERRALS if one.sibling_group]
    for home in homes:
        residents = tuple(
            Resident(
                child_id=rng.choice((None, rng.choice(children), f"X{mark}")),
                age=rng.choice((None, rng.randint(1, 17))),
                sibling_group=rng.choice((None, rng.choice(groups))),
            )
            for _ in range(rng.randint(0, 3))
        )
        beds = tuple(
            Bed(
                available_from=rng.choice((None, SAMPLE_DATE + timedelta(days=rng.randint(-5, 30)))),
                held_for=rng.choice((None, rng.choice(children))),
            )
            for _ in range(rng.randint(0, 2))
        )
        youngest, oldest = rng.choice(((0, 17), (5, 12), (None, 10), (11, None)))
        yield replace(
            home,
            home_id=f"{home.home_id}-{mark}",
            residents=rng.choice((home.residents, None, residents)),
            beds=rng.choice((home.beds, None, beds)),
            vacancies=rng.choice((home.vacancies, None, 0, 2)),
            min_age=rng.choice((home.min_age, youngest)),
            max_age=oldest if home.max_age is None or youngest != 0 else home.max_age,
            sexes=rng.choice((home.sexes, "F", None)),
            approved_for=rng.choice((home.approved_for, (rng.choice(children),))),
            will_not_take=rng.choice((home.will_not_take, None, ("missing", "behaviour:60"))),
            can_meet={
                domain: max(0, min(100, able + rng.randint(-30, 30)))
                for domain, able in home.can_meet.items()
                if rng.random() < 0.9
            },
        )


def test_an_aim_that_is_left_out_costs_nothing_anywhere() -> None:
    left_out = 0
    for case, home in pairs():
        for aim in case.context.policy.aims:
            if aim.name in aims.NEVER_COSTS and aims.NEVER_COSTS[aim.name](case):
                left_out += 1
                assert aims.AIMS[aim.name](case, home, aim) == 0
    assert left_out > 1_000


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
