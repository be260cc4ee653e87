"""The rows of another standard from our referrals, and notes on what they tell less of or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reference_data.fields import load_fields
from reference_data.profile_words import Told, in_their_words, sector
from reference_data.profiles import RECORD, ProfileField, TheirRow, load_profile, record_words, value_in


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileWriting:
    """The standard's rows, and in sentences what they do not tell or tell more broadly."""

    rows: tuple[TheirRow, ...]
    notes: tuple[str, ...]


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
        row, lost = told_row(record, profile)
        rows.append(row)
        broader.update({name for name, told in lost if told})
        untold.update({name for name, told in lost if not told})
        untold.update(_beyond(record, profile))
    order = {field.column: place for place, field in enumerate(load_fields(RECORD))}
    notes = [
        f"{name}: told more broadly than it is held, in {record_words(broader[name])}."
        for name in sorted(broader, key=order.__getitem__)
    ]
    number = sum(before is not after for before, after in zip(given, counted, strict=True))
    if number:
        notes.append(
            f"home_search.siblings_to_place_with: counted from sibling_group, in {record_words(number)}."
        )
    notes += [
        f"{name}: beyond the standard and not told, in {record_words(untold[name])}."
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


def told_row(record: Mapping[str, Any], profile: str) -> tuple[TheirRow, list[tuple[str, bool]]]:
    """Return one row, and the fields that it tells more broadly (True) or has no word for (False)."""
    row: TheirRow = {}
    lost: list[tuple[str, bool]] = []
    for entry in load_profile(profile):
        if entry.field.in_list:
            items = _told_items(record, entry, profile)
            told = [tell(item, entry, lost) for item in items]
            if any(cell is not None for cell in told):
                row[entry.ours] = told
        elif entry.is_list:
            values = value_in(record, entry.field)
            told = list(dict.fromkeys(tell({entry.field.value_name: v}, entry, lost) for v in values or ()))
            if told:
                row[entry.ours] = told
            elif values is not None and entry.says_none:
                row[entry.ours] = [entry.says_none]
        else:
            holder = record if entry.field.parent is None else record.get(entry.field.parent) or {}
            cell = tell(holder, entry, lost, record)
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
        if any(tell(item, one, []) is not None for one in columns)
    ]


def tell(
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
        postcode = holder.get(whole.value_name) if whole.in_list else value_in(record or {}, whole)
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
        value = value_in(record, field)
        if field.name not in covered and value is not None and value != []:
            found.add(field.column)
    return found
