"""How stable children's homes are: moves within a year, within two, and time with the same carer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from reference_data.codelists import codes
from sufficiency.episodes import PlacementDetail
from sufficiency.indicator import Asked, Definition, Found, mix, not_assessed, share_of
from sufficiency.looked_after import LookedAfter, Placement, detail_of

THREE_OR_MORE = 3
LONG_YEARS = 2
LONG_IN_CARE_MONTHS = 30
YOUNGER_THAN = 16
BEGAN_CARE = "S"
"""The RNE code of an episode with which care began."""
_DFE = (
    "Department for Education, Local Authority Interactive Tool and statistics of children looked after, 2025"
)

SHORT_TERM = Definition(
    id="short_term_stability",
    name="Three or more placements in the year",
    definition=(
        "Children with three or more placements of 24 hours or more in the year, those open at its start and end among "
        "them. Temporary places and time missing are no placements unless asked; adoption by the present carers "
        "is no move."
    ),
    population="Children looked after on the last night, short breaks left out.",
    better_when="low",
    source=_DFE,
)
LONG_TERM_CARER = Definition(
    id="long_term_stability_same_carer",
    name="With the same carer for two years",
    definition=(
        "Children with the same carer for at least two years, or placed for adoption where the time with the "
        "adopters and in "
        "the placement before it is at least two years together."
    ),
    population="Children under 16 on the last night, looked after without a break for two and a half years.",
    better_when="high",
    source=_DFE,
)
LONG_TERM_PLACEMENT = Definition(
    id="long_term_stability_same_placement",
    name="In the same placement for two years",
    definition="As with the same carer, but a change of placement with one carer is a new placement: the older meaning.",
    population=LONG_TERM_CARER.population,
    better_when="high",
    source="Department for Education, NI 63, until 2019",
)
IN_TWO_YEARS = Definition(
    id="three_or_more_in_2_years",
    name="Three or more placements in two years",
    definition="Children with three or more placements in the two years up to the last night.",
    population="Children looked after on the last night and without a break for two years.",
    better_when="low",
    source=_DFE,
)
MOVES = Definition(
    id="moves_by_reason",
    name="Moves by reason",
    definition="Placements that ended in a move in the year, by the reason the return gives.",
    population="Episodes that ended in the year and were followed by another placement.",
    better_when=None,
    source="SSDA903, REASON_PLACE_CHANGE",
)


def three_or_more_in_the_year(asked: Asked) -> Found:
    """Return the children with three or more placements in the year."""
    return _three_or_more(
        asked, asked.year_from, [child for child, _ in asked.records.looked_after_on(asked.at)]
    )


def three_or_more_in_two_years(asked: Asked) -> Found:
    """Return the children with three or more placements in two years, of those looked after throughout."""
    since = years_before(asked.at, 2)
    long_in_care = [
        child
        for child, _ in asked.records.looked_after_on(asked.at)
        if (began := child.in_care_since(asked.at)) is not None and began <= since
    ]
    return _three_or_more(asked, since, long_in_care)


def long_term_same_carer(asked: Asked) -> Found:
    """Return the children with the same carer for two years."""
    return _long_term(asked, same_carer=True)


def long_term_same_placement(asked: Asked) -> Found:
    """Return the children in the same placement for two years."""
    return _long_term(asked, same_carer=False)


def moves_by_reason(asked: Asked) -> Found:
    """Return the moves of the year by reason."""
    labels = codes("REASON_PLACE_CHANGE")
    found: Counter[str] = Counter()
    for child in asked.records.children:
        for row in child.rows_as_returned:
            if row.ended_on is not None and asked.year_from <= row.ended_on <= asked.at:
                reason = asked.records.cell(row, "REASON_PLACE_CHANGE")
                if reason:
                    found[labels[reason].label if reason in labels else reason] += 1
    return mix(found, "reason")


STABILITY_INDICATORS: Mapping[Definition, Callable[[Asked], Found]] = {
    SHORT_TERM: three_or_more_in_the_year,
    LONG_TERM_CARER: long_term_same_carer,
    LONG_TERM_PLACEMENT: long_term_same_placement,
    IN_TWO_YEARS: three_or_more_in_two_years,
    MOVES: moves_by_reason,
}


def placements_since(child: LookedAfter, asked: Asked, since: date) -> tuple[Placement, ...]:
    """Return a child's placements of 24 hours or more with a night from a day up to the last night."""
    return tuple(
        placement
        for placement in child.placements(temporary=asked.count_temporary)
        if placement.started_on <= asked.at and (placement.ended_on is None or placement.ended_on > since)
    )


def _three_or_more(asked: Asked, since: date, population: list[LookedAfter]) -> Found:
    if too_short := _returns_too_short(asked, since):
        return too_short
    return share_of(
        (child.child_id for child in population),
        (
            child.child_id
            for child in population
            if len(placements_since(child, asked, since)) >= THREE_OR_MORE
        ),
    )


def _long_term(asked: Asked, *, same_carer: bool) -> Found:
    long_since, stayed_since = (
        _months_before(asked.at, LONG_IN_CARE_MONTHS),
        years_before(asked.at, LONG_YEARS),
    )
    if too_short := _returns_too_short(asked, stayed_since):
        return too_short
    young = [
        child for child, _ in asked.records.looked_after_on(asked.at) if child.age_on(asked.at) < YOUNGER_THAN
    ]
    if any(_may_be_longer_in_care(child, asked, long_since) for child in young):
        return not_assessed(
            f"The returns begin on {asked.records.first_day.isoformat()} and do not show who was in care on "
            f"{long_since.isoformat()}: give the return before them too."
        )
    population = [
        child
        for child in young
        if (began := child.in_care_since(asked.at)) is not None and began <= long_since
    ]
    stable = []
    for child in population:
        own = child.placements(same_carer=same_carer)
        at = next((n for n, placement in enumerate(own) if placement.covers(asked.at)), None)
        if at is None:
            continue
        began = own[at].started_on
        if detail_of(own[at].rows[-1]) is PlacementDetail.ADOPTION and at and own[at - 1].ended_on == began:
            began = own[at - 1].started_on
        if began <= stayed_since:
            stable.append(child.child_id)
    return share_of((child.child_id for child in population), stable)


def _returns_too_short(asked: Asked, since: date) -> Found | None:
    """Return that nothing can be said where placements since a day are not all in the returns."""
    if asked.records.first_day <= since + timedelta(days=1):
        return None
    return not_assessed(
        f"The returns begin on {asked.records.first_day.isoformat()} and the time counted on {since.isoformat()}: give "
        "the returns before them too."
    )


def _may_be_longer_in_care(child: LookedAfter, asked: Asked, since: date) -> bool:
    """Say whether a child whom the returns show in care after a day may have been so before it.

    An episode that was open on the first day of the returns tells when it began itself. Unless it began the care, one
    before it did, and ended too early to be returned.
    """
    began = child.in_care_since(asked.at)
    if began is None or not since < began < asked.records.first_day:
        return False
    first = next(row for row in child.rows if row.started_on == began)
    return first.reason_started != BEGAN_CARE


def years_before(day: date, years: int) -> date:
    """Return the same day so many years before."""
    return _months_before(day, 12 * years)


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months before, the last of its month where there is no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(years, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(years, month + 1, 28)
