"""Read a council's SSDA903 returns: which file is which table, which year it closed, and its rows.

Files are known by their columns, not only by their names. Nothing is mended here: ``repair.py`` turns
rows into stays and lists what it changed. Opening files is in ``files.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from reference_data.cells import CellError, parse_date
from reference_data.codelists import codes
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput
from reference_data.tables import RawRow, RawTable
from reference_data.vocabulary import Sex
from sufficiency.episodes import EpisodeRow
from sufficiency.return_codes import codes_out_of_place
from sufficiency.return_years import is_plausible, last_day_of, year_start, years_covered
from sufficiency.safeguarding_dataset import in_the_form_of_a_return
from sufficiency.several_authorities import told_apart

EPISODE_COLUMNS = ("CHILD", "DECOM", "DEC", "PLACE")
"""Columns without which an episodes table says nothing about beds."""
USEFUL_EPISODE_COLUMNS = ("RNE", "LS", "PLACE_PROVIDER", "REC")

_KIND_BY_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("episodes", frozenset({"CHILD", "DECOM"})),
    ("reviews", frozenset({"CHILD", "REVIEW"})),
    ("uasc", frozenset({"CHILD", "DUC"})),
    ("oc2", frozenset({"CHILD", "SDQ_SCORE"})),
    ("oc3", frozenset({"CHILD", "IN_TOUCH"})),
    ("ad1", frozenset({"CHILD", "DATE_INT"})),
    ("placed_for_adoption", frozenset({"CHILD", "DATE_PLACED"})),
    ("previous_permanence", frozenset({"CHILD", "PREV_PERM"})),
    ("missing", frozenset({"CHILD", "MIS_START"})),
    ("social_worker_episodes", frozenset({"CHILD", "SW_DECOM"})),
    ("deprivation_of_liberty", frozenset({"CHILD", "DOLO_START"})),
    ("header", frozenset({"CHILD", "DOB"})),
)


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
        If there is no usable episodes table, an episodes table lacks a column, or no table gives
        birth dates. Rows that are merely wrong never raise.
    """
    tables: list[ReturnTable] = []
    warnings: list[ImportIssue] = []
    problems: list[ImportIssue] = []
    apart, councils = told_apart(in_the_form_of_a_return(raw_tables))
    for authority, raw in apart:
        warnings.extend(raw.warnings)
        kind = table_kind(raw)
        if kind is None and "episode" in raw.file.casefold():
            kind = "episodes"
        if kind is None:
            warnings.append(
                _file_issue(raw.file, "unknown_table", "No table of the return has these columns.")
            )
            continue
        tables.append(ReturnTable(kind=kind, raw=raw, authority=authority))
        if kind == "episodes":
            problems.extend(_missing_columns(raw))
            warnings.extend(_absent_useful_columns(raw))
    if not any(table.kind == "episodes" for table in tables):
        problems.append(
            _file_issue("episodes", "missing_table", "Add the episodes table; a forecast needs it.")
        )
    people = [person for table in tables for person in _people(table)]
    if not problems and not any(person.date_of_birth for person in people):
        advice = "Add the header table with birth dates (DOB); ages are counted from it."
        problems.append(_file_issue("header", "missing_table", advice))
    if problems:
        raise ImportRejected(problems)
    return _assembled(tables, people, warnings, councils)


def table_kind(raw: RawTable) -> str | None:
    """Return which table of the return a raw table is, by its columns, or ``None``."""
    given = {name.upper() for name in raw.header}
    for kind, columns in _KIND_BY_COLUMNS:
        if columns <= given:
            return kind
    return None


def _file_issue(file: str, rule: str, what_to_do: str, column: str | None = None) -> ImportIssue:
    return ImportIssue(file=file, row=None, column=column, rule=rule, what_to_do=what_to_do)


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
    return str(cell).strip()


class _Dates:
    """Parses dates once each: a return repeats the same few thousand days."""

    def __init__(self) -> None:
        self.known: dict[str, date | None] = {}

    def parse(self, cell: object) -> date | None:
        if not isinstance(cell, str):
            return self._parsed(cell)
        if cell not in self.known:
            self.known[cell] = self._parsed(cell)
        return self.known[cell]

    @staticmethod
    def _parsed(cell: object) -> date | None:
        try:
            return parse_date(cell)
        except CellError:
            return None


def _people(table: ReturnTable) -> list[PersonRow]:
    dates = _Dates()
    people: list[PersonRow] = []
    if "DOB" not in {name.upper() for name in table.raw.header}:
        return people
    for row in table.raw.rows:
        cells = _upper_cells(row)
        people.append(
            PersonRow(
                file=table.raw.file,
                row=row.number,
                from_header=table.kind == "header",
                child_id=_identifier(cells.get("CHILD")),
                date_of_birth=dates.parse(cells["DOB"]) if "DOB" in cells else None,
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
) -> Returns:
    births = {person.child_id: person.date_of_birth for person in people if person.date_of_birth}
    noticed: list[RepairRow] = []
    read: list[tuple[date, date, str, list[EpisodeRow]]] = []
    for table in tables:
        if table.kind != "episodes":
            continue
        rows = _episode_rows(table.raw, noticed, table.authority if len(councils) > 1 else "")
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
    read.sort(key=lambda item: (item[0], item[2]))
    year_ends = tuple(sorted({year_end for year_end, _, _, _ in read}))
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
        noticed=(*noticed, *_code_notes(tables, {file: (first, end) for end, first, file, _ in read})),
        warnings=(*warnings, *(gap for _, _, gaps in spans for gap in gaps), *_several(councils, spans)),
        authorities=councils,
    )


_Read = tuple[date, date, str, list[EpisodeRow]]
"""The closing 31 March of an episodes table, its first day, its file, and its rows."""


def _councils(read: list[_Read]) -> list[str]:
    return sorted({rows[0].authority for _, _, _, rows in read})


def _span(read: list[_Read], births: Mapping[str, date | None]) -> tuple[date, date, tuple[ImportIssue, ...]]:
    """Return the first and last day that one council's returns describe, and the years between that are missing."""
    year_ends = tuple(sorted({year_end for year_end, _, _, _ in read}))
    known = {child: born for child, born in births.items() if born}
    last = [row for year_end, _, _, rows in read if year_end == year_ends[-1] for row in rows]
    last_day = last_day_of([row for row in last if is_plausible(row, known)], year_ends[-1])
    return min(first_day for _, first_day, _, _ in read), last_day, _year_gaps(year_ends)


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


def _episode_rows(raw: RawTable, noticed: list[RepairRow], authority: str) -> list[EpisodeRow]:
    dates = _Dates()
    rows = []
    for row in raw.rows:
        cells = _upper_cells(row)
        ended_on = dates.parse(cells["DEC"]) if "DEC" in cells else None
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
                started_on=dates.parse(cells["DECOM"]) if "DECOM" in cells else None,
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
