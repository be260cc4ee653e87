"""The generated page of who may do what: from the two tables that the application itself asks."""

from __future__ import annotations

from api.auth.access import ANYONE, BY_LINK, SIGNED_IN, RouteAccess, route_table
from api.auth.roles import PSEUDONYMOUS, Role, permission_table

WHO = {
    ANYONE: "anyone",
    SIGNED_IN: "everyone who has signed in",
    BY_LINK: "whoever holds the provider's link",
}
WHOSE = {
    "": "",
    "own": "the own council's",
    "shared": "the own council's and what partners share",
    "link": "the one referral and home of the link",
}
NOTED = {"": "", "list": "that the list was shown", "record": "which record", "export": "the export"}


def permissions_page() -> str:
    """Return the page of every role, permission and address."""
    lines = [
        "# Who may do what",
        "",
        "Generated from `api/auth/permissions.csv` and `api/auth/routes.csv` by `python docs/generate.py`. The application "
        "asks these tables of every request; an address without a row is refused to everybody. Tests drive every address "
        "in every role, for the own council, a partner and a stranger.",
        "",
        "Nobody sees another council's children. Another council's record looks exactly like one that does not exist. "
        "Partner councils (those of one partnership) see the homes, vacancies and concerns that a council chose to share. "
        f"In place of children's ids the {', '.join(sorted(role.words for role in PSEUDONYMOUS))} sees keyed pseudonyms, and no "
        "free text. A provider has no role and no password: a signed link, made for one home and one referral, "
        "ends by itself and can be ended at any time.",
        "",
        "## What each role may do",
        "",
        "| | " + " | ".join(role.words for role in Role) + " |",
        "|---|" + "---|" * len(Role),
    ]
    lines += [
        f"| `{permission}`: {means} | " + " | ".join("yes" if role in roles else "" for role in Role) + " |"
        for permission, means, roles in permission_table()
    ]
    lines += [
        "",
        "## What each address asks for",
        "",
        "| address | what it is | who | whose records | the audit keeps |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(access) for access in route_table().values()]
    return "\n".join(lines) + "\n"


def _row(access: RouteAccess) -> str:
    cells = (
        f"`{access.method} {access.path}`",
        access.means,
        WHO.get(access.who, f"`{access.who}`"),
        WHOSE[access.records],
        NOTED[access.noted] if access.method == "GET" else "what was done",
    )
    return "| " + " | ".join(cells) + " |"


PAGES = {"permissions.md": permissions_page}
