"""Random histories of one child in emergency accommodation, leaning towards the edges of the rules."""

from __future__ import annotations

import random
from datetime import date, timedelta

from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency import Stay

SETTINGS = [
    None,
    *EmergencySetting,
    EmergencySetting.HOTEL,
    EmergencySetting.HOTEL,
    EmergencySetting.HOSTEL,
    PlacementType.SUPPORTED_ACCOMMODATION,
    PlacementType.CRISIS_ACCOMMODATION,
    PlacementType.CHILDRENS_HOME,
    PlacementType.CONNECTED_FOSTER_CARER,
]
ANCHORS = [date(2018, 5, 1), date(2021, 9, 9), date(2023, 10, 28), date(2024, 2, 29), date(2026, 6, 15)]


def random_history(rng: random.Random) -> tuple[list[Stay], date, date | None]:
    """Return the stays of one child, the day asked about and the birth date."""
    as_of = rng.choice(ANCHORS) + timedelta(days=rng.randint(-30, 60))
    born = None
    if rng.random() < 0.9:
        # A birthday that matters falls near the stays, or the child is well between two.
        years = rng.choice([10, 15, 16, 16, 17, 18])
        born = as_of - timedelta(days=round(365.25 * years) + rng.randint(-40, 40))
    care = rng.choice(
        [(True, LegalBasis.CARE_ORDER), (False, LegalBasis.PART_7), (None, LegalBasis.SECTION_20)]
    )
    stays = []
    day = as_of - timedelta(days=rng.randint(0, 120))
    for number in range(rng.randint(1, 6)):
        length = rng.choice([0, 1, 2, 3, 5, 8, 13, 14, 15, 20])
        in_care, basis = care
        if rng.random() < 0.2:
            in_care, basis = rng.choice([True, False, None]), rng.choice([None, *LegalBasis])
        stays.append(
            Stay(
                stay_id=f"S{number}",
                child_id="C",
                date_of_birth=born,
                setting=rng.choice(SETTINGS),
                provider_registered=rng.choice([True, False, None]),
                started_on=day,
                ended_on=None if rng.random() < 0.15 else day + timedelta(days=length),
                in_care=in_care,
                legal_basis=basis,
            )
        )
        day += timedelta(days=length + rng.choice([-4, 0, 0, 0, 1, 2, 3, 3, 4, 10, 60]))
    return stays, as_of, born
