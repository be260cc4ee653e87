"""The engines' answers over the stored records, exactly as the contract's JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from api.auth.sessions import current_user
from api.clock import day_of
from api.database.records import Records
from api.database.session import open_records
from api.day_asked import DayAsked
from api.services.policy import policy_of
from api.settings import Settings

router = APIRouter(tags=["answers"])
OpenRecords = Annotated[Records, Depends(open_records)]
AsOf = Annotated[DayAsked, Query(description="The date facts are known on; today when absent.")]


@router.get("/referrals/{referral_id}/options")
def ranked_options(
    request: Request, referral_id: str, records: OpenRecords, as_of: AsOf = None
) -> dict[str, Any]:
    """Return every lawful home for one child, ranked, and every other home with its reason."""
    from api.services.ranked_options import ranked_options as rank

    state = request.app.state
    settings: Settings = state.settings
    found = rank(records, referral_id, day_of(settings, as_of), policy=policy_of(settings), kept=state.kept)
    return found.as_dict()


@router.get("/emergency-watch")
def emergency_watch(request: Request, records: OpenRecords, as_of: AsOf = None) -> dict[str, Any]:
    """Return the spells in emergency accommodation and what is due."""
    from api.services.emergency_watch import emergency_watch as watch

    settings: Settings = request.app.state.settings
    return watch(records, day_of(settings, as_of), policy=policy_of(settings)).as_dict()


@router.get("/equality")
def equality(
    request: Request,
    records: OpenRecords,
    for_publication: Annotated[bool, Query(description="Withhold small numbers, and name no child.")] = False,
) -> dict[str, Any]:
    """Return who is offered what by group, and how often people chose another home than the first."""
    from api.services.equality import equality_of

    state = request.app.state
    return equality_of(
        records,
        current_user(request).authority,
        day_of(state.settings),
        policy=policy_of(state.settings),
        kept=state.kept,
        for_publication=for_publication,
    )
