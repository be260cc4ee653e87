"""Invented children as a duty desk meets them, and ten invented homes: what the ranking must say and must not.

They are run as tests in ``tests/unit/matching/test_true_to_life.py`` and shown, with the engine's own sentences, in
``docs/true-to-life-cases.md``. This file is read by itself, so it imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

AS_OF = date(2026, 6, 15)
"""A Monday."""

RISKS = (
    "self_harm",
    "sexual_exploitation",
    "criminal_exploitation",
    "drugs_alcohol",
    "eating_disorder",
    "missing",
    "physical_harm",
    "sexual_harm",
    "fire_setting",
    "harm_to_animals",
    "criminal_exploitation_of_others",
)
DOMAINS = ("behaviour", "emotional", "relationships", "risk", "indicators")


def points(value: int, **other: int) -> dict[str, int]:
    return {**dict.fromkeys(DOMAINS, value), **other}


def home(home_id: str, kind: str, postcode: str, authority: str, able: int, **more: Any) -> dict[str, Any]:
    return {
        "home_id": home_id,
        "type": kind,
        "postcode": postcode,
        "authority": authority,
        "registered": True,
        "status": "open",
        "places": 1,
        "vacancies": 1,
        "vacancies_confirmed_on": "2026-06-14",
        "residents": [],
        "min_age": 0,
        "max_age": 17,
        "sexes": "any",
        "can_meet": points(able),
        "will_not_take": [],
        "accepts_emergency": True,
        "features": [],
        **more,
    }


# The postcodes are public ones of council offices: Plymouth, Exeter, Torquay and Taunton.
PLYMOUTH, EXETER, TORQUAY, TAUNTON = "PL1 3BJ", "EX4 3LS", "TQ1 3DR", "TA1 4DY"

HOMES: tuple[dict[str, Any], ...] = (
    home("DEMO-GRAN", "connected_foster_carer", PLYMOUTH, "879", 60, approved_for=["DEMO-SOMEBODY"]),
    home("DEMO-FOSTER", "in_house_foster_carer", PLYMOUTH, "879", 50, weekly_fee_pounds=600),
    home(
        "DEMO-FAMILY",
        "agency_foster_carer",
        EXETER,
        "878",
        50,
        places=4,
        vacancies=4,
        contract="framework",
        weekly_fee_pounds=1000,
    ),
    home(
        "DEMO-PAIR",
        "in_house_foster_carer",
        PLYMOUTH,
        "879",
        50,
        places=2,
        vacancies=2,
        weekly_fee_pounds=600,
        accepts_emergency=False,
    ),
    home(
        "DEMO-HOME",
        "childrens_home",
        PLYMOUTH,
        "879",
        75,
        places=4,
        vacancies=1,
        residents=[{"child_id": f"DEMO-X{n}", "age": 14, "sex": "M"} for n in range(3)],
        contract="block",
        weekly_fee_pounds=4500,
        min_age=10,
    ),
    home(
        "DEMO-FAR-HOME",
        "childrens_home",
        TAUNTON,
        "933",
        75,
        contract="spot",
        weekly_fee_pounds=5500,
        min_age=10,
    ),
    home(
        "DEMO-SUPPORTED",
        "supported_accommodation",
        PLYMOUTH,
        "879",
        50,
        min_age=16,
        weekly_fee_pounds=1200,
        contract="block",
        offers={"languages": ["English", "ESOL"]},
    ),
    home("DEMO-SECURE", "secure_childrens_home", EXETER, "878", 95, min_age=10, weekly_fee_pounds=8000),
    home("DEMO-SHUT", "childrens_home", TORQUAY, "880", 75, vacancies=0, weekly_fee_pounds=4500),
    home("DEMO-HOTEL", "hotel", PLYMOUTH, "879", 0),
)


def child(number: int, born: str, **more: Any) -> dict[str, Any]:
    return {
        "referral_id": f"DEMO-R{number}",
        "child_id": f"DEMO-C{number}",
        "authority": "879",
        "date_of_birth": born,
        "sex": "M",
        "legal_status": "C2",
        "home_postcode": PLYMOUTH,
        "needed_by": "2026-06-22",
        "urgency": "planned",
        "placement_purpose": "ordinary",
        "expected_stay_days": 100,
        "needs": points(40),
        "needs_assessed_on": "2026-06-01",
        "risks": dict.fromkeys(RISKS, "none"),
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class Life:
    """One case: the child, the others on the list, and what the answer must and must not say.

    ``options`` are the homes offered, in order. ``says`` are parts of sentences that must be somewhere in the
    answer, ``never`` those that must be nowhere; ``changes`` are the codes of the changes named.
    """

    name: str
    story: str
    child: dict[str, Any]
    others: tuple[dict[str, Any], ...] = ()
    options: tuple[str, ...]
    excluded_by: dict[str, str] = field(default_factory=dict)
    approvals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


FOUR = {"sibling_group": "DEMO-S", "siblings_together": "must", "expected_stay_days": 365}

LIVES: tuple[Life, ...] = (
    Life(
        name="Fifteen years and 363 days, at two in the morning",
        story="She turns 16 the day after tomorrow. Nobody has scored her needs. A hotel has a room, and the supported "
        "accommodation round the corner has a bed.",
        child=child(
            1,
            "2010-06-17",
            sex="F",
            legal_status="V2",
            needed_by="2026-06-15",
            urgency="crisis",
            needs=None,
            needs_assessed_on=None,
            risks={"missing": "high"},
        ),
        options=("DEMO-FOSTER", "DEMO-HOME", "DEMO-FAMILY", "DEMO-FAR-HOME"),
        excluded_by={
            "DEMO-SUPPORTED": "lawful_age",
            "DEMO-HOTEL": "never_offered",
            "DEMO-PAIR": "emergency_admission",
            "DEMO-GRAN": "named_approval",
            "DEMO-SECURE": "type_named",
            "DEMO-SHUT": "place_free",
        },
        approvals={
            "DEMO-FOSTER": ("placement_plan", "notification"),
            "DEMO-FAR-HOME": ("at_a_distance", "placement_plan", "notification"),
        },
        changes=("admission_at_once",),
        says=(
            "turns 16 within a month of the start. Until then supported accommodation is unlawful",
            "No need is scored",
            "within five working days, since it is urgent",
        ),
        never=("later_start", "2010-06", "PL1"),
    ),
    Life(
        name="Four brothers and sisters who must stay together",
        story="Aged 13, 11, 8 and 6. One foster home could take all four, and it is in Devon. The usual limit of three does "
        "not stop it, since all who would live there are brothers and sisters.",
        child=child(1, "2013-03-01", sex="F", **FOUR),
        others=(
            child(2, "2015-02-01", **FOUR),
            child(3, "2018-01-01", sex="F", **FOUR),
            child(4, "2020-01-01", **FOUR),
        ),
        options=("DEMO-FAMILY",),
        excluded_by={"DEMO-PAIR": "registered_number", "DEMO-FOSTER": "registered_number"},
        approvals={"DEMO-FAMILY": ("outside_area", "placement_plan", "notification")},
        changes=(
            "split_siblings",
            "split_siblings:with:DEMO-C2",
            "split_siblings:with:DEMO-C3",
            "split_siblings:with:DEMO-C4",
        ),
        says=(
            "Room for all 4 children of the group",
            "All the brothers and sisters known of could be together here",
            "the council decides that after it has heard the children and consulted the independent reviewing officer",
        ),
        never=("more than three",),
    ),
    Life(
        name="A settled boy in Year 11",
        story="He has lived in the children's home since he was 12 and sits his examinations next week. A foster home nearer "
        "to his family has a place, at a seventh of the price.",
        child=child(
            1,
            "2010-02-01",
            current_home_id="DEMO-HOME",
            needed_by="2026-06-15",
            prefers={"school_postcode": PLYMOUTH, "keep_school": True},
        ),
        options=("DEMO-HOME",),
        excluded_by={"DEMO-FOSTER": "settled_placement", "DEMO-PAIR": "settled_placement"},
        approvals={"DEMO-HOME": ()},
        says=("Lives here now, and stays put", "regulation 14"),
        never=("scarce place", "a week more"),
    ),
    Life(
        name="A girl who must be far from home",
        story="Exploited by people within thirty miles of home. The nearest homes are the most dangerous ones.",
        child=child(
            1,
            "2012-03-01",
            sex="F",
            needed_by="2026-06-16",
            urgency="emergency",
            risks={**dict.fromkeys(RISKS, "none"), "criminal_exploitation": "high", "missing": "high"},
            avoid=[{"postcode": PLYMOUTH, "miles": 30, "reason": "those who exploit her"}],
        ),
        options=("DEMO-FAMILY", "DEMO-FAR-HOME"),
        excluded_by={
            "DEMO-HOME": "place_to_avoid",
            "DEMO-FOSTER": "place_to_avoid",
            "DEMO-SHUT": "place_to_avoid",
        },
        approvals={"DEMO-FAR-HOME": ("at_a_distance", "placement_plan", "notification")},
        says=(
            "being near home counts for no home",
            "It excludes no home by itself",
            "approve it before the child moves",
        ),
        never=("later_start", "miles from the child's home", "those who exploit her"),
    ),
    Life(
        name="An unaccompanied young man of 17 without a home postcode",
        story="He says he is 17, speaks Sorani and is learning English. Nobody has said whether he needs care or support.",
        child=child(
            1,
            "2009-01-01",
            age_basis="claimed",
            uasc=True,
            legal_status="V2",
            home_postcode=None,
            needed_by="2026-06-15",
            urgency="crisis",
            expected_stay_days=None,
            communication=["ESOL"],
            prefers={"language": ["Sorani"]},
        ),
        options=("DEMO-FOSTER", "DEMO-HOME", "DEMO-FAMILY", "DEMO-FAR-HOME", "DEMO-SUPPORTED"),
        excluded_by={"DEMO-PAIR": "emergency_admission", "DEMO-HOTEL": "never_offered"},
        approvals={"DEMO-SUPPORTED": ("other_arrangements", "placement_plan", "notification")},
        changes=("admission_at_once",),
        says=(
            "is there a relative or another connected person here",
            "The birth date is claimed; the recorded one is used.",
            "The distance is unknown: the referral gives no home postcode.",
            "Whether the young person needs support or care is not recorded.",
            "Turns 18 within",
        ),
        never=("later_start", "2009"),
    ),
    Life(
        name="A secure order that ends",
        story="His order ends on Sunday, and he has to live somewhere on Monday. The review has been held.",
        child=child(
            1,
            "2010-11-01",
            needed_by="2026-06-29",
            needs=points(50, risk=85),
            risks={**dict.fromkeys(RISKS, "none"), "missing": "high", "physical_harm": "high"},
            secure_order=True,
            secure_order_until="2026-06-28",
            current_home_id="DEMO-SECURE",
            move_reason="order ends",
            move_review_on="2026-06-12",
            acceptable_types=["secure_childrens_home", "childrens_home"],
        ),
        options=("DEMO-FAR-HOME", "DEMO-HOME"),
        excluded_by={"DEMO-SECURE": "secure_authority", "DEMO-FOSTER": "type_acceptable"},
        approvals={"DEMO-FAR-HOME": ("at_a_distance", "key_stage_4", "placement_plan", "notification")},
        changes=(
            "accept_type:in_house_foster_carer+support:risk",
            "accept_type:agency_foster_carer+support:risk",
        ),
        says=(
            "The secure accommodation order ends before the start.",
            "what would the move mean for each of them?",
            "The secure accommodation order has ended before the start date.",
        ),
        never=("An order permits and never obliges: what is the least",),
    ),
    Life(
        name="The same boy, and nobody has recorded a review",
        story="Without a reason and a review he counts as settled in a home that may not keep him. An empty list alone would "
        "hide it.",
        child=child(
            1,
            "2010-11-01",
            needed_by="2026-06-29",
            needs=points(50, risk=85),
            secure_order=True,
            secure_order_until="2026-06-28",
            current_home_id="DEMO-SECURE",
            acceptable_types=["secure_childrens_home", "childrens_home"],
        ),
        options=(),
        excluded_by={"DEMO-SECURE": "secure_authority", "DEMO-HOME": "settled_placement"},
        says=("the home the child lives in may not go on taking the child", "Hold a review now"),
    ),
    Life(
        name="A boy whose home gave notice, and the review is not held",
        story="The provider wants him out by 1 July and the reason is on the record. Other homes have room for him. He is "
        "settled until a review says otherwise, and somebody has to hold it in time.",
        child=child(
            1,
            "2011-11-01",
            needed_by="2026-07-01",
            current_home_id="DEMO-HOME",
            current_placement_started_on="2024-09-02",
            move_reason="the provider gave notice",
        ),
        options=("DEMO-HOME",),
        excluded_by={"DEMO-FOSTER": "settled_placement"},
        approvals={"DEMO-HOME": ()},
        changes=("move_review_recorded",),
        says=(
            "A reason for a move is recorded and no review: hold it before 1 July 2026, when a home is needed.",
            "the day on which the review follows (regulation 14)",
        ),
        never=("before the child moves in",),
    ),
    Life(
        name="A girl of eight, and who lives in the home with room",
        story="The foster home with most room is one where a boy on our own list lives, of whom a high risk to other children "
        "is recorded. It stays an option; somebody has to weigh it first.",
        child=child(1, "2018-03-01", sex="F", home_postcode=EXETER),
        others=(
            child(
                2,
                "2012-05-01",
                current_home_id="DEMO-FAMILY",
                risks={**dict.fromkeys(RISKS, "none"), "sexual_harm": "high"},
            ),
        ),
        options=("DEMO-FOSTER", "DEMO-PAIR", "DEMO-FAMILY"),
        approvals={"DEMO-FAMILY": ("outside_area", "placement_plan", "notification")},
        says=(
            "A high risk to others is recorded of a child who lives here: what would it mean for the child who moves in?",
        ),
        never=("DEMO-C2",),
    ),
)
