"""A child, the homes there are, the ranking of them, and the list of those who wait."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.services.waiting_list import WaitingEntry, WaitingListView
from matching.home import Home
from matching.referral import Referral, Wishes
from reference_data.vocabulary import (
    ContractKind,
    Control,
    NeedDomain,
    PlacementType,
    SiblingsTogether,
    Urgency,
)

AS_OF = date(2026, 6, 15)

EVIDENCE = {
    "product_version": "0.1.0",
    "policy_version": "default-1",
    "data_date": "2026-06-15",
    "seed": 0,
    "input_hash": "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab",
    "warnings": ["Postcodes are those of the directory of January 2026"],
}


def sample_referral() -> Referral:
    return Referral(
        referral_id="DEMO-R-014",
        child_id="DEMO-C-014",
        authority="879",
        date_of_birth=date(2011, 9, 2),
        legal_status="V2",
        needed_by=date(2026, 6, 15),
        urgency=Urgency.CRISIS,
        needs={
            NeedDomain.BEHAVIOUR: 62,
            NeedDomain.EMOTIONAL: 71,
            NeedDomain.RELATIONSHIPS: 48,
            NeedDomain.RISK: 66,
        },
        sibling_group="DEMO-S-03",
        siblings_together=SiblingsTogether.PREFER,
        wishes=Wishes(
            text="I want to stay at my school and see my nan on Sundays.",
            asked_on=date(2026, 6, 14),
            asked_by="social worker",
            advocate="offered and accepted",
        ),
    )


def sample_homes() -> dict[str, Home]:
    homes = [
        Home(
            home_id="DEMO-H-101",
            name="Larkbeare",
            type=PlacementType.IN_HOUSE_FOSTER_CARER,
            contract=ContractKind.IN_HOUSE,
            control=Control.DIRECT,
            weekly_fee_pence=68_500,
            vacancies_confirmed_on=date(2026, 6, 14),
            can_meet={
                NeedDomain.BEHAVIOUR: 55,
                NeedDomain.EMOTIONAL: 75,
                NeedDomain.RELATIONSHIPS: 60,
                NeedDomain.RISK: 50,
            },
        ),
        Home(
            home_id="DEMO-H-205",
            name="Tamar Reach",
            type=PlacementType.CHILDRENS_HOME,
            contract=ContractKind.BLOCK,
            control=Control.NOMINATE,
            weekly_fee_pence=689_550,
            vacancies_confirmed_on=date(2026, 5, 2),
            can_meet={},
        ),
        *(
            Home(
                home_id=f"DEMO-H-{number}",
                name=f"Sample House {number}",
                type=PlacementType.AGENCY_FOSTER_CARER,
                contract=ContractKind.FRAMEWORK,
                control=Control.OFFER,
                weekly_fee_pence=95_000,
            )
            for number in range(300, 325)
        ),
    ]
    return {home.home_id: home for home in homes}


def _option(rank: int, home_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "home_id": home_id,
        "rank": rank,
        "distance_miles": 3.4,
        "weekly_fee_pence": 68_500,
        "penalties": {"unmet_need": 23},
        "reasons": ["3.4 miles from home", "near enough to stay at the present school"],
        "for": ["3.4 miles from the child's home in a straight line"],
        "against": ["The need is beyond what the home says it can meet: behaviour by 7 points"],
        "gaps": [
            {
                "domain": "behaviour",
                "points": 7,
                "support": "behaviour support and a named worker for the carers",
                "source": "professional judgement",
            },
            {"domain": "risk", "points": None, "support": "a plan", "source": "professional judgement"},
        ],
        "terms": [
            {
                "aim": "unmet_need",
                "units": 23,
                "penalty": 23,
                "speaks": "against",
                "text": "The need is beyond what the home says it can meet",
            },
            {"aim": "pets", "units": 0, "penalty": 0, "speaks": "for", "text": "Meets the wish about pets"},
        ],
        "questions": [],
        "flags": [],
        "approvals": [],
        **changes,
    }


def sample_ranking() -> dict[str, Any]:
    return {
        "referral_id": "DEMO-R-014",
        "as_of": "2026-06-15",
        "policy": "default-1",
        "assumptions": ["No travel-time table was given, so distances are straight lines"],
        "prompts": [
            "Has a return to a parent, or to a person with parental responsibility, been considered? "
            "Children Act 1989 section 22C(2) to (4)"
        ],
        "options": [
            _option(
                1,
                "DEMO-H-101",
                flags=["turns 15 on 2 September 2026, within the expected stay"],
                questions=[
                    {
                        "rule": "peers_and_impact",
                        "text": "How would this affect the two children already there?",
                        "ask": "supervising_social_worker",
                    }
                ],
                approvals=[
                    {
                        "code": "placement_plan",
                        "who": "nominated_officer",
                        "why": "the placement plan must be agreed",
                        "instrument": "Care Planning Regulations 2010, regulation 9",
                        "due_on": "2026-06-22",
                    }
                ],
            ),
            _option(2, "DEMO-H-205", distance_miles=None, weekly_fee_pence=689_550),
            *(_option(number - 297, f"DEMO-H-{number}", distance_miles=12.0) for number in range(300, 312)),
        ],
        "excluded": [
            {
                "home_id": f"DEMO-H-{number}",
                "reasons": [
                    {
                        "rule": "age_registered",
                        "text": "takes children from 5 to 12",
                        "instrument": "Children's Homes Regulations 2015, Schedule 1",
                    },
                    *(
                        [{"rule": "places_free", "text": "no place is free on the day", "instrument": None}]
                        if number % 2
                        else []
                    ),
                ],
            }
            for number in range(312, 325)
        ],
        "relaxations": [
            {
                "change": "wait_7_days",
                "text": "if the start could wait until 22 June 2026",
                "homes_gained": ["DEMO-H-313", "DEMO-H-315"],
            },
            {
                "change": "admission_at_once+statement_revised",
                "changes": ["admission_at_once", "statement_revised"],
                "text": "Both are needed. The provider agrees to admit the child at once. It revises its statement.",
                "homes_gained": ["DEMO-H-316"],
            },
        ],
        "sensitivity": {
            "moved_by_percent": 25,
            "first": ["DEMO-H-101", "DEMO-H-205", "DEMO-H-300"],
            "changes": [
                {
                    "aim": "near_home",
                    "direction": "up",
                    "weight": 5,
                    "weight_then": 6.25,
                    "first_then": ["DEMO-H-205", "DEMO-H-101", "DEMO-H-300"],
                },
                {
                    "aim": "school",
                    "direction": "down",
                    "weight": 4,
                    "weight_then": 3.0,
                    "first_then": ["DEMO-H-205", "DEMO-H-101", "DEMO-H-300"],
                },
                {
                    "aim": "pets",
                    "direction": "down",
                    "weight": 4,
                    "weight_then": 3.0,
                    "first_then": ["DEMO-H-101", "DEMO-H-205", "DEMO-H-301"],
                },
            ],
        },
        "alternatives_in_kind": [
            {
                "kind": "residential",
                "home_id": "DEMO-H-205",
                "rank": 2,
                "gives_up": ["The wish about pets is not known to be met (the first option: meets it)"],
                "gains": [],
            }
        ],
        "aims": [
            {
                "aim": "near_home",
                "stage": 2,
                "weight": 5,
                "unit": "each whole step of miles",
                "source": "s22C",
            },
            {"aim": "pets", "stage": 2, "weight": 4, "unit": "a wish", "source": "professional judgement"},
            {
                "aim": "unmet_need",
                "stage": 3,
                "weight": 1,
                "unit": "the square of the points",
                "source": "professional judgement",
            },
        ],
        "evidence": EVIDENCE,
    }


def sample_waiting() -> WaitingListView:
    def entry(place: int, urgency: str | None, options: int | None, **more: Any) -> WaitingEntry:
        return WaitingEntry(
            referral_id=f"DEMO-R-{place:03}",
            child_id=f"DEMO-C-{place:03}",
            age_years=more.get("age_years", 14),
            urgency=urgency,
            needed_by=more.get("needed_by", AS_OF),
            days_waiting=3,
            legal_status="V2",
            sibling_group=more.get("sibling_group"),
            siblings_together=more.get("siblings_together"),
            options=options,
        )

    return WaitingListView(
        as_of=AS_OF,
        entries=(
            entry(14, "crisis", 4, needed_by=date(2026, 6, 13)),
            entry(21, "emergency", 0, sibling_group="DEMO-S-1", siblings_together="must"),
            entry(22, "emergency", 2, sibling_group="DEMO-S-1", siblings_together="must"),
            entry(31, "planned", None, age_years=None, needed_by=None),
            entry(32, None, 1),
        ),
    )
