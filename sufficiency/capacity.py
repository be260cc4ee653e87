"""The beds a council can use, by placement group, age range and date. Registered places are never counted as such.

Our own and block-bought homes count whole, less beds we cannot fill. Homes shared with other councils count our own
children living there and a share of the vacancies they have confirmed. Setting beds against children is in
``shortfall.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matching.home import Home
from matching.places import Where, authority_of, where_is
from reference_data.law import law_number
from reference_data.vocabulary import (
    AGE_BANDS,
    ContractKind,
    EmergencySetting,
    HomeStatus,
    PartnerConcern,
    PlacementGroup,
    PlacementType,
    placement_group,
)

SHARED_VACANCY_SHARE = 0.5
"""Confirmed vacancies of shared homes that our children get: policy default until offers are observed."""

_OWN_CONTRACTS = frozenset({ContractKind.IN_HOUSE, ContractKind.BLOCK})
_NOT_COUNTED = frozenset(
    {
        # A connected carer is approved for named children: the bed comes with the child.
        PlacementType.CONNECTED_FOSTER_CARER,
        # A secure bed needs an order, and is found nationally.
        PlacementType.SECURE_CHILDRENS_HOME,
    }
)
_BAND_FIRST_AGE = (0, 1, 5, 10, 16)
_BAND_LAST_AGE = (0, 4, 9, 15, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedSupply:
    """The beds of one home that we can use between two dates.

    Parameters
    ----------
    group
        Placement group.
    first_band, last_band
        The age bands it takes, as positions in ``AGE_BANDS``, both included.
    beds
        Beds we can use; a share of a vacancy is a fraction.
    from_day, until_day
        First day, and the day after the last; ``None`` where there is no limit.
    local
        In our own or an adjoining authority's area; ``None`` when unknown.
    """

    home_id: str
    group: PlacementGroup
    first_band: int
    last_band: int
    beds: float
    from_day: date | None
    until_day: date | None
    local: bool | None

    def is_usable_on(self, day: date) -> bool:
        """Say whether the beds can be used on the night of a day."""
        return (self.from_day is None or self.from_day <= day) and (
            self.until_day is None or day < self.until_day
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The beds a council can use.

    Parameters
    ----------
    authority
        The council whose beds they are, or ``None`` when it cannot be told.
    supplies
        One for each home with beds we can use.
    warnings
        Facts that are missing, and what was assumed for each.
    """

    authority: str | None
    supplies: tuple[BedSupply, ...]
    warnings: tuple[str, ...]


def usable_capacity(
    homes: Sequence[Home],
    *,
    as_of: date,
    authority: str | None = None,
    shared_share: float = SHARED_VACANCY_SHARE,
) -> Capacity:
    """Return the beds that a council can use.

    Parameters
    ----------
    homes
        Every home known, also those that do not count.
    as_of
        The date on which residents and vacancies are known.
    authority
        The council's DfE code; by default the one most of its own homes name.
    shared_share
        Share of confirmed vacancies in shared homes that our children get, 0 to 1.
    """
    authority = authority or _own_authority(homes)
    gaps: dict[str, list[str]] = {}
    supplies: list[BedSupply] = []
    for home in homes:
        if isinstance(home.type, EmergencySetting) or home.type in _NOT_COUNTED:
            continue
        group = placement_group(home.type)
        if group is PlacementGroup.OTHER or not _may_hold_children(home, gaps):
            continue
        beds = _usable_beds(home, authority, as_of, shared_share, gaps)
        bands = _bands(home, gaps)
        if beds <= 0 or bands is None:
            continue
        supplies.append(
            BedSupply(
                home_id=home.home_id,
                group=group,
                first_band=bands[0],
                last_band=bands[1],
                beds=beds,
                from_day=home.opens_on,
                until_day=home.closes_on,
                local=_is_local(home, authority, gaps),
            )
        )
    return Capacity(
        authority=authority,
        supplies=tuple(supplies),
        warnings=_warnings(gaps, homes, authority, shared_share),
    )


def _own_authority(homes: Iterable[Home]) -> str | None:
    named = Counter(
        home.approved_by_authority or home.authority
        for home in homes
        if home.contract is ContractKind.IN_HOUSE and (home.approved_by_authority or home.authority)
    )
    return max(named, key=lambda code: (named[code], str(code))) if named else None


def _may_hold_children(home: Home, gaps: dict[str, list[str]]) -> bool:
    if home.registered is False or home.status in (HomeStatus.SUSPENDED, HomeStatus.CLOSED):
        return False
    if home.status is HomeStatus.PLANNED and home.opens_on is None:
        gaps.setdefault("planned homes without an opening date, not counted", []).append(home.home_id)
        return False
    if home.registered is None and home.status is not HomeStatus.PLANNED:
        gaps.setdefault("homes whose registration is not recorded, counted as registered", []).append(
            home.home_id
        )
    if home.status is None:
        gaps.setdefault("homes without a status, counted as open", []).append(home.home_id)
    return True


