"""What the routes of placing share: the desk of whoever is signed in, and the version in ``If-Match``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from api.auth.sessions import current_user
from api.database.records import Records
from api.database.session import open_records
from api.services.desk import Desk
from reference_data.problems import InvalidInput

OpenRecords = Annotated[Records, Depends(open_records)]


def open_desk(request: Request, records: OpenRecords) -> Desk:
    """Return the desk of whoever is signed in. Whether they may use the address, its row of the table has said."""
    user = current_user(request)
    return Desk(
        records=records,
        authority=user.authority,
        username=user.username,
        role=user.role,
        settings=request.app.state.settings,
    )


AtDesk = Annotated[Desk, Depends(open_desk)]


def version_read(
    if_match: Annotated[
        str | None, Header(description='The version that was read, as its ETag: "3".')
    ] = None,
) -> int:
    """Return the version named in ``If-Match``.

    Raises
    ------
    InvalidInput
        If there is none, or it is no version.
    """
    found = version_if_read(if_match)
    if found is None:
        raise InvalidInput(
            "if_match_missing", "Send the version you read in If-Match, so that nobody's change is lost."
        )
    return found


def version_if_read(
    if_match: Annotated[
        str | None, Header(description='The version that was read, as its ETag: "3". Any, when absent.')
    ] = None,
) -> int | None:
    """Return the version named in ``If-Match``, or ``None`` where there is none or ``*``.

    Raises
    ------
    InvalidInput
        If it is no version.
    """
    given = (if_match or "").strip().removeprefix("W/").strip('"')
    if given in ("", "*"):
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise InvalidInput("if_match_missing", "Send the version you read in If-Match, as its ETag.")
    return int(given)


VersionRead = Annotated[int, Depends(version_read)]
VersionIfRead = Annotated[int | None, Depends(version_if_read)]
