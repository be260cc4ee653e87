"""What Ofsted publishes of homes and fostering: how many there are by authority, sector, places and grade.

Counts only, drawn from the public lists; no home, provider, owner or number of the register is kept. Fostering figures
are rounded by Ofsted to the nearest 5.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

HOME_TYPES = ("childrens_home", "secure_childrens_home", "special_school_registered_as_home")
"""The types of provider that the law counts as children's homes."""

_FOLDER = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredProviders:
    """Providers on the register on 31 March 2023 that are alike in all of this.

    Parameters
    ----------
    type
        ``childrens_home``, ``secure_childrens_home``, ``special_school_registered_as_home``, ``fostering_agency``
        and so on, one word for each type of the list.
    sector
        ``private, local_authority, voluntary, academy, health``.
    short_breaks_only
        A children's home for short breaks alone.
    grade
        ``outstanding, good, requires_improvement, inadequate``, or ``None`` where none is published.
    places_each
        Registered places of each, or ``None`` where the type has none.
    providers
        How many there are, at least 1.
    """

    type: str
    sector: str
    short_breaks_only: bool
    grade: str | None
    places_each: int | None
    providers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinersLeavers:
    """Providers that came onto and left the register in the year to 31 March 2023, and their places."""

    type: str
    sector: str
    joined: int
    places_joined: int
    left: int
    places_left: int


def registered_providers(
    authority_code: str, types: Collection[str] = HOME_TYPES
) -> tuple[RegisteredProviders, ...]:
    """Return the providers in an authority's area on 31 March 2023, whoever places children there.

    Parameters
    ----------
    authority_code
        A DfE code of that day (909 for Cumbria), or ``"england"``. Empty where the area has none.
    types
        The types wanted; what the law counts as children's homes unless said otherwise.

    References
    ----------
    Ofsted, Children's social care data in England 2023: provider level, 31 March 2023.

    Examples
    --------
    >>> sum(each.providers for each in registered_providers("879"))
    15
    """
    if authority_code == "england":
        found = [each for providers in _register().values() for each in providers]
    else:
        found = _register().get(authority_code, [])
    return tuple(each for each in found if each.type in types)


def joiners_leavers(authority_code: str) -> tuple[JoinersLeavers, ...]:
    """Return the providers that joined and left the register in an area in the year to 31 March 2023.

    Parameters
    ----------
    authority_code
        A DfE code of that day. Empty where nothing joined or left.

    References
    ----------
    Ofsted, Children's social care data in England 2023: joiners and leavers, 2022-23.
    """
    return tuple(
        JoinersLeavers(
            type=row["type"],
            sector=row["sector"],
            joined=int(row["joined"]),
            places_joined=int(row["places_joined"]),
            left=int(row["left"]),
            places_left=int(row["places_left"]),
        )
        for row in shipped_rows(_FOLDER, "ofsted_joiners_leavers_2023.csv")
        if row["authority"] == authority_code
    )


def fostering_places(authority_code: str) -> Mapping[str, int | None]:
    """Return the fostering of an authority's own service on 31 March 2019: places, households, approvals.

    Places approved are not places free: they are filled, vacant, or not available.

    Parameters
    ----------
    authority_code
        A DfE code of that day (835 for the old Dorset), ``"london_tri_borough"`` for the three that report as one, or
        ``"england"`` and ``"south_west"``, which count independent agencies too.

    Raises
    ------
    NotFound
        If nothing was published for it.

    References
    ----------
    Ofsted, Fostering in England 2018 to 2019, data by authority; rounded to the nearest 5.

    Examples
    --------
    >>> fostering_places("879")["places_vacant"]
    30
    """
    found = _fostering().get(authority_code)
    if found is None:
        raise NotFound("figures_not_found", "No fostering figures are shipped for this authority.")
    return found


@cache
def _register() -> Mapping[str, list[RegisteredProviders]]:
    found: dict[str, list[RegisteredProviders]] = {}
    for row in shipped_rows(_FOLDER, "ofsted_register_2023.csv.gz"):
        found.setdefault(row["authority"], []).append(
            RegisteredProviders(
                type=row["type"],
                sector=row["sector"],
                short_breaks_only=row["short_breaks_only"] == "yes",
                grade=row["grade"] or None,
                places_each=int(row["places_each"]) if row["places_each"] else None,
                providers=int(row["providers"]),
            )
        )
    return found


@cache
def _fostering() -> Mapping[str, Mapping[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for row in shipped_rows(_FOLDER, "fostering_places_2019.csv.gz"):
        value = int(row["value"]) if row["value"] else None
        found.setdefault(row["authority"], {})[row["measure"]] = value
    return found
