"""How the codes of one year's return differ from those in use to-day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reference_data.synthetic.history import Placement

SUPPORTED_REGISTERED_FROM = date(2023, 10, 28)
"""From this day independent living (P2) is no longer a code and semi-independent living (H5) has a URN."""

_FIRST_YEAR_OF_K3 = 2025
_FIRST_YEAR_OF_Z11 = 2026
_FIRST_YEAR_OF_SEX_AS_LETTERS = 2025
_FIRST_YEAR_OF_CUSTODY = 2019
_FIRST_YEAR_OF_FOUR_ORDERS = 2019
_FIRST_YEAR_OF_NO_URN_OUTSIDE_ENGLAND = 2026
_NO_URN = frozenset(
    {"P1", "P2", "P3", "R1", "R2", "R5", "T0", "T1", "T2", "T3", "T4", "Z1", "Z11", "Z12", "Z13", "Z14"}
)
_OUTSIDE_ENGLAND = frozenset({"WAL", "SCO", "NIR", "NUK"})
_INDEPENDENT_OF_100 = 25
"""Of a hundred placements of older young people before October 2023, those that were independent living. Invented:
the department publishes semi-independent and independent living as one."""


def shown(day: date | None) -> str:
    """Return a date as the return writes it, or an empty cell."""
    # Formatting by hand is several times faster than strftime, and there are hundreds of thousands.
    return "" if day is None else f"{day.day:02d}/{day.month:02d}/{day.year}"


def independent_living(placements: Iterable[Placement]) -> frozenset[int]:
    """Return those of a child's placements in supported accommodation that were independent living (P2).

    All of one unbroken time in one place are, or none, and only where it was over before the code was.
    """
    found: list[int] = []
    time: list[Placement] = []
    for placement in [*placements, None]:
        goes_on = placement is not None and (
            placement.same_carer
            or placement.place.startswith("T")
            or (bool(time) and time[-1].place.startswith("T"))
        )
        if time and not goes_on:
            ended = time[-1].ended_on
            over = ended is not None and ended < SUPPORTED_REGISTERED_FROM
            if over and time[0].placement_id * 37 % 100 < _INDEPENDENT_OF_100:
                found += [one.placement_id for one in time]
            time = []
        if placement is not None:
            time.append(placement)
    return frozenset(found)


def place_of_year(placement: Placement, year: int, *, independent: bool = False) -> str:
    """Return the PLACE code in the return closing in a year.

    Parameters
    ----------
    independent
        It was independent living, as :func:`independent_living` tells.
    """
    place = placement.place
    if place == "K3" and year < _FIRST_YEAR_OF_K3:
        return "P2" if independent else "H5"
    if place.startswith("Z") and year < _FIRST_YEAR_OF_Z11:
        return "Z1"
    return place


def sex_of_year(sex: str, year: int) -> str:
    """Return the SEX code in the return closing in a year."""
    return sex if year >= _FIRST_YEAR_OF_SEX_AS_LETTERS else {"M": "1", "F": "2"}.get(sex, "")


def reason_ended_of_year(reason: str, ended_on: date) -> str:
    """Return the REC code as it was on the day care ended."""
    if reason in ("E45", "E46", "E47", "E48") and ended_on < date(_FIRST_YEAR_OF_FOUR_ORDERS - 1, 4, 1):
        return "E43" if reason in ("E45", "E46") else "E44"
    return reason


def reason_for_change_of_year(reason: str, year: int) -> str:
    """Return the REASON_PLACE_CHANGE code in the return closing in a year."""
    return "OTHER" if reason == "CUSTOD" and year < _FIRST_YEAR_OF_CUSTODY else reason


def urn_is_given(place: str, area: str, on: date, year: int) -> bool:
    """Say whether the return of a year has a URN for a placement.

    Parameters
    ----------
    place
        PLACE as it stands in that return.
    area
        The authority it is in, or the country outside England.
    on
        The last day of the episode in that return.
    """
    if place in _NO_URN or (place == "H5" and on < SUPPORTED_REGISTERED_FROM):
        return False
    return not (area in _OUTSIDE_ENGLAND and year >= _FIRST_YEAR_OF_NO_URN_OUTSIDE_ENGLAND)
