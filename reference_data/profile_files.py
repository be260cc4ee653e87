"""Files of another standard: one row a child under its questions, or one table for each part of its diagram.

Both are read from CSV, XLSX and JSON; the tables also from a folder or a zip of CSV files. The published
diagram draws its links and names no columns for them, so here ``REFERRAL.child_id`` names the child, and
``referral_id`` in every other table the referral.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reference_data.cells import list_in_text
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.profiles import ProfileField, headings, load_profile, plain
from reference_data.sheets import (
    LARGEST_UNPACKED_BYTES,
    RawTable,
    file_content,
    rows_of_content,
    sheets_of_content,
)

REFERRAL_LINK = "referral_id"
CHILD_LINK = "child_id"
KEYS = {"CHILD": "id", "REFERRAL": "id"}
MOST_FILES = 200


_Named = list[tuple[str, RawTable]]
"""Tables with their names, in order; a name may come twice, and that is a problem and no choice of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell and where it stands."""

    value: object
    file: str
    row: int
    column: str

    def issue(self, rule: str, what_to_do: str) -> ImportIssue:
        """Return a problem of this cell."""
        return ImportIssue(file=self.file, row=self.row, column=self.column, rule=rule, what_to_do=what_to_do)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRow:
    """One referral of a file of the standard: the cells of each of our fields, in order.

    ``cells[name]`` has one cell; of a column of several answers one for each, ``None`` where it is empty.
    """

    file: str
    row: int
    cells: dict[str, list[Cell | None]] = field(default_factory=dict)

    def issue(self, column: str | None, rule: str, what_to_do: str) -> ImportIssue:
        """Return a problem of this row."""
        return ImportIssue(file=self.file, row=self.row, column=column, rule=rule, what_to_do=what_to_do)


@dataclass(slots=True, kw_only=True)
class StandardFile:
    """What was found in a file of the standard. Anything among ``issues`` keeps the whole file out."""

    rows: list[StandardRow] = field(default_factory=list)
    issues: list[ImportIssue] = field(default_factory=list)
    warnings: list[ImportIssue] = field(default_factory=list)


def read_standard(path: Path, profile: str) -> StandardFile:
    """Return the referrals of a file, a folder or a zip.

    Raises
    ------
    ImportRejected
        If nothing of it can be read.
    """
    tables = _tables_by_name(path)
    names = {plain(entry.table): entry.table for entry in load_profile(profile)}
    if isinstance(tables, RawTable):
        if tables.nested and len(tables.rows) == 1 and _holds_tables(tables.rows[0].cells, names):
            return _linked(_tables_of_object(tables), names, profile)
        return _flat(tables, profile)
    if not any(plain(name) in names for name, _ in tables):
        first, *others = (table for _, table in tables)
        found = _flat(first, profile)
        found.warnings += [_not_read(table) for table in others]
        return found
    return _linked(tables, names, profile)


def _tables_by_name(path: Path) -> RawTable | _Named:
    """Return one table, or the tables by their names where there are several."""
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.suffix.casefold() == ".csv")
        if not files:
            raise _rejected(path.name, "no_files", "The folder holds no CSV file. Name one for each table.")
        return [(one.stem, rows_of_content(one.name, file_content(one))) for one in files]
    content = file_content(path)
    if not content.startswith(b"PK\x03\x04"):
        return rows_of_content(path.name, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [
                item
                for item in archive.infolist()
                if item.filename.casefold().endswith(".csv") and not Path(item.filename).name.startswith(".")
            ]
            if not members:
                return [*sheets_of_content(path.name, content).items()]
            if len(members) > MOST_FILES or sum(m.file_size for m in members) > LARGEST_UNPACKED_BYTES:
                raise _rejected(path.name, "file_too_large", "The zip unpacks to more than can be read.")
            read = [(item.filename, archive.read(item)) for item in members]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise _rejected(path.name, "not_a_table", "The zip cannot be read. Make it anew.") from None
    return [(Path(name).stem, rows_of_content(name, inner)) for name, inner in read]


def _rejected(file: str, rule: str, what_to_do: str) -> ImportRejected:
    return ImportRejected([ImportIssue(file=file, row=None, column=None, rule=rule, what_to_do=what_to_do)])


def _holds_tables(cells: Mapping[str, object], names: Mapping[str, str]) -> bool:
    # A question may have a table's name, so only a list of rows counts.
    return any(
        plain(name) in names and isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
        for name, rows in cells.items()
    )


def _tables_of_object(table: RawTable) -> _Named:
    """Return the tables of one JSON object that holds a list of rows under each table's name."""
    from json import dumps

    return [
        (name, rows_of_content(f"{table.file} ({name})", dumps(rows, default=str).encode()))
        for name, rows in table.rows[0].cells.items()
    ]


