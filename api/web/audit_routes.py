"""The addresses of the audit: a page that can be narrowed, and the same entries as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.audit import AuditEntry
from api.database.records import Records
from api.database.session import open_records
from api.day_asked import DayOfForm
from api.web.page import page
from api.web.words import capital, plain

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Start = Annotated[DayOfForm, Query(alias="from")]
Last = Annotated[DayOfForm, Query(alias="to")]
SHOWN = 100
COLUMNS = ("sequence", "at", "actor", "action", "subject_kind", "subject_id", "detail", "digest")


def _wanted(actor: str, subject: str, start: DayOfForm, last: DayOfForm) -> dict[str, Any]:
    return {
        "actor": actor.strip() or None,
        "subject_id": subject.strip() or None,
        "since": datetime.combine(start, time.min, UTC) if start else None,
        "until": datetime.combine(last + timedelta(days=1), time.min, UTC) if last else None,
    }


@router.get("/audit")
def audit_page(
    request: Request,
    records: OpenRecords,
    actor: str = "",
    subject: str = "",
    start: Start = None,
    last: Last = None,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Return the newest entries that fit, or those before a number, newest first."""
    found = records.audit_entries(SHOWN + 1, before=before, **_wanted(actor, subject, start, last))
    return page(
        request,
        "audit.html",
        rows=[_row(entry) for entry in found[:SHOWN]],
        shown=SHOWN,
        before=before,
        older=found[SHOWN - 1].sequence if len(found) > SHOWN else None,
        wanted={
            "actor": actor,
            "subject": subject,
            "from": start.isoformat() if start else "",
            "to": last.isoformat() if last else "",
        },
    )


@router.get("/audit.csv")
def audit_file(
    records: OpenRecords, actor: str = "", subject: str = "", start: Start = None, last: Last = None
) -> Response:
    """Return every entry that fits as a file, oldest first, with the digests of the chain."""
    from reference_data.writing import csv_content

    found = records.audit_entries(None, **_wanted(actor, subject, start, last))
    return Response(
        csv_content([list(COLUMNS), *(_cells(entry) for entry in reversed(found))]),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _cells(entry: AuditEntry) -> list[Any]:
    values = entry.as_dict() | {"detail": json.dumps(dict(entry.detail), sort_keys=True)}
    return [values[name] for name in COLUMNS]


def _row(entry: AuditEntry) -> dict[str, Any]:
    at = datetime.fromisoformat(entry.at)
    detail = ", ".join(f"{plain(name)} {value}" for name, value in entry.detail.items() if value is not None)
    return {
        "sequence": entry.sequence,
        "at": f"{at:%d/%m/%Y %H:%M:%S}",
        "actor": entry.actor,
        "action": capital(plain(entry.action)),
        "subject": f"{plain(entry.subject_kind or '')} {entry.subject_id or ''}".strip(),
        "detail": detail,
    }
