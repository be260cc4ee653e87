"""Read a CSV, XLSX or JSON file into raw rows, told apart by content and not by name.

Nothing here knows what a column means: ``tables.py`` parses raw rows by a field table, and the
readers of official returns use raw rows directly.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from reference_data.formula_guard import unguarded
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.spreadsheet_faults import spreadsheet_faults

LARGEST_FILE_BYTES = 40 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_CELLS = 20_000_000

_ZIP_START = b"PK\x03\x04"
_OLD_EXCEL_START = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row as it stands: column name to cell. Empty cells are left out."""

    number: int
    cells: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A file's rows before any column has a meaning.

    Parameters
    ----------
    file
        The file's name without its folder.
    header
        The column names in order, case kept, spaces around them removed. For JSON, every name
        that occurs, in order of first sight.
    nested
        True for JSON, whose cells may be lists and objects.
    issues
        Rows and cells that cannot be read as such; those rows are not among ``rows``.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[RawRow, ...]
    warnings: tuple[ImportIssue, ...] = ()
    nested: bool = False
    issues: tuple[ImportIssue, ...] = ()


def read_rows(path: str | Path, *, require_rows: bool = True) -> RawTable:
    """Return the raw rows of a CSV (UTF-8), XLSX or JSON file.

    Parameters
    ----------
    path
        The file. Its extension does not matter.
    require_rows
        Whether a header without rows is a problem.

    Raises
    ------
    ImportRejected
        If the file is missing, too large, empty, not UTF-8, or not a table; every problem is listed.
    """
    path = Path(path)
    table = readable_rows(path)
    if table.issues:
        raise ImportRejected(table.issues)
    if require_rows and not table.rows:
        raise _rejected(path.name, "no_rows", "The file has no records. Add at least one.")
    return table


def readable_rows(path: str | Path) -> RawTable:
    """Return the rows that can be read, with the problems of the others in ``issues``.

    For a reader that lists the problems of cells too, so that nobody has to correct a file twice.

    Raises
    ------
    ImportRejected
        If nothing of the file can be read.
    """
    path = Path(path)
    return rows_of_content(path.name, file_content(path))


def rows_of_content(file: str, content: bytes) -> RawTable:
    """Return the rows of a file already in memory, as ``readable_rows`` does for one on disk."""
    if content.startswith((_ZIP_START, _OLD_EXCEL_START)):
        return _read_spreadsheet(file, content)
    text = _decoded(file, content)
    is_json = file.lower().endswith(".json") or text.lstrip()[:1] in ("[", "{")
    return _read_json(file, text) if is_json else _read_csv(file, text)


def sheets_of_content(file: str, content: bytes) -> dict[str, RawTable]:
    """Return every sheet of a spreadsheet that is not empty, by its name."""
    return {
        name: _table_of_sheet(f"{file} ({name})", content, name, grid)
        for name, grid in sheet_grids(file, content)[0]
    }


def _rejected(file: str, rule: str, what_to_do: str, row: int | None = None) -> ImportRejected:
    return ImportRejected([ImportIssue(file=file, row=row, column=None, rule=rule, what_to_do=what_to_do)])


