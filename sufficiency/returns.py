"""Read a council's SSDA903 returns: which file is which table, which year it closed, and its rows.

Files are known by their columns, not only by their names. Nothing is mended here: ``repair.py`` turns
rows into stays and lists what it changed. Opening files is in ``files.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from reference_data.codelists import codes
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput
from reference_data.tables import RawRow, RawTable
from reference_data.vocabulary import Sex
from sufficiency.episodes import EpisodeRow
from sufficiency.return_codes import codes_out_of_place
from sufficiency.return_dates import OTHER_FORM, read_date
from sufficiency.return_kinds import table_kind
from sufficiency.return_years import is_plausible, last_day_of, year_start, years_covered
from sufficiency.safeguarding_dataset import in_the_form_of_a_return
from sufficiency.several_authorities import told_apart

EPISODE_COLUMNS = ("CHILD", "DECOM", "DEC", "PLACE")
"""Columns without which an episodes table says nothing about beds."""
USEFUL_EPISODE_COLUMNS = ("RNE", "LS", "PLACE_PROVIDER", "REC")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A child's birth date and sex as one table of one return gives them."""

    file: str
    row: int
    from_header: bool
    child_id: str
    date_of_birth: date | None
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRow:
    """One thing that was mended or set aside: where, by which rule, and what was done."""

    file: str
    row: int
    rule: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTable:
    """One recognised table: its kind, its raw rows for readers that need other tables, and its council's code."""

    kind: str
    raw: RawTable
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """A council's returns as they were read.

    Parameters
    ----------
    episodes, people
        Rows of every return, in the order of the returns.
    tables
        Every recognised table.
    year_ends
        The 31 March on which each return closed, in order.
    first_day
        The first day the returns describe: what ended before is not in them.
    last_day
        The last day they describe: 31 March of the last return, or the last event of a return that
        was drawn before its year closed.
    noticed
        What reading changed row by row; ``repair.py`` adds to it.
    warnings
        What was noticed about whole files.
    authorities
        DfE codes of the councils that the returns name. Where there are several, children's ids begin with their
        council's code, and the first and last day are those that all of them describe.
    """

    episodes: tuple[EpisodeRow, ...]
    people: tuple[PersonRow, ...]
    tables: tuple[ReturnTable, ...]
    year_ends: tuple[date, ...]
    first_day: date
    last_day: date
    noticed: tuple[RepairRow, ...]
    warnings: tuple[ImportIssue, ...]
    authorities: tuple[str, ...] = ()

    def of(self, authority: str) -> Returns:
        """Return one council's part of the returns of several.

        Raises
        ------
        InvalidInput
            If none of the returns is of that council.
        """
        if authority not in self.authorities:
            named = ", ".join(self.authorities) or "none"
            raise InvalidInput(
                "not_in_the_returns", f"No return is of authority {authority}. Named in the returns: {named}."
            )
        return returns_from_tables(table.raw for table in self.tables if table.authority == authority)


def returns_from_tables(raw_tables: Iterable[RawTable]) -> Returns:
    """Return the returns held by raw tables in any order; a Standard Safeguarding Dataset serves as one.

    Raises
    ------
    ImportRejected
        If no episodes table has the columns that a forecast needs, or no table gives birth dates; every table that
        could not be used is named. As long as one is left the others are warnings, and rows that are merely wrong
        never raise.
    """
    tables: list[ReturnTable] = []
    warnings: list[ImportIssue] = []
    unused: list[ImportIssue] = []
    apart, councils = told_apart(in_the_form_of_a_return(raw_tables))
    for authority, raw in apart:
        if not raw.header:
            unused.extend(raw.warnings)
            continue
        warnings.extend(raw.warnings)
        kind = table_kind(raw.header)
        if kind is None and "episode" in raw.file.casefold():
            kind = "episodes"
        missing = _missing_columns(raw) if kind == "episodes" else []
        if kind is None or missing:
            advice = "No table of the return has these columns; it is not read."
            unused.extend(missing or [_file_issue(raw.file, "unknown_table", advice)])
            continue
        tables.append(ReturnTable(kind=kind, raw=raw, authority=authority))
        if kind == "episodes":
            warnings.extend(_absent_useful_columns(raw))
    noticed = [
        RepairRow(file=table.raw.file, row=issue.row or 0, rule=issue.rule, done=issue.what_to_do)
        for table in tables
        for issue in table.raw.issues
    ]
    people = [person for table in tables for person in _people(table, noticed)]
    problems = _missing_tables(tables, people, unused)
    if problems:
        told = [issue for issue in unused if issue.rule not in ("passed_over", "missing_column")]
        raise ImportRejected([*told, *problems])
    return _assembled(tables, people, [*warnings, *unused], councils, noticed)


