"""Published figures of placements: how stable, how far from home, and the new placements of a year.

Tidied copies (``shipped/published``) of the department's tables. A figure that was suppressed is ``None``: neither zero
nor missing. How many children there are is in ``published.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

STABILITY_WHOLES: Mapping[str, str] = MappingProxyType(
    {
        "three_or_more_placements": "looked_after",
        "three_or_more_in_2_years": "looked_after_2_years",
        "same_carer_2_years": "looked_after_2_5_years_under_16",
        "same_placement_2_years": "looked_after_2_5_years_under_16",
        "three_or_more_social_workers": "looked_after",
    }
)
"""Each measure of stability and the children it is a share of. Two years with a carer, or in a placement, are better
high; the others low."""

NEW_PLACEMENT_GROUPS = ("distance_and_locality", "reason_for_change")

_FOLDER = "published"


def stability(authority_code: str, year: int) -> Mapping[str, int | None]:
    """Return the children of each measure of stability on 31 March of a year, and the children it is a share of.

    Short-term: three or more placements in the year, of all looked after. Over two years: the same, of those
    looked after for two years. Long-term: with the same carer for two years, of those under 16 looked after for two
    and a half; until 2019 in the same placement, which is another count and never joined to it. A measure that was
    not published for the year is absent.

    Parameters
    ----------
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    year
        The year of the 31 March.

    Raises
    ------
    NotFound
        If it is not shipped for this authority and year.

    References
    ----------
    Department for Education, Children looked after in England including adoptions 2025, placement stability.

    Examples
    --------
    >>> stability("879", 2025)["three_or_more_placements"]
    61
    """
    return _found(_stability().get((authority_code, year)), "stability")


def stability_percent(authority_code: str, measure: str, year: int) -> int | None:
    """Return a measure of stability as a whole percentage, as it is published; ``None`` where it was suppressed.

    Parameters
    ----------
    measure
        One of ``STABILITY_WHOLES``.

    Raises
    ------
    NotFound
        If it is not shipped for this authority and year, or the measure was not published then.

    Examples
    --------
    >>> stability_percent("879", "same_carer_2_years", 2025)
    73
    """
    whole_name = STABILITY_WHOLES.get(measure)
    if whole_name is None:
        raise NotFound("figures_not_found", f"The measures of stability are {', '.join(STABILITY_WHOLES)}.")
    counts = stability(authority_code, year)
    if measure not in counts or whole_name not in counts:
        raise NotFound("figures_not_found", "This measure of stability was not published for the year.")
    part, whole = counts[measure], counts[whole_name]
    if part is None or not whole:
        return None
    return (200 * part + whole) // (2 * whole)


def new_placements(authority_code: str, group: str, year: int) -> Mapping[str, int | None]:
    """Return the placements that began (or changed) in the year to 31 March, by place or by why the last one ended.

    Parameters
    ----------
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    group
        ``distance_and_locality`` (``in_up_to_20`` and so on: inside or outside the area, up to or over 20 miles) or
        ``reason_for_change`` (by REASON_PLACE_CHANGE). ``total`` is a key of both.
    year
        The year in which the year counted ends.

    Raises
    ------
    NotFound
        If it is not shipped for this authority, group and year.

    Examples
    --------
    >>> new_placements("879", "distance_and_locality", 2025)["total"]
    533
    """
    return _found(_new_placements().get((authority_code, group, year)), "new placements")


def distance_by_placement(placement: str, year: int) -> Mapping[str, int | None]:
    """Return England's children looked after on 31 March in one kind of placement, by distance and locality.

    Parameters
    ----------
    placement
        ``all, foster, homes, supported, parents, adoption, other``.
    year
        2020 to 2024.

    Raises
    ------
    NotFound
        If there is no such kind of placement or year.

    Examples
    --------
    >>> distance_by_placement("all", 2024)["over_20"]
    18040
    """
    return _found(_distance().get((placement, year)), "distance by placement")


def _found(counts: Mapping[str, int | None] | None, what: str) -> Mapping[str, int | None]:
    if counts is None:
        raise NotFound("figures_not_found", f"No figures of {what} are shipped for what was asked.")
    return counts


@cache
def _stability() -> Mapping[tuple[str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, int], dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, "stability.csv.gz"):
        found.setdefault((row["authority"], int(row["year"])), {})[row["measure"]] = _count(row)
    return found


@cache
def _new_placements() -> Mapping[tuple[str, str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, str, int], dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, "new_placements.csv.gz"):
        counts = found.setdefault((row["authority"], row["group"], int(row["year"])), {})
        counts[row["characteristic"]] = _count(row)
    return found


@cache
def _distance() -> Mapping[tuple[str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, int], dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, "distance_by_placement.csv"):
        found.setdefault((row["placement"], int(row["year"])), {})[row["characteristic"]] = _count(row)
    return found


def _count(row: Mapping[str, str]) -> int | None:
    return int(row["value"]) if row["value"] else None
