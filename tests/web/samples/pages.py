"""Every page in its states: its template, and what it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api.errors import Problem
from api.services.four_answers import offered_statuses
from api.services.waiting_choice import Only, WaitingChoice
from api.services.waiting_list import WaitingListView
from api.web.presenters.adopted import present_what_if
from api.web.presenters.alerts import (
    present_alerts,
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
from matching.plan_comparison import compare_plans
from tests.web.samples.emergency import sample_alerts, sample_nights, sample_watch, sample_week
from tests.web.samples.forecasts import KEPT, sample_adopted, sample_forecast, sample_what_if
from tests.web.samples.plans import sample_plan, sample_saved_plan
from tests.web.samples.ranking import (
    AS_OF,
    EVIDENCE,
    sample_homes,
    sample_ranking,
    sample_referral,
    sample_waiting,
)


def sample_pages() -> dict[str, tuple[str, dict[str, Any]]]:
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
        "part of the waiting list": (
            "waiting_list.html",
            {"page": present_waiting_list(sample_waiting(), choice=WaitingChoice(only=Only.TOGETHER))},
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
        "fault": ("error.html", {"error": present_problem(fault), "back": ""}),
        "accessibility": ("accessibility_statement.html", {}),
        "help": ("help.html", {}),
    }
