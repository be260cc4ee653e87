"""The roles of people who sign in, and what each may do. Everyone may read their own council's records."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from fastapi import Request

from reference_data.problems import NotPermitted

if TYPE_CHECKING:
    from api.auth.sessions import User


class Role(StrEnum):
    """What somebody does at the council."""

    BROKERAGE_OFFICER = "brokerage_officer"
    COMMISSIONER = "commissioner"
    MANAGER = "manager"
    DIRECTOR = "director"
    REVIEWING_OFFICER = "reviewing_officer"
    AUDITOR = "auditor"

    @property
    def words(self) -> str:
        """Return the role as a person would say it."""
        return _WORDS[self]


_WORDS = {
    Role.BROKERAGE_OFFICER: "brokerage officer",
    Role.COMMISSIONER: "commissioner",
    Role.MANAGER: "manager",
    Role.DIRECTOR: "Director of Children's Services",
    Role.REVIEWING_OFFICER: "independent reviewing officer",
    Role.AUDITOR: "auditor",
}


class Permission(StrEnum):
    """What a role may or may not do beyond reading."""

    READ = "read"
    IMPORT = "import"
    EXPORT = "export"
    PLACE = "place"
    PLAN = "plan"
    READ_AUDIT = "read_audit"
    ANSWER_ALERTS = "answer_alerts"
    SET_RECIPIENTS = "set_recipients"
    ADOPT_FORECAST = "adopt_forecast"


_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.BROKERAGE_OFFICER: frozenset(
        {
            Permission.READ,
            Permission.IMPORT,
            Permission.EXPORT,
            Permission.PLACE,
            Permission.PLAN,
            Permission.ANSWER_ALERTS,
        }
    ),
    Role.COMMISSIONER: frozenset(
        {
            Permission.READ,
            Permission.IMPORT,
            Permission.EXPORT,
            Permission.PLAN,
            Permission.ADOPT_FORECAST,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Permission.READ,
            Permission.IMPORT,
            Permission.EXPORT,
            Permission.PLACE,
            Permission.PLAN,
            Permission.READ_AUDIT,
            Permission.ANSWER_ALERTS,
            Permission.SET_RECIPIENTS,
            Permission.ADOPT_FORECAST,
        }
    ),
    Role.DIRECTOR: frozenset(
        {
            Permission.READ,
            Permission.EXPORT,
            Permission.PLACE,
            Permission.PLAN,
            Permission.READ_AUDIT,
            Permission.ANSWER_ALERTS,
            Permission.SET_RECIPIENTS,
            Permission.ADOPT_FORECAST,
        }
    ),
    Role.REVIEWING_OFFICER: frozenset({Permission.READ, Permission.ANSWER_ALERTS}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.READ_AUDIT}),
}


def may(role: Role, permission: Permission) -> bool:
    """Return whether a role carries a permission."""
    return permission in _PERMISSIONS[role]


def require(permission: Permission) -> Callable[[Request], User]:
    """Return a dependency that gives the signed-in user if their role carries a permission."""
    from api.auth.sessions import current_user

    def permitted_user(request: Request) -> User:
        user = current_user(request)
        if not may(user.role, permission):
            raise NotPermitted(
                "role_may_not", f"As {user.role.words} you may not do this. Ask a manager if you should."
            )
        return user

    return permitted_user
