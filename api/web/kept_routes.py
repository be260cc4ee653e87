"""The addresses of records that are kept one by one: lists, as of a day too, a record with its history, and their forms.

Those of homes and contracts and those about children have addresses of their own, for they ask for other permissions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth.roles import Permission, may
from api.database.kinds import KINDS
from api.services import kept_records, overdue
from api.services.desk import Desk
from api.services.kept_records import KEPT_BY_HAND, SHOWN, Group
from api.v1.at_the_desk import AtDesk
from api.web.page import page
from api.web.presenters import kept_records as presenter
from reference_data.cells import CellError, parse_date
from reference_data.fields import LIST_TYPES, FieldType, load_fields
from reference_data.problems import Conflict, ImportRejected, InvalidInput, NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
AT = {Group.HOMES: "/home-records", Group.CHILDREN: "/records"}
TO_KEEP = {Group.HOMES: Permission.KEEP_HOMES, Group.CHILDREN: Permission.PLACE}
ROWS = 100


async def _form(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf_token"}


Filled = Annotated[dict[str, str], Depends(_form)]


@router.get("/home-records")
def home_kinds_page(request: Request, desk: AtDesk) -> Response:
    """Return the kinds of record about homes and contracts, and what is overdue of them."""
    return _kinds_page(request, desk, Group.HOMES)


@router.get("/home-records/{kind}")
def home_list_page(request: Request, kind: str, desk: AtDesk, as_of: str = "", after: str = "") -> Response:
    """Return records of homes of one kind, and the form that adds one."""
    return _list_page(request, desk, Group.HOMES, kind, as_of=as_of, after=after)


@router.post("/home-records/{kind}")
def home_record_added(request: Request, kind: str, desk: AtDesk, given: Filled) -> Response:
    """Keep a new record of a home or contract."""
    return _added(request, desk, Group.HOMES, kind, given)


@router.get("/home-records/{kind}/{record_id}")
def home_record_page(request: Request, kind: str, record_id: str, desk: AtDesk) -> Response:
    """Return one record of a home or contract with its history."""
    return _record_page(request, desk, Group.HOMES, kind, record_id)


@router.post("/home-records/{kind}/{record_id}")
def home_record_changed(request: Request, kind: str, record_id: str, desk: AtDesk, given: Filled) -> Response:
    """Change a record of a home or contract."""
    return _changed(request, desk, Group.HOMES, kind, record_id, given)


@router.get("/records")
def child_kinds_page(request: Request, desk: AtDesk) -> Response:
    """Return the kinds of record about children, and what is overdue of them."""
    return _kinds_page(request, desk, Group.CHILDREN)


@router.get("/records/{kind}")
def child_list_page(request: Request, kind: str, desk: AtDesk, as_of: str = "", after: str = "") -> Response:
    """Return records of children of one kind, and the form that adds one."""
    return _list_page(request, desk, Group.CHILDREN, kind, as_of=as_of, after=after)


@router.post("/records/{kind}")
def child_record_added(request: Request, kind: str, desk: AtDesk, given: Filled) -> Response:
    """Keep a new record of a child."""
    return _added(request, desk, Group.CHILDREN, kind, given)


@router.get("/records/{kind}/{record_id}")
def child_record_page(request: Request, kind: str, record_id: str, desk: AtDesk) -> Response:
    """Return one record of a child with its history."""
    return _record_page(request, desk, Group.CHILDREN, kind, record_id)


@router.post("/records/{kind}/{record_id}")
def child_record_changed(
    request: Request, kind: str, record_id: str, desk: AtDesk, given: Filled
) -> Response:
    """Change a record of a child."""
    return _changed(request, desk, Group.CHILDREN, kind, record_id, given)


def _kinds_page(request: Request, desk: Desk, group: Group) -> Response:
    due = overdue.of_homes(desk) if group is Group.HOMES else overdue.of_children(desk)
    homes = _home_names(request, desk)
    return page(
        request,
        "records.html",
        at=AT[group],
        of_homes=group is Group.HOMES,
        kinds=[(kind, presenter.NAMES[kind][0], presenter.SAYS[kind]) for kind in SHOWN[group]],
        other=may(desk.role, Permission.OPEN_CHILD),
        due=presenter.present_due(due, homes, desk.today),
    )


def _list_page(
    request: Request,
    desk: Desk,
    group: Group,
    kind: str,
    *,
    as_of: str = "",
    after: str = "",
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 422,
) -> Response:
    day, wrong_day = _day(as_of)
    rows, more = kept_records.listed(desk, group, kind, as_of=day, after=after, limit=ROWS)
    homes = _home_names(request, desk)
    contracts = _contracts(desk)
    costs = presenter.void_costs(rows, contracts, day or desk.today) if kind == "voids" else {}
    found = problems or ({"as_of": wrong_day} if wrong_day else {})
    return page(
        request,
        "records_of_kind.html",
        status=status if found else 200,
        at=f"{AT[group]}/{kind}",
        back=AT[group],
        name=presenter.NAMES[kind][0],
        one=presenter.NAMES[kind][1],
        says=presenter.SAYS[kind],
        heading=presenter.label_of(presenter.COLUMNS[kind][0]),
        labels=presenter.labels_of(kind, with_cost=bool(costs)),
        rows=presenter.present_rows(kind, rows, homes, costs),
        next_after=rows[-1]["id"] if more else "",
        as_of=as_of.strip(),
        form=presenter.present_form(kind, given or {}, contracts=_named(contracts)),
        homes=homes,
        may_keep=_may_keep(desk, group, kind) and day is None,
        problems=found,
        open=bool(problems),
    )


def _record_page(
    request: Request,
    desk: Desk,
    group: Group,
    kind: str,
    record_id: str,
    *,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 422,
) -> Response:
    kept = kept_records.read(desk, group, kind, record_id)
    values = kept_records.as_json(kept)["values"]
    homes = _home_names(request, desk)
    return page(
        request,
        "record_kept.html",
        status=status if problems else 200,
        at=f"{AT[group]}/{kind}",
        name=presenter.NAMES[kind][0],
        heading=presenter.shown(
            kind, presenter.COLUMNS[kind][0], values.get(presenter.COLUMNS[kind][0]), homes
        ),
        record_id=record_id,
        version=int(given["version"]) if given and given.get("version", "").isdigit() else kept.version,
        facts=presenter.present_facts(kind, values, homes),
        form=presenter.present_form(kind, given or values, contracts=_named(_contracts(desk))),
        homes=homes,
        history=presenter.present_history(kind, kept_records.history_of(desk, group, kind, record_id), homes),
        may_keep=_may_keep(desk, group, kind),
        problems=problems or {},
    )


def _added(request: Request, desk: Desk, group: Group, kind: str, given: dict[str, str]) -> Response:
    try:
        made = kept_records.add(desk, group, kind, _values(group, kind, given))
    except ImportRejected as rejected:
        return _list_page(request, desk, group, kind, given=given, problems=_problems(rejected))
    except NotFound as refused:
        problems = _named_nothing(refused, given)
        return _list_page(request, desk, group, kind, given=given, problems=problems, status=404)
    return RedirectResponse(f"{AT[group]}/{kind}/{made.record_id}", status_code=303)


def _changed(
    request: Request, desk: Desk, group: Group, kind: str, record_id: str, given: dict[str, str]
) -> Response:
    version = given.get("version", "")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise InvalidInput(
            "version_missing", "The form lacks the version that it changes. Open the page again."
        )
    kept_records.read(desk, group, kind, record_id)
    try:
        kept_records.change(desk, group, kind, record_id, _values(group, kind, given), version=int(version))
    except ImportRejected as rejected:
        return _record_page(request, desk, group, kind, record_id, given=given, problems=_problems(rejected))
    except NotFound as refused:
        problems = _named_nothing(refused, given)
        return _record_page(request, desk, group, kind, record_id, given=given, problems=problems, status=404)
    except Conflict as stale:
        if stale.code != "stale_edit":
            raise
        # What was typed stays in the form, beside what the record says now.
        current = str(kept_records.read(desk, group, kind, record_id).version)
        told = {
            "history": "Somebody changed this after you opened it. See below what, and save again if yours is right."
        }
        again = given | {"version": current}
        return _record_page(request, desk, group, kind, record_id, given=again, problems=told)
    return RedirectResponse(f"{AT[group]}/{kind}/{record_id}", status_code=303)


def _values(group: Group, kind: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a form as a record holds them; what is left empty is not there."""
    if kind not in SHOWN[group]:
        raise NotFound("no_such_kind", "There is no such kind of record.")
    values: dict[str, Any] = {}
    for field in load_fields(KINDS[kind].record):
        text = given.get(field.column, "").strip()
        if not text or field.required == "key" or field.column in presenter.UNCHANGEABLE:
            continue
        if field.type in LIST_TYPES:
            values[field.column] = [line.strip() for line in text.splitlines() if line.strip()]
        elif field.type is FieldType.POUNDS:
            values[field.column] = text.removeprefix("£").replace(",", "")
        elif field.type is FieldType.BOOLEAN:
            values[field.column] = {"yes": True, "no": False}.get(text, text)
        elif field.type is FieldType.DATE:
            values[field.column] = _as_written(text)
        else:
            values[field.column] = text
    return values


