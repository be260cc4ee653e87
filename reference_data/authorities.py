"""The 153 English authorities with children's services: names, codes, neighbours, partners.

Which authorities adjoin decides who must sign for a placement, so it is a table checked by hand
(``shipped/authorities/adjoining.csv``), not a measurement: boundaries drawn at the coast leave
gaps across rivers. Where a postcode lies is in ``postcodes.py``. Welsh and Scottish neighbours are
not in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

_FOLDER = "authorities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A council with children's services.

    Parameters
    ----------
    code
        The department's three-figure code: ``"879"`` is Plymouth.
    gss_code
        The code of the Office for National Statistics now in use: ``"E06000026"``.
    name
        The name the department publishes.
    region
        One of the nine regions of England.
    """

    code: str
    gss_code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerAuthority:
    """A council that older published figures name and that has been replaced.

    Parameters
    ----------
    code, gss_code, name
        As for an :class:`Authority`.
    ended_on
        The last day it existed.
    successors
        The codes of the authorities that took over its area.
    """

    code: str
    gss_code: str
    name: str
    ended_on: date
    successors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBoundary:
    """The boundary that two adjoining authorities share.

    Parameters
    ----------
    kind
        ``land``, or ``river`` when they face each other only across a tidal or navigable river.
    certainty
        ``sure`` or ``likely``. What is doubtful is recorded as not adjoining, which asks for the
        more senior signature.
    source
        ``polygon`` (the published boundaries touch) or ``hand`` (added from knowledge of the place).
    note
        Why, where it is not plain from the map.
    """

    kind: str
    certainty: str
    source: str
    note: str


def authorities() -> tuple[Authority, ...]:
    """Return all 153 authorities in the order of their codes."""
    return tuple(_by_code().values())


def authority(code: str) -> Authority:
    """Return the authority with a DfE code.

    Raises
    ------
    NotFound
        If no present authority has the code. Codes of replaced authorities are in
        :func:`former_authorities`.

    Examples
    --------
    >>> authority("879").name
    'Plymouth'
    """
    found = _by_code().get(code)
    if found is None:
        raise NotFound(
            "authority_not_found",
            "There is no English authority with this code: give the department's three figures, "
            "for example 879 for Plymouth.",
        )
    return found


def authority_name(code: str | None) -> str:
    """Return the name of an authority for a heading, also where its code is unknown or nobody gave one."""
    try:
        return authority(code).name if code else "Council not known"
    except NotFound:
        return f"Authority {code}"


def authority_by_gss(gss_code: str) -> Authority | None:
    """Return the authority responsible for an ONS area, or ``None`` outside England.

    The area may be the authority itself, a district of a two-tier county, or either of these
    under a code that has since been replaced.

    Examples
    --------
    >>> authority_by_gss("E07000041").name  # Exeter
    'Devon'
    """
    return _by_gss().get(gss_code)


def former_authorities() -> tuple[FormerAuthority, ...]:
    """Return the authorities replaced since 2014, which older published figures still name."""
    return tuple(
        FormerAuthority(
            code=row["code"],
            gss_code=row["gss_code"],
            name=row["name"],
            ended_on=date.fromisoformat(row["ended_on"]),
            successors=tuple(row["successors"].split(";")),
        )
        for row in shipped_rows(_FOLDER, "former_authorities.csv")
    )


def adjoins(a: str, b: str) -> bool:
    """Return whether two authorities adjoin; an authority does not adjoin itself.

    Parameters
    ----------
    a, b
        DfE codes, in either order.

    Raises
    ------
    NotFound
        If either code is not a present English authority.

    Examples
    --------
    >>> adjoins("879", "908")  # Plymouth and Cornwall, across the Tamar
    True
    >>> adjoins("879", "880")  # Plymouth and Torbay
    False
    """
    return shared_boundary(a, b) is not None


def shared_boundary(a: str, b: str) -> SharedBoundary | None:
    """Return what is known of the boundary two authorities share, or ``None`` if they do not adjoin.

    Raises
    ------
    NotFound
        If either code is not a present English authority.
    """
    pair = frozenset((authority(a).code, authority(b).code))
    return _boundaries().get(pair)


def neighbours(code: str) -> tuple[Authority, ...]:
    """Return the authorities that adjoin one, in the order of their codes.

    Raises
    ------
    NotFound
        If the code is not a present English authority.
    """
    own = authority(code).code
    found = sorted(other for pair in _boundaries() if own in pair for other in pair - {own})
    return tuple(authority(other) for other in found)


def partners(code: str) -> tuple[Authority, ...]:
    """Return the other members of an authority's regional partnership, in the order of their codes.

    Empty when it is in none that Righthome knows. Partnership says nothing about adjoining:
    Torbay is Plymouth's partner and not its neighbour.

    Raises
    ------
    NotFound
        If the code is not a present English authority.

    Examples
    --------
    >>> [partner.name for partner in partners("879")]
    ['Devon', 'Torbay', 'Somerset']
    """
    own = authority(code).code
    found = {
        other for members in partnerships().values() if own in members for other in members if other != own
    }
    return tuple(authority(other) for other in sorted(found))


@cache
def partnerships() -> dict[str, tuple[str, ...]]:
    """Return the codes of the members of each partnership, by the partnership's key."""
    found: dict[str, list[str]] = {}
    for row in shipped_rows(_FOLDER, "partnerships.csv"):
        if row["role"] == "member":
            found.setdefault(row["partnership"], []).append(row["authority_code"])
    return {key: tuple(sorted(members)) for key, members in found.items()}


@cache
def _by_code() -> dict[str, Authority]:
    rows = sorted(shipped_rows(_FOLDER, "authorities.csv"), key=lambda row: row["code"])
    return {
        row["code"]: Authority(
            code=row["code"], gss_code=row["gss_code"], name=row["name"], region=row["region"]
        )
        for row in rows
    }


@cache
def _by_gss() -> dict[str, Authority]:
    found = {
        row["gss_code"]: authority(row["authority_code"]) for row in shipped_rows(_FOLDER, "districts.csv")
    }
    found.update((known.gss_code, known) for known in authorities())
    return found


@cache
def _boundaries() -> dict[frozenset[str], SharedBoundary]:
    return {
        frozenset((row["a"], row["b"])): SharedBoundary(
            kind=row["boundary"], certainty=row["certainty"], source=row["source"], note=row["note"]
        )
        for row in shipped_rows(_FOLDER, "adjoining.csv")
        if row["adjoins"] == "yes"
    }
