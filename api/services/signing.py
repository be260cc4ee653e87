"""The approvals queue: what waits for whose signature, who may give it tonight, and in whose stead.

A signature belongs to a role; a person of that role may hand it on for a time, by a delegation that names
what may be signed. Whoever promised the bed does not sign for it too, unless the signature is given outside
Righthome and only written down here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select

from api import clock
from api.alert_policy import LONDON, alert_policy_of
from api.auth.roles import Role
from api.database.tables import users
from api.services.desk import Desk, missing, typed
from api.services.holding import require_standing
from reference_data.problems import Conflict, InvalidInput, NotPermitted

if TYPE_CHECKING:
    from api.database.duties import Duty
    from api.database.kept import Kept
    from api.database.occupancy import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that waits for a signature, and whether whoever asks may give it, or write down that it was given."""

    duty: Duty
    claim: Claim
    mine: bool
    on_behalf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Who gave, or refused, a signature outside Righthome that is written down here, and how: where it is kept."""

    given_by: str = ""
    how: str = ""


def queue(desk: Desk) -> tuple[Waiting, ...]:
    """Return everything of the council that waits for a signature: what the reader may sign first, then by date."""
    delegated, seen = _delegated_codes(desk), desk.records.seen
    waiting = [
        Waiting(
            duty=duty,
            claim=replace(
                claim, child_id=seen.child(claim.child_id), referral_id=seen.reference(claim.referral_id)
            ),
            mine=_refusal(desk, duty, claim, delegated) is None,
            on_behalf=desk.placing.signer(duty.who).on_behalf,
        )
        for duty, claim in desk.records.duties_of(desk.authority).waiting("approval")
    ]
    return tuple(sorted(waiting, key=lambda one: (not one.mine, one.duty.due_on or date.max)))


NOWHERE_ELSE = Elsewhere()


def sign(desk: Desk, duty_id: str, *, note: str = "", elsewhere: Elsewhere = NOWHERE_ELSE) -> Duty:
    """Give a signature, or write down one that was given elsewhere.

    Raises
    ------
    NotFound
        If there is no such approval in view.
    NotPermitted
        If it is not this person's to give, nor handed on to them for now.
    ImportRejected
        If it is given elsewhere and nobody says by whom or how.
    Conflict
        If somebody answered it meanwhile, or the hold is over.
    """
    duty, delegation = _to_answer(desk, duty_id)
    return desk.records.duties_of(desk.authority).answer(
        duty, status="done", note=_said(desk, duty, note, elsewhere) or None, delegation_id=delegation
    )


def refuse(desk: Desk, duty_id: str, *, note: str, elsewhere: Elsewhere = NOWHERE_ELSE) -> Duty:
    """Refuse a signature, with the reason, or write down that it was refused elsewhere. The placement cannot start.

    Raises
    ------
    NotFound, NotPermitted, Conflict
        As for signing.
    ImportRejected
        If there is no reason, or it is refused elsewhere and nobody says by whom or how.
    """
    if not note.strip():
        raise missing("note", "Say why it is refused.")
    duty, delegation = _to_answer(desk, duty_id)
    return desk.records.duties_of(desk.authority).answer(
        duty, status="refused", note=_said(desk, duty, note, elsewhere), delegation_id=delegation
    )


def _said(desk: Desk, duty: Duty, note: str, elsewhere: Elsewhere) -> str:
    """Return what is kept with an answer. What was given elsewhere says who gave it and how: nobody here signs for it."""
    if not desk.placing.signer(duty.who).on_behalf:
        return note.strip()
    by, how = elsewhere.given_by.strip(), elsewhere.how.strip()
    if not by:
        raise missing("given_by", "Say who gave or refused it.")
    if not how:
        raise missing("how", "Say how and when, and where it is kept.")
    return ". ".join(part.rstrip(".") for part in (f"From {by}: {how}", note.strip()) if part) + "."


def tick(desk: Desk, duty_id: str, *, note: str = "", skip: bool = False) -> Duty:
    """Write down that the provider has an item of the checklist, or a notice is sent; or leave an item out with a reason.

    Raises
    ------
    NotFound
        If there is no such item in view.
    ImportRejected
        If it is left out without a reason.
    InvalidInput
        If it is a signature, or a notice that is to be left out: the law asks for it.
    Conflict
        If somebody answered it meanwhile, or the hold is over.
    """
    duties, ledger = desk.records.duties_of(desk.authority), desk.records.beds_of(desk.authority)
    duty = duties.one(duty_id)
    if duty.kind == "approval":
        raise InvalidInput("not_a_tick", "This waits for a signature in the approvals queue.")
    if skip and duty.kind == "notice":
        raise InvalidInput("never_left_out", "A plan or a notice that the law asks for cannot be left out.")
    if skip and not note.strip():
        raise missing("note", "Say why it is left out.")
    if duty.code == "identity" and not skip:
        from api.services.holding import share_identity

        share_identity(desk, duty.claim_id)
        return duties.one(duty_id)
    claim = ledger.claim(duty.claim_id, to_change=True)
    if duty.before_start:
        require_standing(claim)
    _require_waiting(duties.one(duty_id))
    return duties.answer(duties.one(duty_id), status="skipped" if skip else "done", note=note.strip() or None)


def delegate(
    desk: Desk,
    *,
    given_to: str,
    codes: tuple[str, ...],
    from_on: date | str,
    until_on: date | str,
    hours: str,
    reason: str,
) -> Kept:
    """Hand on what one may sign to somebody else of the council, for some days or nights.

    Raises
    ------
    NotPermitted
        If one may not sign it oneself by one's role: what is handed on cannot be handed on again.
    InvalidInput
        If the other person is nobody active of the council, or oneself.
    ImportRejected
        If a field is missing or cannot be used.
    """
    values = typed(
        "delegation",
        {
            "delegation_id": uuid4().hex,
            "authority": desk.authority,
            "given_by": desk.username,
            "given_to": given_to.strip().casefold(),
            "codes": list(codes),
            "from_on": str(from_on),
            "until_on": str(until_on),
            "hours": hours,
            "reason": reason,
        },
    )
    if values["until_on"] < values["from_on"]:
        raise missing("until_on", "Give a last day that is not before the first.")
    if not codes:
        raise missing("codes", "Say what may be signed.")
    approvers = desk.policy.approvers
    for code in codes:
        if code not in approvers:
            raise InvalidInput("no_such_code", f"Give codes among: {', '.join(sorted(approvers))}.")
        if desk.role not in desk.placing.signer(approvers[code]).roles:
            raise NotPermitted("not_yours_to_give", "You may hand on only what your own role signs.")
    if values["given_to"] == desk.username or not _is_active(desk, values["given_to"]):
        raise InvalidInput(
            "no_such_person", "Give the username of somebody else who signs in at your council."
        )
    return desk.records.kept("delegations", desk.authority).add(values)


def codes_of(desk: Desk) -> tuple[str, ...]:
    """Return what this person's own role signs, and may therefore hand on."""
    from matching.approvals import EVERY_PLACEMENT

    return tuple(
        code
        for code, who in desk.policy.approvers.items()
        if code not in EVERY_PLACEMENT and desk.role in desk.placing.signer(who).roles
    )


