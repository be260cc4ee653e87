"""Joint plans as people ask for them: under decisions taken already, made in the background, kept and compared.

Asking writes a row, and the job that makes the plan (``api/services/jobs.py``); pages read how far it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from api import clock
from api.database.stored import digest
from reference_data.problems import InvalidInput, NotEnoughData, NotFound, RighthomeError

if TYPE_CHECKING:
    from api.database.engine import Database
    from api.database.plan_records import SavedPlan
    from api.database.records import Records
    from api.kept import Kept, Lists
    from matching.policy import Policy
    from matching.referral import Referral

WORK_SECONDS = 60.0
"""The limit of work of a plan made in the background; the clock is only its guard."""

GIVEN_UP_AFTER = timedelta(minutes=10)
"""A plan that is not done by then was being made by a server that has stopped."""

MOST_FURTHER_PLANS = 5

CERTIFIED_CHILDREN = 150
"""Up to so many children each aim also gets weights that prove it by adding up; for more, working them out takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """How many further plans to look for, how many children each differs by, at what loss; and what scarce beds cost.

    ``keep_scarce`` has the plan prefer, between homes that are equally good for a child, the one that the children who
    may come next would miss less.
    """

    alternatives: int = 0
    differ_by: int = 2
    loss_percent: int = 10
    keep_scarce: bool = True

    def as_settings(self) -> dict[str, Any]:
        """Return the keywords of the engine, checked.

        Raises
        ------
        InvalidInput
            If a number is out of its range.
        """
        if not (
            0 <= self.alternatives <= MOST_FURTHER_PLANS
            and 1 <= self.differ_by <= 50
            and 0 <= self.loss_percent <= 100
        ):
            raise InvalidInput(
                "further_plans",
                f"Ask for 0 to {MOST_FURTHER_PLANS} further plans, that differ by 1 to 50 children, at a loss of "
                "0 to 100 in 100.",
            )
        return {
            "alternatives": self.alternatives,
            "differ_by": self.differ_by,
            "loss_percent": self.loss_percent,
            "keep_scarce": self.keep_scarce,
        }


def ask_for_plan(
    records: Records,
    authority: str,
    as_of: date,
    *,
    policy: Policy,
    decisions: Iterable[Mapping[str, Any]] = (),
    further: Further | None = None,
    based_on: str | None = None,
) -> str:
    """Return the id of the plan that answers this question: one there is already, or a new one that waits.

    Raises
    ------
    InvalidInput
        If a number of the further plans is out of its range.
    """
    settings = (further or Further()).as_settings()
    decided = sorted(
        ({"child_id": d["child_id"], "home_id": d["home_id"], "ban": bool(d["ban"])} for d in decisions),
        key=lambda d: (d["child_id"], d["home_id"], d["ban"]),
    )
    question = question_of(records, as_of=as_of, policy=policy, decisions=decided, settings=settings)
    kept = records.plans_of(authority)
    for plan in kept.all():
        if plan.question == question and state_of(plan) in ("waiting", "running", "done"):
            return plan.plan_id
    plan_id = kept.add(
        question=question,
        as_of=as_of,
        asked_by=records.scope.actor,
        based_on=based_on,
        decisions=decided,
        settings=settings,
    )
    records.jobs_of(authority).add(
        "plan", question=question, asked_by=records.scope.actor, settings={}, result_id=plan_id
    )
    records.note(
        "plan_asked_for",
        authority=authority,
        subject_kind="plan",
        subject_id=plan_id,
        detail={"decisions": len(decided), "further_plans": settings["alternatives"]},
    )
    return plan_id


def question_of(
    records: Records,
    *,
    as_of: date,
    policy: Policy,
    decisions: Iterable[Mapping[str, Any]],
    settings: Mapping[str, Any],
) -> str:
    """Return a digest of everything that a plan depends on."""
    return digest(
        {
            "records": records.for_everybody().version(),
            "as_of": as_of.isoformat(),
            "policy": policy.version,
            "decisions": [dict(one) for one in decisions],
            "settings": dict(settings),
        }
    )


def state_of(plan: SavedPlan) -> str:
    """Return ``waiting``, ``running``, ``done``, ``failed``, or ``stopped`` where nobody makes it any more."""
    if plan.status in ("waiting", "running") and clock.now() - plan.asked_at > GIVEN_UP_AFTER:
        return "stopped"
    return plan.status


def is_current(records: Records, plan: SavedPlan, *, as_of: date, policy: Policy) -> bool:
    """Say whether a plan made now from the same decisions would be made from the same records."""
    return plan.question == question_of(
        records, as_of=as_of, policy=policy, decisions=plan.decisions, settings=plan.settings
    )