def file_content(path: Path) -> bytes:
    """Return the bytes of a file that is there, not empty and no larger than is read.

    Raises
    ------
    ImportRejected
        If it is not.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise _rejected(path.name or str(path), "not_a_file", "This is a folder. Name a file.")
        if size > LARGEST_FILE_BYTES:
            limit = LARGEST_FILE_BYTES // 1024 // 1024
            raise _rejected(path.name, "file_too_large", f"Split the file: the most read is {limit} MB.")
        content = path.read_bytes()
    except FileNotFoundError:
        raise _rejected(path.name, "file_missing", "There is no such file. Check the path.") from None
    except OSError:
        raise _rejected(path.name, "file_unreadable", "The file cannot be opened. Check it.") from None
    if not content.strip():
        raise _rejected(path.name, "empty_file", "The file is empty.")
    return content


def _decoded(file: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if file.lower().endswith((".xlsx", ".xlsm", ".xls")):
            raise _rejected(
                file,
                "not_a_spreadsheet",
                "By its name this is a spreadsheet, and its content is none. Save it again from the spreadsheet program.",
            ) from None
        lines = content.split(b"\n")
        wrong = [number for number, line in enumerate(lines, start=1) if not _is_utf8(line)]
        advice = "The file is not UTF-8. Save it again as 'CSV UTF-8'."
        raise ImportRejected(
            ImportIssue(file=file, row=row, column=None, rule="encoding", what_to_do=advice)
            for row in (wrong[:100] if b"\x00" not in content else [None])
        ) from None
    if "\x00" in text:
        raise _rejected(file, "encoding", "The file is not UTF-8 text. Save it again as 'CSV UTF-8'.")
    return text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_csv(file: str, text: str) -> RawTable:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    numbered: list[tuple[int, list[object]]] = []
    try:
        # A quoted cell may hold line breaks, so rows are counted as a spreadsheet shows them.
        for number, cells in enumerate(reader, start=1):
            numbered.append((number, [unguarded(cell) for cell in cells]))
    except csv.Error:
        raise _rejected(
            file,
            "not_a_table",
            "The file stops being a CSV here. Check its quotation marks.",
            reader.line_num,
        ) from None
    if numbered and len(numbered[0][1]) == 1 and any(mark in str(numbered[0][1][0]) for mark in ";\t"):
        raise _rejected(
            file,
            "not_commas",
            "The columns are parted by semicolons or tabs. Save the file as a CSV with commas.",
            1,
        )
    return _from_grid(file, numbered)


def _read_spreadsheet(file: str, content: bytes) -> RawTable:
    grids, count = sheet_grids(file, content, most=1)
    warnings = []
    if count > 1:
        advice = "Only the first sheet is read; move the others to files of their own."
        warnings.append(ImportIssue(file=file, row=None, column=None, rule="other_sheets", what_to_do=advice))
    return _table_of_sheet(file, content, *grids[0], tuple(warnings))


def sheet_grids(
    file: str, content: bytes, most: int | None = None
) -> tuple[list[tuple[str, list[list[object]]]], int]:
    """Return the sheets of a spreadsheet that are not empty, at most so many, and how many there are.

    Raises
    ------
    ImportRejected
        If it cannot be read, is too large, or holds nothing.
    """
    from python_calamine import CalamineWorkbook

    _refuse_bombs(file, content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            (name, sheet)
            for name in workbook.sheet_names
            if (sheet := workbook.get_sheet_by_name(name)).height > 0
        ]
        if any(sheet.height * sheet.width > MOST_CELLS for _, sheet in sheets):
            raise _rejected(file, "file_too_large", f"The most cells read is {MOST_CELLS:,}.")
        grids: list[tuple[str, list[list[object]]]] = [
            (name, [list(row) for row in sheet.to_python(skip_empty_area=False)])
            for name, sheet in sheets[:most]
        ]
    except ImportRejected:
        raise
    except Exception:
        # The reader of spreadsheets has no common base for its errors; whatever it says may quote cells.
        raise _rejected(file, "not_a_table", "The file is not a spreadsheet that can be read.") from None
    if not grids:
        raise _rejected(file, "empty_file", "The spreadsheet is empty.")
    return grids, len(sheets)


def _table_of_sheet(
    file: str, content: bytes, name: str, grid: list[list[object]], warnings: tuple[ImportIssue, ...] = ()
) -> RawTable:
    table = _from_grid(file, list(enumerate(grid, start=1)), warnings)
    if not content.startswith(_ZIP_START):
        return table
    faults = tuple(
        ImportIssue(
            file=file,
            row=row,
            column=table.header[column - 1] if column <= len(table.header) else None,
            rule=rule,
            what_to_do=what_to_do,
        )
        for row, column, rule, what_to_do in spreadsheet_faults(content, name)
    )
    return replace(table, issues=table.issues + faults)


def _refuse_bombs(file: str, content: bytes) -> None:
    if not content.startswith(_ZIP_START):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError):
        raise _rejected(file, "not_a_table", "The file is not a spreadsheet that can be read.") from None
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise _rejected(file, "file_too_large", "The spreadsheet unpacks to more than can be read.")


def _from_grid(
    file: str, numbered: list[tuple[int, list[object]]], warnings: tuple[ImportIssue, ...] = ()
) -> RawTable:
    filled = [(number, cells) for number, cells in numbered if not all(map(_is_empty, cells))]
    if not filled:
        raise _rejected(file, "empty_file", "The file is empty.")
    header_row, names = filled[0]
    header = [str(name).strip() for name in names]
    while header and not header[-1]:
        header.pop()
    issues = list(_header_issues(file, header_row, header))
    rows = []
    for number, cells in filled[1:]:
        if any(not _is_empty(cell) for cell in cells[len(header) :]):
            advice = "The row has more cells than the header. Put cells with commas in quotation marks."
            issues.append(
                ImportIssue(file=file, row=number, column=None, rule="too_many_cells", what_to_do=advice)
            )
            continue
        pairs = zip(header, cells, strict=False)
        rows.append(RawRow(number=number, cells={n: _trimmed(c) for n, c in pairs if not _is_empty(c)}))
    return RawTable(
        file=file, header=tuple(header), rows=tuple(rows), warnings=warnings, issues=tuple(issues)
    )


def _header_issues(file: str, row: int, header: list[str]) -> Iterator[ImportIssue]:
    seen: set[str] = set()
    for position, name in enumerate(header, start=1):
        if not name:
            advice = f"Column {position} has no name. Name it or remove it."
            yield ImportIssue(file=file, row=row, column=None, rule="unnamed_column", what_to_do=advice)
        elif name.casefold() in seen:
            advice = "The column is given twice. Keep one."
            yield ImportIssue(file=file, row=row, column=name, rule="duplicate_column", what_to_do=advice)
        seen.add(name.casefold())


def _is_empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _trimmed(cell: object) -> object:
    return cell.strip() if isinstance(cell, str) else cell


class _DuplicateName(ValueError):
    pass


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateName
    return found


def _refuse_constant(_name: str) -> object:
    raise ValueError


def _read_json(file: str, text: str) -> RawTable:
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise _rejected(file, "not_json", "The file stops being JSON here.", error.lineno) from None
    except _DuplicateName:
        raise _rejected(file, "duplicate_name", "An object names the same field twice.") from None
    except (ValueError, RecursionError):
        raise _rejected(file, "not_json", "The file is not JSON that can be read.") from None
    records = list(enumerate(document if isinstance(document, list) else [document], start=1))
    issues = tuple(
        ImportIssue(
            file=file,
            row=number,
            column=None,
            rule="not_a_record",
            what_to_do="Give an object with named fields.",
        )
        for number, record in records
        if not isinstance(record, dict)
    )
    objects = [(number, record) for number, record in records if isinstance(record, dict)]
    header = tuple(dict.fromkeys(name for _, record in objects for name in record))
    rows = tuple(
        RawRow(number=number, cells={k: v for k, v in record.items() if not _is_empty(v)})
        for number, record in objects
    )
    return RawTable(file=file, header=header, rows=rows, nested=True, issues=issues)
