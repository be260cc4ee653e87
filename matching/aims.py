"""The soft aims: one named function each, from a child and a home to a whole-number penalty.

Only what depends on child and home together counts: what is true of the child alone is the same for
every home and cannot rank them. Order and weights are the council's, in ``policy.py``; words for an
option are in ``explain.py``. Unknown never looks good: each aim says what it counts then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matching.early_ends import nights_lost
from matching.findings import Case
from matching.fit import suitability_group
from matching.home import Home, beds_open_to
from matching.places import Where, authority_of, is_located, miles_between, where_is
from matching.policy import Aim, Policy
from matching.referral import ImportantPlace, Referral, stays_put
from matching.statements import unstated_communication
from matching.words import plain_word, plain_words
from reference_data.vocabulary import (
    RESIDENTIAL_TYPES,
    ContractKind,
    NeedDomain,
    PlacementType,
    SiblingsTogether,
    Suitability,
)

_OFTEN = {"daily": 7, "weekly": 4, "fortnightly": 2, "monthly": 1, "rarely": 1}
"""How much a place counts by how often the child goes there; words not listed count as weekly."""

Units = Callable[[Case, Home, Aim], int]


def connected_carer(case: Case, home: Home, aim: Aim) -> int:
    """Return 0 for a connected carer approved for this child and 1 for any other home.

    References
    ----------
    Children Act 1989, section 22C(7)(a).
    """
    connected = home.type is PlacementType.CONNECTED_FOSTER_CARER
    return 0 if connected and case.referral.child_id in (home.approved_for or ()) else 1


def area(case: Case, home: Home, aim: Aim) -> int:
    """Return 0 in the responsible authority's area, 1 in an adjoining one, 2 elsewhere or unknown."""
    where = where_is(case.referral.authority, authority_of(home))
    return {Where.IN_AREA: 0, Where.ADJOINING: 1}.get(where, 2)


def near_home(case: Case, home: Home, aim: Aim) -> int:
    """Return the whole steps of miles from the child's home.

    It is 0 for every home when nobody recorded where that is, or when the child must keep away from there: the
    duty is to come near home only as far as that is consistent with the child's welfare.
    """
    if must_keep_away_from_home(case):
        return 0
    return _steps(case.referral.home_postcode, home, aim)


def must_keep_away_from_home(case: Case) -> bool:
    """Say whether the child's own home lies within the distance the child must keep from a place to avoid."""
    return any(
        place.miles is not None
        and (miles := miles_between(place.postcode, case.referral.home_postcode)) is not None
        and miles <= place.miles
        for place in case.referral.avoid
    )


def school(case: Case, home: Home, aim: Aim) -> int:
    """Return the whole steps of miles from the child's school; 0 when the referral names none."""
    return _steps(case.referral.prefers.school_postcode, home, aim)


def siblings(case: Case, home: Home, aim: Aim) -> int:
    """Return 0 with all brothers and sisters, 1 with at least one, 3 with none; 0 where that is not sought.

    One sibling together earns most of the gain, so the scale is concave. Those who live there already
    and those on the list for whom there is room both count; one who is settled elsewhere does not come.
    """
    referral = case.referral
    if referral.sibling_group is None or referral.siblings_together is SiblingsTogether.NO:
        return 0
    living_there = siblings_living_there(case, home)
    waiting = [one for one in case.siblings if not stays_put(one)]
    apart = any(one.current_home_id != home.home_id for one in case.siblings if stays_put(one))
    room_for = _room_for(case, waiting, home)
    if not living_there + room_for:
        return 3
    return 0 if room_for == len(waiting) and not apart else 1


def _room_for(case: Case, waiting: Sequence[Referral], home: Home) -> int:
    """Return for how many of the brothers and sisters who wait there is room beside the child, if all were to come."""
    coming = [one.child_id for one in waiting if one.current_home_id != home.home_id]
    free = beds_open_to(home, {case.referral.child_id, *coming}, case.start)
    return 0 if free is None else max(0, min(len(coming), free - 1))


def siblings_living_there(case: Case, home: Home) -> int:
    """Return how many brothers and sisters of the child live in the home: of its residents, and settled on the list."""
    referral = case.referral
    if referral.sibling_group is None:
        return 0
    kin = [
        one.child_id
        for one in home.residents or ()
        if one.sibling_group == referral.sibling_group and one.child_id != referral.child_id
    ]
    known = {child_id for child_id in kin if child_id is not None}
    settled = {
        one.child_id for one in case.siblings if one.current_home_id == home.home_id and stays_put(one)
    }
    return len(kin) + len(settled - known)


def access(case: Case, home: Home, aim: Aim) -> int:
    """Return the required features that the home has not stated; a way of communicating counts as several."""
    features, ways = unstated_features(case, home), unstated_communication(case, home)
    return len(features) + aim.parameters["communication_units"] * len(ways)


