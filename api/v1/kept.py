"""Records of brokerage and contracts over the API: read, kept, changed by version, as of a day, with their history.

Those about children and those about homes have addresses of their own, for they ask for other permissions.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from api.database.kept import Kept
from api.day_asked import DayAsked
from api.services import kept_records
from api.services.desk import Desk
from api.services.kept_records import Group
from api.v1.at_the_desk import AtDesk, VersionRead
from api.v1.paging import Part, PartAsked

router = APIRouter(tags=["kept records"])
Values = Annotated[
    dict[str, Any],
    Body(
        description="The record's fields, as its schema names them.",
        examples=[{"note": "Said by telephone."}],
    ),
]
AsOf = Annotated[DayAsked, Query(description="As they stood at the end of this day.")]
Child = Annotated[str | None, Query(description="Only this child's.")]
OfHome = Annotated[str | None, Query(description="Only of this home.")]
OfReferral = Annotated[str | None, Query(description="Only for this referral.")]


@router.get("/records/{kind}")
def list_child_records(
    kind: str,
    desk: AtDesk,
    part: PartAsked,
    as_of: AsOf = None,
    child_id: Child = None,
    referral_id: OfReferral = None,
    home_id: OfHome = None,
) -> list[dict[str, Any]]:
    """Return records of children of one kind, in the order of their ids."""
    wanted = {"child_id": child_id, "referral_id": referral_id, "home_id": home_id}
    return _listed(desk, part, Group.CHILDREN, kind, as_of, wanted)


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
    kind: str,
    desk: AtDesk,
    part: PartAsked,
    as_of: AsOf = None,
    home_id: OfHome = None,
) -> list[dict[str, Any]]:
    """Return records of homes and contracts of one kind, in the order of their ids."""
    return _listed(desk, part, Group.HOMES, kind, as_of, {"home_id": home_id})


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


def _listed(
    desk: Desk, part: Part, group: Group, kind: str, as_of: date | None, wanted: dict[str, str | None]
) -> list[dict[str, Any]]:
    found, more = kept_records.listed(
        desk, group, kind, as_of=as_of, after=part.after, limit=part.limit, wanted=wanted
    )
    if more:
        part.name_next(str(found[-1]["id"]))
    return found


def _with_tag(response: Response, found: Kept) -> dict[str, Any]:
    response.headers["ETag"] = found.etag
    return kept_records.as_json(found)
