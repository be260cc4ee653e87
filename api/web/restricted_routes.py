"""The addresses of restricted records and of what partner councils share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.alert_policy import alert_policy_of
from api.auth.roles import Permission, may
from api.auth.sessions import current_user
from api.clock import now
from api.database.records import Records
from api.database.session import open_records
from api.services import restricted
from api.web.page import page
from api.web.presenters.parts import in_parts
from api.web.presenters.placing import moment
from api.web.words import PLACE_WORDS, UNKNOWN, british_date, capital, plain
from reference_data.authorities import authority as authority_of
from reference_data.authorities import partners
from reference_data.problems import Conflict, InvalidInput, NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
HOMES_SHOWN = 50
OpenRecords = Annotated[Records, Depends(open_records)]


@router.get("/restricted")
def restricted_page(request: Request, records: OpenRecords) -> Response:
    """Return what is restricted and who broke the glass, as far as the reader may know it."""
    return _restricted_page(request, records)


@router.post("/restricted")
def restricted_added(
    request: Request,
    records: OpenRecords,
    child_id: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Restrict a child's records."""
    try:
        restricted.restrict(records, current_user(request).authority, child_id, reason)
    except (InvalidInput, NotFound, Conflict) as error:
        return _restricted_page(request, records, status=422, problem=error.message, of="restrict")
    return RedirectResponse("/restricted", status_code=303)


@router.post("/restricted/glass")
def glass_broken(
    request: Request,
    records: OpenRecords,
    child_id: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Break the glass: open one restricted child's records for a time, with a reason."""
    settings = request.app.state.settings
    try:
        restricted.break_glass(
            records,
            current_user(request).authority,
            child_id,
            reason,
            minutes=settings.glass_minutes,
            alert_policy=alert_policy_of(settings),
            base_url=settings.base_url,
        )
    except (InvalidInput, NotFound) as error:
        return _restricted_page(request, records, status=422, problem=error.message, of="glass")
    return RedirectResponse("/restricted", status_code=303)


@router.post("/restricted/{child_id}/lifted")
def restriction_lifted(request: Request, records: OpenRecords, child_id: str) -> Response:
    """Lift a restriction."""
    restricted.lift(records, current_user(request).authority, child_id)
    return RedirectResponse("/restricted", status_code=303)


def _restricted_page(
    request: Request, records: Records, *, status: int = 200, problem: str = "", of: str = ""
) -> Response:
    user = current_user(request)
    kept = records.restricted_of(user.authority)
    sees_all = may(user.role, Permission.READ_RESTRICTED)
    glass = kept.glass() if sees_all else kept.glass(of_actor=user.username)
    return page(
        request,
        "restricted.html",
        status=status,
        sees_all=sees_all,
        may_restrict=may(user.role, Permission.RESTRICT_RECORDS),
        may_break=may(user.role, Permission.BREAK_GLASS),
        minutes=request.app.state.settings.glass_minutes,
        restrictions=[
            {
                "child_id": one.child_id,
                "reason": one.reason,
                "by": one.restricted_by,
                "on": british_date(one.restricted_at.date()),
            }
            for one in (kept.restrictions() if sees_all else ())
        ],
        glass=[
            {
                "child_id": one.child_id,
                "actor": one.actor,
                "reason": one.reason,
                "at": moment(one.opened_at),
                "until": moment(one.until),
                "open": one.until > now(),
            }
            for one in glass
        ],
        problem=problem,
        problem_of=of,
    )


@router.get("/partners")
def partners_page(request: Request, records: OpenRecords, part: int = 1, own: int = 1) -> Response:
    """Return a part of what partner councils share, and a part of the own homes with whether each is shared."""
    user = current_user(request)
    may_share = may(user.role, Permission.SHARE_HOMES)
    shared = records.shared_homes_of(user.authority)
    theirs = in_parts(records.homes_of_partners(), part, most=HOMES_SHOWN)
    ours = in_parts(records.homes() if may_share else (), own, most=HOMES_SHOWN)
    return page(
        request,
        "partners.html",
        partners=[partner.name for partner in partners(user.authority)],
        homes=[_shared_home(home.as_dict()) for home in theirs.items],
        parts=theirs.links,
        may_share=may_share,
        own=[
            {"home_id": home.home_id, "name": home.name or home.home_id, "shared": home.home_id in shared}
            for home in ours.items
        ],
        own_parts=ours.links,
        own_part=ours.number,
    )


@router.post("/partners/homes/{home_id}")
def home_shared(
    request: Request,
    records: OpenRecords,
    home_id: str,
    shared: Annotated[str, Form()] = "",
    own: Annotated[int, Form()] = 1,
) -> Response:
    """Share a home with the partner councils, or no longer, and show the part of the own homes it stands in."""
    records.share_home(current_user(request).authority, home_id, shared=shared == "yes")
    return RedirectResponse(f"/partners?own={own}#own", status_code=303)


def _shared_home(home: dict[str, Any]) -> dict[str, Any]:
    concern = home["partner_concern"]
    return {
        "name": home["name"] or home["home_id"],
        "provider": home["provider"] or "",
        "type": capital(PLACE_WORDS.get(str(home["type"]), plain(str(home["type"])))),
        "kept_by": authority_of(home["kept_by"]).name,
        "vacancies": UNKNOWN
        if home["vacancies"] is None
        else f"{home['vacancies']} of {home['places'] or '?'}",
        "confirmed": british_date(home["vacancies_confirmed_on"]),
        "concern": "" if concern in {None, "none"} else capital(plain(str(concern))),
        "evidence": home["partner_concern_evidence"] or "",
        "reply": home["partner_concern_reply"] or "",
    }