def _usable_beds(
    home: Home, authority: str | None, as_of: date, shared_share: float, gaps: dict[str, list[str]]
) -> float:
    own = home.contract in _OWN_CONTRACTS
    residents = home.residents or ()
    if home.contract is None:
        gaps.setdefault("homes without a kind of contract, counted as shared", []).append(home.home_id)
    unknown = sum(resident.authority is None for resident in residents)
    if unknown and authority is not None:
        # In a home of ours a child is ours unless recorded otherwise; in a shared home the reverse.
        words = "ours" if own else "not ours"
        gaps.setdefault(f"homes with residents whose council is not recorded, counted as {words}", []).append(
            home.home_id
        )
    minors = [
        resident for resident in residents if resident.age is None or resident.age < law_number("child")
    ]
    ours = sum(r.authority == authority and authority is not None for r in minors)
    closed_to_new = _is_closed_to_new(home, as_of)
    if own:
        theirs = sum(r.authority not in (None, authority) for r in minors)
        adults = len(residents) - len(minors)
        if closed_to_new:
            return float(len(minors) - theirs)
        held = sum(bed.held_for is not None for bed in home.beds or ())
        places = home.places
        if places is None:
            free = _vacancies(home)
            if home.residents is None or free is None:
                gaps.setdefault("homes of ours without a number of places, not counted", []).append(
                    home.home_id
                )
                return 0.0
            places = len(residents) + free + held
        return float(max(places - held - adults - theirs, 0))
    if home.residents is None:
        gaps.setdefault(
            "shared homes whose residents are not recorded, counted by vacancies only", []
        ).append(home.home_id)
    if closed_to_new:
        return float(ours)
    free = _vacancies(home)
    if free is None:
        gaps.setdefault("shared homes without confirmed vacancies, counted by residents only", []).append(
            home.home_id
        )
    return ours + shared_share * (free or 0)


def _vacancies(home: Home) -> int | None:
    if home.beds is not None:
        return sum(bed.held_for is None for bed in home.beds)
    return home.vacancies


def _is_closed_to_new(home: Home, as_of: date) -> bool:
    notice = home.restriction_notice_from is not None and home.restriction_notice_from <= as_of
    lifted = home.restriction_notice_to is not None and home.restriction_notice_to <= as_of
    return (notice and not lifted) or home.partner_concern is PartnerConcern.EMBARGO


def _bands(home: Home, gaps: dict[str, list[str]]) -> tuple[int, int] | None:
    """Return the first and last age band of which a home takes at least half the ages."""
    if home.min_age is None or home.max_age is None:
        gaps.setdefault("homes without an age range, counted for every age of their kind", []).append(
            home.home_id
        )
    lowest = home.min_age if home.min_age is not None else 0
    highest = home.max_age if home.max_age is not None else 17
    if placement_group(PlacementType(home.type)) is PlacementGroup.SUPPORTED:
        lowest = max(lowest, law_number("supported_accommodation_youngest"))
    taken = [
        band
        for band in range(len(AGE_BANDS))
        if 2 * (min(highest, _BAND_LAST_AGE[band]) - max(lowest, _BAND_FIRST_AGE[band]) + 1)
        >= _BAND_LAST_AGE[band] - _BAND_FIRST_AGE[band] + 1
    ]
    if not taken:
        gaps.setdefault("homes that take less than half of any age band, not counted", []).append(
            home.home_id
        )
        return None
    return taken[0], taken[-1]


def _is_local(home: Home, authority: str | None, gaps: dict[str, list[str]]) -> bool | None:
    where = where_is(authority, authority_of(home))
    if where is Where.UNKNOWN:
        gaps.setdefault("homes whose area is not known, counted anywhere but not as local", []).append(
            home.home_id
        )
        return None
    return where in (Where.IN_AREA, Where.ADJOINING)


def _warnings(
    gaps: dict[str, list[str]], homes: Sequence[Home], authority: str | None, shared_share: float
) -> tuple[str, ...]:
    found = []
    if authority is None:
        found.append("Whose beds these are is not known: no in-house home names its authority.")
    if any(home.contract not in _OWN_CONTRACTS for home in homes):
        found.append(
            f"Assumed, not observed: our children get {shared_share:.0%} of the vacancies that shared homes confirm."
        )
    for words, home_ids in sorted(gaps.items()):
        listed = ", ".join(sorted(home_ids)[:5]) + (" and others" if len(home_ids) > 5 else "")
        found.append(f"{len(home_ids)} {words}: {listed}.")
    return tuple(found)
