"""The records of whoever asks, as short lists: what a system needs to show and to link, nothing more."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.database.records import Records
from api.database.session import open_records

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
def referrals(records: OpenRecords) -> list[ReferralSummary]:
    """Return every referral of the reader's council."""
    return [
        ReferralSummary.model_validate(referral, from_attributes=True) for referral in records.referrals()
    ]


@router.get("/referrals/{referral_id}")
def referral(referral_id: str, records: OpenRecords) -> ReferralSummary:
    """Return one referral; another council's is not found."""
    return ReferralSummary.model_validate(records.referral(referral_id), from_attributes=True)


@router.get("/homes")
def homes(records: OpenRecords) -> list[HomeSummary]:
    """Return every home the reader's council keeps."""
    return [HomeSummary.model_validate(home, from_attributes=True) for home in records.homes()]


@router.get("/homes/{home_id}")
def home(home_id: str, records: OpenRecords) -> HomeSummary:
    """Return one home; another council's is not found."""
    return HomeSummary.model_validate(records.home(home_id), from_attributes=True)


@router.get("/partners/homes")
def partners_homes(records: OpenRecords) -> list[PartnersHome]:
    """Return the homes, vacancies and concerns that partner councils share; never a child of theirs."""
    return [PartnersHome.model_validate(home, from_attributes=True) for home in records.homes_of_partners()]


@router.get("/stays")
def stays(records: OpenRecords) -> list[StaySummary]:
    """Return every stay the reader's council recorded."""
    return [StaySummary.model_validate(stay, from_attributes=True) for stay in records.stays()]


@router.get("/audit")
def audit(
    records: OpenRecords,
    actor: Annotated[str | None, Query(description="Only what this name did.")] = None,
    subject: Annotated[str | None, Query(description="Only about this record.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[AuditEntry]:
    """Return the newest entries of the audit of the reader's council, newest first."""
    found = records.audit_entries(limit, actor=actor, subject_id=subject)
    return [AuditEntry.model_validate(entry, from_attributes=True) for entry in found]
