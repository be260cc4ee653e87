"""What each aim says of one child in one home: units, penalty, a plain sentence, and whether it speaks for or against.

The units are counted in ``aims.py`` and weighed by the policy; here is what a unit is, where it comes from, and
what it means for this home. The longer reasons of an option are in ``explain.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from matching import aims
from matching.early_ends import early_ends, nights_lost
from matching.findings import Case
from matching.home import Home
from matching.places import Where, authority_name, authority_of, is_located, miles_between, where_is
from matching.policy import Aim, Policy
from matching.statements import unstated_communication
from matching.words import day_words, feature_words, listed, miles_words
from reference_data.vocabulary import NeedDomain, SiblingsTogether, Suitability


class Speaks(StrEnum):
    """Whether an aim speaks for a home, against it, or neither."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What an aim counts: its unit in words, and the source of the aim and of its scale."""

    unit: str
    source: str


MEASURES: dict[str, Measure] = {
    "connected_carer": Measure(
        unit="any home but a connected carer approved for this child",
        source="Children Act 1989, section 22C(7)(a): the only preference it expresses",
    ),
    "area": Measure(
        unit="an adjoining authority; two units elsewhere or unknown",
        source="Children Act 1989, section 22C(9); weight: professional judgement",
    ),
    "near_home": Measure(
        unit="each whole step of miles from home",
        source="Children Act 1989, section 22C(8)(a); step and weight: professional judgement",
    ),
    "school": Measure(
        unit="each whole step of miles from the school named",
        source="Children Act 1989, section 22C(8)(b); step and weight: professional judgement",
    ),
    "siblings": Measure(
        unit="at least one brother or sister together; three units with none",
        source="Children Act 1989, section 22C(8)(c); scale after Konijn 2019 (siblings and breakdown, r = .16); "
        "weight: professional judgement",
    ),
    "access": Measure(
        unit="a required feature not stated; several units for a way of communicating not stated",
        source="Children Act 1989, section 22C(8)(d); weight: professional judgement",
    ),
    "contact": Measure(
        unit="each whole step of miles from important places, averaged by how often the child goes there",
        source="Children Act 1989, section 22C(8); scale and weight: professional judgement",
    ),
    "identity": Measure(
        unit="a stated wish about language, religion, ethnicity or the carer's gender not known to be met",
        source="Children Act 1989, section 22(5)(c); weight: professional judgement",
    ),
    "pets": Measure(unit="the wish about pets not known to be met", source="professional judgement"),
    "preferred_type": Measure(
        unit="another broad kind of home than the social worker prefers", source="professional judgement"
    ),
    "unmet_need": Measure(
        unit="the square of the points by which a need exceeds what the home says it can meet, added over five domains",
        source="behaviour and quality of care predict breakdown (Konijn 2019, r = .35 and .29; Oosterman 2007); "
        "squares and weight: professional judgement",
    ),
    "specialist_capacity": Measure(
        unit="each ten points of ability in a residential home that the child does not need; more for a solo place "
        "not needed, and for any where no need is scored",
        source="professional judgement",
    ),
    "stability": Measure(
        unit="each step of days begun of the stay expected that would be lost, by the first known end: the home closes, "
        "its longest stay is over, a temporary approval ends",
        source="professional judgement",
    ),
    "cost": Measure(
        unit="each pound a week more than the council pays already", source="professional judgement"
    ),
}
"""Every aim by its name in the policy."""


class Term(NamedTuple):
    """One aim for one child in one home; a named tuple, because a ranking makes hundreds.

    Parameters
    ----------
    units
        How many of the aim's units, at least 0; see ``MEASURES`` for what one is.
    penalty
        The units times the policy's weight; comparable within a stage only.
    """

    aim: str
    units: int
    penalty: int
    speaks: Speaks
    text: str

    def as_dict(self) -> dict[str, Any]:
        """Return the term ready for JSON."""
        return {
            "aim": self.aim,
            "units": self.units,
            "penalty": self.penalty,
            "speaks": str(self.speaks),
            "text": self.text,
        }


def measures(policy: Policy) -> list[dict[str, Any]]:
    """Return every aim of a policy in its order: stage, weight, unit and source, ready for JSON."""
    return [
        {
            "aim": aim.name,
            "stage": aim.stage,
            "weight": aim.weight,
            "unit": MEASURES[aim.name].unit,
            "source": MEASURES[aim.name].source,
        }
        for aim in policy.aims
    ]