def _file_issue(file: str, rule: str, what_to_do: str, column: str | None = None) -> ImportIssue:
    return ImportIssue(file=file, row=None, column=column, rule=rule, what_to_do=what_to_do)


def _missing_tables(
    tables: list[ReturnTable], people: list[PersonRow], unused: list[ImportIssue]
) -> list[ImportIssue]:
    """Return what a forecast cannot do without; an episodes table that lacks a column is told as that."""
    problems = []
    if not any(table.kind == "episodes" for table in tables):
        if any(issue.rule == "missing_column" for issue in unused):
            return [issue for issue in unused if issue.rule == "missing_column"]
        advice = "Add the episodes table; a forecast needs it."
        problems.append(_file_issue("episodes", "missing_table", advice))
    elif not any(person.date_of_birth for person in people):
        advice = "Add the header table with birth dates (DOB); ages are counted from it."
        problems.append(_file_issue("header", "missing_table", advice))
    return problems


def _missing_columns(raw: RawTable) -> list[ImportIssue]:
    given = {name.upper() for name in raw.header}
    return [
        ImportIssue(
            file=raw.file, row=1, column=name, rule="missing_column", what_to_do="Add the column to the file."
        )
        for name in EPISODE_COLUMNS
        if name not in given
    ]


def _absent_useful_columns(raw: RawTable) -> list[ImportIssue]:
    given = {name.upper() for name in raw.header}
    advice = "The column is not in the file; the forecast is coarser without it."
    return [
        _file_issue(raw.file, "absent_column", advice, name)
        for name in USEFUL_EPISODE_COLUMNS
        if name not in given
    ]


def _upper_cells(row: RawRow) -> dict[str, object]:
    return {name.upper(): cell for name, cell in row.cells.items()}


def _code(cells: dict[str, object], column: str) -> str:
    return _identifier(cells.get(column)).upper()


