"""The roles of people who sign in, and what each may do: read from ``permissions.csv``, the one table.

A council can read the table, also as ``docs/reference/permissions.md``. Which permission each address
asks for stands beside it in ``routes.csv`` and is held by ``access.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Request

from reference_data.problems import NotPermitted

if TYPE_CHECKING:
    from api.auth.sessions import User

PERMISSIONS_FILE = Path(__file__).with_name("permissions.csv")


class Role(StrEnum):
    """What somebody does at the council. A provider has no role: it comes in by a link of its own."""

    BROKERAGE_OFFICER = "brokerage_officer"
    OUT_OF_HOURS = "out_of_hours"
    FOSTERING_DESK = "fostering_desk"
    COMMISSIONER = "commissioner"
    CONTRACT_MANAGER = "contract_manager"
    MANAGER = "manager"
    REVIEWING_OFFICER = "reviewing_officer"
    DIRECTOR = "director"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """Return the role as a person would say it."""
        return _WORDS[self]


_WORDS = {
    Role.BROKERAGE_OFFICER: "brokerage officer",
    Role.OUT_OF_HOURS: "out-of-hours officer",
    Role.FOSTERING_DESK: "fostering desk",
    Role.COMMISSIONER: "commissioner",
    Role.CONTRACT_MANAGER: "contract manager",
    Role.MANAGER: "team manager",
    Role.REVIEWING_OFFICER: "independent reviewing officer",
    Role.DIRECTOR: "Director of Children's Services",
    Role.ANALYST: "analyst",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}

PSEUDONYMOUS = frozenset({Role.ANALYST})
"""Roles that see keyed pseudonyms in place of the ids of children, and no free text."""


class Permission(StrEnum):
    """What a role may or may not do. Each is a row of the table."""

    READ_CHILDREN = "read_children"
    OPEN_CHILD = "open_child"
    READ_RESTRICTED = "read_restricted"
    BREAK_GLASS = "break_glass"
    RESTRICT_RECORDS = "restrict_records"
    READ_FIGURES = "read_figures"
    READ_HOMES = "read_homes"
    READ_SHARED = "read_shared"
    SHARE_HOMES = "share_homes"
    IMPORT = "import"
    EXPORT = "export"
    EXPORT_CHILD = "export_child"
    PLACE = "place"
    READ_PLANS = "read_plans"
    PLAN = "plan"
    READ_ALERTS = "read_alerts"
    ANSWER_ALERTS = "answer_alerts"
    SIGN = "sign"
    SET_RECIPIENTS = "set_recipients"
    KEEP_HOMES = "keep_homes"
    ADOPT_FORECAST = "adopt_forecast"
    COMMISSION = "commission"
    INVITE_PROVIDER = "invite_provider"
    READ_ANSWERS = "read_answers"
    READ_EQUALITY = "read_equality"
    READ_AUDIT = "read_audit"
    APPLY_RETENTION = "apply_retention"
    MANAGE_USERS = "manage_users"


@cache
def permission_table() -> tuple[tuple[Permission, str, frozenset[Role]], ...]:
    """Return each permission with what it means and the roles that carry it, in the order of the file.

    Raises
    ------
    ValueError
        If the file and the roles and permissions named here do not agree: nothing is then permitted at all.
    """
    with PERMISSIONS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = []
    for row in rows:
        permission, means = Permission(row.pop("permission")), row.pop("means")
        if {*row} != {*Role} or not {*row.values()} <= {"yes", ""}:
            raise ValueError(f"{PERMISSIONS_FILE.name}: the row of {permission} does not name every role")
        table.append((permission, means, frozenset(Role(role) for role, has in row.items() if has)))
    if [permission for permission, _, _ in table] != [*Permission]:
        raise ValueError(f"{PERMISSIONS_FILE.name} does not name every permission once, in order")
    return tuple(table)


@cache
def _roles_of() -> dict[Permission, frozenset[Role]]:
    return {permission: roles for permission, _, roles in permission_table()}


def may(role: Role, permission: Permission) -> bool:
    """Return whether a role carries a permission."""
    return role in _roles_of()[permission]


def user_may(user: User, permission: Permission) -> bool:
    """Return whether somebody carries a permission: by their role, and by the token they came with."""
    return may(user.role, permission) and (user.scopes is None or permission in user.scopes)


def refuse_unless(user: User, permission: Permission) -> None:
    """Refuse a user whose role does not carry a permission.

    Raises
    ------
    NotPermitted
        If it does not.
    """
    if may(user.role, permission) and not user_may(user, permission):
        raise NotPermitted("token_may_not", f"This token does not carry the permission {permission}.")
    if not may(user.role, permission):
        raise NotPermitted("role_may_not", f"As {user.role.words} you may not do this.")


def require(permission: Permission) -> Callable[[Request], User]:
    """Return a dependency that gives the signed-in user if their role carries a permission."""
    from api.auth.sessions import current_user

    def permitted_user(request: Request) -> User:
        user = current_user(request)
        refuse_unless(user, permission)
        return user

    return permitted_user