def withdraw_delegation(desk: Desk, delegation_id: str) -> Kept:
    """Take back what was handed on, from this moment.

    Raises
    ------
    NotFound
        If there is none of that id in view.
    NotPermitted
        If somebody else gave it; the Director may take back any.
    """
    delegations = desk.records.kept("delegations", desk.authority)
    before = delegations.one(delegation_id, to_change=True)
    if before.values["given_by"] != desk.username and desk.role is not Role.DIRECTOR:
        raise NotPermitted("not_yours_to_take", "Whoever gave it takes it back, or the Director.")
    return delegations.change(
        delegation_id, {**before.values, "withdrawn_on": desk.today}, version=before.version
    )


def in_force(desk: Desk, at: datetime | None = None) -> tuple[Kept, ...]:
    """Return the delegations in force at an instant, the present one when absent: who may sign what tonight."""
    at = at or clock.moment_of(desk.settings)
    found = desk.records.kept("delegations", desk.authority).all()
    return tuple(one for one in found if _covers(desk, one.values, at))


def not_in_force(desk: Desk) -> tuple[Kept, ...]:
    """Return the delegations that are not in force at this moment and were not taken back: those to come, those over."""
    now_in_force = {one.record_id for one in in_force(desk)}
    return tuple(
        one
        for one in desk.records.kept("delegations", desk.authority).all()
        if one.record_id not in now_in_force and one.values.get("withdrawn_on") is None
    )


