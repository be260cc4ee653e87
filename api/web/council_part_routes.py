"""The address where the council writes its own parts: paragraphs, action plan, targets, candidate actions, its name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.clock import day_of
from api.database.records import Records
from api.database.session import open_records
from api.services.council_parts import write_part
from api.web.analysis_forms import FieldsTyped
from api.web.page import page
from api.web.presenters.council_parts import present_parts

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Commissions = Annotated[User, Depends(require(Permission.COMMISSION))]


@router.get("/sufficiency/report/parts")
def parts_page(request: Request, records: OpenRecords) -> Response:
    """Return what the council wrote, with a form for each part."""
    user = current_user(request)
    found = present_parts(records.analyses_of(user.authority).parts(), on=day_of(request.app.state.settings))
    return page(
        request, "council_parts.html", page=found, may_commission=may(user.role, Permission.COMMISSION)
    )


@router.post("/sufficiency/report/parts")
def part_sent(
    request: Request,
    user: Commissions,
    records: OpenRecords,
    fields: FieldsTyped,
) -> Response:
    """Write one part of the council's own."""
    part = fields.pop("part", "")
    write_part(records, user.authority, part, fields, on=day_of(request.app.state.settings))
    return RedirectResponse(f"/sufficiency/report/parts#{part}", status_code=303)
