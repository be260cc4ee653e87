"""How a page is made from a template: the environment, what every page is told, and static files.

Which page exists at which address stands in ``routes.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader
from jinja2.utils import missing

from api.auth.access import may_open
from api.auth.roles import Role
from api.web.words import capital

STATIC_FOLDER = Path(__file__).resolve().parent / "static"

NAVIGATION = (
    ("Waiting list", "/waiting-list"),
    ("Approvals", "/approvals"),
    ("Joint plan", "/plan"),
    ("Sufficiency", "/sufficiency"),
    ("Emergency watch", "/emergency-watch"),
    ("Alerts", "/alerts"),
    ("Records", "/home-records"),
    ("Partners", "/partners"),
    ("Equality", "/equality"),
    ("Restricted", "/restricted"),
    ("Audit", "/audit"),
    ("People", "/people"),
)
OVERSIGHT = ("/equality", "/restricted", "/audit", "/people")
"""Pages under one word of the navigation, so that it stays on one line; on each of them a second line names them all."""


class MissingIsAFault(ChainableUndefined):
    """Lets the component macros skip an option that is not given, and nothing else.

    The macros read optional keys of a mapping. Our own templates read attributes of frozen views, where a
    name that does not exist is a misprint: that raises instead of silently showing nothing.
    """

    __slots__ = ()

    def __init__(
        self, hint: str | None = None, obj: Any = missing, name: str | None = None, *rest: Any
    ) -> None:
        super().__init__(hint, obj, name, *rest)
        if obj is not missing and not isinstance(obj, Mapping | ChainableUndefined):
            raise AttributeError(f"{type(obj).__name__} has no {name}")


@cache
def environment() -> Environment:
    """Return the template environment, made once."""
    pages = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("api.web", "templates"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja", "templates")}),
            ]
        ),
        autoescape=True,
        undefined=MissingIsAFault,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["capitalize_first"] = capital
    pages.globals["static"] = static_address
    return pages


def static_address(name: str) -> str:
    """Return the address of a static file, with its content's fingerprint so that it can be kept for long."""
    return f"/static/{name}?v={static_files()[name]}"


@cache
def static_files() -> Mapping[str, str]:
    """Return each static file's name under the folder with the fingerprint of its content."""
    return {
        path.relative_to(STATIC_FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(STATIC_FOLDER.rglob("*"))
        if path.suffix in {".css", ".js", ".svg"}
    }


def navigation(path: str, role: Role | None = None) -> list[dict[str, object]]:
    """Return the navigation of a page for a role (``None``: all of it), with the place where the reader is marked."""
    inside, shown = _inside(path), _open_to(role)
    folded = [href for _, href in shown if href in OVERSIGHT]
    if len(folded) < 2:
        folded = []
    items: list[dict[str, object]] = [
        {"text": text, "href": href, "current": href == inside} for text, href in shown if href not in folded
    ]
    if folded:
        items.append({"text": "Oversight", "href": folded[0], "active": inside in folded})
    return items


def second_navigation(path: str, role: Role | None = None) -> list[dict[str, object]]:
    """Return the second line of the navigation: the pages of oversight on one of them, and nothing elsewhere."""
    inside = _inside(path)
    pages = [(text, href) for text, href in _open_to(role) if href in OVERSIGHT]
    if inside not in OVERSIGHT or len(pages) < 2:
        return []
    return [{"text": text, "href": href, "current": href == inside} for text, href in pages]


def _open_to(role: Role | None) -> list[tuple[str, str]]:
    return [(text, href) for text, href in NAVIGATION if role is None or may_open(role, href)]


def _inside(path: str) -> str:
    """Return the page of the navigation that an address belongs to, or the address itself."""
    if path.startswith(("/children/", "/enquiries/", "/holds/", "/tonight")):
        return "/waiting-list"
    if path.startswith("/records"):
        return "/home-records"
    return next((href for _, href in NAVIGATION if path == href or path.startswith(f"{href}/")), path)


def start_page(role: Role) -> str:
    """Return the first page of the navigation that a role may open."""
    return next((href for _, href in NAVIGATION if may_open(role, href)), "/help")


def rendered(template: str, **facts: Any) -> str:
    """Return the markup of a page."""
    return environment().get_template(template).render(**facts)
