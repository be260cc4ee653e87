"""A standard's rows as files: one row a child under its questions, or one table for each part of its diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reference_data.problems import InvalidInput
from reference_data.profile_files import CHILD_LINK, KEYS, REFERRAL_LINK
from reference_data.profiles import ProfileField, TheirRow, load_profile
from reference_data.writing import Grid, csv_content, json_content, list_text, xlsx_content, zip_content

PROFILE_FORMATS = (".csv", ".xlsx", ".json", ".zip")


def profile_content(rows: Sequence[TheirRow], profile: str, suffix: str) -> bytes:
    """Return a standard's rows as a file.

    Parameters
    ----------
    rows
        As ``profile_telling.tell_records`` gives them.
    suffix
        ``.csv``: one row a child under the standard's questions. ``.xlsx``, ``.json`` and ``.zip`` (of CSV
        files): one table for each part of the standard's diagram.

    Raises
    ------
    InvalidInput
        If there is no such format, or a text cannot stand in it.
    """
    if suffix == ".csv":
        return csv_content(_flat(rows, load_profile(profile)))
    tables = _tables(rows, load_profile(profile))
    if suffix == ".xlsx":
        return xlsx_content(tables)
    if suffix == ".zip":
        return zip_content({f"{name}.csv": csv_content(grid) for name, grid in tables.items()})
    if suffix == ".json":
        return json_content({name: _objects(grid) for name, grid in tables.items()})
    raise InvalidInput("no_such_format", f"Name a file that ends in one of: {', '.join(PROFILE_FORMATS)}.")


def _objects(grid: Grid) -> list[dict[str, object]]:
    header, *rows = grid
    return [
        {str(name): cell for name, cell in zip(header, row, strict=True) if cell is not None} for row in rows
    ]


def _flat(rows: Sequence[TheirRow], entries: Sequence[ProfileField]) -> Grid:
    return [[entry.heading for entry in entries], *([_cell(row, entry) for entry in entries] for row in rows)]


def _cell(row: Mapping[str, Any], entry: ProfileField) -> object:
    value = row.get(entry.ours)
    if not isinstance(value, list):
        return value
    if len(value) == 1 and entry.field.in_list and not str(value[0]).startswith("["):
        plain = value[0] is not None and ";" not in value[0]
        return value[0] if plain else list_text(["" if one is None else one for one in value])
    if entry.field.in_list and not any(one and (";" in one or one.startswith("[")) for one in value):
        return "; ".join("" if one is None else one for one in value)
    return list_text(["" if one is None else one for one in value])


def _tables(rows: Sequence[TheirRow], entries: Sequence[ProfileField]) -> dict[str, Grid]:
    names = dict.fromkeys(entry.table for entry in entries)
    tables: dict[str, Grid] = {}
    for name in names:
        columns = [entry for entry in entries if entry.table == name]
        if name == "REFERRAL":
            child = next(entry for entry in entries if entry.ours == CHILD_LINK)
            header: list[object] = [CHILD_LINK, *(entry.column for entry in columns)]
            lines = [[_cell(row, child), *(_cell(row, entry) for entry in columns)] for row in rows]
        elif name in KEYS:
            header = [entry.column for entry in columns]
            lines = [[_cell(row, entry) for entry in columns] for row in rows]
        else:
            header = [REFERRAL_LINK, *(entry.column for entry in columns)]
            lines = [line for row in rows for line in _lines(row, columns)]
        tables[name] = [header, *lines]
    return tables


def _lines(row: TheirRow, columns: Sequence[ProfileField]) -> list[list[object]]:
    """Return a referral's rows in one table: as many as it has places, and none where it says nothing."""
    count = max(
        (len(row.get(entry.ours) or ()) for entry in columns if entry.field.in_list),
        default=0,
    )
    lines = []
    for place in range(max(count, 1)):
        cells = [
            (row.get(entry.ours) or [])[place : place + 1] or [None]
            if entry.field.in_list
            else [_cell(row, entry) if place == 0 else None]
            for entry in columns
        ]
        line = [cell for (cell,) in cells]
        if any(cell is not None for cell in line):
            lines.append([row[REFERRAL_LINK], *line])
    return lines
