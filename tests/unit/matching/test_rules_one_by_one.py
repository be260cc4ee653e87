"""Each rule alone: a case that passes, a case that does not, one at the limit, and one that must be asked.

The child is 13 on the start date, 22 June 2026, unless a case says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from matching.eligibility import ASKS_ONLY, HARD_FACTS, RULES
from matching.findings import Assessment
from matching.plan import plan_list
from matching.rank import rank_homes
from matching.rule_sources import SOURCES, RestsOn, law_not_yet_in_force, provisions_of
from tests.examples.rules_of_eligibility import (
    ASKED,
    AT_THE_LIMIT,
    CASES,
    COUNCIL_CASES,
    EXCLUDED,
    FITS,
    YES_OR_NO,
)
from tests.oracles import small_lists


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


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_every_rule_has_a_source_with_dates_and_examples_in_out_and_at_its_limit(rule: str) -> None:
    source = SOURCES[rule]
    provisions = provisions_of(rule)
    assert {provision.key for provision in provisions} == set(source.provisions)
    assert all(provision.instrument and provision.in_force_from for provision in provisions)
    assert source.why.endswith(".")
    if source.rests_on is RestsOn.LAW:
        # What is known from memory may warn and never bars, so a rule of law rests on something that was read.
        assert any(provision.may_bar for provision in provisions)
    if rule == "council_rules":
        assert {answer for *_, answer in COUNCIL_CASES} == {FITS, EXCLUDED, ASKED}
        return
    cases = [case for case in CASES if case[0] == rule]
    answers = {answer for *_, answer in cases}
    assert FITS in answers
    assert answers > {FITS}
    assert (rule in AT_THE_LIMIT) != (rule in YES_OR_NO)
    if rule in HARD_FACTS:
        assert ASKED in answers
    if rule in AT_THE_LIMIT:
        (last_in, first_out) = AT_THE_LIMIT[rule]
        assert (rule, *last_in, FITS) in cases
        assert any((rule, *first_out, answer) in cases for answer in (EXCLUDED, ASKED))


@pytest.mark.parametrize(
    ("on", "later"),
    [
        (date(2023, 10, 28), ()),
        (date(2023, 10, 27), ("regulation 27C (from 28 October 2023)",)),
        (
            date(2018, 5, 25),
            ("regulation 27A (from 9 September 2021)", "regulation 27C (from 28 October 2023)"),
        ),
    ],
)
def test_an_answer_about_a_day_before_a_law_was_in_force_says_which(on: date, later: tuple[str, ...]) -> None:
    said = law_not_yet_in_force(on)
    assert (said is None) == (not later)
    assert all(text in (said or "") for text in later)
    (ranked,) = [rank_homes(small_lists.child("A"), [small_lists.home("H1")], as_of=on)]
    plan = plan_list([small_lists.child("A")], [small_lists.home("H1")], as_of=on)
    for answer in (ranked.as_dict(), plan.as_dict()):
        assert (said in answer["evidence"]["warnings"]) == (said is not None)


def test_no_source_is_kept_for_a_rule_that_is_gone() -> None:
    names = {rule.__name__ for rule in RULES}
    assert SOURCES.keys() == names
    assert AT_THE_LIMIT.keys() | YES_OR_NO == names - {"council_rules"}


@pytest.mark.parametrize(("policy", "child", "home", "expected"), COUNCIL_CASES)
def test_a_councils_own_rule_answers_as_its_example_says(
    assessed: Callable[..., Assessment],
    policy: str,
    child: dict[str, Any],
    home: dict[str, Any],
    expected: str,
) -> None:
    assert outcome(assessed(child, home, policy=policy), "council_rule") == expected


def test_rules_that_only_ask_never_exclude_and_all_the_others_do() -> None:
    excluding = {rule for rule, _, _, expected in CASES if expected == EXCLUDED} | {"council_rules"}
    assert {rule.__name__ for rule in RULES} - ASKS_ONLY == excluding


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
