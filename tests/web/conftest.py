"""Sample answers in the contract's shapes, for the tests of presenters and templates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from api.database.forecast_records import KeptForecast
from api.database.plan_records import SavedPlan
from api.errors import Problem
from api.services.four_answers import offered_statuses
from api.services.waiting_list import WaitingEntry, WaitingListView
from api.web.pages import navigation, rendered
from api.web.presenters.adopted import present_adopted, present_what_if
from api.web.presenters.alerts import (
    NightsPage,
    WeekPage,
    present_alerts,
    present_nights,
    present_week,
)
from api.web.presenters.emergency_watch import present_watch
from api.web.presenters.excluded import present_rule
from api.web.presenters.options import present_options
from api.web.presenters.plan import present_plan
from api.web.presenters.problem import present_problem
from api.web.presenters.saved_plans import (
    present_choices,
    present_comparison,
    present_progress,
    present_saved_plan,
)
from api.web.presenters.sufficiency import present_sufficiency
from api.web.presenters.waiting_list import present_waiting_list
from api.web.tonight_routes import NOTHING_YET
from matching.home import Home
from matching.plan_comparison import compare_plans
from matching.referral import Referral, Wishes
from reference_data.vocabulary import (
    ContractKind,
    Control,
    EmergencySetting,
    NeedDomain,
    PlacementType,
    SiblingsTogether,
    Urgency,
)
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_figures import nights_between

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


def _stage(aim: str, certificate: dict[str, Any] | None = None, *, proved: bool = True) -> dict[str, Any]:
    return {"aim": aim, "value": 1, "bound": 1, "proved": proved, "terms": {}, "certificate": certificate}


def sample_saved_plan(**changes: Any) -> SavedPlan:
    asked_at = datetime(2026, 6, 15, 1, 30, tzinfo=UTC)
    told: dict[str, Any] = {
        "plan_id": "0123456789abcdef",
        "question": "q",
        "as_of": AS_OF,
        "asked_at": asked_at,
        "asked_by": "brokerage-officer",
        "based_on": None,
        "decisions": (
            {"child_id": "DEMO-C-014", "home_id": "DEMO-H-101", "ban": False},
            {"child_id": "DEMO-C-022", "home_id": "DEMO-H-205", "ban": True},
        ),
        "settings": {"alternatives": 0, "differ_by": 2, "loss_percent": 10, "keep_scarce": True},
        "name": None,
        "status": "done",
        "started_at": asked_at,
        "finished_at": asked_at,
        "in_brief": {"status": "OPTIMAL", "placed": 2, "unplaced": 1, "seconds": 3.2},
        "answer": sample_plan(),
    }
    return SavedPlan(**(told | changes))


def sample_plan() -> dict[str, Any]:
    return {
        "status": "OPTIMAL",
        "assignments": [
            {
                "child_id": "DEMO-C-014",
                "home_id": "DEMO-H-101",
                "reasons": ["the nearest home that can meet the needs"],
                "cost_to_others": "costs no other child a home",
                "cost_to_others_by_aim": {},
                "first_choice": "DEMO-H-101",
                "why_not_first_choice": "Also the best home for this child if nobody else were waiting.",
                "subject_to_offer": False,
                "approvals": [],
            },
            {
                "child_id": "DEMO-C-022",
                "home_id": "DEMO-H-300",
                "reasons": ["keeps brother and sister together", "second", "third"],
                "cost_to_others": "",
                "cost_to_others_by_aim": {},
                "first_choice": "DEMO-H-101",
                "why_not_first_choice": "If nobody else were waiting, DEMO-H-101 would be best for this child.",
                "subject_to_offer": True,
                "approvals": [
                    {
                        "code": "at_a_distance",
                        "who": "Director of Children's Services",
                        "why": "Outside the area and not in an adjoining authority.",
                        "instrument": "Care Planning Regulations 2010, regulation 11",
                        "due_on": "2026-06-16",
                    }
                ],
            },
        ],
        "enquiries": [{"child_id": "DEMO-C-022", "home_ids": ["DEMO-H-300", "DEMO-H-301"]}],
        "staying": [
            {
                "child_id": "DEMO-C39",
                "home_id": "DEMO-H20",
                "reasons": ["Lives here now and stays put."],
                "may_not_go_on": ["The home is closed."],
                "urgency": "crisis",
            }
        ],
        "infeasible_because": [],
        "unplaced": [
            {
                "child_id": "DEMO-C-031",
                "reasons": ["two homes could take this child, and both go to more urgent children"],
                "competing": ["DEMO-C-014"],
            }
        ],
        "stages": [
            _stage("crisis_placed", {"children": ["DEMO-C-014"], "homes": [], "most": 1}),
            _stage("planned_placed", {"children": [], "homes": ["DEMO-H-101", "DEMO-H-300"], "most": 2}),
            _stage("stability"),
            _stage("connected_carer")
            | {
                "weights": {
                    "parts": 1,
                    "children": {"DEMO-C-014": 2},
                    "beds": {"DEMO-H-101": 1},
                    "company": [],
                    "earlier_aims": {},
                    "total": 3,
                }
            },
            _stage("cost", proved=False),
        ],
        "gap": 0.0,
        "seconds": 0.4,
        "alternatives": [
            {
                "kind": "order",
                "difference": "Putting nearness to home first: 1 child would live elsewhere",
                "gives_up": ["pets: worse by 1 penalty point"],
                "changes": [{"child_id": "DEMO-C-014", "home_id": "DEMO-H-205"}],
            },
            {
                "kind": "siblings",
                "difference": "A and B, who are brothers and sisters, cannot be together",
                "gives_up": [],
                "changes": [],
            },
        ],
        "bottlenecks": [
            {"children": ["DEMO-C-014", "DEMO-C-031"], "homes": ["DEMO-H-101"], "beds_short": 1},
            {"children": ["DEMO-C-040"], "homes": [], "beds_short": 1},
        ],
        "one_more_bed": [
            {"kind": "childrens_home", "more_placed": {}, "could_take": [], "text": ""},
            {
                "kind": "crisis_accommodation",
                "more_placed": {"planned_placed": 1},
                "could_take": ["DEMO-C-031"],
                "text": "",
            },
        ],
        "bed_prices": {"DEMO-H-101": 40, "DEMO-H-205": 70, "DEMO-H-300": 100},
        "arrivals": {
            "samples": 20,
            "days": 28,
            "searches": 61,
            "since": "2025-06-16",
            "children_a_month": 5.1,
        },
        "checked": [],
        "settings": {},
        "eligible_pairs": [["DEMO-C-014", "DEMO-H-101"]],
        "evidence": EVIDENCE,
    }


def _month(place: int) -> date:
    years, months = divmod(5 + place, 12)
    return date(2026 + years, months + 1, 1)


def sample_forecast(*, with_homes: bool = True) -> dict[str, Any]:
    spread = {
        "p2_5": -1.96,
        "p10": -1.28,
        "p25": -0.67,
        "p50": 0.0,
        "p75": 0.67,
        "p90": 1.28,
        "p97_5": 1.96,
    }
    totals, bins, shortfall = [], [], []
    for place in range(25):
        day = _month(place).isoformat()
        middle, deviation = 530 + 0.8 * place, 2 + 6 * place**0.5
        totals.append(
            {"date": day, "mean": middle}
            | {name: middle + factor * deviation for name, factor in spread.items()}
        )
        for group, size in (("fostering", 340), ("residential", 62), ("supported", 54), ("other", 74)):
            for band, share in (("0", 0.05), ("1-4", 0.1), ("5-9", 0.2), ("10-15", 0.4), ("16-17", 0.25)):
                mean = size * share + (0.3 * place if group == "residential" else 0)
                bins.append(
                    {"date": day, "age_band": band, "placement": group, "mean": mean}
                    | {name: mean + factor * 3 for name, factor in spread.items()}
                )
        for group in ("fostering", "residential", "supported"):
            for band in ("5-9", "10-15", "16-17", "all"):
                shortfall.append(
                    {
                        "date": day,
                        "placement": group,
                        "age_band": band,
                        "capacity": 24 if with_homes else None,
                        "p_short": min(0.95, 0.03 * place) if with_homes else None,
                        "beds_short_p50": max(0, place // 3 - 3) if with_homes else None,
                        "beds_short_p80": max(0, place // 2 - 2) if with_homes else None,
                        "beds_short_p90": place // 2 if with_homes else None,
                        "beds_short_p95": place // 2 + 2 if with_homes else None,
                        "short_local": 1.0,
                        "short_any": 0.5,
                    }
                )
    return {
        "from": "2026-06-01",
        "months": 24,
        "runs": 1000,
        "seed": 0,
        "bins": bins,
        "totals": totals,
        "detail": [],
        "shortfall_status": "ASSESSED" if with_homes else "NOT_ASSESSED",
        "shortfall": shortfall,
        "track_record": sample_track_record() if with_homes else None,
        "change": sample_change() if with_homes else None,
        "definition": "a bed short is a child-night due for which no bed that we can use is free",
        "evidence": EVIDENCE,
    }


KEPT = {"made": "15 June 2026 at 09:30", "forecast_id": "9c" * 32}


def sample_track_record() -> dict[str, Any]:
    errors = {"error": 4.25, "same_as_today": 6.5, "last_years_change": None}
    bands = ("50", "80", "95")
    horizon = {
        "dates": 4,
        "total": errors,
        "placements": [
            {"placement": group, **errors} for group in ("fostering", "residential", "supported", "other")
        ],
        "age_bands": [{"age_band": band, **errors} for band in ("0", "1-4", "5-9", "10-15", "16-17")],
        "held": dict.fromkeys(bands, 3),
        "placements_held": {band: {"held": 13, "of": 16} for band in bands},
        "pit": [0.2, 0.5, 0.9, 0.4],
        "crps": 3.1,
        "crps_same_as_today": 6.5,
    }
    return {
        "status": "ASSESSED",
        "verdict": "too_few_to_judge",
        "text": ["At the last four 31 Marches the forecast of the total was out by 4 children"],
        "horizons": [{"months": 12, **horizon}, {"months": 24, **horizon}],
        "definition": "Errors are mean absolute differences.",
    }


def sample_change() -> dict[str, Any]:
    parts = {"ageing": -60.2, "starts": 180.0, "leaving": -90.4, "moves": 0.3, "interaction": -9.1}
    row = {"before": 530.0, "after": 550.6, **parts}
    return {
        "from": "2026-06-01",
        "to": "2028-06-01",
        "total": row,
        "placements": [
            {"placement": group, **row} for group in ("fostering", "residential", "supported", "other")
        ],
        "age_bands": [{"age_band": band, **row} for band in ("0", "1-4", "5-9", "10-15", "16-17")],
        "text": "On average over all futures the number goes up.",
    }


def sample_what_if() -> Any:
    base = sample_forecast()
    base["placements"] = [
        row | {"placement": group}
        for row in base["totals"]
        for group in ("fostering", "residential", "supported", "other")
    ]
    return present_what_if(starts="-10", leaving="", problems={}, base=base, changed=base)


def sample_adopted(*, happened: bool = True) -> Any:
    answer = sample_forecast()
    bands = {"50": True, "80": True, "95": True}
    months = [row | {"happened": round(row["mean"]) + 2, "inside": bands} for row in answer["totals"][1:5]]
    scores = {
        "months": 4,
        "mean_absolute_error": 2.0,
        "mean_absolute_error_same_as_today": 3.5,
        "held_percent": {"50": 100.0, "80": 100.0, "95": None},
    }
    found = {
        "text": ["On 1 October 2026 there were 535 children", "Over 4 months the forecast was out by 2.0"],
        "months": months,
        "total": {"placement": "all", **scores},
        "placements": [{"placement": "fostering", **scores}, {"placement": "other", "months": 0}],
    }
    kept = [
        KeptForecast(
            forecast_id=f"{n}a" * 32,
            starts_on=date(2026, 6, 1),
            answer=answer,
            made_at=datetime(2026, 6, 15, 8, 30, tzinfo=UTC),
            adopted_at=datetime(2026, 6, 15, 9, 30, tzinfo=UTC),
            adopted_by="commissioner",
        )
        for n in (1, 2)
    ]
    lacking = "" if happened else "The returns end before the second date of the forecast."
    return present_adopted(kept[0], found if happened else None, lacking, kept)


def sample_watch() -> dict[str, Any]:
    def rule(name: str, outcome: str, text: str, due_on: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "rule": name,
            "outcome": outcome,
            "text": text,
            "instrument": more.get("instrument"),
            "due_on": due_on,
            "missing": more.get("missing"),
        }

    return {
        "as_of": "2026-06-15",
        "evidence": EVIDENCE,
        "spells": [
            {
                "spell_id": "DEMO-P-1",
                "child_id": "DEMO-C-041",
                "started_on": "2026-05-28",
                "ended_on": None,
                "nights": 18,
                "unsuitable_nights_90_days": 21,
                "age": 16,
                "settings": ["hotel", "holiday_let"],
                "outcome": "RAISED",
                "rules": [
                    rule(
                        "over_14_nights",
                        "RAISED",
                        "18 nights, over the council's limit of 14",
                        "2026-06-12",
                        instrument="Council policy, from the inspection letter of 25 May 2018",
                    ),
                    rule("notices_missing", "NOT_ASSESSED", "notices cannot be checked", missing=["notices"]),
                    rule("turned_18", "CLEAR", "under 18 throughout"),
                ],
            },
            {
                "spell_id": "DEMO-P-2",
                "child_id": "DEMO-C-044",
                "started_on": "2026-04-02",
                "ended_on": "2026-04-05",
                "nights": 3,
                "unsuitable_nights_90_days": 3,
                "age": 17,
                "settings": ["bed_and_breakfast"],
                "outcome": "WARNING",
                "rules": [
                    rule("bed_and_breakfast", "WARNING", "bed and breakfast is unsuitable", "2026-06-16")
                ],
            },
            {
                "spell_id": "DEMO-P-3",
                "child_id": "DEMO-C-001",
                "started_on": "2018-04-14",
                "ended_on": "2018-05-02",
                "nights": 18,
                "unsuitable_nights_90_days": 0,
                "age": 16,
                "settings": ["hotel"],
                "outcome": "RAISED",
                "rules": [rule("over_14_nights", "RAISED", "18 nights, over the council's limit of 14")],
            },
        ],
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


def _sample_pages() -> dict[str, tuple[str, dict[str, Any]]]:
    referral, homes = sample_referral(), sample_homes()
    told = {"ranking": sample_ranking(), "referral": referral, "homes": homes, "age_years": 14}
    nothing = sample_ranking() | {
        "options": [],
        "relaxations": [],
        "assumptions": [],
        "prompts": [],
        "sensitivity": {"moved_by_percent": 25, "first": [], "changes": []},
        "alternatives_in_kind": [],
    }
    of_a_referral = {
        "excluded_address": "/children/DEMO-R-014/options/excluded",
        "assumptions_first": False,
    }
    by_child = {referral.child_id: referral}
    empty_plan = sample_plan() | {
        "status": "INFEASIBLE",
        "assignments": [],
        "enquiries": [],
        "stages": [],
        "alternatives": [],
        "bottlenecks": [],
        "one_more_bed": [],
        "bed_prices": {},
    }
    of_the_night: dict[str, Any] = {
        "answers": NOTHING_YET,
        "problem": "",
        "problem_field": "",
        "statuses": offered_statuses(AS_OF),
        "risk_groups": [("Risks to the child", [("missing", "Going missing")])],
    }
    saved = sample_saved_plan()
    of_a_plan = {
        "saved": present_saved_plan(saved),
        "settings": saved.settings,
        "based_on": "",
        "current": True,
        "may_plan": True,
        "most_further": 5,
    }
    moved = [one | {"home_id": "DEMO-H-205"} for one in sample_plan()["assignments"][:1]]
    other_plan = sample_plan() | {"assignments": [*moved, *sample_plan()["assignments"][1:]]}
    fault = Problem(
        status=500, code="fault", title="Sorry, there is a problem", message="A fault.", reference="abc123"
    )
    return {
        "waiting list": (
            "waiting_list.html",
            {"page": present_waiting_list(sample_waiting()), "may_place": True},
        ),
        "nobody waits": (
            "waiting_list.html",
            {"page": present_waiting_list(WaitingListView(as_of=AS_OF, entries=()))},
        ),
        "options": ("options.html", {"page": present_options(**told), **of_a_referral}),
        "later options": ("options.html", {"page": present_options(**told, part=2), **of_a_referral}),
        "no option": (
            "options.html",
            {"page": present_options(**(told | {"ranking": nothing})), **of_a_referral},
        ),
        "one rule": (
            "excluded.html",
            {
                "group": present_rule("age_registered", sample_ranking()["excluded"], homes),
                "referral_id": referral.referral_id,
                "child_id": referral.child_id,
            },
        ),
        "plan": (
            "plan.html",
            {
                "page": present_plan(
                    plan=sample_plan(), referrals=by_child, homes=homes, decisions=saved.decisions
                ),
                **of_a_plan,
            },
        ),
        "no plan": (
            "plan.html",
            {"page": present_plan(plan=empty_plan, referrals={}, homes={}), **of_a_plan}
            | {"current": False, "based_on": "ab"},
        ),
        "a plan for a reader": (
            "plan.html",
            {"page": present_plan(plan=sample_plan(), referrals=by_child, homes=homes), **of_a_plan}
            | {"may_plan": False},
        ),
        "no plan yet": ("plan_none.html", {"children": 1, "homes": 2, "may_plan": True}),
        "no plan yet for a reader": ("plan_none.html", {"children": 3, "homes": 1, "may_plan": False}),
        **{
            f"a plan that is {state}": (
                "plan_progress.html",
                {
                    "page": present_progress(
                        sample_saved_plan(
                            status="running" if state == "stopped" else state,
                            answer=None,
                            in_brief=None,
                            asked_at=datetime.now(UTC) - timedelta(hours=1 if state == "stopped" else 0),
                        ),
                        children=40,
                        homes=750,
                        others=[saved],
                    ),
                    "decisions": 2,
                    "may_plan": True,
                },
            )
            for state in ("waiting", "running", "failed", "stopped")
        },
        "one child of a plan": (
            "plan_child.html",
            {
                "plan_id": saved.plan_id,
                "child_id": referral.child_id,
                "assignment": present_plan(plan=sample_plan(), referrals={}, homes=homes).assignments[0],
                "unplaced": None,
                "choices": present_choices(
                    {"eligible_pairs": [["DEMO-C-014", home_id] for home_id in homes]}, referral, homes
                ),
                "planned": "DEMO-H-101",
                "decided": saved.decisions[:1],
                "settings": saved.settings,
                "may_plan": True,
            },
        ),
        "plans made": (
            "plans.html",
            {
                "plans": [
                    present_saved_plan(saved),
                    present_saved_plan(
                        sample_saved_plan(plan_id="b", name="Friday", status="failed", decisions=())
                    ),
                ]
            },
        ),
        "plans not chosen": (
            "plans.html",
            {"plans": [present_saved_plan(saved)], "problem": "Choose a first and a second plan"},
        ),
        "no plans made": ("plans.html", {"plans": []}),
        "two plans": (
            "plan_comparison.html",
            {"page": present_comparison(saved, saved, compare_plans(saved.answer, other_plan), homes)},
        ),
        "two plans alike": (
            "plan_comparison.html",
            {"page": present_comparison(saved, saved, compare_plans(saved.answer, saved.answer), homes)},
        ),
        "four questions": ("tonight.html", of_the_night),
        "four questions unanswered": (
            "tonight.html",
            of_the_night | {"problem": "Enter an age", "problem_field": "age"},
        ),
        "four questions without a time": (
            "tonight.html",
            of_the_night | {"problem": "Choose when a bed is needed", "problem_field": "urgency"},
        ),
        "homes tonight": (
            "tonight_answer.html",
            {
                "page": present_options(**told),
                "answers": NOTHING_YET,
                "risks": ["Going missing: high"],
                "excluded_address": "",
                "assumptions_first": True,
            },
        ),
        "sufficiency": (
            "sufficiency.html",
            {"page": present_sufficiency(sample_forecast()), **KEPT, "adopted": False, "may_adopt": True},
        ),
        "no homes": (
            "sufficiency.html",
            {
                "page": present_sufficiency(sample_forecast(with_homes=False)),
                **KEPT,
                "adopted": True,
                "may_adopt": True,
            },
        ),
        "try a change": ("what_if.html", {"page": sample_what_if()}),
        "a change that cannot be read": (
            "what_if.html",
            {"page": present_what_if(starts="many", leaving="", problems={"starts": "Enter a whole number"})},
        ),
        "adopted": ("adopted.html", {"page": sample_adopted()}),
        "adopted and nothing happened yet": ("adopted.html", {"page": sample_adopted(happened=False)}),
        "none adopted": ("adopted.html", {"page": None}),
        "no returns": ("sufficiency_missing.html", {"message": "Import a return first."}),
        "emergency watch": ("emergency_watch.html", {"page": present_watch(sample_watch())}),
        "nobody in a hotel": (
            "emergency_watch.html",
            {"page": present_watch({"as_of": "2026-06-15", "spells": [], "evidence": EVIDENCE})},
        ),
        "alerts": (
            "alerts.html",
            {
                "page": present_alerts(sample_alerts(), roles={"director": "Director"}, late=True),
                "may_answer": True,
                "problem": "Write what is being done",
                "problem_of": "spell-1.over_14_nights",
                "problem_at": "#note-spell-1.over_14_nights",
            },
        ),
        "no alert": (
            "alerts.html",
            {
                "page": present_alerts([], roles={}, late=False),
                "may_answer": True,
                "problem": "",
                "problem_of": "",
            },
        ),
        "nights": ("nights.html", {"page": sample_nights()}),
        "week": ("week.html", {"page": sample_week()}),
        "sign in": (
            "sign_in.html",
            {
                "next_page": "/plan",
                "username": "",
                "password_problem": "Enter your password",
                "problems": [{"text": "Enter your password", "href": "#password"}],
                "single_sign_on": True,
                "passwords": True,
            },
        ),
        "fault": ("error.html", {"error": present_problem(fault)}),
        "accessibility": ("accessibility_statement.html", {}),
        "help": ("help.html", {}),
    }


def sample_alerts() -> list[dict[str, Any]]:
    """Two alerts of a child that nobody answered and one that somebody did."""
    unanswered = {
        "alert_id": "spell-1.over_14_nights",
        "child_id": "DEMO-C-014",
        "rule": "over_14_nights",
        "outcome": "RAISED",
        "text": "Child DEMO-C-014 has spent 15 nights in unsuitable accommodation.",
        "instrument": "Council policy; not statute",
        "raised_at": "2026-06-15T08:00:00+00:00",
        "step_at": "2026-06-15T12:00:00+00:00",
        "escalation": 1,
        "step": "1-raised-escalated-1",
        "may_be_put_off": True,
        "untold_roles": ["director"],
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": "2026-06-15T14:00:00+00:00",
        "notes": [
            {"at": "2026-06-15T09:00:00+00:00", "by": "manager", "kind": "snoozed", "note": "A visit."}
        ],
        "told": [
            {"role": "director", "status": "dead"},
            {"role": "brokerage", "status": "sent"},
            {"role": "brokerage", "status": "waiting"},
        ],
    }
    answered = unanswered | {
        "alert_id": "spell-2.turned_18",
        "rule": "turned_18",
        "outcome": "WARNING",
        "acknowledged_at": "2026-06-15T12:30:00+00:00",
        "acknowledged_by": "manager",
        "told": [],
    }
    second = unanswered | {
        "alert_id": "spell-1.unregistered",
        "rule": "unregistered",
        "told": [],
        "escalation": 0,
    }
    return [answered, unanswered, second]


def _sample_stays() -> list[Stay]:
    return [
        Stay(
            stay_id="DEMO-S1",
            child_id="DEMO-C-014",
            date_of_birth=date(2009, 3, 3),
            setting=EmergencySetting.HOTEL,
            started_on=date(2026, 6, 2),
            in_care=True,
        )
    ]


def sample_nights() -> NightsPage:
    first = date(2026, 6, 1)
    return present_nights(
        nights_between(_sample_stays(), first, AS_OF),
        watch(_sample_stays(), as_of=AS_OF),
        first=first,
        last=AS_OF,
    )


def sample_week() -> WeekPage:
    return present_week(
        watch(_sample_stays(), as_of=AS_OF),
        watch(_sample_stays(), as_of=date(2026, 6, 8)),
        sample_alerts(),
        roles={},
        late=True,
    )


@pytest.fixture(scope="session")
def sample_markup() -> dict[str, str]:
    """Every page in its states, made from sample answers."""
    user = SimpleNamespace(name="Sam Sample")
    return {
        name: rendered(
            template,
            user=user,
            role="brokerage officer",
            csrf_token="0" * 64,
            navigation=navigation("/waiting-list"),
            demo=True,
            **told,
        )
        for name, (template, told) in _sample_pages().items()
    }


@pytest.fixture
def referral() -> Referral:
    return sample_referral()


@pytest.fixture
def homes() -> dict[str, Home]:
    return sample_homes()


@pytest.fixture
def ranking() -> dict[str, Any]:
    return sample_ranking()


@pytest.fixture
def waiting() -> WaitingListView:
    return sample_waiting()


@pytest.fixture
def plan() -> dict[str, Any]:
    return sample_plan()


@pytest.fixture
def forecast() -> dict[str, Any]:
    return sample_forecast()


@pytest.fixture
def forecast_without_homes() -> dict[str, Any]:
    return sample_forecast(with_homes=False)


@pytest.fixture
def watch_report() -> dict[str, Any]:
    return sample_watch()


@pytest.fixture
def as_of() -> date:
    return AS_OF