def unstated_features(case: Case, home: Home) -> tuple[str, ...]:
    """Return the required features that the home has not stated."""
    return tuple(feature for feature in case.referral.requires if feature not in (home.features or ()))


def contact(case: Case, home: Home, aim: Aim) -> int:
    """Return the mean steps of miles from important places, weighted by how often the child goes there."""
    places = [place for place in case.referral.important_places if is_located(place.postcode)]
    if not places:
        return 0
    weights = [times_counted(place) for place in places]
    steps = [_steps(place.postcode, home, aim) for place in places]
    return sum(weight * step for weight, step in zip(weights, steps, strict=True)) // sum(weights)


def times_counted(place: ImportantPlace) -> int:
    """Return how much a place counts by how often the child goes there."""
    return _OFTEN.get((place.how_often or "").strip().lower(), _OFTEN["weekly"])


def identity(case: Case, home: Home, aim: Aim) -> int:
    """Return how many stated preferences of identity the home does not say it meets.

    References
    ----------
    Children Act 1989, section 22(5)(c).
    """
    return sum(met is not True for met in identity_met(case, home).values())


def identity_met(case: Case, home: Home) -> dict[str, bool | None]:
    """Return, for each preference of identity that the referral states, whether the home meets it.

    ``None`` means that the home has not said.
    """
    prefers, offers = case.referral.prefers, home.offers
    wanted = {
        "language": (prefers.language, offers.languages),
        "religion": (prefers.religion, offers.religions),
        "ethnicity": (prefers.ethnicity, offers.ethnicities),
    }
    met = {name: _any_of(want, offered) for name, (want, offered) in wanted.items() if want}
    gender = plain_word(prefers.gender_of_carer or "any")
    if gender != "any":
        met["gender of carer"] = _any_of((gender,), offers.carer_genders)
    return met


def pets(case: Case, home: Home, aim: Aim) -> int:
    """Return 1 when the wish about pets is not known to be met."""
    wanted = plain_words(case.referral.prefers.pets)
    if not wanted:
        return 0
    kept = home.offers.pets
    if kept is None:
        return 1
    if "none" in wanted:
        return int(bool(plain_words(kept) - {"none"}))
    return int(wanted.isdisjoint(plain_words(kept)))


def preferred_type(case: Case, home: Home, aim: Aim) -> int:
    """Return 1 when the social worker prefers another broad kind of home."""
    views = case.referral.suitability
    preferred = {group for group, view in views.items() if view is Suitability.PREFERRED}
    return int(bool(preferred) and suitability_group(home) not in preferred)


def need_gaps(case: Case, home: Home) -> dict[NeedDomain, int | None]:
    """Return, by domain, the points by which the need exceeds what the home can meet; ``None`` is unknown."""
    gaps: dict[NeedDomain, int | None] = {}
    able = home.can_meet
    for domain, need, _ in case.scored:
        can_meet = able.get(domain)
        if need == 0:
            gaps[domain] = 0
        else:
            gaps[domain] = None if need is None or can_meet is None else max(0, need - can_meet)
    return gaps


def counted_gaps(case: Case, home: Home) -> tuple[int, ...]:
    """Return the gap ranked by in each domain: what is unknown counts as if it stood at the policy's gap.

    A need smaller than that gap counts as the need itself, since no gap can be larger.
    """
    return tuple(
        min(tolerance, 100 if need is None else need) if gap is None else gap
        for gap, (_, need, tolerance) in zip(need_gaps(case, home).values(), case.scored, strict=True)
    )


def unmet_need(case: Case, home: Home, aim: Aim) -> int:
    """Return the squares of the gaps added over the domains: one large gap counts for more than small ones."""
    return sum(gap * gap for gap in counted_gaps(case, home))


def unmet_need_points(case: Case, home: Home) -> int:
    """Return the known gaps added over the domains, in points; the policy's floor is stated in these.

    What is unknown is a question, and no ground for saying that a home falls short.
    """
    return sum(gap for gap in need_gaps(case, home).values() if gap is not None)


def above_floor(case: Case, home: Home) -> bool:
    """Say whether the pair is above the policy's suitability floor, so that a joint plan may use it."""
    return unmet_need_points(case, home) <= case.context.policy.floor_unmet_need_points