def _flat(table: RawTable, profile: str) -> StandardFile:
    found = StandardFile(issues=list(table.issues), warnings=list(table.warnings))
    known = headings(profile)
    _name_strangers(found, table, known, ())
    for row in table.rows:
        standard = StandardRow(file=table.file, row=row.number)
        for column, value in row.cells.items():
            entry = known.get(plain(column))
            if entry is not None:
                cell = Cell(value=value, file=table.file, row=row.number, column=column)
                _add(found, standard, entry, _split(cell, entry))
        found.rows.append(standard)
    return found


def _split(cell: Cell, entry: ProfileField) -> list[Cell | None]:
    """Return the answers that one cell holds. Only places stand side by side, so only they keep gaps."""
    if not entry.is_list:
        return [cell]
    text = str(_id_text(cell.value))
    if isinstance(cell.value, list):
        items: Sequence[object] = cell.value
    elif not entry.field.in_list or text.startswith("["):
        items = list_in_text(text)
    else:
        items = [piece.strip() for piece in text.split(";")]
    return [None if item in (None, "") else replace(cell, value=item) for item in items]


def _add(found: StandardFile, row: StandardRow, entry: ProfileField, cells: list[Cell | None]) -> None:
    if entry.ours not in row.cells:
        row.cells[entry.ours] = cells
    elif entry.is_list:
        row.cells[entry.ours] += cells
    else:
        (before,), (again,) = row.cells[entry.ours], cells
        if before is not None and again is not None and before.value != again.value:
            found.issues.append(
                again.issue("given_twice", "Another row or column says otherwise. Keep one answer.")
            )


def _name_strangers(
    found: StandardFile, table: RawTable, known: Mapping[str, ProfileField], links: tuple[str, ...]
) -> None:
    for name in table.header:
        if plain(name) not in known and plain(name) not in {plain(link) for link in links}:
            found.warnings.append(
                ImportIssue(
                    file=table.file,
                    row=None,
                    column=name,
                    rule="unknown_column",
                    what_to_do="The profile does not have this column, so it was not read; check its name.",
                )
            )


def _not_read(table: RawTable) -> ImportIssue:
    advice = "The profile has no table of this name, so it was not read; check its name."
    return ImportIssue(file=table.file, row=None, column=None, rule="unknown_table", what_to_do=advice)


def _linked(tables: _Named, names: Mapping[str, str], profile: str) -> StandardFile:
    found = StandardFile()
    by_table: dict[str, RawTable] = {}
    for name, table in tables:
        found.issues += table.issues
        found.warnings += table.warnings
        if names.get(plain(name)) in by_table:
            found.issues.append(
                ImportIssue(
                    file=table.file,
                    row=None,
                    column=None,
                    rule="duplicate_table",
                    what_to_do="The table is given twice. Keep one, with the rows of both.",
                )
            )
        elif plain(name) in names:
            by_table[names[plain(name)]] = table
        else:
            found.warnings.append(_not_read(table))
    referrals = by_table.pop("REFERRAL", None)
    if referrals is None:
        first = next(iter(by_table.values()))
        raise _rejected(first.file, "missing_table", "Add the table REFERRAL: every other hangs on it.")
    links = _Links(found, profile)
    links.start(referrals)
    for name, table in by_table.items():
        links.hang(name, table)
    return found


