"""Records of brokerage and contracts kept one by one: added, changed by their latest version, read as of a day.

What follows from keeping one is done with it: the newest judgement of needs becomes the referral's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.alert_policy import LONDON
from api.database.kinds import KINDS, Kind
from api.database.seen import CHILD_IDS
from api.services.desk import Desk, typed
from reference_data.fields import FieldType, load_fields
from reference_data.problems import ImportIssue, ImportRejected, NotFound, NotPermitted

if TYPE_CHECKING:
    from api.database.history import State
    from api.database.kept import Kept


class Group(StrEnum):
    """Whose records a kind holds; ``api/auth/routes.csv`` says who may see and keep those of each."""

    CHILDREN = "children"
    HOMES = "homes"


KEPT_BY_HAND = {
    Group.CHILDREN: ("needs_assessments", "nominations", "notices", "stability_meetings"),
    Group.HOMES: ("contracts", "voids", "quality_visits", "concerns", "planned_openings"),
}
"""The kinds that are kept by hand. The others are made by their own services."""
SHOWN = {
    Group.CHILDREN: (
        *KEPT_BY_HAND[Group.CHILDREN],
        *("enquiries", "decisions", "placements", "moves", "delegations"),
    ),
    Group.HOMES: KEPT_BY_HAND[Group.HOMES],
}
"""The kinds that may be read whole: none of them holds a birth date or a postcode."""
WITH_HISTORY = {
    Group.CHILDREN: (*SHOWN[Group.CHILDREN], "referrals", "stays"),
    Group.HOMES: (*SHOWN[Group.HOMES], "homes"),
}
"""The kinds of which the history may be read."""
DOMAINS = ("behaviour", "emotional", "relationships", "risk", "indicators")


def listed(
    desk: Desk,
    group: Group,
    kind: str,
    *,
    after: str = "",
    limit: int = 200,
    as_of: date | None = None,
    wanted: Mapping[str, str | None] = MappingProxyType({}),
) -> tuple[list[dict[str, Any]], bool]:
    """Return records of a kind in the order of their ids, as they are or as they stood at the end of a day.

    And whether more follow.

    Parameters
    ----------
    wanted
        What some fields must hold; ``None`` is not asked for.

    Raises
    ------
    NotFound
        If there is no such kind to be read.
    """
    form = _shown(group, kind)
    found = desk.records.kept(kind, desk.authority)
    rows: list[dict[str, Any]]
    if as_of is not None:
        rows = [
            {"id": key, "values": contract_values(form.record, values)}
            for key, values in found.as_of(datetime.combine(as_of, time.max, LONDON)).items()
        ]
    else:
        rows = [as_json(one) for one in found.all()]
    for name, value in wanted.items():
        if value is not None:
            rows = [row for row in rows if row["values"].get(name) == value]
    left = sorted((row for row in rows if row["id"] > after), key=lambda row: str(row["id"]))
    rows = left[:limit]
    if form.about_a_child:
        desk.records.viewed.extend((form.record, row["id"]) for row in rows)
    return rows, len(left) > len(rows)


def read(desk: Desk, group: Group, kind: str, record_id: str) -> Kept:
    """Return one record.

    Raises
    ------
    NotFound
        If there is no such kind to be read, or none of that id in view.
    """
    form = _shown(group, kind)
    found = desk.records.kept(kind, desk.authority).one(record_id)
    if form.about_a_child:
        desk.records.viewed.append((form.record, record_id))
    return found


def add(desk: Desk, group: Group, kind: str, given: Mapping[str, Any]) -> Kept:
    """Keep a new record; without an id it gets one.

    Raises
    ------
    NotFound
        If there is no such kind, or the home, contract or referral that it names is not in view.
    NotPermitted
        If records of that kind come from what people do, not by hand.
    ImportRejected
        With every problem by field.
    Conflict
        If there is one of that id already.
    """
    form = _writable(group, kind)
    values = typed(form.record, {form.key: uuid4().hex, **given, "authority": desk.authority})
    _require_past(desk, kind, values)
    _require_named(desk, kind, values)
    kept = desk.records.kept(kind, desk.authority).add(values)
    if kind == "needs_assessments":
        _bring_needs_up_to_date(desk, values)
    return kept


def change(
    desk: Desk, group: Group, kind: str, record_id: str, given: Mapping[str, Any], *, version: int
) -> Kept:
    """Put a record in the place of the version that was read.

    Raises
    ------
    NotFound, NotPermitted, ImportRejected
        As for adding one.
    Conflict
        If somebody changed it meanwhile.
    """
    form = _writable(group, kind)
    values = typed(form.record, {**given, form.key: record_id, "authority": desk.authority})
    _require_past(desk, kind, values)
    _require_named(desk, kind, values)
    kept = desk.records.kept(kind, desk.authority).change(record_id, values, version=version)
    if kind == "needs_assessments":
        _bring_needs_up_to_date(desk, values)
    return kept


def history_of(desk: Desk, group: Group, kind: str, record_id: str) -> list[dict[str, Any]]:
    """Return who changed what of a record, from what, when.

    A birth date or a postcode is not repeated, nor who lives in a home.

    Raises
    ------
    NotFound
        If there is no such kind, or there was never one of that id in view.
    """
    if kind not in WITH_HISTORY[group]:
        raise _no_such_kind(group)
    form = KINDS[kind]
    found = desk.records.kept(kind, desk.authority).states(record_id)
    if kind == "referrals":
        desk.records.referral(record_id)
    elif form.about_a_child:
        desk.records.viewed.append((form.record, record_id))
    return [_without_what_is_withheld(form.record, state) for state in found]


def as_json(kept: Kept) -> dict[str, Any]:
    """Return the JSON of a record with its version."""
    return {
        "id": kept.record_id,
        "version": kept.version,
        "changed_at": kept.changed_at.isoformat(),
        "values": contract_values(KINDS[kept.kind].record, kept.values),
    }


def contract_values(record: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed values as a file in the contract's layout holds them."""
    from reference_data.writing import contract_row

    return contract_row(values, load_fields(record))