def specialist_capacity(case: Case, home: Home, aim: Aim) -> int:
    """Return the tens of points of ability in a residential home that this child would not need.

    A solo place for a child who need not live alone counts as so many more: it keeps other beds empty. So does any
    residential home for a child of whom no need is scored: a family comes first until somebody knows that the child
    needs more. Nothing is counted for the home of a child who stays put: nobody is moved for sufficiency.
    """
    if home.type not in RESIDENTIAL_TYPES or case.settled_in(home):
        return 0
    unknown = 0 if case.referral.needs else aim.parameters["unknown_need_units"]
    unused = (
        max(0, can_meet - case.referral.needs[domain])
        for domain, can_meet in home.can_meet.items()
        if domain in case.referral.needs
    )
    solo = "solo" in (home.features or ()) and not case.needs_solo
    return sum(unused) // 10 + (aim.parameters["solo_units"] if solo else 0) + unknown


def stability(case: Case, home: Home, aim: Aim) -> int:
    """Return the steps of days, the last one begun included, of the expected stay that a known end would cut off."""
    lost = nights_lost(case, home, unknown_stay_days=aim.parameters["unknown_stay_days"])
    return -(-lost // aim.parameters["step_days"])


def cost(case: Case, home: Home, aim: Aim) -> int:
    """Return the whole pounds a week that the placement costs more than the council pays already.

    That is nothing for the home the child lives in: it is paid already.
    """
    if case.lives_in(home):
        return 0
    pence = net_weekly_pence(home)
    return aim.parameters["unknown_pounds"] if pence is None else pence // 100


def net_weekly_pence(home: Home) -> int | None:
    """Return the net weekly cost to the council in pence, or ``None`` when no fee is recorded.

    A vacant block bed is paid for already and costs nothing more, unless the contract states a
    different fee for the bed while it is empty.
    """
    if home.contract is ContractKind.BLOCK and home.void_fee_pence is None:
        return 0
    if home.weekly_fee_pence is None:
        return None
    return max(0, home.weekly_fee_pence - (home.void_fee_pence or 0))


AIMS: dict[str, Units] = {
    "connected_carer": connected_carer,
    "area": area,
    "near_home": near_home,
    "school": school,
    "siblings": siblings,
    "access": access,
    "contact": contact,
    "identity": identity,
    "pets": pets,
    "preferred_type": preferred_type,
    "unmet_need": unmet_need,
    "specialist_capacity": specialist_capacity,
    "stability": stability,
    "cost": cost,
}
"""Every aim by its name in the policy."""


NEVER_COSTS: dict[str, Callable[[Case], bool]] = {
    "near_home": must_keep_away_from_home,
    "school": lambda case: not is_located(case.referral.prefers.school_postcode),
    "siblings": lambda case: (
        case.referral.sibling_group is None or case.referral.siblings_together is SiblingsTogether.NO
    ),
    "access": lambda case: not case.referral.requires and not case.referral.communication,
    "contact": lambda case: not any(is_located(place.postcode) for place in case.referral.important_places),
    "pets": lambda case: not case.referral.prefers.pets,
    "preferred_type": lambda case: Suitability.PREFERRED not in case.referral.suitability.values(),
}
"""By aim: whether it is 0 for a child in every home, so that it need not be asked; a test holds that."""


def penalties(case: Case, home: Home) -> dict[str, int]:
    """Return the weighted penalty of every aim in the policy's order; 0 is best.

    The values are whole numbers, at least 0, and comparable only within a stage of the policy.
    """
    return penalties_of_all(case, (home,))[0]


def penalties_of_all(case: Case, homes: Sequence[Home]) -> list[dict[str, int]]:
    """Return the weighted penalty of every aim for each home, in the order of the homes."""
    asked = [
        (aim.name, aim.weight, None if _never_costs(case, aim.name) else AIMS[aim.name], aim)
        for aim in case.context.policy.aims
    ]
    return [
        {name: 0 if units is None else weight * units(case, home, aim) for name, weight, units, aim in asked}
        for home in homes
    ]


def _never_costs(case: Case, aim: str) -> bool:
    return aim in NEVER_COSTS and NEVER_COSTS[aim](case)


def stage_totals(found: dict[str, int], policy: Policy) -> tuple[int, ...]:
    """Return penalties added up by stage, first stage first."""
    return tuple(sum(found[aim.name] for aim in policy.aims if aim.stage == stage) for stage in policy.stages)


def _steps(postcode: str | None, home: Home, aim: Aim) -> int:
    """Return the whole steps of miles from a place; the most steps for a home that cannot be located.

    A place that cannot be located is unknown for every home alike, so it ranks none.
    """
    if not is_located(postcode):
        return 0
    miles = miles_between(postcode, home.postcode)
    most = aim.parameters["most_steps"]
    return most if miles is None else min(most, int(miles // aim.parameters["step_miles"]))


def _any_of(wanted: tuple[str, ...], offered: tuple[str, ...] | None) -> bool | None:
    if offered is None:
        return None
    return not plain_words(wanted).isdisjoint(plain_words(offered))
