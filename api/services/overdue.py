"""What is overdue of the records of homes and children: visits, answers, notices, and what a start waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from reference_data.working_days import working_days_after

if TYPE_CHECKING:
    from api.services.desk import Desk

SOON = timedelta(days=14)
"""How long before its last day a notice with no other home is shown. Professional judgement: nobody published one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """One thing that should have been done, or must be done soon."""

    what: str
    home_id: str | None
    child_id: str | None
    due_on: date
    address: str


def of_homes(desk: Desk) -> tuple[Overdue, ...]:
    """Return the visits that are due and were not made, the longest overdue first."""
    newest: dict[str, tuple[date, str, date | None]] = {}
    for one in desk.records.kept("quality_visits", desk.authority).all():
        values = one.values
        made = (values["visited_on"], one.record_id, values.get("next_visit_on"))
        if values["home_id"] not in newest or made[0] > newest[values["home_id"]][0]:
            newest[values["home_id"]] = made
    return _sorted(
        Overdue(
            what="A visit is overdue",
            home_id=home_id,
            child_id=None,
            due_on=due,
            address=f"/home-records/quality_visits/{visit_id}",
        )
        for home_id, (_, visit_id, due) in newest.items()
        if due is not None and due < desk.today
    )


def of_children(desk: Desk) -> tuple[Overdue, ...]:
    """Return what is overdue of children, the oldest first.

    Nominations without an answer, notices that run out, and of what was promised: notices of placing that are not sent,
    signatures that are not given, and what a start waits for.
    """
    found = []
    days = {
        one.record_id: one.values.get("answer_within_days")
        for one in desk.records.kept("contracts", desk.authority).all()
    }
    for one in desk.records.kept("nominations", desk.authority).all():
        within = days.get(one.values.get("contract_id", ""))
        if one.values.get("answer") is None and within is not None:
            due = working_days_after(one.values["nominated_on"], within)
            if due < desk.today:
                found.append(
                    _about(
                        "A home has not answered a nomination", one.values, due, "nominations", one.record_id
                    )
                )
    for one in desk.records.kept("notices", desk.authority).all():
        ends = one.values.get("ends_on")
        if ends is not None and one.values.get("outcome") in (None, "open") and ends <= desk.today + SOON:
            what = "A notice has run out" if ends < desk.today else "A notice runs out"
            found.append(_about(what, one.values, ends, "notices", one.record_id))
    for kind, what in (
        ("notice", "A notice of a placement is not sent"),
        ("checklist", "Something before a start"),
        ("approval", "A signature is not given"),
    ):
        for duty, claim in desk.records.duties_of(desk.authority).waiting(kind):
            by = duty.due_on or (claim.from_on if duty.before_start else None)
            if by is not None and by < desk.today:
                found.append(
                    Overdue(
                        what=f"{what}: {duty.text}",
                        home_id=claim.home_id,
                        child_id=desk.records.seen.child(claim.child_id),
                        due_on=by,
                        address=f"/holds/{claim.claim_id}#duty-{duty.duty_id}",
                    )
                )
    return _sorted(found)


def _about(what: str, values: Mapping[str, Any], due_on: date, kind: str, record_id: str) -> Overdue:
    return Overdue(
        what=what,
        home_id=values.get("home_id"),
        child_id=values["child_id"],
        due_on=due_on,
        address=f"/records/{kind}/{record_id}",
    )


def _sorted(found: Iterable[Overdue]) -> tuple[Overdue, ...]:
    return tuple(sorted(found, key=lambda one: (one.due_on, one.address)))