class _Links:
    """The rows of the tables, gathered under the referral that each belongs to."""

    def __init__(self, found: StandardFile, profile: str) -> None:
        self.found = found
        self.entries = load_profile(profile)
        self.by_referral: dict[str, StandardRow] = {}
        self.by_child: dict[str, list[StandardRow]] = {}

    def start(self, table: RawTable) -> None:
        """Begin a referral for each row of REFERRAL."""
        child = next(entry for entry in self.entries if entry.ours == "child_id")
        known = {**self._columns("REFERRAL"), plain(CHILD_LINK): child}
        _name_strangers(self.found, table, known, ())
        for number, cells in _rows(table):
            row = StandardRow(file=table.file, row=number)
            self._fill(row, known, cells, number, table.file)
            self.found.rows.append(row)
            referral_id, child_id = (self._text(row, name) for name in (REFERRAL_LINK, CHILD_LINK))
            for column, value in (("id", referral_id), (CHILD_LINK, child_id)):
                if value is None:
                    advice = "Every row of REFERRAL needs this; fill it in."
                    self.found.issues.append(row.issue(column, "missing_value", advice))
            if referral_id is not None:
                self.by_referral.setdefault(referral_id, row)
            if child_id is not None:
                self.by_child.setdefault(child_id, []).append(row)

    def hang(self, name: str, table: RawTable) -> None:
        """Add the rows of another table to the referrals they belong to."""
        link = KEYS.get(name, REFERRAL_LINK)
        known = {key: entry for key, entry in self._columns(name).items() if name != "CHILD" or key != "id"}
        _name_strangers(self.found, table, known, (link,))
        for number, cells in _rows(table):
            key = next((str(v) for n, v in cells.items() if plain(n) == plain(link)), None)
            where = StandardRow(file=table.file, row=number)
            if key is None:
                advice = "Every row of this table needs this; fill it in."
                self.found.issues.append(where.issue(link, "missing_value", advice))
                continue
            rows = self.by_child.get(key, []) if name == "CHILD" else [self.by_referral.get(key)]
            if not any(rows):
                advice = "No row of REFERRAL has this id; add it there or correct it here."
                self.found.issues.append(where.issue(link, "unknown_link", advice))
            for row in rows:
                if row is not None:
                    self._fill(row, known, cells, number, table.file)

    def _columns(self, table: str) -> dict[str, ProfileField]:
        return {plain(entry.column): entry for entry in self.entries if entry.table == table}

    def _text(self, row: StandardRow, name: str) -> str | None:
        cells = row.cells.get(name)
        return None if not cells or cells[0] is None else str(cells[0].value)

    def _fill(
        self,
        row: StandardRow,
        known: Mapping[str, ProfileField],
        cells: Mapping[str, object],
        number: int,
        file: str,
    ) -> None:
        given = {plain(column): (column, value) for column, value in cells.items()}
        parents: dict[str, list[tuple[ProfileField, Cell | None]]] = {}
        for key, entry in known.items():
            column, value = given.get(key, (entry.column, None))
            cell = None if value is None else Cell(value=value, file=file, row=number, column=column)
            if entry.field.in_list:
                parents.setdefault(entry.field.parent or "", []).append((entry, cell))
            elif cell is not None:
                _add(self.found, row, entry, _split(cell, entry))
        for columns in parents.values():
            # One row is one place: what it leaves out is left out of that place and of no other.
            if any(cell is not None for _, cell in columns):
                for entry, cell in columns:
                    _add(self.found, row, entry, [cell])


def _rows(table: RawTable) -> Iterator[tuple[int, dict[str, object]]]:
    for row in table.rows:
        yield row.number, {name: _id_text(value) for name, value in row.cells.items()}


def _id_text(value: object) -> object:
    # A spreadsheet gives an id made of digits as a number with a fraction of nought.
    return int(value) if isinstance(value, float) and value.is_integer() else value
