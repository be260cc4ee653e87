"""What an indicator is: its definition, what it is asked of, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from matching.home import Home
from matching.referral import Referral
from sufficiency.enquiries import Enquiry, PlacementMade
from sufficiency.forecast import ASSESSED, NOT_ASSESSED
from sufficiency.looked_after import CareRecords

PERCENT, NUMBER, DAYS = "percent", "number", "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One indicator in words.

    Parameters
    ----------
    id
        Its name in files and answers.
    definition, population
        Who is counted, and of whom.
    better_when
        ``high``, ``low``, or ``None`` where neither is better by itself.
    source
        Whose definition it is.
    """

    id: str
    name: str
    definition: str
    population: str
    better_when: str | None
    source: str
    unit: str = PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an indicator is asked of.

    Parameters
    ----------
    at
        The last night counted.
    year_from
        The first day of the year counted.
    authority
        The responsible authority, or ``None`` when it cannot be told.
    """

    records: CareRecords
    at: date
    year_from: date
    authority: str | None
    count_temporary: bool
    homes: tuple[Home, ...] = ()
    enquiries: tuple[Enquiry, ...] = ()
    referrals: tuple[Referral, ...] = ()
    placements: tuple[PlacementMade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was counted.

    Parameters
    ----------
    missing
        How many of the population lack the fact; they stay in the denominator, unless ``missing_apart``.
    missing_apart
        Whether those who lack the fact are left out of the denominator.
    amount
        The value where it is no share of a population.
    table
        Rows behind it.
    children
        Ids of the children counted in the numerator.
    as_listed
        Whether it is of a list that shows one day only, so that there is no year before to compare with.
    """

    status: str = ASSESSED
    reason: str = ""
    numerator: int | None = None
    denominator: int | None = None
    missing: int | None = None
    missing_apart: bool = False
    amount: Decimal | None = None
    table: tuple[Mapping[str, Any], ...] = ()
    children: frozenset[str] = frozenset()
    as_listed: bool = False

    @property
    def population(self) -> int | None:
        """Return how many were looked at, with those who lack the fact."""
        if self.denominator is None or not self.missing_apart:
            return self.denominator
        return self.denominator + (self.missing or 0)

    @property
    def value(self) -> Decimal | None:
        """Return the percentage, unrounded, or the amount; ``None`` where nothing can be said."""
        if self.amount is not None:
            return self.amount
        if self.numerator is None or not self.denominator:
            return None
        return Decimal(100 * self.numerator) / self.denominator


def share_of(
    population: Iterable[str],
    counted: Iterable[str],
    *,
    missing: Iterable[str] = (),
    table: Iterable[Mapping[str, Any]] = (),
) -> Found:
    """Return a share from the ids of the population, of those counted, and of those who lack the fact."""
    everybody = frozenset(population)
    counted_ids = frozenset(counted)
    if not everybody:
        return not_assessed("Nobody belongs to the population.")
    return Found(
        numerator=len(counted_ids),
        denominator=len(everybody),
        missing=len(frozenset(missing)),
        table=tuple(table),
        children=counted_ids,
    )


def mix(counts: Mapping[str, int], of: str) -> Found:
    """Return how a population divides, most first: a table of shares and no single value."""
    total = sum(counts.values())
    if not total:
        return not_assessed("Nobody belongs to the population.")
    rows = [
        {of: name, "number": number, "percent": round(100 * number / total, 1)}
        for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Found(denominator=total, table=tuple(rows))


def not_assessed(reason: str) -> Found:
    """Return that nothing can be said, and what is missing."""
    return Found(status=NOT_ASSESSED, reason=reason)
