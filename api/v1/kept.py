"""Records of brokerage and contracts over the API: read, kept, changed by version, as of a day, with their history."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from api.day_asked import DayAsked
from api.services import kept_records
from api.v1.at_the_desk import Reader, VersionRead

router = APIRouter(tags=["kept records"])
Values = Annotated[
    dict[str, Any],
    Body(
        description="The record's fields, as its schema names them.",
        examples=[{"note": "Said by telephone."}],
    ),
]


@router.get("/records/{kind}")
def list_records(
    kind: str,
    desk: Reader,
    as_of: Annotated[DayAsked, Query(description="As they stood at the end of this day.")] = None,
    after: Annotated[str, Query(description="The last id of the page before.", max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """Return records of one kind, in the order of their ids."""
    return kept_records.listed(desk, kind, as_of=as_of, after=after, limit=limit)


@router.post("/records/{kind}", status_code=201)
def add_record(kind: str, given: Values, desk: Reader, response: Response) -> dict[str, Any]:
    """Keep a new record. Its version comes back as the ETag."""
    found = kept_records.add(desk, kind, given)
    response.headers["ETag"] = found.etag
    return kept_records.as_json(found)


@router.get("/records/{kind}/{record_id}")
def read_record(kind: str, record_id: str, desk: Reader, response: Response) -> dict[str, Any]:
    """Return one record. Its version comes back as the ETag."""
    found = kept_records.read(desk, kind, record_id)
    response.headers["ETag"] = found.etag
    return kept_records.as_json(found)


@router.put("/records/{kind}/{record_id}")
def change_record(
    kind: str, record_id: str, given: Values, version: VersionRead, desk: Reader, response: Response
) -> dict[str, Any]:
    """Put a record in the place of the version that was read; one changed meanwhile is a conflict (409)."""
    found = kept_records.change(desk, kind, record_id, given, version=version)
    response.headers["ETag"] = found.etag
    return kept_records.as_json(found)


@router.get("/records/{kind}/{record_id}/history")
def record_history(kind: str, record_id: str, desk: Reader) -> list[dict[str, Any]]:
    """Return who changed what of a record, from what, when."""
    return kept_records.history_of(desk, kind, record_id)
