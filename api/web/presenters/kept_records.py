"""Records of brokerage and contracts on pages: the columns of a list, the fields of a form, and a record's history.

Fields, their kinds and what they mean come from the field tables, as for files and the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.alert_policy import LONDON
from api.database.kinds import KINDS
from api.web.words import CONTRACT_WORDS, PLACE_WORDS, british_date, capital, days_from, joined, plain, pounds
from reference_data.fields import LIST_TYPES, Field, FieldType, allowed_values, load_fields

if TYPE_CHECKING:
    from api.services.overdue import Overdue

NAMES = {
    "contracts": ("Contracts", "a contract"),
    "voids": ("Voids", "a void"),
    "quality_visits": ("Quality visits", "a visit"),
    "concerns": ("Concerns", "a concern"),
    "planned_openings": ("Planned openings", "an opening"),
    "needs_assessments": ("Needs over time", "a judgement of needs"),
    "nominations": ("Nominations", "a nomination"),
    "notices": ("Notices", "a notice"),
    "stability_meetings": ("Stability meetings", "a stability meeting"),
    "enquiries": ("Enquiries", ""),
    "decisions": ("Decisions", ""),
    "placements": ("Placements", ""),
    "moves": ("Moves", ""),
    "delegations": ("Delegations", ""),
}
"""What a kind is called, and what one of it is called where people add it."""
SAYS = {
    "contracts": "What beds are paid for, and what each side has to do: block beds, notice, days to answer a nomination.",
    "voids": "Empty beds that a contract pays for: why, and who bears the cost.",
    "quality_visits": "Who went to see a home, what was found, and when the next visit is due.",
    "concerns": "What is wrong with a home. Shared ones are read by partner councils; an embargo excludes the home.",
    "planned_openings": "Places that are to open, and how far each has got.",
    "needs_assessments": "Judgements of needs with their day and rater. The newest ranks homes.",
    "nominations": "Children nominated to a home under a contract, and what the home said.",
    "notices": "Notices that homes gave: how long, why, and what came of it.",
    "stability_meetings": "Meetings on how to keep a placement: when each is due, when it was held, what was agreed.",
    "enquiries": "Homes asked for a child and their answers. They are written down on the child's page.",
    "decisions": "Why a home was chosen, how wishes were considered, and why not the first-ranked.",
    "placements": "Where children were placed, since when, until when.",
    "moves": "Moves of children from home to home.",
    "delegations": "Who may sign what in whose stead. They are handed on under Approvals.",
}
COLUMNS = {
    "contracts": ("provider", "kind", "home_ids", "block_beds", "bed_fee_pounds", "ends_on", "notice_days"),
    "voids": ("home_id", "from_on", "until_on", "reason", "liability"),
    "quality_visits": ("home_id", "visited_on", "visited_by", "found", "next_visit_on"),
    "concerns": ("home_id", "level", "raised_on", "evidence", "reply", "ended_on", "shared"),
    "planned_openings": ("provider", "type", "places", "opens_on", "stage"),
    "needs_assessments": (
        "child_id",
        "assessed_on",
        "rater",
        "behaviour",
        "emotional",
        "relationships",
        "risk",
    ),
    "nominations": ("child_id", "home_id", "nominated_on", "answer", "reason"),
    "notices": ("child_id", "home_id", "given_on", "ends_on", "reason", "outcome"),
    "stability_meetings": ("child_id", "due_on", "held_on", "why", "agreed"),
    "enquiries": ("child_id", "home_id", "asked_on", "answer", "reason"),
    "decisions": ("child_id", "home_id", "decided_on", "rank", "outcome"),
    "placements": ("child_id", "home_id", "starts_on", "ended_on"),
    "moves": ("child_id", "moved_on", "from_home_id", "to_home_id", "reason"),
    "delegations": ("given_by", "given_to", "codes", "from_on", "until_on", "hours", "withdrawn_on"),
}
LABELS = {
    "home_id": "Home",
    "home_ids": "Homes",
    "from_home_id": "From",
    "to_home_id": "To",
    "child_id": "Child",
    "referral_id": "Referral",
    "contract_id": "Contract",
    "bed_id": "Bed",
    "from_on": "From",
    "until_on": "Until",
    "reply_on": "Replied on",
    "urn": "Ofsted number (URN)",
    "shared": "Shared with partners",
    "void_share_percent": "Part of the fee paid while a bed is empty, percent",
}
COST = "Cost so far"
UNCHANGEABLE = frozenset({"authority"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value under its label."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record in a list."""

    record_id: str
    heading: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One field of a form.

    Parameters
    ----------
    kind
        ``text``, ``words`` (several lines), ``list`` (one thing a line), ``choice`` or ``home``.
    """

    name: str
    label: str
    hint: str
    kind: str
    value: str
    items: tuple[tuple[str, str], ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One state of a record: who wrote it, when, and what it changed."""

    at: str
    by: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that is overdue."""

    what: str
    child_id: str | None
    home_id: str | None
    home: str
    due: str
    address: str


def present_due(found: Iterable[Overdue], homes: Mapping[str, str], as_of: date) -> list[Due]:
    """Return what is overdue, with the home's name and how long ago it was due."""
    return [
        Due(
            what=one.what,
            child_id=one.child_id,
            home_id=one.home_id,
            home=homes.get(one.home_id or "", one.home_id or ""),
            due=f"{british_date(one.due_on)}, {days_from(as_of, one.due_on)}",
            address=one.address,
        )
        for one in found
    ]


