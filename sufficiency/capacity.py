"""The beds a council can use, by placement group, age range and date. Registered places are never counted as such.

Our own and block-bought homes count whole, less beds we cannot fill. Homes shared with other councils count our own
children living there and a share of the vacancies they have confirmed (``capacity_account.py``). Setting beds against
children is in ``shortfall.py``.
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
    PlacementGroup,
    PlacementType,
    placement_group,
)
from sufficiency.capacity_account import OWN_CONTRACTS, HomeAccount, account_of, without_beds

SHARED_VACANCY_SHARE = 0.5
"""Confirmed vacancies of shared homes that our children get: policy default until offers are observed."""

BAND_FIRST_AGE = (0, 1, 5, 10, 16)
BAND_LAST_AGE = (0, 4, 9, 15, 17)


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
    accounts
        One for each home, in the order given: from its places to the beds we can use.
    warnings
        Facts that are missing, and what was assumed for each.
    """

    authority: str | None
    supplies: tuple[BedSupply, ...]
    accounts: tuple[HomeAccount, ...]
    warnings: tuple[str, ...]


def usable_capacity(
    homes: Sequence[Home],
    *,
    as_of: date,
    authority: str | None = None,
    shared_share: float = SHARED_VACANCY_SHARE,
    share_observed: bool = False,
    as_far_as_reached: bool = False,
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
    share_observed
        Whether the homes' own answers show that share; else a warning says that it is assumed.
    as_far_as_reached
        Whether our own places count only as far as they are lived in or confirmed as free, as ``account_of`` says.
    """
    authority = authority or _own_authority(homes)
    gaps: dict[str, list[str]] = {}
    supplies: list[BedSupply] = []
    accounts: list[HomeAccount] = []
    for home in homes:
        account = account_of(
            home,
            authority=authority,
            as_of=as_of,
            shared_share=shared_share,
            as_far_as_reached=as_far_as_reached,
        )
        for words in account.unknown:
            gaps.setdefault(f"homes {words}", []).append(home.home_id)
        if account.usable > 0:
            supply = _supply(home, account.usable, authority, gaps)
            if supply is None:
                account = without_beds(account)
            else:
                supplies.append(supply)
        accounts.append(account)
    return Capacity(
        authority=authority,
        supplies=tuple(supplies),
        accounts=tuple(accounts),
        warnings=_warnings(gaps, homes, authority, None if share_observed else shared_share),
    )


def _supply(home: Home, beds: float, authority: str | None, gaps: dict[str, list[str]]) -> BedSupply | None:
    bands = _bands(home, gaps)
    if bands is None:
        return None
    return BedSupply(
        home_id=home.home_id,
        group=placement_group(PlacementType(home.type)),
        first_band=bands[0],
        last_band=bands[1],
        beds=beds,
        from_day=home.opens_on,
        until_day=home.closes_on,
        local=_is_local(home, authority, gaps),
    )


def _own_authority(homes: Iterable[Home]) -> str | None:
    named = Counter(
        home.approved_by_authority or home.authority
        for home in homes
        if home.contract is ContractKind.IN_HOUSE and (home.approved_by_authority or home.authority)
    )
    return max(named, key=lambda code: (named[code], str(code))) if named else None


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
        if 2 * (min(highest, BAND_LAST_AGE[band]) - max(lowest, BAND_FIRST_AGE[band]) + 1)
        >= BAND_LAST_AGE[band] - BAND_FIRST_AGE[band] + 1
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
    gaps: dict[str, list[str]], homes: Sequence[Home], authority: str | None, assumed_share: float | None
) -> tuple[str, ...]:
    found = []
    if authority is None:
        found.append("Whose beds these are is not known: no in-house home names its authority.")
    if assumed_share is not None and any(home.contract not in OWN_CONTRACTS for home in homes):
        found.append(
            f"Assumed, not observed: our children get {assumed_share:.0%} of the vacancies that shared homes confirm."
        )
    for words, home_ids in sorted(gaps.items()):
        listed = ", ".join(sorted(home_ids)[:5]) + (" and others" if len(home_ids) > 5 else "")
        found.append(f"{len(home_ids)} {words}: {listed}.")
    return tuple(found)
