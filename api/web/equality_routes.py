"""The addresses of the equality report: the page, and its file for publication or for the council's own eyes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.auth.sessions import current_user
from api.clock import day_of
from api.database.records import Records
from api.database.session import open_records
from api.services.equality import equality_of
from api.services.policy import policy_of
from api.web.page import page
from api.web.presenters.equality import equality_rows, present_equality
from reference_data.writing import csv_content

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Whom = Annotated[Literal["publication", "council"], Query(alias="for")]


@router.get("/equality")
def equality_page(request: Request, records: OpenRecords) -> Response:
    """Return who is offered what, and how often another home than the first was chosen."""
    return page(
        request,
        "equality.html",
        page=present_equality(_report(request, records, for_publication=False)),
    )


@router.get("/equality.csv")
def equality_file(request: Request, records: OpenRecords, whom: Whom = "publication") -> Response:
    """Return the same report as a file; unless it is asked for otherwise, small numbers are withheld."""
    answer = _report(request, records, for_publication=whom == "publication")
    return Response(
        csv_content([*equality_rows(answer), (), (answer["statement"],)]),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="equality-for-{whom}.csv"'},
    )


def _report(request: Request, records: Records, *, for_publication: bool) -> dict[str, Any]:
    settings = request.app.state.settings
    return equality_of(
        records,
        current_user(request).authority,
        day_of(settings),
        policy=policy_of(settings),
        kept=request.app.state.kept,
        for_publication=for_publication,
    )
