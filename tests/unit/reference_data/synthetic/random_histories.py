"""Small invented histories for the tests of homes: every code, locality and bond between stays, at random.

It is no model of care: lengths and codes are drawn flatly so that rare things happen often.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from reference_data.postcode_areas import draw_postcode
from reference_data.synthetic.history import LOCALITIES, Child, History, PeriodOfCare, Placement

UNTIL = date(2026, 6, 15)
FIRST = date(2017, 4, 1)
_KINDS = (
    *(("U6", "PR1"),) * 6,
    *(("U4", "PR1"),) * 4,
    *(("U6", "PR4"),) * 5,
    *(("U4", "PR5"),) * 2,
    *(("U3", "PR1"),) * 4,
    ("U1", "PR1"),
    ("U6", "PR2"),
    *(("P1", "PR0"),) * 3,
    ("A6", "PR1"),
    ("R3", "PR4"),
)
_OLDER = (
    *(("U6", "PR1"),) * 4,
    *(("U4", "PR4"),) * 4,
    *(("K2", "PR4"),) * 5,
    ("K2", "PR5"),
    ("K2", "PR1"),
    ("K2", "PR2"),
    ("K1", "PR2"),
    ("S1", "PR4"),
    ("Z13", ""),
    ("U3", "PR1"),
    ("R5", "PR3"),
)
_OLDEST = (*(("K3", "PR4"),) * 4, ("K3", "PR5"), ("K3", "PR1"), ("P2", "PR4"), *_OLDER)
_POSSIBLE = {
    "879": ("in_up_to_20", "in_up_to_20", "out_up_to_20", "out_over_20", "in_unknown", "out_unknown"),
    "880": ("in_up_to_20", "in_up_to_20", "out_up_to_20", "out_over_20", "in_unknown", "out_unknown"),
}


def random_history(authority: str, *, seed: int, families: int = 60, until: date = UNTIL) -> History:
    """Return a history of some families' children in one authority."""
    rng = np.random.default_rng([seed, int(authority)])
    children: list[Child] = []
    periods: list[PeriodOfCare] = []
    placements: list[Placement] = []
    for family in range(families):
        begins = FIRST + timedelta(days=int(rng.integers((until - FIRST).days)))
        size = 1 + int(rng.integers(1, 5)) * int(rng.random() < 0.4)
        uasc = bool(rng.random() < 0.08) and size == 1
        postcode = "" if uasc else draw_postcode(authority, rng)
        first_of_family: list[Placement] = []
        for member in range(size):
            age_days = int(rng.integers(15 * 365, 17 * 365) if uasc else rng.integers(0, 17 * 365))
            child = Child(
                child_id=f"DEMO-{authority}-{family:04d}{member}",
                authority=authority,
                family_id=f"DEMO-F{authority}-{family:04d}",
                date_of_birth=begins - timedelta(days=age_days),
                sex="FM"[int(rng.integers(2))],
                ethnicity="WBRI",
                uasc=uasc,
                disabled=False,
                home_postcode=postcode,
                category_of_need="N1",
                needs=(40, 40, 40, 40, 40),
                frailty=1.0,
            )
            children.append(child)
            placements += _placements(child, begins, until, rng, first_of_family, member > 0)
            periods.append(
                PeriodOfCare(child_id=child.child_id, started_on=begins, ended_on=None, reason_ended="")
            )
    order = sorted(range(len(placements)), key=lambda index: (placements[index].started_on, index))
    number = {id(placements[index]): position + 1 for position, index in enumerate(order)}
    with_number = {placement.placement_id: number[id(placement)] for placement in placements}
    renumbered = tuple(
        Placement(
            placement_id=number[id(placement)],
            child_id=placement.child_id,
            started_on=placement.started_on,
            ended_on=placement.ended_on,
            place=placement.place,
            provider=placement.provider,
            locality=placement.locality,
            planned=placement.planned,
            same_carer=placement.same_carer,
            with_placement_id=with_number.get(placement.with_placement_id or -1),
            needed=placement.needed,
            reason_ended=placement.reason_ended,
        )
        for placement in placements
    )
    return History(
        authority=authority,
        until=until,
        children=tuple(children),
        periods=tuple(periods),
        statuses=(),
        placements=renumbered,
    )


_counter = iter(range(1, 10**9))


def _placements(
    child: Child,
    begins: date,
    until: date,
    rng: np.random.Generator,
    first_of_family: list[Placement],
    follows: bool,
) -> list[Placement]:
    found: list[Placement] = []
    day = begins
    leaves = min(child.date_of_birth + timedelta(days=6574), until + timedelta(days=400))
    before: Placement | None = None
    while day < min(leaves, until):
        age = (day - child.date_of_birth).days / 365.25
        kinds = _KINDS if age < 9 else _OLDER if age < 16.1 else _OLDEST
        place, provider = kinds[int(rng.integers(len(kinds)))]
        possible = _POSSIBLE.get(child.authority, LOCALITIES)
        locality = possible[int(rng.integers(len(possible)))]
        if not child.home_postcode:
            locality = locality[: locality.index("_")] + "_unknown"
        ends = min(day + timedelta(days=1 + int(rng.exponential(300))), leaves)
        same_carer = False
        with_id: int | None = None
        draw = rng.random()
        settled = before is not None and before.place in {"U4", "U6"}
        if before is not None and settled and draw < 0.15:
            place, provider, locality, same_carer = "U4", before.provider, before.locality, True
        elif before is not None and settled and draw < 0.22 and ends < leaves:
            place, provider, ends = "T1", "", day + timedelta(days=5)
        elif before is not None and before.place == "T1":
            home = found[-2]
            place, provider, locality = home.place, home.provider, home.locality
        elif follows and not found and first_of_family and first_of_family[0].place[0] in "UK" and draw < 0.8:
            leader = first_of_family[0]
            place, provider, locality = leader.place, leader.provider, leader.locality
            with_id = leader.placement_id
            ends = min(ends, leader.ended_on or until)
            if place == "K3" and age < 16.1:
                with_id, place, provider = None, "U6", "PR1"
        ends = min(ends, leaves)
        if ends <= day:
            break
        placement = Placement(
            placement_id=next(_counter),
            child_id=child.child_id,
            started_on=day,
            ended_on=ends if ends <= until else None,
            place=place,
            provider=provider,
            locality=locality,
            planned=True,
            same_carer=same_carer,
            with_placement_id=with_id,
            needed="in_house_foster_carer",
            reason_ended="",
        )
        found.append(placement)
        if not found[:-1]:
            first_of_family.append(placement)
        before = placement
        day = ends
    return found
