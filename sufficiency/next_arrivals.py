"""Children who may arrive next, drawn from those who came: what prices of beds in the joint plan are worked out from.

Each sample is one future of the next few weeks. How many come is drawn from how many searches were opened a day; who they
are is drawn, with replacement, from the children of those searches, brothers and sisters together, each as old as on the
day they came. What a bed is worth to them is in ``matching/bed_prices.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from matching.referral import Referral
from reference_data.problems import InvalidInput, NotEnoughData

DAYS_AHEAD = 28
"""How far ahead a bed is kept in mind. Professional judgement: about as long as a planned search takes."""
SAMPLES = 20
"""Futures drawn. A price is their mean, so it is known to about a tenth of a child at the worst."""
YEAR = timedelta(days=365)
"""Searches older than this are left out, so that every season counts once."""
LEAST_SEARCHES = 10
"""With fewer searches than this nothing is drawn: they would say more of chance than of who comes."""

DATES = (
    "date_of_birth",
    "search_opened_at",
    "needed_by",
    "needs_assessed_on",
    "secure_order_until",
    "sos_approval_on",
    "dol_order_until",
)
"""Dates that move with the day the child arrives, so that ages and orders are as old as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextArrivals:
    """Samples of the children who may arrive in the next days, and what they were drawn from.

    Parameters
    ----------
    samples
        One future each: the children who arrive in it, under ids of their own.
    days
        How many days each future spans.
    searches, since
        How many searches they were drawn from, the earliest opened on or after ``since``.
    children_a_month
        Children who came in thirty days, on average.
    """

    samples: tuple[tuple[Referral, ...], ...]
    days: int
    searches: int
    since: date
    children_a_month: float

    def told(self) -> dict[str, Any]:
        """Return where the samples come from, ready for JSON; the children themselves are invented and not told."""
        return {
            "samples": len(self.samples),
            "days": self.days,
            "searches": self.searches,
            "since": self.since.isoformat(),
            "children_a_month": round(self.children_a_month, 1),
        }


def sample_arrivals(
    searches: Iterable[Referral],
    *,
    as_of: date,
    days: int = DAYS_AHEAD,
    samples: int = SAMPLES,
    seed: int = 0,
) -> NextArrivals:
    """Return futures of the next days, drawn from the searches opened in the year before.

    Use it for what scarce beds are worth soon, not for how many beds to buy: it knows no trend and no season, and a
    list that holds only those who still wait tells more of children who are hard to place than of all who come.

    Parameters
    ----------
    searches
        Referrals, of children who have been placed too where they are kept.
    days, samples
        At least 1 each.

    Raises
    ------
    InvalidInput
        If days or samples are below 1.
    NotEnoughData
        If fewer than ``LEAST_SEARCHES`` searches were opened in the year before.
    """
    if days < 1 or samples < 1:
        raise InvalidInput("next_arrivals", "Draw at least one future of at least one day.")
    came = sorted(
        (one for one in searches if one.search_opened_at and as_of - YEAR < one.search_opened_at <= as_of),
        key=lambda one: one.referral_id,
    )
    if len(came) < LEAST_SEARCHES:
        raise NotEnoughData(
            "few_searches",
            f"Only {len(came)} searches of the last year say when they were opened; at least {LEAST_SEARCHES} are "
            "needed to say who may come next.",
        )
    since = min(one.search_opened_at for one in came if one.search_opened_at)
    # A list that is a few days old says nothing of a whole period, so it counts as one.
    window = max((as_of - since).days + 1, days)
    families = _families(came)
    streams = np.random.SeedSequence(seed).spawn(samples)
    return NextArrivals(
        samples=tuple(
            _future(
                families, len(families) * days / window, as_of, days, number, np.random.default_rng(stream)
            )
            for number, stream in enumerate(streams, start=1)
        ),
        days=days,
        searches=len(came),
        since=since,
        children_a_month=len(came) * 30 / window,
    )


def _families(came: Sequence[Referral]) -> list[list[Referral]]:
    """Return those who come together together: brothers and sisters of one group, everybody else alone."""
    found: dict[str, list[Referral]] = {}
    for one in came:
        found.setdefault(f"group {one.sibling_group}" if one.sibling_group else one.referral_id, []).append(
            one
        )
    return list(found.values())


def _future(
    families: Sequence[Sequence[Referral]],
    expected: float,
    as_of: date,
    days: int,
    number: int,
    random: np.random.Generator,
) -> tuple[Referral, ...]:
    coming = int(random.poisson(expected))
    drawn = random.integers(len(families), size=coming)
    arriving = random.integers(1, days + 1, size=coming)
    return tuple(
        _arriving(
            child,
            as_of + timedelta(days=int(day)),
            f"next-{number}-{place}-{member}",
            f"next-{number}-{place}",
        )
        for place, (which, day) in enumerate(zip(drawn, arriving, strict=True), start=1)
        for member, child in enumerate(families[int(which)], start=1)
    )


def _arriving(child: Referral, day: date, name: str, group: str) -> Referral:
    """Return a child like this one who arrives on a day, in no placement and with nobody to be kept from."""
    later = day - (child.search_opened_at or day)
    moved = {field: value + later for field in DATES if (value := getattr(child, field)) is not None}
    return replace(
        child,
        referral_id=name,
        child_id=name,
        sibling_group=group if child.sibling_group else None,
        not_with=(),
        current_home_id=None,
        current_placement_started_on=None,
        move_reason=None,
        move_review_on=None,
        wishes=None,
        **moved,
    )
