"""Placing a child over the API: enquiries, holds, what a start waits for, signatures, the decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.services import anonymous_sheet, deciding, enquiries, holding, kept_records, signing
from api.services.holding import Holding
from api.v1.at_the_desk import AtDesk, VersionIfRead, VersionRead
from api.v1.paging import PartAsked
from api.v1.sent import Sent

router = APIRouter(tags=["placing"])
Note = Annotated[str, Field(max_length=4000)]


class Asked(Sent):
    """That a home is asked for a child."""

    home_id: str
    channel: Literal["phone", "email", "link", "meeting"] | None = None
    spoke_to: Note = ""


class Answered(Sent):
    """What a home said."""

    answer: Literal["offered", "declined", "no_answer", "withdrawn"]
    reason: str = ""
    said: Note = ""
    spoke_to: Note = ""
    quoted_weekly_fee_pounds: str = Field(default="", examples=["950.50"])
    quoted_staffing: Note = ""
    offer_expires_on: date | None = None
    offer_expires_at: str = Field(default="", examples=["17:00"])
    vacancies: int | None = Field(default=None, ge=0, le=1000)


class Vacancies(Sent):
    """How many places a home says are free."""

    vacancies: int = Field(ge=0, le=1000)


class HoldAsked(Sent):
    """That a bed of a home is wanted for a child."""

    home_id: str
    from_on: date | None = None


class Ticked(Sent):
    """That an item is had or sent; or is left out, with the reason in the note."""

    note: Note = ""
    skip: bool = False


class Signed(Sent):
    """A signature, or with ``refuse`` a refusal, whose reason is the note.

    ``given_by`` and ``how`` are for what somebody gave outside Righthome and is only written down here.
    """

    note: Note = ""
    refuse: bool = False
    given_by: str = Field(default="", max_length=200, examples=["A. Worker, the child's social worker"])
    how: str = Field(default="", max_length=400, examples=["by email on 15 June, kept in the child's file"])


class DecisionMade(Sent):
    """Why a home was chosen, how the child's wishes were considered, and why not the first-ranked."""

    reasons: Note
    wishes_considered: Note
    why_not_first: Note = ""
    weekly_fee_pounds: str = Field(default="", examples=["950.50"])
    staffing: Note = ""
    starts_on: date | None = None


class PlacementEnded(Sent):
    """That a placement ended."""

    ended_on: date
    end_reason: str = Field(examples=["CARPL"])
    said: Note = ""
    review_on: date | None = None
    planned: bool | None = None


class DelegationGiven(Sent):
    """That somebody else may sign for a time."""

    given_to: str
    codes: list[str] = Field(min_length=1)
    from_on: date
    until_on: date
    hours: Literal["any", "office", "out_of_hours"]
    reason: Note


@router.get("/referrals/{referral_id}/sheet")
def sheet(referral_id: str, desk: AtDesk) -> dict[str, Any]:
    """Return what a provider is told of a child before it is chosen: nothing that says who."""
    return anonymous_sheet.anonymous_sheet(desk, referral_id).as_dict()


@router.get("/referrals/{referral_id}/enquiries")
def list_enquiries(referral_id: str, desk: AtDesk, part: PartAsked) -> list[dict[str, Any]]:
    """Return the homes asked for a child and what they said."""
    desk.records.referral(referral_id)
    found = part.as_ordered(enquiries.of_referral(desk, referral_id), lambda one: one.record_id)
    return [kept_records.as_json(one) for one in found]


@router.post("/referrals/{referral_id}/enquiries", status_code=201)
def ask(referral_id: str, given: Asked, desk: AtDesk) -> dict[str, Any]:
    """Write down that a home was asked."""
    return kept_records.as_json(
        enquiries.ask(desk, referral_id, given.home_id, channel=given.channel, spoke_to=given.spoke_to)
    )


@router.post("/enquiries/{enquiry_id}/answer")
def answer(enquiry_id: str, given: Answered, version: VersionRead, desk: AtDesk) -> dict[str, Any]:
    """Write down what a home said."""
    said = given.model_dump(mode="json", exclude={"vacancies"})
    return kept_records.as_json(
        enquiries.answer(desk, enquiry_id, version=version, vacancies=given.vacancies, **said)
    )


@router.post("/homes/{home_id}/vacancies")
def confirm_vacancies(home_id: str, given: Vacancies, desk: AtDesk) -> dict[str, Any]:
    """Write down how many places a home says are free today."""
    found = enquiries.confirm_vacancies(desk, home_id, given.vacancies)
    return {"home_id": home_id, "version": found.version, "vacancies": given.vacancies}


@router.get("/homes/{home_id}/beds")
def beds(home_id: str, desk: AtDesk, part: PartAsked) -> list[dict[str, Any]]:
    """Return a home's beds and for whom each is held or taken."""
    return part.as_ordered(holding.beds_of_home(desk, home_id), lambda one: str(one["bed_id"]))


@router.post("/referrals/{referral_id}/holds", status_code=201)
def hold(referral_id: str, given: HoldAsked, desk: AtDesk) -> dict[str, Any]:
    """Hold a bed for a child; whoever comes second for the last one gets a conflict (409).

    `other_holds` names beds that are held for the same child already: each keeps a bed from other children.
    """
    return holding_json(holding.hold(desk, referral_id, given.home_id, from_on=given.from_on))


