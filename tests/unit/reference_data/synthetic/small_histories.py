"""Invented councils in miniature: quick histories and whereabouts, with every kind of placement, for the tests here.

They follow no published table. They exist so that these rooms can be tested apart from the simulator.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from reference_data.ages import age_on
from reference_data.postcode_areas import draw_postcode
from reference_data.synthetic.history import (
    Child,
    History,
    LegalStatus,
    PeriodOfCare,
    Placement,
    Whereabouts,
)

ON = date(2026, 6, 15)
SIZES = {"879": 520, "880": 280}
_PLACES = {
    # place, provider: weight, youngest age
    ("U6", "PR1"): (30, 0),
    ("U6", "PR4"): (24, 0),
    ("U4", "PR1"): (12, 3),
    ("U3", "PR1"): (14, 0),
    ("K2", "PR4"): (12, 8),
    ("K1", "PR1"): (0.8, 12),
    ("K3", "PR4"): (25, 16),
    ("Z12", ""): (2, 8),
    ("P1", "PR0"): (7, 0),
    ("A6", "PR1"): (2, 0),
    ("T1", ""): (0.5, 4),
}
_TRULY_NEEDED = {
    "U": "in_house_foster_carer",
    "K2": "childrens_home",
    "K1": "secure_childrens_home",
    "K3": "supported_accommodation",
    "Z": "childrens_home",
}


@cache
def small_partnership(
    seed: int = 1,
) -> tuple[dict[str, History], list[dict[str, Any]], dict[tuple[str, int], Whereabouts]]:
    """Return the histories, homes and whereabouts of two councils, as the generator passes them on."""
    histories: dict[str, History] = {}
    whereabouts: dict[tuple[str, int], Whereabouts] = {}
    for authority in SIZES:
        histories[authority], where = small_history(authority, seed=seed)
        whereabouts |= where
    return histories, home_rows(histories, whereabouts), whereabouts


def small_history(
    authority: str = "879", *, seed: int = 1
) -> tuple[History, dict[tuple[str, int], Whereabouts]]:
    """Return a council's history of about two years, and where each placement was."""
    rng = np.random.default_rng([seed, int(authority)])
    children: list[Child] = []
    periods: list[PeriodOfCare] = []
    statuses: list[LegalStatus] = []
    placements: list[Placement] = []
    where: dict[tuple[str, int], Whereabouts] = {}
    family = 0
    while len(children) < SIZES[authority]:
        family += 1
        uasc = rng.random() < 0.05
        size = 1 if uasc else int(rng.choice([1, 1, 1, 2, 2, 3]))
        together = rng.random() < 0.6
        postcode = draw_postcode(authority, rng)
        household: tuple[str, str] | None = None
        oldest_days = int(rng.integers(16 * 365, 17 * 365) if uasc else rng.integers(200, 17 * 365))
        for place_in_family in range(size):
            days = max(120, oldest_days - 600 * place_in_family)
            number = len(children) + 1
            born = ON - timedelta(days=days)
            child = Child(
                child_id=f"DEMO-{authority}-{number:05d}",
                authority=authority,
                family_id=f"DEMO-F{authority}-{family:04d}",
                date_of_birth=born,
                sex="M" if uasc or rng.random() < 0.56 else "F",
                ethnicity="BAFR" if uasc else "WBRI",
                uasc=bool(uasc),
                disabled=bool(rng.random() < 0.06),
                home_postcode="" if uasc else postcode,
                category_of_need="N8" if uasc else "N1",
                needs=tuple(int(n) for n in np.clip(rng.normal(48, 17, 5), 2, 98)),  # type: ignore[arg-type]
                frailty=1.0,
            )
            children.append(child)
            stay = int(rng.integers(20, min(days - 60, 1500)))
            came = ON - timedelta(days=stay)
            left = ON - timedelta(days=int(rng.integers(1, stay))) if rng.random() < 0.2 else None
            periods.append(
                PeriodOfCare(
                    child_id=child.child_id,
                    started_on=came,
                    ended_on=left,
                    reason_ended="E4A" if left else "",
                )
            )
            _add_statuses(rng, statuses, child, came, left)
            moves = _moves(rng, came, left)
            for index, (start, end) in enumerate(moves):
                age = age_on(born, start)
                codes = [code for code, (_, least) in _PLACES.items() if age >= least]
                weights = np.array([_PLACES[code][0] for code in codes])
                place, provider = codes[int(rng.choice(len(codes), p=weights / weights.sum()))]
                if end is not None and place.startswith("T"):
                    place, provider = "U6", "PR1"
                last = index == len(moves) - 1
                if not (last and household is not None and together and place[0] == "U"):
                    code = f"DEMO-H{authority}-{len(placements) + 1:05d}"
                    code = "" if place[0] in "PAZT" else code
                    spot = (code, draw_postcode(authority, rng))
                else:
                    spot, place, provider = household, "U6", "PR4"
                if last and place[0] == "U" and household is None:
                    household = spot
                placements.append(
                    Placement(
                        placement_id=len(placements) + 1,
                        child_id=child.child_id,
                        started_on=start,
                        ended_on=end,
                        place=place,
                        provider=provider,
                        locality="out_over_20" if rng.random() < 0.25 else "in_up_to_20",
                        planned=bool(rng.random() < 0.6),
                        same_carer=False,
                        with_placement_id=None,
                        needed=_needed(place, rng),
                        reason_ended=""
                        if end is None or end == left
                        else str(rng.choice(["CARPL", "CREQB", "CREQO"])),
                    )
                )
                where[authority, len(placements)] = Whereabouts(
                    placement_id=len(placements),
                    home_id=spot[0],
                    urn="",
                    postcode=spot[1],
                    authority=authority,
                )
    history = History(
        authority=authority,
        until=ON,
        children=tuple(children),
        periods=tuple(periods),
        statuses=tuple(statuses),
        placements=tuple(placements),
    )
    return history, where