def _covers(desk: Desk, values: dict[str, Any], at: datetime) -> bool:
    if values.get("withdrawn_on") is not None:
        return False
    office = alert_policy_of(desk.settings)
    local = at.astimezone(LONDON)
    is_office = office.in_office_hours(at)
    hours = values["hours"]
    if (hours == "office" and not is_office) or (hours == "out_of_hours" and is_office):
        return False
    first: date = values["from_on"]
    last: date = values["until_on"]
    # The night that begins on the last day counts to the morning.
    in_the_morning = hours != "office" and local.time() < office.office_from
    last_day = last + timedelta(days=1) if in_the_morning else last
    # A night is the one of the evening before: the morning of the first day is not yet handed on.
    first_day = first + timedelta(days=1) if in_the_morning and hours == "out_of_hours" else first
    return first_day <= local.date() <= last_day


def _to_answer(desk: Desk, duty_id: str) -> tuple[Duty, str | None]:
    duties = desk.records.duties_of(desk.authority)
    duty = duties.one(duty_id)
    if duty.kind != "approval":
        raise InvalidInput("not_a_signature", "This is no signature: tick it on the hold's page.")
    # Whoever decides holds the same row, so that a start and a refusal never pass each other.
    claim = desk.records.beds_of(desk.authority).claim(duty.claim_id, to_change=True)
    duty = duties.one(duty_id)
    delegated = _delegated_codes(desk)
    refusal = _refusal(desk, duty, claim, delegated)
    if refusal is not None:
        raise NotPermitted("not_yours_to_sign", refusal)
    if duty.before_start:
        require_standing(claim)
    _require_waiting(duty)
    by_role = desk.role in desk.placing.signer(duty.who).roles
    return duty, None if by_role else delegated[duty.code]


def _refusal(desk: Desk, duty: Duty, claim: Claim, delegated: dict[str, str]) -> str | None:
    signer = desk.placing.signer(duty.who)
    if desk.role not in signer.roles and duty.code not in delegated:
        return f"This waits for the {duty.who}, or for somebody to whom that was handed on."
    if claim.made_by == desk.username and not signer.on_behalf:
        return "You promised this bed yourself, so somebody else signs for it."
    return None


def _delegated_codes(desk: Desk) -> dict[str, str]:
    """Return what was handed on to this person and is in force: code to delegation."""
    return {
        code: one.record_id
        for one in in_force(desk)
        if one.values["given_to"] == desk.username and _is_active(desk, one.values["given_by"])
        for code in one.values["codes"]
    }


def _is_active(desk: Desk, username: str) -> bool:
    found = desk.records.connection.execute(
        select(users.c.active).where(users.c.username == username, users.c.authority == desk.authority)
    ).scalar()
    return bool(found)


def _require_waiting(duty: Duty) -> None:
    if duty.status != "waiting":
        raise Conflict("answered_already", "Somebody has answered this already. Open it again to see how.")
