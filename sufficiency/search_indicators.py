"""How the search for homes goes, how full homes are and what they cost: from enquiries and the list of homes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np

from matching.home import Home
from reference_data.vocabulary import HomeStatus, PlacementType, Urgency
from sufficiency.capacity_account import OWN_CONTRACTS
from sufficiency.enquiries import Enquiry, answers_by_type, searches
from sufficiency.indicator import DAYS, Asked, Definition, Found, not_assessed, share_of

_OURS = "The council's own record of enquiries"
_NO_ENQUIRIES = "Give the enquiries: homes asked, and what they answered."
_NO_HOMES = "Give the list of homes."

FIRST_OFFER = Definition(
    id="placed_by_the_first_home_asked",
    name="Placed by the first home asked",
    definition="Searches that ended in a placement with the first home that was asked.",
    population="Searches that began in the year and ended in a placement.",
    better_when="high",
    source=_OURS,
)
OFFERS = Definition(
    id="offers_per_enquiry",
    name="Enquiries that brought an offer",
    definition="Homes asked that offered a place, with refusals by reason behind it.",
    population="Homes asked in the year.",
    better_when="high",
    source=_OURS,
)
TIME = Definition(
    id="days_to_placement",
    name="Days from the first enquiry to the offer taken up",
    definition="Median days from the day the first home was asked to the answer of the home that took the child.",
    population="Searches that began in the year and ended in a placement.",
    better_when="low",
    source=_OURS,
    unit=DAYS,
)
SIBLINGS = Definition(
    id="siblings_separated",
    name="Brothers and sisters placed apart",
    definition="Children with a brother or sister in care who live in another home.",
    population="Children looked after with a brother or sister who is looked after.",
    better_when="low",
    source="Children Act 1989, section 22C(8)(c)",
)
PLANNED = Definition(
    id="planned_placements",
    name="Planned against emergency placements",
    definition="Placements that were planned.",
    population="Placements made in the year whose search's urgency is recorded, at least half of all.",
    better_when="high",
    source="The council's own record of referrals",
)
OCCUPANCY = Definition(
    id="occupancy",
    name="Occupancy of our own and block homes",
    definition="Residents of all ages in places of open homes of ours and in block contracts.",
    population="Places of those homes whose residents are recorded.",
    better_when=None,
    source="The council's list of homes",
)
PRICES = Definition(
    id="weekly_price",
    name="Weekly price by type of home",
    definition="Median and range of weekly fees of open homes by type.",
    population="Open homes with a recorded fee.",
    better_when=None,
    source="The council's list of homes",
)


def placed_by_first(asked: Asked) -> Found:
    """Return the searches that ended with the first home asked."""
    if not asked.enquiries:
        return not_assessed(_NO_ENQUIRIES)
    ended = [search for search in _of_year(asked) if any(one.placed for one in search)]
    if not ended:
        return not_assessed("No search that began in the year ended in a placement.")
    return share_of(
        (search[0].enquiry_id for search in ended),
        (search[0].enquiry_id for search in ended if search[0].placed),
    )


def offers(asked: Asked) -> Found:
    """Return the enquiries that brought an offer."""
    if not asked.enquiries:
        return not_assessed(_NO_ENQUIRIES)
    own = [one for one in asked.enquiries if asked.year_from <= one.asked_on <= asked.at]
    if not own:
        return not_assessed("No enquiry of the year is recorded.")
    return share_of(
        (one.enquiry_id for one in own),
        (one.enquiry_id for one in own if one.answer == "offered"),
        missing=(one.enquiry_id for one in own if one.answer is None),
        table=answers_by_type(own),
    )


def days_to_placement(asked: Asked) -> Found:
    """Return the median days of a search that ended in a placement."""
    if not asked.enquiries:
        return not_assessed(_NO_ENQUIRIES)
    days = [
        (taken.answered_on - search[0].asked_on).days
        for search in _of_year(asked)
        if (taken := next((one for one in search if one.placed), None)) is not None
        and taken.answered_on is not None
    ]
    if not days:
        return not_assessed("No search of the year records when the home that took the child answered.")
    return Found(denominator=len(days), amount=Decimal(str(float(np.median(days)))))


def siblings_separated(asked: Asked) -> Found:
    """Return the children whose brother or sister in care lives in another home, by where each lives now.

    Who lives where is what homes say of their residents, and referrals of a child's present home.
    """
    home_of: dict[str, str] = {}
    group_of: dict[str, str] = {}
    for home in asked.homes:
        for resident in home.residents or ():
            if (
                resident.child_id is not None
                and resident.sibling_group is not None
                and resident.authority in (None, asked.authority)
            ):
                home_of[resident.child_id] = home.home_id
                group_of[resident.child_id] = resident.sibling_group
    for referral in asked.referrals:
        if referral.sibling_group is not None and referral.current_home_id is not None:
            home_of.setdefault(referral.child_id, referral.current_home_id)
            group_of.setdefault(referral.child_id, referral.sibling_group)
    groups: dict[str, set[str]] = defaultdict(set)
    for child_id, group in group_of.items():
        groups[group].add(child_id)
    together = [members for members in groups.values() if len(members) > 1]
    if not together:
        return not_assessed(
            "The returns do not say who is whose brother or sister: give homes or referrals with sibling_group."
        )
    apart = {
        child_id
        for members in together
        for child_id in members
        if any(home_of[other] != home_of[child_id] for other in members)
    }
    return Found(
        numerator=len(apart),
        denominator=sum(map(len, together)),
        children=frozenset(apart),
        as_listed=True,
        table=tuple(
            {"brothers_and_sisters": size, "groups": len(rows), "all_together": sum(rows)}
            for size in sorted({len(members) for members in together})
            for rows in (
                [
                    len({home_of[child_id] for child_id in members}) == 1
                    for members in together
                    if len(members) == size
                ],
            )
        ),
    )


def planned_placements(asked: Asked) -> Found:
    """Return the placements of the year whose search was planned, and not an emergency or a crisis.

    Those whose urgency is not recorded are left out; where that is more than half, nothing is said.
    """
    made = [one for one in asked.placements if asked.year_from <= one.on <= asked.at]
    if not made:
        return not_assessed(
            "No placement of the year is recorded with its referral; referrals say how urgent each search was."
        )
    counts = Counter(one.urgency for one in made)
    known = len(made) - counts[None]
    if 2 * known < len(made):
        return not_assessed(
            f"How urgent the search was is recorded for {known} of {len(made)} placements of the year: link placements "
            "to their referrals."
        )
    return Found(
        numerator=counts[Urgency.PLANNED],
        denominator=known,
        missing=counts[None],
        missing_apart=True,
        children=frozenset(one.child_id for one in made if one.urgency is Urgency.PLANNED),
        table=tuple(
            {
                "urgency": str(urgency),
                "placements": counts[urgency],
                "percent": round(100 * counts[urgency] / known, 1),
            }
            for urgency in Urgency
        ),
    )


def occupancy(asked: Asked) -> Found:
    """Return residents in places of our own and block homes."""
    if not asked.homes:
        return not_assessed(_NO_HOMES)
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for home in asked.homes:
        if home.contract in OWN_CONTRACTS and _is_open(home) and home.places and home.residents is not None:
            rows[str(home.type)][0] += len(home.residents)
            rows[str(home.type)][1] += home.places
    if not rows:
        return not_assessed("No home of ours records both places and residents.")
    residents, places = (sum(row[n] for row in rows.values()) for n in (0, 1))
    return Found(
        numerator=residents,
        denominator=places,
        as_listed=True,
        table=tuple(
            {"type": kind, "residents": full, "places": all_, "percent": round(100 * full / all_, 1)}
            for kind, (full, all_) in sorted(rows.items())
        ),
    )


def weekly_price(asked: Asked) -> Found:
    """Return weekly fees by type of home."""
    if not asked.homes:
        return not_assessed(_NO_HOMES)
    fees: dict[str, list[int]] = defaultdict(list)
    for home in asked.homes:
        if home.weekly_fee_pence is not None and _is_open(home):
            fees[str(home.type)].append(home.weekly_fee_pence)
    if not fees:
        return not_assessed("No home records a weekly fee.")
    return Found(
        denominator=sum(map(len, fees.values())),
        as_listed=True,
        table=tuple(
            {
                "type": kind,
                "homes": len(own),
                "median_pence": round(float(np.median(own))),
                "lowest_pence": min(own),
                "highest_pence": max(own),
            }
            for kind, own in sorted(fees.items())
        ),
    )


SEARCH_INDICATORS: Mapping[Definition, Callable[[Asked], Found]] = {
    FIRST_OFFER: placed_by_first,
    OFFERS: offers,
    TIME: days_to_placement,
    SIBLINGS: siblings_separated,
    PLANNED: planned_placements,
    OCCUPANCY: occupancy,
    PRICES: weekly_price,
}


def _of_year(asked: Asked) -> list[tuple[Enquiry, ...]]:
    return [
        search for search in searches(asked.enquiries) if asked.year_from <= search[0].asked_on <= asked.at
    ]


def _is_open(home: Home) -> bool:
    return (
        isinstance(home.type, PlacementType)
        and home.status in (None, HomeStatus.OPEN)
        and home.registered is not False
    )