def with_decision(
    decisions: Iterable[Mapping[str, Any]], child_id: str, decision: str, home_id: str | None
) -> list[Mapping[str, Any]]:
    """Return the decisions of a plan with one more about a child.

    Parameters
    ----------
    decision
        ``pin`` to a home, in place of all that was decided of the child; ``ban`` from a home, beside other bans;
        ``free`` to leave the child to the plan again.

    Raises
    ------
    InvalidInput
        If the decision is none of these, or names no home where it needs one.
    """
    others = [one for one in decisions if one["child_id"] != child_id]
    if decision == "free":
        return others
    if decision not in ("pin", "ban") or not home_id:
        raise InvalidInput("no_decision", "Choose what the plan has to keep for this child.")
    bans = [
        one
        for one in decisions
        if decision == "ban" and one["child_id"] == child_id and one["ban"] and one["home_id"] != home_id
    ]
    return [*others, *bans, {"child_id": child_id, "home_id": home_id, "ban": decision == "ban"}]


def make_plan(
    database: Database, authority: str, plan_id: str, *, policy: Policy, kept: Kept, actor: str
) -> None:
    """Make a plan that waits, and keep its answer, or that it failed; a plan that somebody else makes is left.

    No transaction is open while the engine works.
    """
    from api.database.records import Records, Scope

    scope = Scope(authorities=frozenset({authority}), actor=actor)
    with database.writing() as connection:
        if not Records(connection, scope).plans_of(authority).claim(plan_id):
            return
    try:
        with database.reading() as connection:
            # Several people read a plan, so it is made without restricted children.
            records = Records(connection, scope).for_everybody()
            asked = records.plans_of(authority).plan(plan_id)
            lists = kept.lists_of(records)
            # Who came is told by those who have been placed too, and not only by those still waiting.
            searches = records.referrals(placed=True) if asked.settings.get("keep_scarce") else ()
        answer = _answer(asked, lists, policy, searches)
    except Exception as error:
        # Our own errors are sentences without a child's data; of any other only that it happened is kept.
        told = {"message": error.message} if isinstance(error, RighthomeError) else {}
        with database.writing() as connection:
            Records(connection, scope).plans_of(authority).finish(plan_id, None, told)
        raise
    with database.writing() as connection:
        Records(connection, scope).plans_of(authority).finish(plan_id, answer, _in_brief(answer))


def _answer(asked: SavedPlan, lists: Lists, policy: Policy, searches: Sequence[Referral]) -> dict[str, Any]:
    from matching.plan import plan_list
    from matching.verify import verify_plan

    children = {one.child_id for one in lists.referrals}
    homes = {home.home_id for home in lists.homes}
    holds = [one for one in asked.decisions if one["child_id"] in children and one["home_id"] in homes]
    gone = len(asked.decisions) - len(holds)
    warnings = (
        [
            f"{gone} of the decisions name a child or a home that is not on the list any more, and were left out."
        ]
        if gone
        else []
    )
    samples, told = _next_arrivals(searches, asked)
    plan = plan_list(
        lists.referrals,
        lists.homes,
        as_of=asked.as_of,
        policy=policy,
        pins=holds,
        arrivals=samples,
        certificates=len(lists.referrals) <= CERTIFIED_CHILDREN,
        time_limit_seconds=WORK_SECONDS,
        warnings=warnings,
        alternatives=int(asked.settings["alternatives"]),
        differ_by=int(asked.settings["differ_by"]),
        loss_percent=int(asked.settings["loss_percent"]),
    )
    answer = plan.as_dict() | {"arrivals": told}
    # Counted again by a checker that shares no code with the search and needs no solver.
    wrong = verify_plan(answer, lists.referrals, lists.homes, as_of=asked.as_of, policy=policy, pins=holds)
    return answer | {"checked": [one.as_dict() for one in wrong]}


def _next_arrivals(
    searches: Sequence[Referral], asked: SavedPlan
) -> tuple[Sequence[Sequence[Referral]], dict[str, Any] | None]:
    """Return the children who may come next, and where they come from or why they are not known."""
    from sufficiency.next_arrivals import sample_arrivals

    if not asked.settings.get("keep_scarce"):
        return (), None
    try:
        found = sample_arrivals(searches, as_of=asked.as_of)
    except NotEnoughData as few:
        return (), {"samples": 0, "not_assessed": few.message}
    return found.samples, found.told()


CHECKED_BY = "righthome verify plan.json --authority {authority}"
"""The command that checks a plan that was downloaded; it is kept in the file itself."""


def certificate_of(plan: SavedPlan, authority: str) -> dict[str, Any]:
    """Return a plan as the file that ``righthome verify`` reads: the answer, its certificates, its decisions.

    Raises
    ------
    NotFound
        If the plan is not done.
    """
    if plan.answer is None:
        raise NotFound("no_such_plan", "There is no finished plan of that id.")
    return {
        "how_to_check": CHECKED_BY.format(authority=authority),
        "plan_id": plan.plan_id,
        "question": plan.question,
        **plan.answer,
        "pins": [dict(one) for one in plan.decisions],
        "asked": dict(plan.settings),
    }


def _in_brief(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "status": answer["status"],
        "placed": len(answer["assignments"]),
        "unplaced": len(answer["unplaced"]),
        "seconds": answer["seconds"],
    }