@router.get("/holds/{claim_id}")
def read_hold(claim_id: str, desk: AtDesk) -> dict[str, Any]:
    """Return a promised bed and everything that a start waits for."""
    return holding_json(holding.holding(desk, claim_id))


@router.post("/holds/{claim_id}/release")
def let_go(claim_id: str, desk: AtDesk, version: VersionIfRead) -> dict[str, Any]:
    """Let a hold go."""
    holding.let_go(desk, claim_id, version=version)
    return holding_json(holding.holding(desk, claim_id))


@router.post("/holds/{claim_id}/extension")
def longer(claim_id: str, desk: AtDesk, version: VersionIfRead) -> dict[str, Any]:
    """Hold a bed for another while."""
    holding.longer(desk, claim_id, version=version)
    return holding_json(holding.holding(desk, claim_id))


@router.post("/holds/{claim_id}/identity")
def share_identity(claim_id: str, desk: AtDesk, version: VersionIfRead) -> dict[str, Any]:
    """Write down that the provider chosen is told who the child is."""
    holding.share_identity(desk, claim_id, version=version)
    return holding_json(holding.holding(desk, claim_id))


@router.post("/duties/{duty_id}/answer")
def tick(duty_id: str, given: Ticked, desk: AtDesk) -> dict[str, Any]:
    """Write down that an item of the checklist is had or a notice sent, or leave an item out with a reason."""
    return signing.tick(desk, duty_id, note=given.note, skip=given.skip).as_dict()


@router.get("/approvals")
def approvals(
    desk: AtDesk,
    part: PartAsked,
    mine: Annotated[bool, Query(description="Only what the reader may sign.")] = False,
) -> list[dict[str, Any]]:
    """Return what waits for a signature; with ``mine`` only what the reader may sign."""
    waiting = [
        one.duty.as_dict()
        | {"referral_id": one.claim.referral_id, "home_id": one.claim.home_id, "mine": one.mine}
        for one in signing.queue(desk)
        if one.mine or not mine
    ]
    return part.as_ordered(waiting, lambda one: str(one["duty_id"]))


@router.post("/approvals/{duty_id}/signature")
def sign(duty_id: str, given: Signed, desk: AtDesk) -> dict[str, Any]:
    """Give a signature, or refuse it with a reason; one that is given elsewhere names who gave it and how."""
    act = signing.refuse if given.refuse else signing.sign
    elsewhere = signing.Elsewhere(given_by=given.given_by, how=given.how)
    return act(desk, duty_id, note=given.note, elsewhere=elsewhere).as_dict()


@router.post("/holds/{claim_id}/decision", status_code=201)
def decide(claim_id: str, given: DecisionMade, desk: AtDesk, version: VersionIfRead) -> dict[str, Any]:
    """Decide for a held home and place the child there; everything that follows is done with it or nothing is."""
    made = deciding.decide(desk, claim_id, version=version, **given.model_dump())
    return {
        "decision": kept_records.as_json(made.decision),
        "placement": kept_records.as_json(made.placement),
        "hold": holding_json(made.holding),
    }


@router.post("/placements/{placement_id}/end")
def end_placement(
    placement_id: str, given: PlacementEnded, version: VersionRead, desk: AtDesk
) -> dict[str, Any]:
    """End a placement."""
    return kept_records.as_json(
        deciding.end_placement(desk, placement_id, version=version, **given.model_dump())
    )


@router.get("/delegations/in-force")
def in_force(desk: AtDesk, part: PartAsked) -> list[dict[str, Any]]:
    """Return who may sign what in whose stead now."""
    found = part.of(signing.in_force(desk), lambda one: one.record_id)
    return [kept_records.as_json(one) for one in found]


@router.post("/delegations", status_code=201)
def delegate(given: DelegationGiven, desk: AtDesk) -> dict[str, Any]:
    """Hand on for a time what one's own role signs."""
    values = given.model_dump() | {"codes": tuple(given.codes)}
    return kept_records.as_json(signing.delegate(desk, **values))


@router.post("/delegations/{delegation_id}/withdrawal")
def withdraw(delegation_id: str, desk: AtDesk) -> dict[str, Any]:
    """Take back what was handed on."""
    return kept_records.as_json(signing.withdraw_delegation(desk, delegation_id))


def holding_json(found: Holding) -> dict[str, Any]:
    """Return the JSON of a promised bed with what a start waits for."""
    claim = found.claim
    return {
        "hold_id": claim.claim_id,
        "kind": claim.kind,
        "version": claim.version,
        "referral_id": claim.referral_id,
        "home_id": claim.home_id,
        "enquiry_id": claim.enquiry_id,
        "from_on": claim.from_on.isoformat(),
        "until_on": claim.until_on.isoformat() if claim.until_on else None,
        "made_by": claim.made_by,
        "expires_at": claim.expires_at.isoformat() if claim.expires_at else None,
        "released_because": claim.released_because,
        "identity_shared_at": claim.identity_shared_at.isoformat() if claim.identity_shared_at else None,
        "ready": not found.holds_up,
        "other_holds": [
            {
                "hold_id": one.claim_id,
                "home_id": one.home_id,
                "expires_at": one.expires_at.isoformat() if one.expires_at else None,
            }
            for one in found.other_holds
        ],
        "duties": [duty.as_dict() for duty in found.duties],
    }