def _without_what_is_withheld(record: str, state: State) -> dict[str, Any]:
    withheld = {
        field.column
        for field in load_fields(record)
        if field.type is FieldType.POSTCODE or field.leaf == "date_of_birth"
    }
    if not KINDS[state.kind].about_a_child:
        # Whoever reads of homes need not be one who may read of children.
        withheld |= {*CHILD_IDS.get(record, ())}
    parents = {name.partition(".")[0] for name in withheld if "." in name}
    answer = state.as_dict()
    for one in answer["changes"]:
        name = str(one["field"])
        if name in withheld or name.partition(".")[0] in parents:
            one["before"] = None if one["before"] is None else "withheld"
            one["after"] = None if one["after"] is None else "withheld"
    return answer


def _shown(group: Group, kind: str) -> Kind:
    if kind not in SHOWN[group]:
        raise _no_such_kind(group)
    return KINDS[kind]


def _writable(group: Group, kind: str) -> Kind:
    form = _shown(group, kind)
    if kind not in KEPT_BY_HAND[group]:
        raise NotPermitted(
            "made_by_its_service", "Records of this kind come from what people do, not by hand."
        )
    return form


def _require_past(desk: Desk, kind: str, values: Mapping[str, Any]) -> None:
    """Refuse a concern that was raised on a day which is yet to come."""
    if kind == "concerns" and values.get("raised_on") is not None and values["raised_on"] > desk.today:
        raise ImportRejected(
            [
                ImportIssue(
                    file="request",
                    row=None,
                    column="raised_on",
                    rule="future_day",
                    what_to_do="The day is yet to come. Write the day on which the concern was raised.",
                )
            ]
        )


def _require_named(desk: Desk, kind: str, values: Mapping[str, Any]) -> None:
    """Refuse a record that names a child, home, contract or referral out of view, or another child's referral."""
    if values.get("child_id") in desk.records.seen.hidden:
        raise NotFound("no_such_child", "There is no record of a child of that id.")
    for home_id in (values.get("home_id"), *values.get("home_ids", ())):
        if home_id is not None:
            desk.records.home(home_id)
    if kind != "contracts" and values.get("contract_id") is not None:
        desk.records.kept("contracts", desk.authority).one(values["contract_id"])
    if values.get("referral_id") is not None:
        named = desk.records.kept("referrals", desk.authority).one(
            values["referral_id"], to_change=kind == "needs_assessments"
        )
        if named.values["child_id"] != values.get("child_id", named.values["child_id"]):
            raise ImportRejected(
                [
                    ImportIssue(
                        file="request",
                        row=None,
                        column="child_id",
                        rule="another_child",
                        what_to_do="The referral is another child's. Correct one of the two.",
                    )
                ]
            )


def _bring_needs_up_to_date(desk: Desk, values: Mapping[str, Any]) -> None:
    """Make the newest judgement of needs the one that ranks homes."""
    if values.get("referral_id") is None:
        return
    referrals = desk.records.kept("referrals", desk.authority)
    before = referrals.one(values["referral_id"], to_change=True)
    judged = before.values.get("needs_assessed_on")
    if judged is not None and judged > values["assessed_on"]:
        return
    needs = {name: values[name] for name in DOMAINS if name in values}
    if not needs:
        return
    source = ", ".join(str(values[name]) for name in ("source", "rater") if values.get(name))
    after = {
        **before.values,
        "needs": needs,
        "needs_assessed_on": values["assessed_on"],
        "needs_source": source,
    }
    referrals.change(before.record_id, after, version=before.version)


def _no_such_kind(group: Group) -> NotFound:
    return NotFound("no_such_kind", f"There is no such kind of record. Known: {', '.join(SHOWN[group])}.")
