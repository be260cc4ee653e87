"""Referrals from a standard's rows, a standard's rows from referrals, and one joined onto the other.

A standard's file knows less of a child than our record does, so joining adds and corrects and never takes
away: what the standard cannot say, or says only more broadly, stays as our record has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_data.cells import CellError
from reference_data.fields import Field, load_fields
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.profile_files import Cell, StandardFile, StandardRow, read_standard
from reference_data.profile_words import Answer, Told, in_our_words, in_their_words, sector
from reference_data.profiles import RECORD, ProfileField, load_profile

Record = dict[str, Any]
"""One referral with typed values, as the reader of our own files gives it."""

TheirRow = dict[str, Any]
"""The standard's answers by the name of our field: one cell, or a list of cells with ``None`` for gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileReading:
    """The referrals of a file of the standard, and what was noticed but did no harm."""

    records: tuple[Record, ...]
    warnings: tuple[ImportIssue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileWriting:
    """The standard's rows, and in sentences what they do not tell or tell more broadly."""

    rows: tuple[TheirRow, ...]
    notes: tuple[str, ...]


def read_profile(path: Path, profile: str) -> ProfileReading:
    """Return the referrals of a file, folder or zip of another standard.

    Parameters
    ----------
    profile
        The name of a profile, such as ``south-west``.

    Raises
    ------
    ImportRejected
        With every problem of every table; nothing is returned.
    NotFound
        If no profile has that name.
    """
    load_profile(profile)
    found = read_standard(path, profile)
    records = [_record(row, profile, found) for row in found.rows]
    _check_ids(records, found)
    if not found.rows and not found.issues:
        found.issues.append(
            ImportIssue(
                file=path.name,
                row=None,
                column=None,
                rule="no_rows",
                what_to_do="The file has no referrals. Add at least one.",
            )
        )
    if found.issues:
        raise ImportRejected(found.issues)
    warnings = (*found.warnings, *_to_say_more(found.rows, records, profile))
    return ProfileReading(records=tuple(records), warnings=warnings)


def _record(row: StandardRow, profile: str, found: StandardFile) -> Record:
    record: Record = {}
    for entry in load_profile(profile):
        cells = row.cells.get(entry.ours)
        if cells is None:
            continue
        if entry.field.in_list:
            _put_items(record, row, entry, cells, found)
            continue
        answers = [(cell, answer) for cell in cells if cell for answer in [_answer(cell, entry, found)]]
        given = [answer for _, answer in answers if answer is not None]
        if entry.is_list:
            if given and len(given) < len(answers) and entry.says_none:
                advice = f"{entry.says_none} stands beside other answers. Keep one or the other."
                found.issues.append(answers[0][0].issue("contradiction", advice))
            if given or answers:
                _put(record, entry.field, [answer.value for answer in given])
        elif given:
            _put(record, given[0].field, given[0].value)
    if "referral_id" not in record and "child_id" in record:
        # One row is one child, so the child's own id is unique where the file names no other.
        record["referral_id"] = record["child_id"]
    return record


def _answer(cell: Cell, entry: ProfileField, found: StandardFile) -> Answer | None:
    try:
        return in_our_words(cell.value, entry)
    except CellError as error:
        found.issues.append(cell.issue(error.rule, error.what_to_do))
        return None


def _put(record: Record, field: Field, value: object) -> None:
    holder = record if field.parent is None else record.setdefault(field.parent, {})
    holder[field.value_name] = value


def _put_items(
    record: Record,
    row: StandardRow,
    entry: ProfileField,
    cells: Sequence[Cell | None],
    found: StandardFile,
) -> None:
    items = record.setdefault(entry.field.parent or "", [])
    if items and len(items) != len(cells):
        advice = "Give as many answers here as there are places, separated by ';'."
        column = next((cell.column for cell in cells if cell), entry.column)
        found.issues.append(row.issue(column, "list_lengths_differ", advice))
        return
    while len(items) < len(cells):
        items.append({})
    for item, cell in zip(items, cells, strict=True):
        answer = _answer(cell, entry, found) if cell else None
        if answer is not None:
            item[answer.field.value_name] = answer.value


def _check_ids(records: Sequence[Record], found: StandardFile) -> None:
    for name, rule, advice in (
        ("referral_id", "duplicate_id", "The id is used by an earlier row. Give each its own."),
        ("child_id", "child_twice", "A child has two referrals here; keep the open one."),
    ):
        seen: set[object] = set()
        for row, record in zip(found.rows, records, strict=True):
            value = record.get(name)
            told = {(issue.row, issue.rule) for issue in found.issues}
            if value is None and name == "child_id" and not row.cells.get("child_id"):
                if (row.row, "missing_value") not in told:
                    advice_missing = "Every referral needs the child's id; fill it in."
                    found.issues.append(row.issue("child_id", "missing_value", advice_missing))
            elif value is not None and value in seen and (row.row, "duplicate_id") not in told:
                cells = row.cells.get(name) or row.cells.get("child_id") or [None]
                column = cells[0].column if cells[0] else name
                found.issues.append(row.issue(column, rule, advice))
            seen.add(value)


def _to_say_more(
    rows: Sequence[StandardRow], records: Sequence[Record], profile: str
) -> Iterator[ImportIssue]:
    """Yield what the standard's answers leave open, once a column and not once a child."""
    file = rows[0].file
    for entry in load_profile(profile):
        values = [_value(record, entry.field) for record in records]
        count = sum(bool(value) for value in values)
        if entry.say_more and count:
            yield _noticed(file, entry.heading, "say_more", f"{entry.say_more} (In {_records(count)}.)")
        if entry.when:
            when = next(one for one in load_profile(profile) if one.ours == entry.when)
            denied = sum(
                _value(record, when.field) is False and bool(value)
                for record, value in zip(records, values, strict=True)
            )
            if denied:
                advice = (
                    f"The answer here is No and the details are given: check both. (In {_records(denied)}.)"
                )
                yield _noticed(file, when.heading, "contradiction", advice)
    if any("referral_id" not in row.cells for row in rows):
        advice = "Where no id of the referral is given, the child's id stands for it."
        yield _noticed(file, "Referral ID", "no_referral_id", advice)


def _noticed(file: str, column: str, rule: str, advice: str) -> ImportIssue:
    return ImportIssue(file=file, row=None, column=column, rule=rule, what_to_do=advice)


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def _value(record: Mapping[str, Any], field: Field) -> Any:
    """Return what a record holds in a field; of a list of objects, the items' values."""
    if field.in_list:
        items = [item.get(field.value_name) for item in record.get(field.parent or "") or ()]
        return items if any(item is not None for item in items) else None
    holder = record if field.parent is None else record.get(field.parent) or {}
    return holder.get(field.value_name)


def tell_records(records: Iterable[Mapping[str, Any]], profile: str) -> ProfileWriting:
    """Return referrals as the standard's rows, with notes on what they leave out.

    Parameters
    ----------
    records
        Typed values, as the reader of our own files or the database gives them.

    Raises
    ------
    NotFound
        If no profile has that name.
    """
    broader: Counter[str] = Counter()
    untold: Counter[str] = Counter()
    rows = []
    given = tuple(records)
    counted = _siblings_counted(given)
    for record in counted:
        row, lost = _told_row(record, profile)
        rows.append(row)
        broader.update({name for name, told in lost if told})
        untold.update({name for name, told in lost if not told})
        untold.update(_beyond(record, profile))
    order = {field.column: place for place, field in enumerate(load_fields(RECORD))}
    notes = [
        f"{name}: told more broadly than it is held, in {_records(broader[name])}."
        for name in sorted(broader, key=order.__getitem__)
    ]
    number = sum(before is not after for before, after in zip(given, counted, strict=True))
    if number:
        notes.append(
            f"home_search.siblings_to_place_with: counted from sibling_group, in {_records(number)}."
        )
    notes += [
        f"{name}: beyond the standard and not told, in {_records(untold[name])}."
        for name in sorted(untold, key=order.__getitem__)
    ]
    return ProfileWriting(rows=tuple(rows), notes=tuple(notes))


def _siblings_counted(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Fill in how many brothers and sisters to place with, where the group in these records says so."""
    groups: dict[object, list[Mapping[str, Any]]] = {}
    for record in records:
        if record.get("sibling_group"):
            groups.setdefault(record["sibling_group"], []).append(record)
    counted = []
    for record in records:
        members = groups.get(record.get("sibling_group"), [])
        together = any(one.get("siblings_together") == "must" for one in members)
        wished = together or record.get("siblings_together") == "prefer"
        search = record.get("home_search") or {}
        if members and wished and "siblings_to_place_with" not in search:
            record = {**record, "home_search": {**search, "siblings_to_place_with": len(members) - 1}}
        counted.append(record)
    return counted


def _told_row(record: Mapping[str, Any], profile: str) -> tuple[TheirRow, list[tuple[str, bool]]]:
    """Return one row, and the fields that it tells more broadly (True) or has no word for (False)."""
    row: TheirRow = {}
    lost: list[tuple[str, bool]] = []
    for entry in load_profile(profile):
        if entry.field.in_list:
            items = _told_items(record, entry, profile)
            told = [_told(item, entry, lost) for item in items]
            if any(cell is not None for cell in told):
                row[entry.ours] = told
        elif entry.is_list:
            values = _value(record, entry.field)
            told = list(dict.fromkeys(_told({entry.field.value_name: v}, entry, lost) for v in values or ()))
            if told:
                row[entry.ours] = told
            elif values is not None and entry.says_none:
                row[entry.ours] = [entry.says_none]
        else:
            holder = record if entry.field.parent is None else record.get(entry.field.parent) or {}
            cell = _told(holder, entry, lost, record)
            if cell is None:
                cell = entry.says_nothing
            if cell is not None:
                row[entry.ours] = cell
    return row, lost


def _told_items(record: Mapping[str, Any], entry: ProfileField, profile: str) -> list[Mapping[str, Any]]:
    """Return the items that the standard can tell anything of, the same ones for every column of the list."""
    columns = [
        one for one in load_profile(profile) if one.field.in_list and one.field.parent == entry.field.parent
    ]
    return [
        item
        for item in record.get(entry.field.parent or "") or ()
        if any(_told(item, one, []) is not None for one in columns)
    ]


def _told(
    holder: Mapping[str, Any],
    entry: ProfileField,
    lost: list[tuple[str, bool]],
    record: Mapping[str, Any] | None = None,
) -> object:
    value = holder.get(entry.field.value_name)
    told: Told | None
    name = entry.field.column
    if value is not None:
        told = in_their_words(value, entry)
    elif entry.whole_field is not None:
        whole = entry.whole_field
        postcode = holder.get(whole.value_name) if whole.in_list else _value(record or {}, whole)
        told, name = (None if postcode is None else sector(postcode)), whole.column
        value = postcode
    else:
        told = None
    if value is not None and (told is None or told.broader):
        lost.append((name, told is not None))
    return None if told is None else told.cell


def _beyond(record: Mapping[str, Any], profile: str) -> set[str]:
    """Return the columns of ours that a record fills and the profile has no place for."""
    entries = load_profile(profile)
    covered = {entry.ours for entry in entries} | {entry.whole for entry in entries}
    found = set()
    for field in load_fields(RECORD):
        value = _value(record, field)
        if field.name not in covered and value is not None and value != []:
            found.add(field.column)
    return found


def joined(existing: Mapping[str, Any], incoming: Mapping[str, Any], profile: str) -> Record:
    """Return a record of ours with what a record read from the standard adds or corrects.

    An answer that says no more than ours already does changes nothing: ``crisis`` is told as Emergency, and
    Emergency read back leaves it ``crisis``. Lists keep their items and gain new ones.
    """
    result: Record = deepcopy(dict(existing))
    ours, theirs = _told_row(existing, profile)[0], _told_row(incoming, profile)[0]
    lists = set()
    for entry in load_profile(profile):
        cell = theirs.get(entry.ours)
        if entry.field.in_list:
            lists.add(entry.field.parent or "")
        elif cell is None or cell == entry.says_nothing or cell == ours.get(entry.ours):
            continue
        elif entry.is_list:
            _join_list(result, incoming, entry, ours.get(entry.ours) or [])
        else:
            _join_value(result, incoming, entry)
    for parent in sorted(lists):
        _join_items(result, incoming, parent, profile)
    return result


def _join_value(result: Record, incoming: Mapping[str, Any], entry: ProfileField) -> None:
    for field in (entry.field, entry.whole_field):
        if field is None:
            continue
        holder = result if field.parent is None else result.setdefault(field.parent, {})
        value = _value(incoming, field)
        # The part and the whole of one postcode must not name two places.
        if value is None:
            holder.pop(field.value_name, None)
        else:
            holder[field.value_name] = value


def _join_list(
    result: Record, incoming: Mapping[str, Any], entry: ProfileField, told: Sequence[object]
) -> None:
    values = _value(incoming, entry.field)
    kept = _value(result, entry.field) or []
    name = entry.field.value_name
    new = [value for value in values if _told({name: value}, entry, []) not in told]
    _put(result, entry.field, [*kept, *new] if values else [])


def _join_items(result: Record, incoming: Mapping[str, Any], parent: str, profile: str) -> None:
    columns = [one for one in load_profile(profile) if one.field.in_list and one.field.parent == parent]
    items: list[dict[str, Any]] = result.get(parent) or []
    unmatched = list(items)
    new = []
    for item in incoming.get(parent) or ():
        answers = [_told(item, one, []) for one in columns]
        same = next((one for one in unmatched if [_told(one, c, []) for c in columns] == answers), None)
        if same is None:
            new.append((item, answers))
        else:
            unmatched.remove(same)
    for item, answers in new:
        place = answers[0]
        same = next(
            (one for one in unmatched if place is not None and _told(one, columns[0], []) == place), None
        )
        if same is None:
            items.append(deepcopy(item))
            continue
        unmatched.remove(same)
        for entry, answer in zip(columns[1:], answers[1:], strict=True):
            if answer is not None:
                same[entry.field.value_name] = item[entry.field.value_name]
    if items:
        result[parent] = items
