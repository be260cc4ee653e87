"""The department's published figures on why children come into care, move and leave, and how long they stay.

They are tidied copies (``shipped/published``) of the same public tables as ``published.py``, which holds the
headline figures. A suppressed number is ``None``: neither zero nor missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

SUBJECTS = (
    "stock_by_need",
    "stock_by_ethnicity",
    "starts_by_need",
    "starts_by_legal_status",
    "starts_by_sex",
    "starts_by_uasc",
    "ceases_by_reason",
    "ceases_by_sex",
    "ceases_by_uasc",
    "new_placements_by_location",
    "placement_changes_by_reason",
    "three_or_more_in_year",
    "three_or_more_in_two_years",
    "same_carer_two_years",
)
"""What is counted; the last three have ``counted`` and ``total`` and nothing else."""

_FOLDER = "published"


def children_by(subject: str, authority_code: str, year: int) -> Mapping[str, int | None]:
    """Return the numbers published of one subject, by characteristic.

    Children are counted, but placements in ``new_placements_by_location`` and ``placement_changes_by_reason``.
    ``total`` is one of the keys; the others need not add up to it, because small numbers are suppressed.

    Parameters
    ----------
    subject
        One of ``SUBJECTS``.
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    year
        2021 to 2025: the year of the 31 March that is meant, or that ends the year counted.

    Raises
    ------
    NotFound
        If it is not shipped: only the Peninsula, Plymouth's statistical neighbours, the South West and England
        are.

    Examples
    --------
    >>> children_by("placement_changes_by_reason", "879", 2025)["CARPL"]
    126
    """
    found = _flows().get((subject, authority_code, year))
    if found is None:
        raise NotFound("figures_not_found", "These figures are not shipped for this authority and year.")
    return found


def placement_durations(year: int) -> Mapping[str, Mapping[str, int | None]]:
    """Return how many placements that ceased in England in a year had lasted how long, by kind of placement.

    The keys of each kind are bands of days (``"1-7"`` to ``"1826+"``), ``total``, and the ``mean`` and
    ``median`` in days.

    Parameters
    ----------
    year
        2020 to 2024, the year in which the year counted ends.

    Raises
    ------
    NotFound
        If the year is not shipped.

    Examples
    --------
    >>> placement_durations(2024)["foster"]["mean"]
    406
    """
    found = _durations().get(year)
    if found is None:
        raise NotFound("figures_not_found", "Durations are shipped for 2020 to 2024.")
    return found


@cache
def _flows() -> Mapping[tuple[str, str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, str, int], dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, "reasons_and_needs.csv.gz"):
        key = (row["subject"], row["authority"], int(row["year"]))
        found.setdefault(key, {})[row["characteristic"]] = _count(row)
    return {key: MappingProxyType(counts) for key, counts in found.items()}


@cache
def _durations() -> Mapping[int, Mapping[str, Mapping[str, int | None]]]:
    found: dict[int, dict[str, dict[str, int | None]]] = {}
    for row in shipped_rows(_FOLDER, "durations.csv.gz"):
        by_kind = found.setdefault(int(row["year"]), {})
        by_kind.setdefault(row["placement"], {})[row["duration_days"]] = _count(row)
    return {
        year: MappingProxyType({kind: MappingProxyType(counts) for kind, counts in by_kind.items()})
        for year, by_kind in found.items()
    }


def _count(row: Mapping[str, str]) -> int | None:
    return None if row["mark"] else int(row["value"])
