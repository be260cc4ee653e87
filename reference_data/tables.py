"""The one forgiving reader of records: CSV, XLSX or JSON by a field table, with every problem listed.

Raw files are opened in ``sheets.py`` and single cells parsed in ``cells.py``. What a record means
to an engine is decided by that engine's ``files.py``, which may add problems of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from reference_data.cells import CellError, folded, parse_cell
from reference_data.fields import LIST_TYPES, Field, load_fields
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.sheets import RawRow, RawTable, read_rows, readable_rows

__all__ = ["RawRow", "RawTable", "RecordTable", "Row", "read_records", "read_rows", "records_from_values"]

MOST_ISSUES = 10_000
"""A file with more problems than this is not a file of such records; the list stops there and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record with typed values.

    Parameters
    ----------
    file, number
        Where the record stands.
    values
        Value name to typed value: dates as ``date``, pounds as integer pence under
        ``..._pence``, nested objects as dictionaries, lists of objects as lists of dictionaries.
        What the file leaves out is not there.
    """

    file: str
    number: int
    values: dict[str, Any]

    def issue(self, column: str | None, rule: str, what_to_do: str) -> ImportIssue:
        """Return a problem of this row."""
        return ImportIssue(file=self.file, row=self.number, column=column, rule=rule, what_to_do=what_to_do)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTable:
    """The records of one file, and what was noticed but did no harm."""

    file: str
    rows: tuple[Row, ...]
    warnings: tuple[ImportIssue, ...]


Check = Callable[[Sequence[Row]], Iterable[ImportIssue]]
"""What an engine asks of the rows of a file beyond their cells. A row may lack values that could not be read."""


def read_records(
    path: str | Path, record: str, check: Check | None = None, *, require_rows: bool = True
) -> RecordTable:
    """Return the typed records of a CSV, XLSX or JSON file.

    Headings are matched without regard to case, spaces, hyphens and underscores. Unknown columns become warnings.

    Parameters
    ----------
    path
        The file.
    record
        The name of a field table: ``referral``, ``home``, ``stay`` ...
    check
        Gives problems of the rows as wholes, listed together with those of their cells.
    require_rows
        Whether a file without records is a problem; on an ordinary day nobody may be waiting or pinned.

    Raises
    ------
    ImportRejected
        If anything in the file cannot be used; every problem is listed and nothing is returned.
    """
    table = readable_rows(path)
    if require_rows and not table.rows and not table.issues:
        return _typed(read_rows(path), record, check)
    return _typed(table, record, check)


def records_from_values(
    file: str, records: Iterable[Mapping[str, object]], record: str, check: Check | None = None
) -> RecordTable:
    """Return typed records from JSON-like mappings already in memory, by the same rules as a file.

    Parameters
    ----------
    file
        What to call the source in problems.
    records
        One mapping a record, as a JSON file would hold it.
    """
    rows = tuple(
        RawRow(number=number, cells={k: v for k, v in values.items() if v is not None and v != ""})
        for number, values in enumerate(records, start=1)
    )
    header = tuple(dict.fromkeys(name for row in rows for name in row.cells))
    return _typed(RawTable(file=file, header=header, rows=rows, nested=True), record, check)


def _typed(table: RawTable, record: str, check: Check | None) -> RecordTable:
    reading = _Reading(table, load_fields(record))
    return reading.result(check)


_DATA_IN_A_NAME = re.compile(r"\d{5}|\d[/.-]\d+[/.-]\d|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|@")
"""A number of a child or a telephone, a date, a postcode, an address of email: no name of a column."""


def _looks_like_data(name: str) -> bool:
    return len(name) > _LONGEST_NAME or not name.isprintable() or _DATA_IN_A_NAME.search(name) is not None


_LONGEST_NAME = 120


class _Reading:
    """One pass over a raw table, gathering values, problems and warnings."""

    def __init__(self, table: RawTable, fields: tuple[Field, ...]) -> None:
        self.table = table
        self.fields = fields
        self.issues: list[ImportIssue] = list(table.issues)
        self.reported = {(one.row, _key(one.column)) for one in table.issues if one.column}
        self.unknown: dict[str, int | None] = {}
        self.by_column = {_key(field.column): field for field in fields}
        self.objects = {_key(f.parent): f.parent for f in fields if f.parent and not f.in_list}
        self.lists: dict[str, list[Field]] = {}
        for field in fields:
            if field.in_list and field.parent:
                self.lists.setdefault(_key(field.parent), []).append(field)

    def result(self, check: Check | None) -> RecordTable:
        table = self.table
        if not table.nested:
            self._check_columns()
        rows = [self._row(raw) for raw in table.rows]
        self._check_keys(rows)
        if check is not None:
            self.issues += check(rows)
        if self.issues:
            raise ImportRejected(self._listed_issues())
        unknown = tuple(
            ImportIssue(
                file=table.file,
                row=row,
                column=None if _looks_like_data(name) else name,
                rule="unknown_column",
                what_to_do="Nothing reads a column here, and its name looks like data, so it is not shown: is the first "
                "row the row of names?"
                if _looks_like_data(name)
                else "Nothing reads this column; check its name.",
            )
            for name, row in self.unknown.items()
        )
        return RecordTable(file=table.file, rows=tuple(rows), warnings=table.warnings + unknown)

    def _listed_issues(self) -> list[ImportIssue]:
        if len(self.issues) <= MOST_ISSUES:
            return self.issues
        more = len(self.issues) - MOST_ISSUES
        last = ImportIssue(
            file=self.table.file,
            row=None,
            column=None,
            rule="more_problems",
            what_to_do=f"{more:,} more problems are not listed.",
        )
        return [*self.issues[:MOST_ISSUES], last]

    def _check_columns(self) -> None:
        given = {_key(name) for name in self.table.header}
        for field in self.fields:
            if field.parent is None and field.required != "no" and _key(field.column) not in given:
                self._add(1, field.column, "missing_column", "Add the column; every record needs it.")
        self._check_names(1, self.table.header)

    def _check_names(self, row: int, names: Iterable[object], prefix: str = "") -> None:
        """List names that are one name in two writings. The same writing twice is found where files are opened."""
        seen: dict[str, str] = {}
        for name in map(str, names):
            earlier = seen.setdefault(_key(f"{prefix}{name}"), name)
            # Of one heading twice in a table the reader of files has told already.
            if earlier != name and (self.table.nested or earlier.casefold() != name.casefold()):
                self._add(row, f"{prefix}{name}", "duplicate_column", "The column is given twice. Keep one.")

    def _add(self, row: int | None, column: str | None, rule: str, what_to_do: str) -> None:
        self.issues.append(
            ImportIssue(file=self.table.file, row=row, column=column, rule=rule, what_to_do=what_to_do)
        )

    def _row(self, raw: RawRow) -> Row:
        values: dict[str, Any] = {}
        if self.table.nested:
            self._nested(raw, raw.cells, "", values)
        else:
            self._flat(raw, values)
        for field in self.fields:
            # A column that is missing altogether was reported once, not once a row.
            if field.parent is not None or field.required == "no" or self._was_given(raw, field):
                continue
            if (raw.number, _key(field.column)) in self.reported:
                continue
            if self.table.nested or self._has_column(field):
                self._add(raw.number, field.column, "missing_value", "Every record needs this; fill it in.")
        return Row(file=self.table.file, number=raw.number, values=values)

    def _was_given(self, raw: RawRow, field: Field) -> bool:
        return any(_key(name) == _key(field.column) for name in raw.cells)

    def _has_column(self, field: Field) -> bool:
        return any(_key(name) == _key(field.column) for name in self.table.header)

    def _parsed(self, raw: RawRow, column: str, cell: object, field: Field) -> Any:
        try:
            return parse_cell(cell, field)
        except CellError as error:
            self._add(raw.number, column, error.rule, error.what_to_do)
            return None

    def _flat(self, raw: RawRow, values: dict[str, Any]) -> None:
        parts: dict[str, dict[str, list[str]]] = {}
        for name, cell in raw.cells.items():
            key = _key(name)
            field = self.by_column.get(key)
            if field is None and key in self.lists:
                self._shorthand_or_json(raw, name, cell, key, values)
            elif field is None:
                self.unknown.setdefault(name, None)
            elif field.in_list and field.parent:
                pieces = [piece.strip() for piece in _cell_text(cell).split(";")]
                parts.setdefault(_key(field.parent), {})[_key(field.column)] = pieces
            else:
                self._put(values, field, self._parsed(raw, field.column, cell, field))
        for parent, columns in parts.items():
            self._zip_columns(raw, parent, columns, values)

    def _put(self, values: dict[str, Any], field: Field, value: Any) -> None:
        if value is None:
            return
        holder = values
        if field.parent is not None:
            holder = values.setdefault(field.parent, {})
        holder[field.value_name] = value

    def _shorthand_or_json(
        self, raw: RawRow, name: str, cell: object, key: str, values: dict[str, Any]
    ) -> None:
        """Read a list of objects from one cell: JSON text, or first fields separated by ``;``."""
        text = _cell_text(cell)
        items: object = [piece.strip() for piece in text.split(";") if piece.strip()]
        if text.startswith(("[", "{")):
            try:
                items = json.loads(text, parse_float=Decimal)
            except (ValueError, RecursionError):
                self._add(raw.number, name, "wrong_type", "Give a JSON list, or values separated by ';'.")
                return
        self._list_of_objects(raw, items, key, values)

    def _zip_columns(
        self, raw: RawRow, parent: str, columns: dict[str, list[str]], values: dict[str, Any]
    ) -> None:
        """Read a list of objects from columns side by side, each a list separated by ``;``."""
        longest = max(len(pieces) for pieces in columns.values())
        parent_name = self.lists[parent][0].parent or parent
        if any(len(pieces) not in (0, longest) for pieces in columns.values()):
            self._add(
                raw.number,
                parent_name,
                "list_lengths_differ",
                "Give every column of this list as many items.",
            )
            return
        items: list[dict[str, Any]] = []
        for position in range(longest):
            item: dict[str, Any] = {}
            for column, pieces in columns.items():
                field = self.by_column[column]
                if not pieces[position]:
                    continue
                # The ';' of a list inside a list is taken, so such columns separate by '|'.
                cell: object = pieces[position]
                if field.type in LIST_TYPES:
                    cell = [part.strip() for part in pieces[position].split("|") if part.strip()]
                value = self._parsed(raw, field.column, cell, field)
                if value is not None:
                    item[field.value_name] = value
            items.append(item)
        values.setdefault(parent_name, []).extend(items)
        self._check_items(raw, parent, items)

    def _nested(self, raw: RawRow, cells: Mapping[str, object], prefix: str, values: dict[str, Any]) -> None:
        self._check_names(raw.number, cells, prefix)
        for name, cell in cells.items():
            if cell is None or cell == "":
                continue
            key = _key(f"{prefix}{name}")
            field = self.by_column.get(key)
            if field is not None and not field.in_list:
                self._put(values, field, self._parsed(raw, field.column, cell, field))
            elif key in self.lists:
                self._list_of_objects(raw, cell, key, values)
            elif key in self.objects and isinstance(cell, Mapping):
                # Present though empty is not the same as absent: "we looked and there is nothing".
                values.setdefault(self.objects[key], {})
                self._nested(raw, cell, f"{self.objects[key]}.", values)
            elif key in self.objects:
                self._add(raw.number, self.objects[key], "wrong_type", "Give an object with named fields.")
            else:
                self.unknown.setdefault(f"{prefix}{name}", None)

    def _list_of_objects(self, raw: RawRow, cell: object, key: str, values: dict[str, Any]) -> None:
        fields = {_key(field.leaf): field for field in self.lists[key]}
        parent = self.lists[key][0].parent or key
        given = cell if isinstance(cell, list) else [cell]
        items: list[dict[str, Any]] = []
        for entry in given:
            if not isinstance(entry, Mapping):
                # A bare value stands for the first field: residents may be bare ids.
                first = self.lists[key][0]
                entry = {first.leaf: entry}
            self._check_names(raw.number, entry, f"{parent}.")
            item: dict[str, Any] = {}
            for leaf, value in entry.items():
                field = fields.get(_key(str(leaf)))
                if field is None:
                    self.unknown.setdefault(f"{parent}.{leaf}", None)
                elif value is not None and value != "":
                    parsed = self._parsed(raw, field.column, value, field)
                    if parsed is not None:
                        item[field.value_name] = parsed
            items.append(item)
        values[parent] = items
        self._check_items(raw, key, items)

    def _check_items(self, raw: RawRow, key: str, items: list[dict[str, Any]]) -> None:
        broken = {issue.column for issue in self.issues if issue.row == raw.number}
        for field in self.lists[key]:
            if field.required == "no" or field.column in broken:
                continue
            if any(field.value_name not in item for item in items):
                self._add(raw.number, field.column, "missing_value", "Every item of the list needs this.")

    def _check_keys(self, rows: list[Row]) -> None:
        for field in self.fields:
            if field.required != "key":
                continue
            seen: set[Any] = set()
            for row in rows:
                value = row.values.get(field.value_name)
                if value is None:
                    continue
                if value in seen:
                    self.issues.append(
                        row.issue(
                            field.column,
                            "duplicate_id",
                            "The id is used by an earlier row. Give each its own.",
                        )
                    )
                seen.add(value)


def _key(name: str) -> str:
    """Return a column's name as it is looked up, in whatever writing it was given."""
    return folded(name).replace("[]", "")


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