def labels_of(kind: str, *, with_cost: bool) -> list[str]:
    """Return the headings of a list's columns after the first."""
    return [*map(label_of, COLUMNS[kind][1:]), *([COST] if with_cost else [])]


def present_rows(
    kind: str, rows: Iterable[Mapping[str, Any]], homes: Mapping[str, str], extra: Mapping[str, str]
) -> list[Row]:
    """Return the rows of a list; ``extra`` adds a cell that is worked out, by id."""
    found = []
    for row in rows:
        values = row["values"]
        first, *rest = COLUMNS[kind]
        cells = [Cell(label=label_of(name), text=shown(kind, name, values.get(name), homes)) for name in rest]
        if extra:
            cells.append(Cell(label=COST, text=extra.get(row["id"], "Not known")))
        heading = shown(kind, first, values.get(first), homes) or row["id"]
        found.append(Row(record_id=row["id"], heading=heading, cells=tuple(cells)))
    return found


def present_facts(kind: str, values: Mapping[str, Any], homes: Mapping[str, str]) -> list[Cell]:
    """Return everything that a record says."""
    return [
        Cell(label=label_of(field.column), text=shown(kind, field.column, values[field.column], homes))
        for field in _fields(kind)
        if values.get(field.column) not in (None, "", [], ())
        and field.required != "key"
        and field.column not in UNCHANGEABLE
    ]


def present_form(
    kind: str,
    values: Mapping[str, Any],
    *,
    contracts: Mapping[str, str],
) -> list[Input]:
    """Return the fields of a form, filled in with what is given: texts of a form, or the values of a record."""
    return [
        _input(field, values.get(field.column), contracts)
        for field in _fields(kind)
        if field.required != "key" and field.column not in UNCHANGEABLE
    ]


def present_history(kind: str, states: Iterable[Mapping[str, Any]], homes: Mapping[str, str]) -> list[Change]:
    """Return a record's history, the newest first."""
    return [
        Change(
            at=_instant(state["at"]),
            by=str(state["by"]),
            lines=tuple(
                _changed(kind, one, homes)
                for one in state["changes"]
                if one["field"] not in {"authority", KINDS[kind].key}
            ),
        )
        for state in reversed(list(states))
    ]


def label_of(name: str) -> str:
    """Return a field's name in words."""
    words = plain(name.removesuffix("_pounds").removesuffix("_pence"))
    return LABELS.get(name) or capital(words)


def shown(kind: str, name: str, value: Any, homes: Mapping[str, str]) -> str:
    """Return a value as people read it."""
    if value is None or value in ("", [], ()):
        return ""
    field = next((one for one in _fields(kind) if name in {one.column, one.value_name}), None)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return joined([shown(kind, name, one, homes) for one in value])
    if name in {"home_id", "home_ids", "from_home_id", "to_home_id"}:
        return homes.get(str(value), str(value))
    if field is not None and field.type is FieldType.DATE:
        return british_date(value)
    if name.endswith("_pence"):
        return pounds(int(value))
    if name.endswith("_pounds"):
        return pounds(round(float(value) * 100))
    if field is not None and field.type is FieldType.CHOICE:
        return words_of(str(value))
    return str(value)


def words_of(code: str) -> str:
    """Return a value of a choice in words."""
    return capital(CONTRACT_WORDS.get(code) or PLACE_WORDS.get(code) or plain(code))


def void_costs(
    voids: Iterable[Mapping[str, Any]], contracts: Mapping[str, Mapping[str, Any]], as_of: date
) -> dict[str, str]:
    """Return what each void has cost by a day, where its contract says what is paid for an empty bed."""
    found = {}
    for row in voids:
        values = row["values"]
        contract = contracts.get(str(values.get("contract_id")), {})
        fee, share = contract.get("bed_fee_pounds"), contract.get("void_share_percent")
        if fee is None or share is None:
            continue
        until = date.fromisoformat(values["until_on"]) if values.get("until_on") else as_of
        nights = max(0, (until - date.fromisoformat(values["from_on"])).days)
        found[row["id"]] = pounds(round(float(fee) * 100 * float(share) / 100 * nights / 7))
    return found


def _fields(kind: str) -> tuple[Field, ...]:
    return load_fields(KINDS[kind].record)


def _input(field: Field, value: Any, contracts: Mapping[str, str]) -> Input:
    items: tuple[tuple[str, str], ...] = ()
    shape = "text"
    if field.type is FieldType.CHOICE:
        shape, items = "choice", tuple((one, words_of(one)) for one in allowed_values(field.values))
    elif field.type is FieldType.BOOLEAN:
        shape, items = "choice", (("yes", "Yes"), ("no", "No"))
    elif field.column == "contract_id" and contracts:
        shape, items = "choice", tuple(contracts.items())
    elif field.column == "home_id":
        shape = "home"
    elif field.type in LIST_TYPES:
        shape = "list"
    elif field.type is FieldType.TEXT and field.column in {
        "found",
        "evidence",
        "reply",
        "note",
        "said",
        "terms",
    }:
        shape = "words"
    hint = field.meaning
    if field.type is FieldType.DATE:
        hint += " For example, 15/06/2026."
    elif shape == "list":
        hint += " One a line."
    unit = f", {field.unit}" if field.unit else ""
    return Input(
        name=field.column,
        label=f"{label_of(field.column)}{unit}{'' if field.required == 'yes' else ' (optional)'}",
        hint=hint,
        kind=shape,
        value=_filled(field, value),
        items=items,
        needed=field.required == "yes",
    )


def _filled(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    if field.type is FieldType.DATE and isinstance(value, str) and value[4:5] == "-":
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    return str(value)


def _instant(text: str) -> str:
    at = datetime.fromisoformat(text).astimezone(LONDON)
    return f"{british_date(at.date())}, {at:%H:%M}"


def _changed(kind: str, one: Mapping[str, Any], homes: Mapping[str, str]) -> str:
    name = str(one["field"])
    before, after = (shown(kind, name, one[side], homes) for side in ("before", "after"))
    if not before:
        return f"{label_of(name)}: {after}"
    return f"{label_of(name)}: {after or 'nothing'}, before: {before}"
