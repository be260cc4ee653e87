"""Small invented waiting lists: complete children and homes by default, and random lists with every joint rule."""

from __future__ import annotations

import random
from datetime import date, timedelta

from matching.home import Bed, Exemption, Home, Resident
from matching.referral import ImportantPlace, PlaceToAvoid, Preferences, Referral
from reference_data.vocabulary import (
    ContractKind,
    HomeStatus,
    NeedDomain,
    PlacementType,
    RiskLevel,
    Sex,
    SiblingsTogether,
    Urgency,
)

AS_OF = date(2026, 6, 15)
POSTCODES = ("PL1 1DB", "PL5 2BX", "PL21 9BX", "EX1 1HS", "TQ2 5BB")


def child(child_id: str, **changes) -> Referral:
    """Return a girl of 12 of whom everything is known, needed tomorrow."""
    values = {
        "referral_id": f"R-{child_id}",
        "child_id": child_id,
        "authority": "879",
        "date_of_birth": date(2014, 1, 10),
        "sex": Sex.FEMALE,
        "home_postcode": POSTCODES[0],
        "needed_by": AS_OF + timedelta(days=1),
        "urgency": Urgency.PLANNED,
        "needs": dict.fromkeys(NeedDomain, 40),
        "needs_assessed_on": AS_OF,
        "support_or_care": "care",
    }
    return Referral(**(values | changes))


def home(home_id: str, **changes) -> Home:
    """Return an in-house foster home in Plymouth with three places, all free, that can take any child."""
    values = {
        "home_id": home_id,
        "type": PlacementType.IN_HOUSE_FOSTER_CARER,
        "postcode": POSTCODES[1],
        "authority": "879",
        "contract": ContractKind.IN_HOUSE,
        "weekly_fee_pence": 50_000,
        "registered": True,
        "status": HomeStatus.OPEN,
        "places": 3,
        "vacancies": 3,
        "vacancies_confirmed_on": AS_OF,
        "residents": (),
        "min_age": 0,
        "max_age": 17,
        "sexes": "any",
        "accepts_emergency": True,
        "features": (),
        "will_not_take": (),
        "can_meet": dict.fromkeys(NeedDomain, 60),
    }
    return Home(**(values | changes))


def random_list(
    rng: random.Random, *, children: int = 5, homes: int = 5
) -> tuple[list[Referral], list[Home], list[dict[str, object]]]:
    """Return referrals, homes and pins with sibling groups, conflicts, dated and held beds, and residents."""
    ids = [f"C{number}" for number in range(1, rng.randint(3, children) + 1)]
    home_ids = [f"H{number}" for number in range(1, rng.randint(2, homes) + 1)]
    groups = {child_id: rng.choice([None, None, "G1", "G1", "G2"]) for child_id in ids}
    referrals = []
    for child_id in ids:
        placed = rng.random() < 0.12
        group = groups[child_id]
        referrals.append(
            child(
                child_id,
                date_of_birth=date(rng.choice([2010, 2014, 2019]), 3, 1),
                sex=rng.choice([Sex.FEMALE, Sex.MALE]),
                home_postcode=rng.choice(POSTCODES),
                needed_by=AS_OF + timedelta(days=rng.choice([0, 1, 1, 5])),
                urgency=rng.choice(list(Urgency)),
                sibling_group=group,
                siblings_together=rng.choice([*SiblingsTogether, None]) if group else None,
                not_with=tuple(other for other in ids if other != child_id and rng.random() < 0.08),
                needs={domain: rng.randint(20, 65) for domain in NeedDomain if rng.random() < 0.95},
                expected_stay_days=rng.choice([None, 14, 90]),
                avoid=(PlaceToAvoid(postcode=rng.choice(POSTCODES), miles=5.0),)
                if rng.random() < 0.05
                else (),
                requires=("step_free",) if rng.random() < 0.1 else (),
                prefers=Preferences(
                    school_postcode=rng.choice([None, *POSTCODES]), pets=rng.choice([(), (), ("dog",)])
                ),
                important_places=(
                    (ImportantPlace(what="friend", postcode=rng.choice(POSTCODES), how_often="weekly"),)
                    if rng.random() < 0.2
                    else ()
                ),
                risks={"fire_setting": rng.choice([RiskLevel.LOW, RiskLevel.HIGH])}
                if rng.random() < 0.1
                else {},
                current_home_id=rng.choice(home_ids) if placed else None,
                move_reason="placement ended" if placed and rng.random() < 0.5 else None,
                move_review_on=AS_OF if placed else None,
            )
        )
    built = []
    for home_id in home_ids:
        fostering = rng.random() < 0.7
        connected = fostering and rng.random() < 0.15
        places = rng.randint(1, 5)
        residents = tuple(
            Resident(
                child_id=f"L-{home_id}-{number}",
                age=10,
                sex=Sex.FEMALE,
                sibling_group=rng.choice([None, "G1"]),
                authority="879",
            )
            for number in range(rng.choice([0, 0, 0, 1, 2]))
        )
        beds = None
        if rng.random() < 0.5:
            beds = tuple(
                Bed(
                    available_from=rng.choice([None, AS_OF, AS_OF + timedelta(days=3)]),
                    held_for=rng.choice([None, None, None, rng.choice(ids)]),
                )
                for _ in range(rng.randint(1, 4))
            )
        built.append(
            home(
                home_id,
                type=PlacementType.CONNECTED_FOSTER_CARER
                if connected
                else PlacementType.IN_HOUSE_FOSTER_CARER
                if fostering
                else PlacementType.CHILDRENS_HOME,
                approved_for=tuple(rng.sample(ids, min(len(ids), 2))) if connected else None,
                features=rng.choice([(), ("step_free",), ("step_free", "solo"), None]),
                will_not_take=rng.choice([(), (), ("fire_setting:high",), None]),
                max_stay_days=rng.choice([None, None, 28]),
                contract=rng.choice([ContractKind.IN_HOUSE, ContractKind.BLOCK, ContractKind.SPOT]),
                postcode=rng.choice(POSTCODES),
                weekly_fee_pence=rng.choice([40_000, 90_000, 500_000]),
                places=places,
                vacancies=rng.randint(1, places),
                beds=beds,
                residents=residents,
                sexes=rng.choice(["any", "any", "any", "F", None]),
                max_age=rng.choice([17, 17, 17, 12]),
                accepts_emergency=rng.random() < 0.8,
                can_meet={domain: rng.randint(50, 90) for domain in NeedDomain},
                exemptions=tuple(
                    Exemption(child_id=child_id, authority="879") for child_id in ids if rng.random() < 0.1
                ),
            )
        )
    pins: list[dict[str, object]] = []
    for _ in range(rng.choice([0, 0, 0, 0, 1, 1, 2])):
        pins.append({"child_id": rng.choice(ids), "home_id": rng.choice(home_ids), "ban": rng.random() < 0.4})
    return referrals, built, pins
