"""Bulk import over the API: a file as the body, kept whole or refused with every problem it has."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.auth.roles import Permission, require
from api.auth.sessions import User
from api.database.session import RequestTransaction
from api.day_asked import DayAsked
from api.services.importing import KINDS, import_over_the_api
from reference_data.problems import InvalidInput

router = APIRouter(tags=["import"])
Importer = Annotated[User, Depends(require(Permission.IMPORT))]
SUFFIXES = {
    "text/csv": ".csv",
    "application/json": ".json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/zip": ".zip",
    "application/xml": ".xml",
    "text/xml": ".xml",
}
"""What a file may be, by its Content-Type."""
EXAMPLE = "home_id,type,places,vacancies\nDEMO-H-900,childrens_home,4,1\n"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is. `Content-Type` says what it is; a zip holds the files of a return.",
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            | ({"example": EXAMPLE} if media == "text/csv" else {})
            for media in SUFFIXES
            if media != "application/json"
        }
        | {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [{"home_id": "DEMO-H-900", "type": "childrens_home", "places": 4, "vacancies": 1}],
            }
        },
    }
}


class Counts(BaseModel):
    """How many records, or files of a return, were added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


class Imported(BaseModel):
    """What an import did, or with a dry run would do."""

    kind: str
    authority: str
    dry_run: bool
    import_id: str | None
    counts: Counts
    warnings: list[str]
    referrals: list[dict[str, Any]] | None = None


@router.post("/imports/{kind}", status_code=201, openapi_extra=BODY)
def import_sent(
    request: Request,
    kind: str,
    user: Importer,
    dry_run: Annotated[bool, Query(description="Say what would be done, and keep nothing.")] = False,
    profile: Annotated[str | None, Query(description="The standard that a file of referrals is in.")] = None,
    as_of: Annotated[
        DayAsked, Query(description="The day that stays are watched for; today when absent.")
    ] = None,
    file_name: Annotated[
        str | None,
        Query(
            description="The file's name, by which the files of a return replace each other.",
            pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$",
            examples=["2026_header.csv"],
        ),
    ] = None,
) -> Imported:
    """Import `homes`, `referrals`, `returns` or `stays`: the whole file, or nothing of it.

    The same file twice changes nothing. A file that cannot be used comes back as a problem (422) with every problem by
    row, column and rule, and without a value. What each file may hold: `docs/reference/files.md`.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    suffix = SUFFIXES.get(media)
    if kind in KINDS and suffix is None:
        raise InvalidInput(
            "unusable_kind_of_file", f"Name what the file is in Content-Type: {', '.join(SUFFIXES)}."
        )
    transaction: RequestTransaction = request.state.transaction
    with TemporaryDirectory() as folder:
        name = f"{kind if kind in KINDS else 'file'}{suffix}" if file_name is None else file_name
        if suffix and not name.lower().endswith(suffix):
            name += suffix
        path = Path(folder) / name
        path.write_bytes(request.state.body)
        found = import_over_the_api(
            transaction.connection,
            kind,
            path,
            user.authority,
            user.username,
            dry_run=dry_run,
            profile=profile,
            as_of=as_of,
            settings=request.app.state.settings,
        )
    return Imported.model_validate(found.as_dict())
