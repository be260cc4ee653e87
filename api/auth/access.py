"""Which permission each address asks for, read from ``routes.csv`` and asked of every request.

``permitted`` is a dependency of the whole application, so that no route can leave it out. An address without
a row is refused to everybody: who may use it must be written down before anybody can.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request

from api.auth.roles import Permission, Role, may, refuse_unless
from api.auth.sessions import User, current_user
from reference_data.problems import NotPermitted

ROUTES_FILE = Path(__file__).with_name("routes.csv")
ANYONE, SIGNED_IN, BY_LINK = "anyone", "signed_in", "link"
RECORDS = frozenset({"", "own", "shared", "link"})
NOTED = frozenset({"", "list", "record", "export"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteAccess:
    """Who may use one address.

    Parameters
    ----------
    who
        A permission, or ``anyone``, ``signed_in`` (every role), ``link`` (whoever holds a provider's link).
    records
        Whose records it shows or changes: the reader's ``own`` council's, those that partners have ``shared``
        too, those of the one ``link``, or none.
    noted
        What the audit keeps of reading it: that a ``list`` of children was shown, a ``record`` opened,
        an ``export`` made, or nothing.
    """

    method: str
    path: str
    who: str
    records: str
    noted: str
    means: str

    def allows(self, role: Role | None) -> bool:
        """Return whether somebody of a role may use it; ``None`` is a visitor who has not signed in."""
        if self.who in {ANYONE, BY_LINK}:
            return True
        if role is None:
            return False
        return self.who == SIGNED_IN or may(role, Permission(self.who))


@cache
def route_table() -> dict[tuple[str, str], RouteAccess]:
    """Return every address with who may use it, by method and path.

    Raises
    ------
    ValueError
        If a row is there twice or says what cannot be.
    """
    with ROUTES_FILE.open(encoding="utf-8", newline="") as file:
        rows = [RouteAccess(**row) for row in csv.DictReader(file)]
    for row in rows:
        if row.who not in {ANYONE, SIGNED_IN, BY_LINK}:
            Permission(row.who)
        if row.records not in RECORDS or row.noted not in NOTED:
            raise ValueError(f"{ROUTES_FILE.name}: {row.method} {row.path} says what cannot be")
    table = {(row.method, row.path): row for row in rows}
    if len(table) != len(rows):
        raise ValueError(f"{ROUTES_FILE.name} holds an address twice")
    return table


def may_open(role: Role, path: str) -> bool:
    """Return whether somebody of a role may read the page at an address of the table."""
    return route_table()["GET", path].allows(role)


def permitted(request: Request) -> None:
    """Refuse a request that the table does not allow to whoever asks.

    Raises
    ------
    NotSignedIn
        If nobody is signed in and the address is not open.
    NotPermitted
        If the role does not carry the permission, or the address has no row.
    """
    access = access_of(request)
    if access is None:
        raise NotPermitted(
            "address_without_row", "This address is not open yet: nobody has written down who may use it."
        )
    request.state.access = access
    if access.who in {ANYONE, BY_LINK}:
        return
    user: User = current_user(request)
    if access.who != SIGNED_IN:
        refuse_unless(user, Permission(access.who))


def access_of(request: Request) -> RouteAccess | None:
    """Return the row of the address that answers a request."""
    paths = _paths_by_endpoint(request.app)
    path = paths.get(request.scope["route"].endpoint)
    return route_table().get((request.method, path)) if path else None


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return the method and full path of every route of an application. A mount is listed as one GET."""
    return {(method, path) for method, path, _ in _walk(app.routes)}


def _paths_by_endpoint(app: FastAPI) -> dict[Any, str]:
    # A route inside a router knows only its own part of the path, so the whole is looked up by its function.
    paths: dict[Any, str] | None = getattr(app.state, "paths_by_endpoint", None)
    if paths is None:
        paths = {}
        for _, path, endpoint in _walk(app.routes):
            if endpoint is not None and paths.setdefault(endpoint, path) != path:
                raise ValueError(f"one function answers two addresses: {path} and {paths[endpoint]}")
        app.state.paths_by_endpoint = paths
    return paths


def _walk(routes: Iterable[Any]) -> Iterable[tuple[str, str, Any]]:
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from _walk(route.effective_candidates())
        elif getattr(route, "methods", None):
            for method in route.methods:
                if method != "HEAD":
                    yield method, route.path, getattr(route, "endpoint", None)
        else:
            yield "GET", route.path, None
