"""What a referral says of a child's needs and risks: somebody's view on a day, near the hidden truth and not the truth.

Raters of such profiles differ (Harris 2019: poor to moderate agreement on three of five scales), so every rater has a
lean of the whole profile and a slip in each score. Some children have no scores, some have old ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from reference_data.ages import age_on
from reference_data.synthetic.choices import between, chance, days_before, one_of, weighted
from reference_data.synthetic.history import NEED_DOMAINS, Child
from reference_data.synthetic.searches import Search

RATER_LEAN_POINTS = 5.0
RATER_SLIP_POINTS = 7.0
"""Standard deviations; together about nine points, less than the gap that a policy may call a fact. Our assumption."""
OLD_SCORES = 0.09
NO_SCORES = 0.06
"""Shares of the list with scores older than the default policy's 90 days, and with none: as in the hand-written list."""
RISK_UNKNOWN = 0.04

RISKS: Mapping[str, tuple[int, int, int]] = {
    # risk: (place of the need it goes with, youngest age at which it is recorded, points above which it is high)
    "self_harm": (1, 9, 72),
    "sexual_exploitation": (3, 11, 68),
    "criminal_exploitation": (3, 10, 66),
    "drugs_alcohol": (0, 12, 70),
    "eating_disorder": (1, 11, 84),
    "missing": (3, 10, 60),
    "physical_harm": (0, 6, 70),
    "sexual_harm": (2, 10, 86),
    "fire_setting": (0, 8, 85),
    "harm_to_animals": (2, 5, 84),
    "criminal_exploitation_of_others": (3, 14, 84),
}
_LOW_BELOW_HIGH_POINTS = 20
_RISK_NOISE_POINTS = 14.0

_SOURCES = {
    "young": ("Social worker", "Health visitor and social worker", "Foster carer and social worker"),
    "school": (
        "Social worker",
        "Foster carer and social worker",
        "Social worker and school",
        "Social worker and virtual school",
    ),
    "teen": (
        "Social worker",
        "Foster carer and social worker",
        "Social worker with young person",
        "Key worker and social worker",
    ),
}
_SOURCE_BY_SITUATION = {
    "secure_ends": "Secure home's transition assessment",
    "unregistered": "Multi-agency complex needs panel",
    "exploited": "Exploitation panel",
    "unaccompanied": "Social worker with an interpreter",
    "remand": "Youth justice officer",
    "police_station": "Youth justice officer",
    "child_tonight": "Out-of-hours social worker, first view",
    "young_person_tonight": "Out-of-hours social worker, first view",
    "family_tonight": "Social worker, first view",
    "hospital": "Hospital social worker",
    "short_break": "Disabled children's team",
    "wheelchair": "Disabled children's team",
    "settled": "Home's manager and social worker",
}


def rated_needs(child: Child, rng: np.random.Generator) -> dict[str, int]:
    """Return the five scores that one rater gives a child."""
    lean = float(rng.normal(0, RATER_LEAN_POINTS))
    slips = rng.normal(0, RATER_SLIP_POINTS, size=len(NEED_DOMAINS))
    return {
        name: int(np.clip(round(true + lean + slip), 0, 100))
        for name, true, slip in zip(NEED_DOMAINS, child.needs, slips, strict=True)
    }


def needs_part(
    search: Search, scores: Mapping[str, int] | None, *, old: bool, on: date, rng: np.random.Generator
) -> dict[str, object]:
    """Return the scores, their day and source as a referral holds them; nothing where nobody has scored."""
    if scores is None:
        return {}
    if old:
        day = days_before(on, between(rng, 100, 320))
        source = one_of(rng, ("Foster carer", "Last review's profile", "Previous social worker"))
    else:
        tonight = search.situation.name in {
            "child_tonight",
            "young_person_tonight",
            "family_tonight",
            "police_station",
        }
        day = search.opened_on if tonight else days_before(search.opened_on, between(rng, 0, 12))
        source = _source(search, on, rng)
    # Nobody has scored a baby before it was born.
    day = max(day, search.child.date_of_birth)
    return {"needs": dict(scores), "needs_assessed_on": day.isoformat(), "needs_source": source}


def risks_part(search: Search, on: date, rng: np.random.Generator) -> dict[str, str]:
    """Return the eleven risks; a few are not recorded, and no young child is said to be a risk of its own."""
    child = search.child
    age = age_on(child.date_of_birth, on)
    found: dict[str, str] = {}
    for name, (need, youngest, high) in RISKS.items():
        if chance(rng, RISK_UNKNOWN):
            continue
        points = child.needs[need] + float(rng.normal(0, _RISK_NOISE_POINTS))
        if age < youngest:
            found[name] = "none"
        elif points >= high:
            found[name] = "high"
        else:
            found[name] = "low" if points >= high - _LOW_BELOW_HIGH_POINTS else "none"
    if search.situation.name == "exploited":
        found["sexual_exploitation" if child.sex == "F" else "criminal_exploitation"] = "high"
    if search.situation.name in {"remand", "police_station"}:
        found["criminal_exploitation"] = weighted(rng, {"high": 2, "low": 2})
    return found


def alongside_part(scores: Mapping[str, int], search: Search, rng: np.random.Generator) -> tuple[str, str]:
    """Return whom the child can live alongside, and how many adults the child needs."""
    heavy = max(scores["behaviour"], scores["risk"])
    if len(search.sisters_and_brothers) and search.together != "no":
        alongside = "with_others"
    elif heavy >= 84 and chance(rng, 0.6):
        alongside = "solo"
    else:
        alongside = weighted(
            rng,
            {
                "no_preference": 55,
                "with_others": 22,
                "only_older": 13 if heavy >= 45 else 5,
                "only_younger": 4,
            },
        )
    if alongside == "solo":
        return alongside, weighted(rng, {"2:1": 6, "1:1": 3, "more": 1})
    if heavy >= 78:
        return alongside, weighted(rng, {"1:1": 5, "2:1": 2, "standard": 2})
    return alongside, weighted(rng, {"1:1": 5, "standard": 5}) if heavy >= 62 else "standard"


def _source(search: Search, on: date, rng: np.random.Generator) -> str:
    if search.situation.name in _SOURCE_BY_SITUATION:
        return _SOURCE_BY_SITUATION[search.situation.name]
    age = age_on(search.child.date_of_birth, on)
    return one_of(rng, _SOURCES["young" if age < 5 else "school" if age < 13 else "teen"])