def _as_written(text: str) -> str:
    """Return a date with the noughts that people leave out: 1/6/2026 is 01/06/2026."""
    day = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", text, re.ASCII)
    return f"{day[1]:0>2}/{day[2]:0>2}/{day[3]}" if day else text


def _problems(rejected: ImportRejected) -> dict[str, str]:
    return {str(one.column or "form"): one.what_to_do for one in rejected.issues}


def _named_nothing(refused: NotFound, given: Mapping[str, str]) -> dict[str, str]:
    """Return the problem beside the field that names something which is not there, or raise it where none does."""
    for code, name in (
        ("no_such_home", "home_id"),
        ("no_such_contract", "contract_id"),
        ("no_such_referral", "referral_id"),
    ):
        for field in (name, f"{name}s"):
            if refused.code == code and given.get(field):
                return {field: refused.message}
    raise refused


def _may_keep(desk: Desk, group: Group, kind: str) -> bool:
    return kind in KEPT_BY_HAND[group] and may(desk.role, TO_KEEP[group])


def _home_names(request: Request, desk: Desk) -> dict[str, str]:
    homes = request.app.state.kept.lists_of(desk.records).homes
    return {home.home_id: home.name or home.home_id for home in homes}


def _contracts(desk: Desk) -> dict[str, dict[str, Any]]:
    found = desk.records.kept("contracts", desk.authority).all()
    return {one.record_id: kept_records.contract_values("contract", one.values) for one in found}


def _named(contracts: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {
        key: f"{one['provider']}, {presenter.words_of(str(one['kind'])).lower()}"
        for key, one in contracts.items()
    }


def _day(text: str) -> tuple[date | None, str]:
    if not text.strip():
        return None, ""
    try:
        return parse_date(_as_written(text.strip())), ""
    except CellError:
        return None, "Give a date, for example 15/06/2026."
