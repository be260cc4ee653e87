"""What another standard says of a child, joined onto the record that is there.

A standard's file knows less of a child than our record does, so joining adds and corrects and never takes
away: what the standard cannot say, or says only more broadly, stays as our record has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from reference_data.profile_telling import tell, told_row
from reference_data.profiles import ProfileField, Record, load_profile, put_value, value_in


def joined(existing: Mapping[str, Any], incoming: Mapping[str, Any], profile: str) -> Record:
    """Return a record of ours with what a record read from the standard adds or corrects.

    An answer that says no more than ours already does changes nothing: ``crisis`` is told as Emergency, and
    Emergency read back leaves it ``crisis``. Lists keep their items and gain new ones.
    """
    result: Record = deepcopy(dict(existing))
    ours, theirs = told_row(existing, profile)[0], told_row(incoming, profile)[0]
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
        value = value_in(incoming, field)
        # The part and the whole of one postcode must not name two places.
        if value is None:
            holder.pop(field.value_name, None)
        else:
            holder[field.value_name] = value


def _join_list(
    result: Record, incoming: Mapping[str, Any], entry: ProfileField, told: Sequence[object]
) -> None:
    values = value_in(incoming, entry.field)
    kept = value_in(result, entry.field) or []
    name = entry.field.value_name
    new = [value for value in values if tell({name: value}, entry, []) not in told]
    put_value(result, entry.field, [*kept, *new] if values else [])


def _join_items(result: Record, incoming: Mapping[str, Any], parent: str, profile: str) -> None:
    columns = [one for one in load_profile(profile) if one.field.in_list and one.field.parent == parent]
    items: list[dict[str, Any]] = result.get(parent) or []
    unmatched = list(items)
    new = []
    for item in incoming.get(parent) or ():
        answers = [tell(item, one, []) for one in columns]
        same = next((one for one in unmatched if [tell(one, c, []) for c in columns] == answers), None)
        if same is None:
            new.append((item, answers))
        else:
            unmatched.remove(same)
    for item, answers in new:
        place = answers[0]
        same = next(
            (one for one in unmatched if place is not None and tell(one, columns[0], []) == place), None
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
