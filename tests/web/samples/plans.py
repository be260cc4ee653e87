"""A plan of the whole list, and the plan as it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from api.database.plan_records import SavedPlan
from matching.staying import STAYS_PUT
from tests.web.samples.ranking import AS_OF, EVIDENCE


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
                "reasons": [STAYS_PUT],
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
