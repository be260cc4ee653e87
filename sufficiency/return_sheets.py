"""Read one file of a return into raw tables as forgivingly as can be without guessing.

A return is an official file that nobody can simply correct, so nothing in it may stop the rest from being read:
another alphabet or separator, a title above the names, cells beyond the last column, a stray quotation mark. What was
overlooked is told by row in ``RawTable.issues``. Opening files is in ``files.py``; what tables mean in ``returns.py``.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from reference_data.formula_guard import unguarded
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.sheets import RawRow, RawTable, rows_of_content, sheet_grids
from reference_data.spreadsheet_faults import spreadsheet_faults
from sufficiency.return_kinds import are_names, column_name
from sufficiency.returns_xml import looks_like_xml, tables_of_xml

NOTED = {
    "above_the_names": "Passed over: the row stands above the names of the columns.",
    "too_many_cells": "Read without the cells that stand beyond the last named column.",
    "stray_quotation_mark": "Read without its quotation marks, which do not match.",
    "spreadsheet_error": "Read as empty: the cell shows a spreadsheet error.",
    "formula_without_value": "Read as empty: the cell's formula has no stored value.",
    "merged_cells": "Only the first of the merged cells is filled.",
}
"""What is said of each row that could not be read as it stands, by rule."""

MOST_ROWS_ABOVE = 20
"""The names of the columns are looked for in so many rows that are not empty."""
_SPREADSHEET_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATORS = (",", ";", "\t", "|")

_MOSTLY_NULLS = 0.2
"""Text with a larger share of null characters is UTF-16 that does not say so; a few are a fault of writing."""

_Numbered = list[tuple[int, Sequence[object]]]


def tables_of_content(file: str, content: bytes) -> tuple[RawTable, ...]:
    """Return the tables that one file's bytes hold: one of a CSV, one of each sheet, several of an XML return.

    Parameters
    ----------
    file
        Its name; the tables of a file with several are named ``file (sheet)``.
    content
        CSV in UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons, tabs or bars; XLSX; XML; or JSON.

    Raises
    ------
    ImportRejected
        If the bytes are no table at all.
    """
    if looks_like_xml(content):
        return tables_of_xml(content, file)
    if content.startswith(_SPREADSHEET_STARTS):
        return _sheets(file, content)
    text, told = _decoded(file, content)
    if file.casefold().endswith(".json"):
        return (rows_of_content(file, content),)
    rows, notes = _rows_of_text(file, text)
    return (_table(file, rows, notes, told),)


def _sheets(file: str, content: bytes) -> tuple[RawTable, ...]:
    grids, count = sheet_grids(file, content)
    tables = []
    for name, grid in grids:
        called = f"{file} ({name})" if count > 1 else file
        faults = spreadsheet_faults(content, name) if content.startswith(b"PK") else []
        notes = [_note(called, row, rule) for row, _, rule, _ in faults]
        tables.append(_table(called, list(enumerate(grid, start=1)), notes, ()))
    return tuple(tables)


def _decoded(file: str, content: bytes) -> tuple[str, tuple[ImportIssue, ...]]:
    """Return a file's text, with a warning where its alphabet had to be found out."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), ()
    told: tuple[ImportIssue, ...] = ()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        told = (_of_file(file, "other_encoding", "The file is not UTF-8; it was read as Windows-1252."),)
    if text.count("\x00") > _MOSTLY_NULLS * len(text):
        return content.decode("utf-16-le", errors="replace"), told
    return text.replace("\x00", ""), told


def _rows_of_text(file: str, text: str) -> tuple[_Numbered, list[ImportIssue]]:
    """Return numbered rows of cells; where quotation marks do not match, each line is a row by itself."""
    separator = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        rows = []
    # No cell of a return holds a line break, so one means that a quotation mark was never closed.
    if rows and not any("\n" in cell or "\r" in cell for cells in rows for cell in cells):
        return [
            (number, [unguarded(cell) for cell in cells]) for number, cells in enumerate(rows, start=1)
        ], []
    numbered: _Numbered = []
    notes = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True), [])
        except csv.Error:
            cells = line.replace('"', "").split(separator)
            notes.append(_note(file, number, "stray_quotation_mark"))
        numbered.append((number, [unguarded(cell) for cell in cells]))
    return numbered, notes


def _separator(text: str) -> str:
    """Return what parts the cells: whatever occurs most in the first lines, a comma if nothing does."""
    counted = Counter(mark for mark in "\n".join(text.splitlines()[:MOST_ROWS_ABOVE]) if mark in _SEPARATORS)
    return max(_SEPARATORS, key=lambda mark: (counted[mark], mark == ","))


def _table(
    file: str, numbered: _Numbered, notes: list[ImportIssue], warnings: tuple[ImportIssue, ...]
) -> RawTable:
    filled = [(number, cells) for number, cells in numbered if not all(map(_is_empty, cells))]
    if not filled:
        raise ImportRejected([_of_file(file, "empty_file", "The file is empty.")])
    names_at = next(
        (
            place
            for place, (_, cells) in enumerate(filled[:MOST_ROWS_ABOVE])
            if are_names([column_name(cell) for cell in cells])
        ),
        0,
    )
    notes = [*notes, *(_note(file, number, "above_the_names") for number, _ in filled[:names_at])]
    header, told = _header(file, *filled[names_at])
    rows = []
    for number, cells in filled[names_at + 1 :]:
        if any(not _is_empty(cell) for cell in cells[len(header) :]):
            notes.append(_note(file, number, "too_many_cells"))
        pairs = zip(header, cells, strict=False)
        rows.append(RawRow(number=number, cells={n: _trimmed(c) for n, c in pairs if not _is_empty(c)}))
    return RawTable(
        file=file,
        header=header,
        rows=tuple(rows),
        warnings=(*warnings, *told),
        issues=tuple(sorted(notes, key=lambda note: note.row or 0)),
    )


def _header(file: str, row: int, cells: Sequence[object]) -> tuple[tuple[str, ...], list[ImportIssue]]:
    """Return a name for each column up to the last that has one; the first of two alike keeps the name."""
    names = [column_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    found: list[str] = []
    told = []
    seen: Counter[str] = Counter()
    for place, name in enumerate(names, start=1):
        seen[name.upper()] += 1
        if not name:
            found.append(f"(column {place})")
        elif seen[name.upper()] > 1:
            found.append(f"{name} ({seen[name.upper()]})")
            advice = "The column is given twice; the first is read."
            told.append(
                ImportIssue(file=file, row=row, column=name, rule="duplicate_column", what_to_do=advice)
            )
        else:
            found.append(name)
    return tuple(found), told


def _note(file: str, row: int, rule: str) -> ImportIssue:
    return ImportIssue(file=file, row=row, column=None, rule=rule, what_to_do=NOTED[rule])


def _of_file(file: str, rule: str, what_to_do: str) -> ImportIssue:
    return ImportIssue(file=file, row=None, column=None, rule=rule, what_to_do=what_to_do)


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _trimmed(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell
