"""Read referrals and homes from the files a caller names, or from values already in memory.

The cells are read by ``reference_data.tables``; here typed values become records, and what the
fields of one record say about each other is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from matching.decisions import Decision, Enquiry
from matching.home import Bed, Exemption, Home, Offers, Resident
from matching.pins import Pin
from matching.referral import ImportantPlace, PlaceToAvoid, Preferences, Referral, Wishes
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.tables import RecordTable, Row, read_records, records_from_values
from reference_data.vocabulary import (
    AgeBasis,
    Alongside,
    ContractKind,
    Control,
    EmergencySetting,
    HomeStatus,
    LimitSource,
    NeedDomain,
    PartnerConcern,
    PlacementPurpose,
    PlacementType,
    RiskLevel,
    Sex,
    SiblingsTogether,
    Suitability,
    Urgency,
)

Warnings = tuple[ImportIssue, ...]
_Record = TypeVar("_Record")


def read_referrals(path: str | Path, *, require_rows: bool = True) -> tuple[tuple[Referral, ...], Warnings]:
    """Return the referrals of a CSV, XLSX or JSON file, and what was noticed but did no harm.

    Parameters
    ----------
    require_rows
        Whether a list without children is a problem; a waiting list may be empty.

    Raises
    ------
    ImportRejected
        If anything cannot be used, a referral id is repeated, or a child has two referrals.
    """
    return _referrals(read_records(path, "referral", _children_once, require_rows=require_rows))


def read_arrivals(paths: Sequence[Path]) -> tuple[tuple[tuple[Referral, ...], ...], Warnings]:
    """Return samples of children who may arrive next, one sample a file, and what was noticed.

    The same child may be in several samples; within one sample a child is once, as on any list.

    Parameters
    ----------
    paths
        Files of referrals, or folders whose files are taken in order of name.

    Raises
    ------
    ImportRejected
        If anything in any of the files cannot be used, with the problems of all of them; or a folder is empty.
    """
    issues: list[ImportIssue] = []
    drawn: list[tuple[Referral, ...]] = []
    noticed: list[ImportIssue] = []
    for path in paths:
        files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        if not files:
            what_to_do = "Put one file of referrals for each sample into the folder."
            issues.append(
                ImportIssue(file=path.name, row=None, column=None, rule="no_rows", what_to_do=what_to_do)
            )
        for file in files:
            try:
                sample, warnings = read_referrals(file)
            except ImportRejected as rejected:
                issues += rejected.issues
            else:
                drawn.append(sample)
                noticed += warnings
    if issues:
        raise ImportRejected(issues)
    return tuple(drawn), tuple(noticed)


def read_homes(path: str | Path) -> tuple[tuple[Home, ...], Warnings]:
    """Return the homes of a CSV, XLSX or JSON file, and what was noticed but did no harm.

    Raises
    ------
    ImportRejected
        If anything cannot be used, a home id is repeated, or the dates or ages of a home contradict.
    """
    return _homes(read_records(path, "home", _contradictions_of))


def read_characteristics(path: Path) -> tuple[dict[str, dict[str, str]], Warnings]:
    """Return sex, ethnicity and disability by child id, as far as they are recorded, and what was noticed.

    Raises
    ------
    ImportRejected
        If anything cannot be used, or a child is in the file twice.
    """
    table = read_records(path, "characteristic")
    names = ("sex", "ethnicity", "disability")
    return {
        row.values["child_id"]: {name: row.values[name] for name in names if row.values.get(name)}
        for row in table.rows
    }, table.warnings


def read_decisions(
    path: Path, *, child_ids: Set[str], home_ids: Set[str]
) -> tuple[tuple[Decision, ...], Warnings]:
    """Return what people decided, beside what came first in the ranking, and what was noticed.

    Raises
    ------
    ImportRejected
        If anything cannot be used, or a child or a home is not among those given.
    """

    def strangers(rows: Sequence[Row]) -> Iterable[ImportIssue]:
        for row in rows:
            if row.values.get("child_id") not in {None, *child_ids}:
                yield row.issue("child_id", "decision_unknown_child", "No referral here is for this child.")
            for column in ("home_id", "first_ranked"):
                if row.values.get(column) not in {None, *home_ids}:
                    yield row.issue(column, "decision_unknown_home", "This home is not among the homes here.")

    table = read_records(path, "choice", strangers)
    return tuple(
        Decision(
            child_id=row.values["child_id"],
            first_ranked=row.values.get("first_ranked"),
            decided=row.values.get("home_id"),
            reason=row.values.get("reason") or "",
        )
        for row in table.rows
    ), table.warnings


def read_enquiries(path: Path) -> tuple[tuple[Enquiry, ...], Warnings]:
    """Return which homes were asked for which children and what they said, and what was noticed.

    An enquiry for brothers and sisters counts for each of them.

    Raises
    ------
    ImportRejected
        If anything cannot be used.
    """
    table = read_records(path, "enquiry")
    return tuple(
        Enquiry(child_id=child_id, home_id=row.values["home_id"], answer=row.values.get("answer"))
        for row in table.rows
        for child_id in dict.fromkeys((row.values["child_id"], *(row.values.get("with_children") or ())))
    ), table.warnings


def read_pins(
    path: str | Path, *, child_ids: Set[str] | None = None, home_ids: Set[str] | None = None
) -> tuple[tuple[Pin, ...], Warnings]:
    """Return the decisions that the joint plan must keep, and what was noticed.

    Parameters
    ----------
    child_ids, home_ids
        Who and what the plan is made for; a pin that names anybody else cannot be used. Not checked
        when ``None``.

    Raises
    ------
    ImportRejected
        If anything cannot be used. Pins that cannot all hold are no such problem: the plan answers that.
    """

    def strangers(rows: Sequence[Row]) -> Iterable[ImportIssue]:
        for row in rows:
            child_id, home_id = row.values.get("child_id"), row.values.get("home_id")
            if child_ids is not None and child_id is not None and child_id not in child_ids:
                yield row.issue("child_id", "pin_unknown_child", "No referral here is for this child.")
            if home_ids is not None and home_id is not None and home_id not in home_ids:
                yield row.issue("home_id", "pin_unknown_home", "This home is not among the homes here.")

    table = read_records(path, "pin", strangers, require_rows=False)
    pins = {
        Pin(
            child_id=row.values["child_id"],
            home_id=row.values["home_id"],
            ban=bool(row.values.get("ban")),
        )
        for row in table.rows
    }
    return tuple(sorted(pins, key=Pin.in_order)), table.warnings


def referrals_from_values(
    records: Iterable[Mapping[str, object]], file: str = "referrals"
) -> tuple[tuple[Referral, ...], Warnings]:
    """Return referrals from JSON-like mappings, by the same rules as a file."""
    return _referrals(records_from_values(file, records, "referral", _children_once))


def homes_from_values(
    records: Iterable[Mapping[str, object]], file: str = "homes"
) -> tuple[tuple[Home, ...], Warnings]:
    """Return homes from JSON-like mappings, by the same rules as a file."""
    return _homes(records_from_values(file, records, "home", _contradictions_of))


def referral_from_values(values: Mapping[str, Any]) -> Referral:
    """Return a referral from typed values, as ``Row.values`` holds them."""
    given = dict(values)
    given["age_basis"] = _member(AgeBasis, given.get("age_basis"))
    given["sex"] = _member(Sex, given.get("sex"))
    given["urgency"] = _member(Urgency, given.get("urgency"))
    given["placement_purpose"] = _member(PlacementPurpose, given.get("placement_purpose"))
    given["alongside"] = _member(Alongside, given.get("alongside"))
    given["siblings_together"] = _member(SiblingsTogether, given.get("siblings_together"))
    # An empty list of types names no type, so it says no more than an absent one.
    types = tuple(PlacementType(value) for value in given.get("acceptable_types") or ())
    given["acceptable_types"] = types or None
    given["suitability"] = _members(Suitability, given.get("suitability"))
    given["needs"] = {NeedDomain(name): score for name, score in (given.get("needs") or {}).items()}
    given["risks"] = _members(RiskLevel, given.get("risks"))
    given["avoid"] = tuple(_built(PlaceToAvoid, item) for item in given.get("avoid") or ())
    given["important_places"] = tuple(
        _built(ImportantPlace, item) for item in given.get("important_places") or ()
    )
    given["prefers"] = _preferences(_with_pets(given.get("prefers") or {}, given.get("home_search") or {}))
    given["home_search"] = dict(given.get("home_search") or {})
    given["placement_found"] = dict(given.get("placement_found") or {})
    given["wishes"] = _built(Wishes, given["wishes"]) if given.get("wishes") else None
    given["requires"] = tuple(code(value) for value in given.get("requires") or ())
    for name in ("communication", "not_with"):
        given[name] = tuple(given.get(name) or ())
    return _built(Referral, given)


def home_from_values(values: Mapping[str, Any]) -> Home:
    """Return a home from typed values, as ``Row.values`` holds them."""
    given = dict(values)
    kind = given["type"]
    emergency = set(EmergencySetting)
    given["type"] = EmergencySetting(kind) if kind in emergency else PlacementType(kind)
    given["contract"] = _member(ContractKind, given.get("contract"))
    given["control"] = _member(Control, given.get("control"))
    given["status"] = _member(HomeStatus, given.get("status"))
    given["partner_concern"] = _member(PartnerConcern, given.get("partner_concern"))
    given["limit_source"] = _member(LimitSource, given.get("limit_source"))
    given["can_meet"] = {NeedDomain(name): score for name, score in (given.get("can_meet") or {}).items()}
    given["beds"] = _items(Bed, given.get("beds"))
    given["residents"] = _residents(given.get("residents"))
    given["exemptions"] = _items(Exemption, given.get("exemptions")) or ()
    given["approval_terms"] = tuple(given.get("approval_terms") or ())
    for name in ("features", "will_not_take", "staffing"):
        given[name] = _codes(given.get(name))
    given["approved_for"] = None if given.get("approved_for") is None else tuple(given["approved_for"])
    offers = {name: tuple(value) for name, value in (given.get("offers") or {}).items()}
    given["offers"] = Offers(**offers)
    return _built(Home, given)


def code(value: str) -> str:
    """Return a feature, risk or need as a code: lower case, with underscores for spaces and hyphens."""
    return "_".join(value.replace("-", " ").lower().split())


def _children_once(rows: Sequence[Row]) -> Iterable[ImportIssue]:
    seen: set[str] = set()
    for row in rows:
        child_id = row.values.get("child_id")
        if child_id in seen:
            yield row.issue("child_id", "child_twice", "A child has two referrals here; keep the open one.")
        if child_id is not None:
            seen.add(child_id)


def _referrals(table: RecordTable) -> tuple[tuple[Referral, ...], Warnings]:
    return tuple(referral_from_values(row.values) for row in table.rows), table.warnings


def _contradictions_of(rows: Sequence[Row]) -> Iterable[ImportIssue]:
    return (issue for row in rows for issue in _contradictions(row))


def _homes(table: RecordTable) -> tuple[tuple[Home, ...], Warnings]:
    noticed = tuple(issue for row in table.rows for issue in _doubts(row))
    return tuple(home_from_values(row.values) for row in table.rows), table.warnings + noticed


def _contradictions(row: Row) -> list[ImportIssue]:
    pairs = (
        ("min_age", "max_age", "The youngest age is above the oldest; correct one of them."),
        ("opens_on", "closes_on", "The home closes before it opens; correct one of the dates."),
        (
            "restriction_notice_from",
            "restriction_notice_to",
            "The notice ends before it starts; correct one of the dates.",
        ),
    )
    found = []
    for lower, upper, what_to_do in pairs:
        low, high = row.values.get(lower), row.values.get(upper)
        if low is not None and high is not None and low > high:
            found.append(row.issue(upper, "contradiction", what_to_do))
    return found


def _doubts(row: Row) -> list[ImportIssue]:
    values = row.values
    found = []
    places = values.get("places")
    if places is not None and (values.get("vacancies") or 0) > places:
        found.append(row.issue("vacancies", "more_than_places", "More vacancies than places; check both."))
    if places is not None and len(values.get("residents") or ()) > places:
        found.append(row.issue("residents", "more_than_places", "More residents than places; check both."))
    if values.get("beds") is not None and values.get("vacancies") is not None:
        free = sum(not bed.get("held_for") for bed in values["beds"])
        if free != values["vacancies"]:
            found.append(row.issue("vacancies", "beds_win", "Beds and vacancies differ; beds are used."))
    return found


def _with_pets(prefers: Mapping[str, Any], home_search: Mapping[str, Any]) -> Mapping[str, Any]:
    # "Cannot live with pets" would otherwise count for nothing; a wish that is recorded goes before it.
    if home_search.get("pets") is False and not prefers.get("pets"):
        return {**prefers, "pets": ["none"]}
    return prefers


def _preferences(values: Mapping[str, Any]) -> Preferences:
    given = dict(values)
    for name in ("language", "religion", "ethnicity", "pets"):
        given[name] = tuple(given.get(name) or ())
    return _built(Preferences, given)


def _residents(items: Iterable[Mapping[str, Any]] | None) -> tuple[Resident, ...] | None:
    if items is None:
        return None
    return tuple(_built(Resident, {**item, "sex": _member(Sex, item.get("sex"))}) for item in items)


def _items(kind: type[_Record], items: Iterable[Mapping[str, Any]] | None) -> tuple[_Record, ...] | None:
    return None if items is None else tuple(_built(kind, item) for item in items)


def _built(kind: type[_Record], values: Mapping[str, Any]) -> _Record:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})


def _codes(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(code(value) for value in values)


_Choice = TypeVar(
    "_Choice",
    AgeBasis,
    Sex,
    Urgency,
    PlacementPurpose,
    Alongside,
    SiblingsTogether,
    ContractKind,
    Control,
    HomeStatus,
    PartnerConcern,
    LimitSource,
    Suitability,
    RiskLevel,
)


def _member(kind: type[_Choice], value: str | None) -> _Choice | None:
    return None if value is None else kind(value)


def _members(kind: type[_Choice], values: Mapping[str, str] | None) -> dict[str, _Choice]:
    return {name: kind(value) for name, value in (values or {}).items()}
