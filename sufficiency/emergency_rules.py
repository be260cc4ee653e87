"""The thirteen rules of the emergency watch together, and the outcome of a spell.

Rules that count nights are in ``emergency_nights.py``, those about the place in ``emergency_law.py``,
clocks in ``emergency_clocks.py`` and duties to sign, tell and offer in ``emergency_duties.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reference_data.ages import birthday
from reference_data.law import law_number
from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency_answer import Judged, RuleAnswer, answer
from sufficiency.emergency_clocks import crisis_stay_over, temporary_approval_over, turned_18
from sufficiency.emergency_duties import approvals_missing, homeless_duties, notices_missing
from sufficiency.emergency_law import bed_and_breakfast, looked_after_unlawful_setting, unregistered
from sufficiency.emergency_nights import (
    approaching_14_nights,
    cumulative_nights,
    over_14_nights,
    unsuitable_at_all,
)
from sufficiency.spells import Spell

Rule = Callable[[Judged], RuleAnswer]


RULES: dict[str, Rule] = {
    "unsuitable_at_all": unsuitable_at_all,
    "over_14_nights": over_14_nights,
    "approaching_14_nights": approaching_14_nights,
    "cumulative_nights": cumulative_nights,
    "looked_after_unlawful_setting": looked_after_unlawful_setting,
    "unregistered": unregistered,
    "bed_and_breakfast": bed_and_breakfast,
    "crisis_stay_over": crisis_stay_over,
    "temporary_approval_over": temporary_approval_over,
    "approvals_missing": approvals_missing,
    "notices_missing": notices_missing,
    "homeless_duties": homeless_duties,
    "turned_18": turned_18,
}


RULE_LAWS: dict[str, tuple[str, ...]] = {
    "unsuitable_at_all": (
        "suitable_other_arrangements",
        "homeless_duties",
        "section_20_first",
        "care_leaver_accommodation",
    ),
    "over_14_nights": ("fourteen_nights",),
    "approaching_14_nights": ("fourteen_nights",),
    "cumulative_nights": ("nights_in_the_window",),
    "looked_after_unlawful_setting": ("other_arrangements_16_17", "other_arrangements_under_16"),
    "unregistered": ("supported_accommodation_registration", "childrens_home_registration"),
    "bed_and_breakfast": (
        "bed_and_breakfast",
        "suitable_other_arrangements",
        "bed_and_breakfast_care_leaver",
        "section_20_first",
    ),
    "crisis_stay_over": ("longest_stay",),
    "temporary_approval_over": (
        "temporary_approval",
        "temporary_approval_extension",
        "outside_terms_of_approval",
    ),
    "approvals_missing": ("nominated_officer",),
    "notices_missing": ("notice_of_placement",),
    "homeless_duties": ("homeless_duties",),
    "turned_18": ("leaving_care_at_18",),
}
"""The entries of the table of law that a rule may answer with, several at once where each may bind."""

WARNS_ONLY = frozenset(
    {
        "unsuitable_at_all",
        "approaching_14_nights",
        "bed_and_breakfast",
        "approvals_missing",
        "notices_missing",
        "homeless_duties",
        "turned_18",
    }
)
"""Rules that never answer RAISED."""


_RAISED_FIRST = {"looked_after_unlawful_setting": 0, "unregistered": 0, "over_14_nights": 1}
"""Raised by law before raised by policy, and of policy the limit that inspectors spoke of first."""


def worst_first(found: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Return a key that sorts answers, or spells by all their answers, from the worst down.

    Parameters
    ----------
    found
        Names of rules, each with its outcome.

    Examples
    --------
    >>> worst_first([("unregistered", "RAISED")]) < worst_first([("over_14_nights", "RAISED")])
    True
    """
    order = {str(outcome): place for place, outcome in enumerate(WatchOutcome)}
    return min(
        (
            (order[outcome], _RAISED_FIRST.get(rule, 2) if outcome == WatchOutcome.RAISED else 2)
            for rule, outcome in found
        ),
        default=(len(order), 2),
    )


def answers(judged: Judged) -> tuple[RuleAnswer, ...]:
    """Return what every rule says of a spell, always all of them and in the contract's order."""
    if judged.adult_throughout:
        return tuple(_adult(name, judged) for name in RULES)
    return tuple(rule(judged) for rule in RULES.values())


def outcome_of(found: Iterable[RuleAnswer]) -> WatchOutcome:
    """Return the worst assessed outcome, and never CLEAR while something was not assessed."""
    outcomes = {answer.outcome for answer in found}
    for outcome in (
        WatchOutcome.RAISED,
        WatchOutcome.WARNING,
        WatchOutcome.NOT_ASSESSED,
    ):
        if outcome in outcomes:
            return outcome
    return WatchOutcome.CLEAR


def is_adult_throughout(spell: Spell) -> bool:
    """Say whether the young person was already 18 on the first night of the spell."""
    born = spell.date_of_birth
    return born is not None and birthday(born, law_number("child")).toordinal() <= spell.started


def _adult(rule: str, judged: Judged) -> RuleAnswer:
    text = f"{judged.spell.child_id} was 18 or over on the first night, so this is not the stay of a child."
    if rule == "turned_18":
        return answer(
            rule,
            WatchOutcome.WARNING,
            f"{text} Check the record and leaving care duties.",
            "leaving_care_at_18",
        )
    return answer(rule, WatchOutcome.CLEAR, text, RULE_LAWS[rule][0])
