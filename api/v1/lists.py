"""The records of whoever asks, as short lists: what a system needs to show and to link, nothing more."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.database.records import Records
from api.database.session import open_records
from api.day_asked import DayAsked
from api.v1.paging import PartAsked, fits
from reference_data.vocabulary import ContractKind, HomeStatus, PlacementType, Urgency

router = APIRouter(tags=["records"])
OpenRecords = Annotated[Records, Depends(open_records)]


class ReferralSummary(BaseModel):
    """A child waiting for a home."""

    referral_id: str
    child_id: str
    authority: str
    urgency: str | None
    needed_by: date | None
    legal_status: str | None
    sibling_group: str | None


class HomeSummary(BaseModel):
    """A home and what is free in it. ``authority`` is the area the home stands in."""

    home_id: str
    type: str
    authority: str | None
    contract: str | None
    status: str | None
    places: int | None
    vacancies: int | None


class PartnersHome(BaseModel):
    """A home that a partner council shares. ``kept_by`` is that council."""

    kept_by: str
    home_id: str
    name: str | None
    provider: str | None
    urn: str | None
    type: str
    area_authority: str | None
    status: str | None
    places: int | None
    vacancies: int | None
    vacancies_confirmed_on: date | None
    partner_concern: str | None
    partner_concern_evidence: str | None
    partner_concern_reply: str | None


class AuditEntry(BaseModel):
    """One thing somebody did, with the digests of the chain."""

    sequence: int
    at: str
    authority: str | None
    actor: str
    action: str
    subject_kind: str | None
    subject_id: str | None
    detail: dict[str, str | int | bool | None]
    previous_digest: str
    digest: str


class StaySummary(BaseModel):
    """A stay in emergency accommodation."""

    stay_id: str
    child_id: str
    setting: str | None
    started_on: date | None
    ended_on: date | None


@router.get("/referrals")
def referrals(
    records: OpenRecords,
    part: PartAsked,
    urgency: Annotated[Urgency | None, Query(description="Only those of this urgency.")] = None,
    child_id: Annotated[str | None, Query(description="Only this child's.")] = None,
    sibling_group: Annotated[str | None, Query(description="Only those of this group.")] = None,
    needed_by: Annotated[DayAsked, Query(description="Only those needed on this day or before.")] = None,
) -> list[ReferralSummary]:
    """Return the referrals of the reader's council whose child still waits, in the order of their ids."""
    found = [
        one
        for one in records.referrals()
        if fits(one, urgency=urgency, child_id=child_id, sibling_group=sibling_group)
        and (needed_by is None or (one.needed_by is not None and one.needed_by <= needed_by))
    ]
    return [
        ReferralSummary.model_validate(one, from_attributes=True)
        for one in part.of(found, lambda one: one.referral_id)
    ]


@router.get("/referrals/{referral_id}")
def referral(referral_id: str, records: OpenRecords) -> ReferralSummary:
    """Return one referral; another council's is not found."""
    return ReferralSummary.model_validate(records.referral(referral_id), from_attributes=True)


@router.get("/homes")
def homes(
    records: OpenRecords,
    part: PartAsked,
    kind: Annotated[PlacementType | None, Query(alias="type", description="Only homes of this type.")] = None,
    status: Annotated[HomeStatus | None, Query(description="Only homes in this state.")] = None,
    contract: Annotated[ContractKind | None, Query(description="Only homes under this contract.")] = None,
    free: Annotated[bool, Query(description="Only homes with a place free.")] = False,
) -> list[HomeSummary]:
    """Return the homes that the reader's council keeps, in the order of their ids."""
    found = [
        one
        for one in records.homes()
        if fits(one, type=kind, status=status, contract=contract) and (not free or (one.vacancies or 0) > 0)
    ]
    return [
        HomeSummary.model_validate(one, from_attributes=True)
        for one in part.of(found, lambda one: one.home_id)
    ]


@router.get("/homes/{home_id}")
def home(home_id: str, records: OpenRecords) -> HomeSummary:
    """Return one home; another council's is not found."""
    return HomeSummary.model_validate(records.home(home_id), from_attributes=True)


@router.get("/partners/homes")
def partners_homes(
    records: OpenRecords,
    part: PartAsked,
    kept_by: Annotated[str | None, Query(description="Only those of this council.")] = None,
) -> list[PartnersHome]:
    """Return the homes, vacancies and concerns that partner councils share; never a child of theirs."""
    found = [one for one in records.homes_of_partners() if fits(one, kept_by=kept_by)]
    return [
        PartnersHome.model_validate(one, from_attributes=True)
        for one in part.of(found, lambda one: f"{one.kept_by} {one.home_id}")
    ]


@router.get("/stays")
def stays(
    records: OpenRecords,
    part: PartAsked,
    child_id: Annotated[str | None, Query(description="Only this child's.")] = None,
    open_only: Annotated[bool, Query(alias="open", description="Only those without an end.")] = False,
) -> list[StaySummary]:
    """Return the stays that the reader's council recorded, in the order of their ids."""
    found = [
        one
        for one in records.stays()
        if fits(one, child_id=child_id) and not (open_only and one.ended_on is not None)
    ]
    return [
        StaySummary.model_validate(one, from_attributes=True)
        for one in part.of(found, lambda one: one.stay_id)
    ]


@router.get("/audit")
def audit(
    records: OpenRecords,
    part: PartAsked,
    actor: Annotated[str | None, Query(description="Only what this name did.")] = None,
    subject: Annotated[str | None, Query(description="Only about this record.")] = None,
) -> list[AuditEntry]:
    """Return the audit of the reader's council, the newest entry first."""
    found = records.audit_entries(part.limit + 1, actor=actor, subject_id=subject, before=part.number())
    return [
        AuditEntry.model_validate(entry, from_attributes=True)
        for entry in part.first(found, lambda entry: str(entry.sequence))
    ]
