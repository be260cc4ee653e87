"""Records written as files: the opposite of ``tables.py``, from the same field tables.

What is written reads back as the same records. Text that a spreadsheet would run as a formula is guarded in
a CSV and is typed as text in a workbook. Only bytes are made here; who keeps them, and where, is not known.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from reference_data.fields import LIST_TYPES, Field, FieldType, load_fields
from reference_data.formula_guard import guarded
from reference_data.problems import InvalidInput

Grid = Sequence[Sequence[object]]
"""Rows of cells, the heading first. ``None`` is an empty cell."""

FORMATS = (".csv", ".xlsx", ".json")
LONGEST_SPREADSHEET_CELL = 32_767

# A fixed day, so that the same records give the same bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)
_NOT_IN_CSV = re.compile(r"[\x00\ud800-\udfff]")
# A workbook writes what XML lacks as "_xHHHH_", and that mark itself as "_x005F_", which is not read back.
_NOT_IN_XLSX = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]|_x005F_")


def record_content(records: Iterable[Mapping[str, Any]], record: str, suffix: str) -> bytes:
    """Return records as a file in the contract's layout.

    Parameters
    ----------
    records
        Typed values, as ``Row.values`` holds them.
    record
        The name of a field table: ``referral``, ``home``, ``stay``.
    suffix
        ``.csv``, ``.xlsx`` or ``.json``.

    Raises
    ------
    InvalidInput
        If there is no such format, or a text cannot stand in it.
    """
    fields = load_fields(record)
    given = [dict(values) for values in records]
    if suffix == ".json":
        return json_content([contract_row(values, fields) for values in given])
    grid = _grid(given, fields)
    if suffix == ".csv":
        return csv_content(grid)
    if suffix == ".xlsx":
        return xlsx_content({record: grid})
    raise InvalidInput("no_such_format", f"Name a file that ends in one of: {', '.join(FORMATS)}.")


def csv_content(grid: Grid) -> bytes:
    """Return a CSV as spreadsheets open it: UTF-8 with a mark, formulas guarded."""
    text = io.StringIO(newline="")
    # Both kinds of line break within a cell are put in quotation marks only with this line ending.
    writer = csv.writer(text, lineterminator="\r\n")
    for number, row in enumerate(grid, start=1):
        cells = [_text(cell) for cell in row]
        _refuse(cells, _NOT_IN_CSV, number, grid)
        writer.writerow([guarded(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def xlsx_content(sheets: Mapping[str, Grid]) -> bytes:
    """Return a workbook: numbers are numbers, everything else is text and never a formula."""
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"created": datetime(*_STAMP[:6])})  # noqa: DTZ001  a workbook knows no time zone
    for name, grid in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(grid):
            _refuse([_text(cell) for cell in row], _NOT_IN_XLSX, number + 1, grid)
            for column, cell in enumerate(row):
                if _is_plain_number(cell):
                    sheet.write_number(number, column, cell)
                elif cell is not None and cell != "":
                    sheet.write_string(number, column, _text(cell))
    book.close()
    return content.getvalue()


def _is_plain_number(cell: object) -> bool:
    # A workbook keeps sixteen digits; a number that needs more is written as text.
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return abs(cell) < 10**15 and float(f"{cell:.16G}") == cell


def json_content(document: object) -> bytes:
    """Return a JSON document."""
    return (json.dumps(document, indent=2, allow_nan=False) + "\n").encode()


def zip_content(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files, the same bytes for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), inner, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def list_text(items: Sequence[str]) -> str:
    """Return a list as one cell: separated by ``;``, or as JSON where that would not read back."""
    plain = items and not any(";" in item or item != item.strip() or not item for item in items)
    if plain and not items[0].startswith("["):
        return ";".join(items)
    return json.dumps(list(items), ensure_ascii=False)


def _refuse(cells: Sequence[str], pattern: re.Pattern[str], number: int, grid: Grid) -> None:
    for column, text in enumerate(cells):
        if pattern.search(text) or len(text) > LONGEST_SPREADSHEET_CELL:
            heading = _text(grid[0][column]) if column < len(grid[0]) else ""
            raise InvalidInput(
                "text_not_writable",
                f"Row {number}, column {heading}: the text holds a character, or is of a length, that this "
                "format cannot hold. Export as .json.",
                {"row": number, "column": heading},
            )


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    return str(cell)


def contract_row(values: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """Return one record as JSON holds it, present but empty objects and lists too."""
    written: dict[str, Any] = {}
    for field in fields:
        if field.parent is None:
            if field.value_name in values:
                written[field.leaf] = _json_value(values[field.value_name], field)
        elif field.in_list and field.parent in values:
            given = values[field.parent]
            items = written.setdefault(field.parent, [{} for _ in given])
            for item, inner in zip(items, given, strict=True):
                if field.value_name in inner:
                    item[field.leaf] = _json_value(inner[field.value_name], field)
        elif field.parent in values:
            holder = written.setdefault(field.parent, {})
            if field.value_name in values[field.parent]:
                holder[field.leaf] = _json_value(values[field.parent][field.value_name], field)
    return written


def _json_value(value: Any, field: Field) -> Any:
    if field.type is FieldType.POUNDS:
        return value // 100 if value % 100 == 0 else value / 100
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _grid(records: Sequence[Mapping[str, Any]], fields: Sequence[Field]) -> Grid:
    written = [contract_row(values, fields) for values in records]
    parents = {field.parent for field in fields if field.in_list and field.parent}
    as_json = {parent for parent in parents if any(not _side_by_side(one.get(parent)) for one in written)}
    columns: list[str] = []
    cells: list[dict[str, object]] = [{} for _ in written]
    for field in fields:
        name = str(field.parent) if field.in_list and field.parent in as_json else field.column
        if name in columns:
            continue
        for row, one in zip(cells, written, strict=True):
            if field.in_list and name == field.parent:
                items = one.get(name)
                row[name] = None if items is None else json.dumps(items, ensure_ascii=False)
            elif field.in_list:
                row[name] = _column_cell(one.get(str(field.parent)), field)
            else:
                holder = one if field.parent is None else one.get(field.parent) or {}
                row[name] = _cell(holder.get(field.leaf), field)
        if (field.required != "no" and field.parent is None) or any(row[name] is not None for row in cells):
            columns.append(name)
    return [columns, *([row[name] for name in columns] for row in cells)]


def _cell(value: Any, field: Field) -> object:
    return list_text(value) if value is not None and field.type in LIST_TYPES else value


def _side_by_side(items: Sequence[Mapping[str, Any]] | None) -> bool:
    """Say whether a list of objects reads back from columns side by side."""
    if items is None:
        return True
    texts = [
        part
        for item in items
        for value in item.values()
        for part in (value if isinstance(value, list) else [value])
    ]
    whole = all(value != [] for item in items for value in item.values())
    return bool(items) and all(items) and whole and not any(re.search(r"[;|]", _text(one)) for one in texts)


def _column_cell(items: Sequence[Mapping[str, Any]] | None, field: Field) -> object:
    if not items or all(item.get(field.leaf) is None for item in items):
        return None
    pieces = [item.get(field.leaf) for item in items]
    return ";".join("|".join(piece) if isinstance(piece, list) else _text(piece) for piece in pieces)