def home_rows(
    histories: dict[str, History], whereabouts: dict[tuple[str, int], Whereabouts]
) -> list[dict[str, Any]]:
    """Return one home for each that a placement names, with its type and fee."""
    kinds = {
        "U": "agency_foster_carer",
        "K2": "childrens_home",
        "K1": "secure_childrens_home",
        "K3": "supported_accommodation",
    }
    found = {}
    for authority, history in histories.items():
        for placement in history.placements:
            home_id = whereabouts[authority, placement.placement_id].home_id
            kind = kinds.get(placement.place) or kinds.get(placement.place[0])
            if kind == "agency_foster_carer" and placement.provider == "PR1":
                kind = "in_house_foster_carer"
            if home_id and kind:
                found[home_id] = {
                    "home_id": home_id,
                    "name": home_id,
                    "provider": "Provider (invented)",
                    "type": kind,
                    "authority": authority,
                    "weekly_fee_pounds": {
                        "childrens_home": 6500,
                        "agency_foster_carer": 1000,
                        "in_house_foster_carer": 530,
                    }.get(kind, 1600),
                }
    return [found[key] for key in sorted(found)]


def _moves(rng: np.random.Generator, came: date, left: date | None) -> list[tuple[date, date | None]]:
    start, moves = came, []
    until = left or ON
    while True:
        end = start + timedelta(
            days=int(rng.integers(10, 400) if rng.random() < 0.6 else rng.integers(400, 1600))
        )
        if end >= until:
            moves.append((start, left))
            return moves
        moves.append((start, end))
        start = end


def _add_statuses(
    rng: np.random.Generator, statuses: list[LegalStatus], child: Child, came: date, left: date | None
) -> None:
    first = "V2" if child.uasc or rng.random() < 0.3 else "C1"
    change = came + timedelta(days=200)
    if first == "C1" and change < (left or ON):
        statuses.append(LegalStatus(child_id=child.child_id, status="C1", started_on=came, ended_on=change))
        statuses.append(LegalStatus(child_id=child.child_id, status="C2", started_on=change, ended_on=left))
    else:
        statuses.append(LegalStatus(child_id=child.child_id, status=first, started_on=came, ended_on=left))


def _needed(place: str, rng: np.random.Generator) -> str:
    truth = _TRULY_NEEDED.get(place) or _TRULY_NEEDED.get(place[0], "in_house_foster_carer")
    return "childrens_home" if place[0] == "U" and rng.random() < 0.1 else truth
