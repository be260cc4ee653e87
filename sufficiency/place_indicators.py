"""Where children live: how far from home, in whose area, in what kind of home and whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from itertools import product

from reference_data.codelists import codes
from sufficiency.episodes import EpisodeRow
from sufficiency.indicator import Asked, Definition, Found, mix, not_assessed, share_of
from sufficiency.looked_after import LookedAfter, detail_of, located, miles_from_home

FAR_MILES = 20.0
_DFE = (
    "Department for Education, Local Authority Interactive Tool and statistics of children looked after, 2025"
)
_ON_THE_NIGHT = "Children looked after on the last night, short breaks left out."
_SUPPORTED_FROM = 16
_SEMI_INDEPENDENT_UNTIL = date(2023, 10, 28)
"""From that day accommodation for 16 and 17 must be registered: H5 and P2 are no codes of a lawful placement."""
_OTHER = frozenset({"Z1", "Z11", "Z12", "Z13", "Z14"})

FAR = Definition(
    id="distance_over_20_miles_and_outside",
    name="Over 20 miles from home and outside the area",
    definition="Children placed more than 20 miles from home in a straight line, outside the authority's boundary.",
    population=_ON_THE_NIGHT + " Unknown distances stay in it.",
    better_when="low",
    source=_DFE,
)
OUTSIDE = Definition(
    id="outside_boundary",
    name="Outside the area",
    definition="Children whose placement lies outside the authority's boundary.",
    population=_ON_THE_NIGHT,
    better_when="low",
    source=_DFE,
)
MIX = Definition(
    id="placement_mix",
    name="Kinds of placement",
    definition="Children by kind of placement.",
    population=_ON_THE_NIGHT,
    better_when=None,
    source=_DFE,
)
PROVIDERS = Definition(
    id="provider_mix",
    name="Who provides",
    definition="Children by who provides the placement.",
    population=_ON_THE_NIGHT,
    better_when=None,
    source="SSDA903, PLACE_PROVIDER",
)
UNREGISTERED = Definition(
    id="other_or_unregistered",
    name="In other or unregistered placements",
    definition=(
        "Children in placements the return calls other (Z codes), under 16 in supported accommodation, or since "
        "28 October "
        "2023 in unregulated semi-independent or independent living (H5, P2). Other is not unlawful by itself: "
        "look at each."
    ),
    population=_ON_THE_NIGHT,
    better_when="low",
    source="Department for Education, Local Authority Interactive Tool 2026, indicator of other placements",
)


def far_and_outside(asked: Asked) -> Found:
    """Return the children over 20 miles from home and outside the area, with the full table of six cells."""
    why = _cannot_be_placed(asked)
    if why:
        return not_assessed(why)
    cells: Counter[tuple[str, str]] = Counter()
    far: list[str] = []
    unknown: list[str] = []
    everybody = asked.records.looked_after_on(asked.at)
    for child, row in everybody:
        side, distance = _side(asked, row), _distance(asked, child, row)
        cells[side, distance] += 1
        if (side, distance) == ("outside", "over 20 miles"):
            far.append(child.child_id)
        if distance == "not known":
            unknown.append(child.child_id)
    sides = ("inside", "outside", *(["not known"] if any(side == "not known" for side, _ in cells) else []))
    table = [
        {"boundary": side, "distance": distance, "number": cells[side, distance]}
        for side, distance in product(sides, ("up to 20 miles", "over 20 miles", "not known"))
    ]
    return share_of((child.child_id for child, _ in everybody), far, missing=unknown, table=table)


def outside_boundary(asked: Asked) -> Found:
    """Return the children placed outside the area."""
    why = _cannot_be_placed(asked)
    if why:
        return not_assessed(why)
    everybody = [
        (child.child_id, _side(asked, row)) for child, row in asked.records.looked_after_on(asked.at)
    ]
    return share_of(
        (child for child, _ in everybody),
        (child for child, side in everybody if side == "outside"),
        missing=(child for child, side in everybody if side == "not known"),
    )


def placement_mix(asked: Asked) -> Found:
    """Return the children by kind of placement."""
    return mix(
        Counter(str(detail_of(row)) for _, row in asked.records.looked_after_on(asked.at)),
        "kind_of_placement",
    )


def provider_mix(asked: Asked) -> Found:
    """Return the children by provider."""
    if not asked.records.has_column("PLACE_PROVIDER"):
        return not_assessed("The episodes table has no column PLACE_PROVIDER.")
    labels = codes("PLACE_PROVIDER")
    return mix(
        Counter(
            labels[row.provider].label if row.provider in labels else "not recorded"
            for _, row in asked.records.looked_after_on(asked.at)
        ),
        "provider",
    )


def other_or_unregistered(asked: Asked) -> Found:
    """Return the children in other placements and in ones that may not be lawful for them."""
    everybody = asked.records.looked_after_on(asked.at)
    labels = codes("PLACE")
    found = [(child, row) for child, row in everybody if _is_other(asked, child, row)]
    table = [
        {"place": place, "text": labels[place].label if place in labels else place, "number": number}
        for place, number in sorted(Counter(row.place for _, row in found).items())
    ]
    return share_of(
        (child.child_id for child, _ in everybody), (child.child_id for child, _ in found), table=table
    )


PLACE_INDICATORS: Mapping[Definition, Callable[[Asked], Found]] = {
    FAR: far_and_outside,
    OUTSIDE: outside_boundary,
    MIX: placement_mix,
    PROVIDERS: provider_mix,
    UNREGISTERED: other_or_unregistered,
}


def _cannot_be_placed(asked: Asked) -> str:
    for column in ("HOME_POST", "PL_POST"):
        if not asked.records.has_column(column):
            return f"The episodes table has no column {column}."
    return "" if asked.authority else "Whose returns these are is not known. Give the authority."


def _side(asked: Asked, row: EpisodeRow) -> str:
    place = located(asked.records.cell(row, "PL_POST"))
    if place is None:
        return "not known"
    return "inside" if place.authority_code == asked.authority else "outside"


def _distance(asked: Asked, child: LookedAfter, row: EpisodeRow) -> str:
    # An unaccompanied child has no home to be far from: the return leaves the distance blank.
    miles = None if child.unaccompanied else miles_from_home(asked.records, row)
    if miles is None:
        return "not known"
    return "over 20 miles" if miles > FAR_MILES else "up to 20 miles"


def _is_other(asked: Asked, child: LookedAfter, row: EpisodeRow) -> bool:
    if row.place in _OTHER:
        return True
    if row.place == "K3":
        return child.age_on(asked.at) < _SUPPORTED_FROM
    if asked.at < _SEMI_INDEPENDENT_UNTIL:
        return False
    return row.place == "P2" or (row.place == "H5" and not asked.records.cell(row, "URN"))