def terms(case: Case, home: Home, penalties: dict[str, int]) -> tuple[Term, ...]:
    """Return what each aim says of a home, in the policy's order.

    Parameters
    ----------
    penalties
        What ``aims.penalties`` gives for the same child and home.
    """
    found = []
    for aim in case.context.policy.aims:
        penalty = penalties[aim.name]
        # An aim of no weight has no penalty to read its units from.
        units = penalty // aim.weight if aim.weight else aims.AIMS[aim.name](case, home, aim)
        speaks, text = _SAYS[aim.name](case, home, units, aim)
        found.append(Term(aim.name, units, penalty, speaks, text))
    return tuple(found)


Says = tuple[Speaks, str]
_NOTHING: Says = (Speaks.NEITHER, "")


def _connected_carer(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if units:
        return Speaks.NEITHER, "Not a connected carer approved for this child"
    return (
        Speaks.FOR,
        "A connected carer approved for this child, whom the Act prefers to every other placement",
    )


def _area(case: Case, home: Home, units: int, aim: Aim) -> Says:
    code = authority_of(home)
    where = where_is(case.referral.authority, code)
    if code is None:
        return Speaks.AGAINST, "Which authority it stands in is not recorded; it is counted as far away"
    if where is Where.IN_AREA:
        return Speaks.FOR, "In the responsible authority's own area"
    if where is Where.ADJOINING:
        return Speaks.AGAINST, f"Outside the area: in {authority_name(code)}, an adjoining authority"
    if where is Where.AT_A_DISTANCE:
        return (
            Speaks.AGAINST,
            f"Outside the area and at a distance: {authority_name(code)} is not an adjoining authority",
        )
    return Speaks.AGAINST, "Whether it is in the area is not known; it is counted as far away"


def _near_home(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if aims.must_keep_away_from_home(case):
        return (
            Speaks.NEITHER,
            "The child must keep away from a place that the child's home is near, so being near home is not counted",
        )
    if not is_located(case.referral.home_postcode):
        return (
            Speaks.NEITHER,
            "Where the child's home is cannot be told, so being near it is counted for no home",
        )
    return _distance(case.referral.home_postcode, home, units, "the child's home")


def _school(case: Case, home: Home, units: int, aim: Aim) -> Says:
    school = case.referral.prefers.school_postcode
    return _distance(school, home, units, "the present school") if is_located(school) else _NOTHING


def _distance(postcode: str | None, home: Home, units: int, what: str) -> Says:
    miles = miles_between(postcode, home.postcode)
    if miles is None:
        return (
            Speaks.AGAINST,
            f"How far it is from {what} cannot be measured; it is counted as the furthest away",
        )
    return (Speaks.AGAINST if units else Speaks.FOR), f"{miles_words(miles)} from {what} in a straight line"


def _siblings(case: Case, home: Home, units: int, aim: Aim) -> Says:
    referral = case.referral
    if referral.sibling_group is None or referral.siblings_together is SiblingsTogether.NO:
        return _NOTHING
    if units == 0:
        return Speaks.FOR, "All the brothers and sisters known of could be together here"
    if units == 1:
        return Speaks.AGAINST, "Some of the brothers and sisters could be together here, not all"
    return Speaks.AGAINST, "No brother or sister could be together here"


def _access(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if not case.referral.requires and not case.referral.communication:
        return _NOTHING
    missing = (*aims.unstated_features(case, home), *unstated_communication(case, home))
    if missing:
        return Speaks.AGAINST, f"Not stated by the home: {feature_words(missing)}"
    needed = feature_words((*case.referral.requires, *case.referral.communication))
    return Speaks.FOR, f"States that it has what the child needs: {needed}"


def _contact(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if not any(is_located(place.postcode) for place in case.referral.important_places):
        return _NOTHING
    if not is_located(home.postcode):
        return Speaks.AGAINST, "How far it is from the places that matter to the child cannot be measured"
    step = aim.parameters["step_miles"]
    if units == 0:
        return Speaks.FOR, f"Within about {step} miles of the places that matter to the child, on average"
    return (
        Speaks.AGAINST,
        f"About {units * step} miles or more from the places that matter to the child, on average",
    )


def _identity(case: Case, home: Home, units: int, aim: Aim) -> Says:
    met = aims.identity_met(case, home)
    if not met:
        return _NOTHING
    if units == 0:
        return Speaks.FOR, f"Meets what is recorded about {listed(list(met))}"
    refused = [name for name, answer in met.items() if answer is False]
    unsaid = [name for name, answer in met.items() if answer is None]
    parts = [f"does not meet what is recorded about {listed(refused)}"] if refused else []
    parts += [f"has not said whether it meets what is recorded about {listed(unsaid)}"] if unsaid else []
    return Speaks.AGAINST, f"It {' and '.join(parts)}"


def _pets(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if not case.referral.prefers.pets:
        return _NOTHING
    if units:
        return Speaks.AGAINST, "The wish about pets is not known to be met"
    return Speaks.FOR, "Meets the wish about pets"


def _preferred_type(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if Suitability.PREFERRED not in case.referral.suitability.values():
        return _NOTHING
    if units:
        return Speaks.AGAINST, "The social worker prefers another kind of home"
    return Speaks.FOR, "The kind of home the social worker prefers"


def _unmet_need(case: Case, home: Home, units: int, aim: Aim) -> Says:
    gaps = aims.need_gaps(case, home)
    beyond = [f"{domain.words} by {gap} points" for domain, gap in gaps.items() if gap]
    unknown = [domain.words for domain, gap in gaps.items() if gap is None]
    if not beyond and not unknown:
        return Speaks.FOR, "Says it can meet the need in all five domains"
    parts = []
    if beyond:
        parts.append(f"The need is beyond what the home says it can meet: {'; '.join(beyond)}")
    if unknown:
        whole = len(unknown) == len(NeedDomain)
        parts.append(
            "Whether it can meet the need is not known in any domain"
            if whole
            else f"Whether it can meet the need is not known in {listed(unknown)}"
        )
    return (Speaks.AGAINST if units else Speaks.NEITHER), ". ".join(parts)


def _specialist_capacity(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if not units:
        return Speaks.NEITHER, "Leaves places that can do more to children who need them"
    if not case.referral.needs:
        return (
            Speaks.AGAINST,
            "No need is scored, so nothing recorded says that the child needs a residential home and not a family",
        )
    return (
        Speaks.AGAINST,
        "Can do more than this child needs, so a scarce place would be missed by a child who needs it",
    )


_ENDS = {
    "longest_stay": "its longest stay is shorter than the stay expected",
    "closes": "it is to close before the stay is known to be over",
    "temporary_approval": "the carer's temporary approval ends before the stay is known to be over",
}


def _stability(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if not units:
        return _NOTHING
    ends = [
        _ENDS[end.what] + ("" if end.what == "longest_stay" else f", on {day_words(end.on)}")
        for end in early_ends(case, home)
    ]
    return Speaks.AGAINST, f"The stay may end early: {listed(ends)}{_lost(case, home, aim)}"


def _lost(case: Case, home: Home, aim: Aim) -> str:
    days = case.referral.expected_stay_days
    if days is None:
        return ""
    lost = nights_lost(case, home, unknown_stay_days=aim.parameters["unknown_stay_days"])
    return f". {lost} of the {days} nights expected would be lost"


def _cost(case: Case, home: Home, units: int, aim: Aim) -> Says:
    if case.lives_in(home):
        return Speaks.NEITHER, "Costs nothing more while the child stays"
    net = aims.net_weekly_pence(home)
    if net is None:
        return Speaks.AGAINST, "The fee is not recorded, so it is counted as dear"
    if net == 0:
        return Speaks.FOR, "Costs nothing more than the council pays already"
    most, fee = case.referral.max_weekly_fee_pence, home.weekly_fee_pence
    if most is not None and fee is not None and fee > most:
        return Speaks.AGAINST, "The fee is above the limit of the referral and needs an approval"
    return Speaks.NEITHER, f"£{net // 100:,} a week more than the council pays already"


_SAYS: dict[str, Callable[[Case, Home, int, Aim], Says]] = {
    "connected_carer": _connected_carer,
    "area": _area,
    "near_home": _near_home,
    "school": _school,
    "siblings": _siblings,
    "access": _access,
    "contact": _contact,
    "identity": _identity,
    "pets": _pets,
    "preferred_type": _preferred_type,
    "unmet_need": _unmet_need,
    "specialist_capacity": _specialist_capacity,
    "stability": _stability,
    "cost": _cost,
}
