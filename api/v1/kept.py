"""Records of brokerage and contracts over the API: read, kept, changed by version, as of a day, with their history.

Those about children and those about homes have addresses of their own, for they ask for other permissions.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from api.database.kept import Kept
from api.day_asked import DayAsked
from api.services import kept_records
from api.services.kept_records import Group
from api.v1.at_the_desk import AtDesk, VersionRead

router = APIRouter(tags=["kept records"])
Values = Annotated[
    dict[str, Any],
    Body(
        description="The record's fields, as its schema names them.",
        examples=[{"note": "Said by telephone."}],
    ),
]
AsOf = Annotated[DayAsked, Query(description="As they stood at the end of this day.")]
After = Annotated[str, Query(description="The last id of the page before.", max_length=200)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/records/{kind}")
def list_child_records(
    kind: str, desk: AtDesk, as_of: AsOf = None, after: After = "", limit: Limit = 200
) -> list[dict[str, Any]]:
    """Return records of children of one kind, in the order of their ids."""
    return kept_records.listed(desk, Group.CHILDREN, kind, as_of=as_of, after=after, limit=limit)


@router.post("/records/{kind}", status_code=201)
def add_child_record(kind: str, given: Values, desk: AtDesk, response: Response) -> dict[str, Any]:
    """Keep a new record of children. Its version comes back as the ETag."""
    return _with_tag(response, kept_records.add(desk, Group.CHILDREN, kind, given))


@router.get("/records/{kind}/{record_id}")
def read_child_record(kind: str, record_id: str, desk: AtDesk, response: Response) -> dict[str, Any]:
    """Return one record of children. Its version comes back as the ETag."""
    return _with_tag(response, kept_records.read(desk, Group.CHILDREN, kind, record_id))


@router.put("/records/{kind}/{record_id}")
def change_child_record(
    kind: str, record_id: str, given: Values, version: VersionRead, desk: AtDesk, response: Response
) -> dict[str, Any]:
    """Put a record of children in the place of the version that was read; one changed meanwhile: 409."""
    return _with_tag(
        response, kept_records.change(desk, Group.CHILDREN, kind, record_id, given, version=version)
    )


@router.get("/records/{kind}/{record_id}/history")
def child_record_history(kind: str, record_id: str, desk: AtDesk) -> list[dict[str, Any]]:
    """Return who changed what of a record of children, from what, when."""
    return kept_records.history_of(desk, Group.CHILDREN, kind, record_id)


@router.get("/home-records/{kind}")
def list_home_records(
    kind: str, desk: AtDesk, as_of: AsOf = None, after: After = "", limit: Limit = 200
) -> list[dict[str, Any]]:
    """Return records of homes and contracts of one kind, in the order of their ids."""
    return kept_records.listed(desk, Group.HOMES, kind, as_of=as_of, after=after, limit=limit)


@router.post("/home-records/{kind}", status_code=201)
def add_home_record(kind: str, given: Values, desk: AtDesk, response: Response) -> dict[str, Any]:
    """Keep a new record of homes and contracts. Its version comes back as the ETag."""
    return _with_tag(response, kept_records.add(desk, Group.HOMES, kind, given))


@router.get("/home-records/{kind}/{record_id}")
def read_home_record(kind: str, record_id: str, desk: AtDesk, response: Response) -> dict[str, Any]:
    """Return one record of homes and contracts. Its version comes back as the ETag."""
    return _with_tag(response, kept_records.read(desk, Group.HOMES, kind, record_id))


@router.put("/home-records/{kind}/{record_id}")
def change_home_record(
    kind: str, record_id: str, given: Values, version: VersionRead, desk: AtDesk, response: Response
) -> dict[str, Any]:
    """Put a record of homes and contracts in the place of the version that was read; one changed meanwhile: 409."""
    return _with_tag(
        response, kept_records.change(desk, Group.HOMES, kind, record_id, given, version=version)
    )


@router.get("/home-records/{kind}/{record_id}/history")
def home_record_history(kind: str, record_id: str, desk: AtDesk) -> list[dict[str, Any]]:
    """Return who changed what of a record of homes and contracts, from what, when."""
    return kept_records.history_of(desk, Group.HOMES, kind, record_id)


def _with_tag(response: Response, found: Kept) -> dict[str, Any]:
    response.headers["ETag"] = found.etag
    return kept_records.as_json(found)
