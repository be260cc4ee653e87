"""The department's published figures by authority: how many children, starting and ceasing, and what kind.

They are tidied copies (``shipped/published``) of public tables, for a first forecast where a council has
given no return, and for comparison. A figure the department suppressed is kept as suppressed: it is neither
zero nor missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

MEASURES = ("stock", "starts", "ceases", "population")
"""Looked after on 31 March; starting and ceasing in the year to 31 March; people under 18."""

GROUPS = (
    "age_band",
    "sex",
    "placement",
    "provider",
    "distance_and_locality",
    "legal_status",
    "placed_in_area",
    "uasc",
)
"""How the stock on 31 March is broken down; every group also has a ``total``."""

_FOLDER = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One published number.

    Parameters
    ----------
    year
        The year in which the 31 March lies that it is for, or that ends the year it counts.
    value
        Children (or people); ``None`` where it was suppressed.
    source
        The publication, as named in the folder's page.
    """

    year: int
    value: int | None
    source: str

    @property
    def is_suppressed(self) -> bool:
        """Return whether the department withheld the number because it is small."""
        return self.value is None


def annual_figures(authority_code: str, measure: str) -> tuple[Figure, ...]:
    """Return what was published of one measure for one authority, oldest first.

    Years without a publication are absent, and the years may have gaps.

    Parameters
    ----------
    authority_code
        A DfE code, also of an authority since replaced, or ``"england"`` or ``"south_west"``.
    measure
        One of ``MEASURES``.

    Raises
    ------
    NotFound
        If there is no such measure, or nothing was published of it for the authority.

    Examples
    --------
    >>> annual_figures("879", "stock")[-1]
    Figure(year=2025, value=527, source='dfe_2025')
    """
    found = _annual().get((authority_code, measure))
    if found is None:
        raise NotFound(
            "figures_not_found",
            "Nothing of this kind is published for this authority. The measures are "
            + ", ".join(MEASURES)
            + ".",
        )
    return found


def on_31_march(authority_code: str, group: str, year: int) -> Mapping[str, int | None]:
    """Return the children looked after on 31 March of a year, by the characteristics of a group.

    In 2018 and 2019 homes and semi-independent living were one number, ``homes_and_semi_independent``, and independent
    living was ``other_community``. ``total`` is one of the keys. A suppressed number is ``None``; the others need then
    not add up to it.

    Parameters
    ----------
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    group
        One of ``GROUPS``.
    year
        The year of the 31 March.

    Raises
    ------
    NotFound
        If nothing was published for this authority, group and year.

    Examples
    --------
    >>> on_31_march("879", "age_band", 2025)["10-15"]
    232
    """
    found = _on_31_march().get((authority_code, group, year))
    if found is None:
        raise NotFound(
            "figures_not_found",
            "Nothing of this kind is published for this authority and year. The groups are "
            + ", ".join(GROUPS)
            + ".",
        )
    return found


def flows_by_age(authority_code: str, measure: str, year: int) -> Mapping[str, int | None]:
    """Return the children starting or ceasing to be looked after in the year to 31 March, by age.

    Starts are by the five bands of the forecast. Ceases divide the oldest into ``16``, ``17`` and ``18+``,
    since most of them cease on the eighteenth birthday. ``total`` is one of the keys; a suppressed number is
    ``None``.

    Parameters
    ----------
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.
    measure
        ``starts`` or ``ceases``.
    year
        The year in which the year counted ends.

    Raises
    ------
    NotFound
        If it is not shipped for this authority, measure and year: only the Peninsula, Plymouth's statistical
        neighbours, the South West and England are, and the ceases of 2019 for every authority.
    """
    found = _flows().get((authority_code, measure, year))
    if found is None:
        raise NotFound(
            "figures_not_found", "Flows by age are not shipped for this authority, measure and year."
        )
    return found


@cache
def _annual() -> Mapping[tuple[str, str], tuple[Figure, ...]]:
    found: dict[tuple[str, str], list[Figure]] = {}
    for row in shipped_rows(_FOLDER, "annual.csv.gz"):
        figure = Figure(year=int(row["year"]), value=_count(row), source=row["source"])
        found.setdefault((row["authority"], row["measure"]), []).append(figure)
    return {key: tuple(sorted(figures, key=lambda known: known.year)) for key, figures in found.items()}


@cache
def _on_31_march() -> Mapping[tuple[str, str, int], Mapping[str, int | None]]:
    return _counts_by("on_31_march.csv.gz", "group", "characteristic")


@cache
def _flows() -> Mapping[tuple[str, str, int], Mapping[str, int | None]]:
    return _counts_by("flows_by_age.csv.gz", "measure", "age_band")


def _counts_by(name: str, kind: str, part: str) -> Mapping[tuple[str, str, int], Mapping[str, int | None]]:
    found: dict[tuple[str, str, int], dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, name):
        found.setdefault((row["authority"], row[kind], int(row["year"])), {})[row[part]] = _count(row)
    return {key: MappingProxyType(counts) for key, counts in found.items()}


def _count(row: dict[str, str]) -> int | None:
    return None if row["mark"] == "c" else int(row["value"])