def _identifier(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    # Programs that take an id for a number with gaps write 12345 as 12345.0.
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


_MOST_UNREADABLE = 0.1


class _Dates:
    """Reads the dates of one table, each writing once, and tells those written in another form."""

    def __init__(self, file: str, noticed: list[RepairRow]) -> None:
        self.file = file
        self.noticed = noticed
        self.known: dict[str, tuple[date | None, bool]] = {}
        self.given = self.unreadable = 0

    def told(self) -> list[ImportIssue]:
        """Return a warning where so many dates cannot be read that the others may be read wrongly."""
        if self.unreadable <= _MOST_UNREADABLE * self.given:
            return []
        advice = (
            f"{100 * self.unreadable // self.given} in 100 of its dates are no day, month and year in this order. If "
            "months are written first, those that could be read are wrong: write dates as yyyy-mm-dd."
        )
        return [_file_issue(self.file, "many_unreadable_dates", advice)]

    def read(self, cells: dict[str, object], column: str, row: int) -> date | None:
        cell = cells.get(column)
        if cell is None:
            return None
        if not isinstance(cell, str):
            day, other_form = read_date(cell)
        else:
            if cell not in self.known:
                self.known[cell] = read_date(cell)
            day, other_form = self.known[cell]
        self.given += 1
        self.unreadable += day is None
        if other_form:
            done = f"Column {column}: {OTHER_FORM}"
            self.noticed.append(RepairRow(file=self.file, row=row, rule="other_date_form", done=done))
        return day


def _people(table: ReturnTable, noticed: list[RepairRow]) -> list[PersonRow]:
    dates = _Dates(table.raw.file, noticed)
    people: list[PersonRow] = []
    if "DOB" not in {name.upper() for name in table.raw.header}:
        return people
    for row in table.raw.rows:
        cells = _upper_cells(row)
        born = dates.read(cells, "DOB", row.number)
        if born is None and "DOB" in cells:
            done = "The birth date cannot be read and is not used."
            noticed.append(
                RepairRow(file=table.raw.file, row=row.number, rule="unreadable_birth_date", done=done)
            )
        people.append(
            PersonRow(
                file=table.raw.file,
                row=row.number,
                from_header=table.kind == "header",
                child_id=_identifier(cells.get("CHILD")),
                date_of_birth=born,
                sex=_sex(_code(cells, "SEX")),
            )
        )
    return people


def _sex(code: str) -> str:
    """Return what a code of any return means; a code that no return ever had is told, and means not known."""
    known = codes("SEX").get(code)
    return known.maps_to if known else str(Sex.UNKNOWN)


def _assembled(
    tables: list[ReturnTable],
    people: list[PersonRow],
    warnings: list[ImportIssue],
    councils: tuple[str, ...],
    noticed: list[RepairRow],
) -> Returns:
    births = {person.child_id: person.date_of_birth for person in people if person.date_of_birth}
    read: list[tuple[date, date, str, list[EpisodeRow]]] = []
    for table in tables:
        if table.kind != "episodes":
            continue
        rows = _episode_rows(table.raw, noticed, warnings, table.authority if len(councils) > 1 else "")
        plausible = [row for row in rows if is_plausible(row, births)]
        if not plausible:
            advice = "No row of the file has a usable start date of a child whose birth date is known."
            warnings.append(_file_issue(table.raw.file, "no_usable_rows", advice))
            continue
        first_day, year_end = years_covered(plausible)
        read.append(
            (
                year_end,
                first_day,
                table.raw.file,
                [replace(row, first_day=first_day, year_end=year_end) for row in rows],
            )
        )
    if not read:
        raise ImportRejected(
            [
                _file_issue(table.raw.file, "no_usable_rows", "No episode of the file can be used.")
                for table in tables
                if table.kind == "episodes"
            ]
        )
    read.sort(key=lambda item: (item[0], _drawn_on(item, births), item[2]))
    year_ends = tuple(sorted({year_end for year_end, _, _, _ in read}))
    years = {file: (first, end) for end, first, file, _ in read}
    read = _extracts_dated(read, births)
    spans = [_span([item for item in read if item[3][0].authority == one], births) for one in _councils(read)]
    first_day, last_day = max(first for first, _, _ in spans), min(last for _, last, _ in spans)
    if first_day > last_day:
        advice = "The councils' returns have no day in common. Read each council's by themselves."
        raise ImportRejected([_file_issue(read[0][2], "no_common_year", advice)])
    return Returns(
        episodes=tuple(row for _, _, _, rows in read for row in rows),
        people=tuple(people),
        tables=tuple(tables),
        year_ends=year_ends,
        first_day=first_day,
        last_day=last_day,
        noticed=(*noticed, *_code_notes(tables, years)),
        warnings=(*warnings, *(gap for _, _, gaps in spans for gap in gaps), *_several(councils, spans)),
        authorities=councils,
    )


_Read = tuple[date, date, str, list[EpisodeRow]]
"""The closing 31 March of an episodes table, its first day, its file, and its rows."""


_OPEN_STILL_THERE = 0.8
"""An extract that holds at least this share of what an earlier one of the year had open is of the same children."""


def _drawn_on(item: _Read, births: Mapping[str, date | None]) -> date:
    known = {child: born for child, born in births.items() if born}
    return last_day_of([row for row in item[3] if is_plausible(row, known)], item[0])


def _extracts_dated(read: list[_Read], births: Mapping[str, date | None]) -> list[_Read]:
    """Return the tables with each that a later extract of the same year replaces closed on the day it was drawn.

    Otherwise what was open in it and is gone from the later one would stay open. Two halves of one return, whose
    children differ, are left as they are.
    """
    dated = []
    for place, item in enumerate(read):
        year_end, first_day, file, rows = item
        drawn = _drawn_on(item, births)
        still_open = {
            (row.child_id, row.started_on) for row in rows if row.started_on and row.ended_on is None
        }
        for later_end, _, _, later in read[place + 1 :]:
            if later_end != year_end or later[0].authority != rows[0].authority or drawn >= year_end:
                continue
            there = {(row.child_id, row.started_on) for row in later}
            if len(still_open & there) >= _OPEN_STILL_THERE * max(len(still_open), 1):
                rows = [replace(row, year_end=drawn) for row in rows]
                break
        dated.append((rows[0].year_end if rows else year_end, first_day, file, rows))
    return dated


def _councils(read: list[_Read]) -> list[str]:
    return sorted({rows[0].authority for _, _, _, rows in read})


def _span(read: list[_Read], births: Mapping[str, date | None]) -> tuple[date, date, tuple[ImportIssue, ...]]:
    """Return the first and last day that one council's returns describe, and the years between that are missing."""
    year_ends = tuple(sorted({year_end for year_end, _, _, _ in read}))
    known = {child: born for child, born in births.items() if born}
    closed = tuple(day for day in year_ends if (day.month, day.day) == (3, 31))
    last = [row for year_end, _, _, rows in read if year_end == year_ends[-1] for row in rows]
    last_day = last_day_of([row for row in last if is_plausible(row, known)], year_ends[-1])
    return min(first_day for _, first_day, _, _ in read), last_day, _year_gaps(closed)


def _several(
    councils: tuple[str, ...], spans: list[tuple[date, date, tuple[ImportIssue, ...]]]
) -> list[ImportIssue]:
    if len(councils) < 2:
        return []
    told = f"Returns of {len(councils)} councils are taken together ({', '.join(councils)})."
    if len({(first, last) for first, last, _ in spans}) > 1:
        told += " They describe different years; only what all of them describe is used."
    return [_file_issue("returns", "several_authorities", told)]


def _code_notes(tables: list[ReturnTable], years: Mapping[str, tuple[date, date]]) -> list[RepairRow]:
    """Return a note for each code that its return may not use.

    Only an episodes table shows which year it is of; the others are taken to be of the same where there is one
    year and no history of several.
    """
    first, end = next(iter(years.values()))
    one_year = len(set(years.values())) == 1 and first == year_start(end)
    the_only = (first, end) if one_year else None
    return [
        RepairRow(file=table.raw.file, row=row, rule=rule, done=done)
        for table in tables
        for row, rule, done in codes_out_of_place(
            table.raw, years.get(table.raw.file) if table.kind == "episodes" else the_only
        )
    ]


def _episode_rows(
    raw: RawTable, noticed: list[RepairRow], warnings: list[ImportIssue], authority: str
) -> list[EpisodeRow]:
    dates = _Dates(raw.file, noticed)
    rows = []
    for row in raw.rows:
        cells = _upper_cells(row)
        ended_on = dates.read(cells, "DEC", row.number)
        if "DEC" in cells and ended_on is None:
            done = "The end date cannot be read; the episode is treated as having none."
            noticed.append(RepairRow(file=raw.file, row=row.number, rule="unreadable_end_date", done=done))
        rows.append(
            EpisodeRow(
                file=raw.file,
                row=row.number,
                first_day=date.min,
                year_end=date.max,
                child_id=_identifier(cells.get("CHILD")),
                started_on=dates.read(cells, "DECOM", row.number),
                ended_on=ended_on,
                reason_started=_code(cells, "RNE"),
                legal_status=_code(cells, "LS"),
                place=_code(cells, "PLACE"),
                provider=_code(cells, "PLACE_PROVIDER"),
                reason_ended=_code(cells, "REC"),
                urn=_urn(cells),
                authority=authority,
            )
        )
    warnings.extend(dates.told())
    return rows


def _urn(cells: dict[str, object]) -> str:
    urn = _code(cells, "URN")
    return "" if set(urn) == {"X"} else urn


def _year_gaps(year_ends: tuple[date, ...]) -> tuple[ImportIssue, ...]:
    missing = [
        year for year in range(year_ends[0].year, year_ends[-1].year) if date(year, 3, 31) not in year_ends
    ]
    return tuple(
        _file_issue(
            "episodes",
            "missing_year",
            f"There is no return closing on 31 March {year}; add it if you have it.",
        )
        for year in missing
    )
