"""The records of whoever asks, as short lists: what a system needs to show and to link, nothing more."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
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


@router.get("/stays")
def stays(records: OpenRecords) -> list[StaySummary]:
    """Return every stay the reader's council recorded."""
    return [StaySummary.model_validate(stay, from_attributes=True) for stay in records.stays()]
