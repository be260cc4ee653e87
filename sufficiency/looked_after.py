"""Children looked after, child by child, as an indicator counts them: who on which night, where, with whom, since when.

Built from mended episodes and what else their rows say (postcodes, reasons for moves). What is counted of them is in
``indicators.py`` and its rooms.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from reference_data.ages import age_on
from reference_data.postcodes import Place, distance_miles, locate
from sufficiency.episodes import TEMPORARY_PLACES, EpisodeRow, PlacementDetail, placement_detail
from sufficiency.joined_stays import goes_on
from sufficiency.repair import repaired_episodes
from sufficiency.returns import Returns, ReturnTable
from sufficiency.unaccompanied import unaccompanied_children

SAME_CARER_REASONS = frozenset({"L", "T", "U"})
SAME_PLACEMENT_REASONS = frozenset({"L"})
ADOPTED_BY_CURRENT_CARERS = frozenset({"A3", "A5"})
_TABLE_WORDS = re.compile(
    r"episodes?|header|oc3|oc2|reviews?|missing|uasc|ad1|care[ _-]?leavers?|placed_for_adoption|previous_permanence"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """An unbroken time in one place, by one of two meanings of that.

    Parameters
    ----------
    started_on, ended_on
        First day, and the day after the last night; ``None`` while it lasts.
    rows
        The episodes it is made of.
    """

    started_on: date
    ended_on: date | None
    rows: tuple[EpisodeRow, ...]

    @property
    def place(self) -> str:
        """Return the PLACE code of its last episode."""
        return self.rows[-1].place

    def covers(self, day: date) -> bool:
        """Say whether the child was there on the night of a day."""
        return self.started_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAfter:
    """One child and all the episodes the returns hold.

    Parameters
    ----------
    rows
        Mended episodes in order, each temporary place counted where the bed is kept open.
    rows_as_returned
        The same with temporary places as places of their own.
    unaccompanied
        Whether a table of unaccompanied children names the child.
    """

    child_id: str
    date_of_birth: date
    rows: tuple[EpisodeRow, ...]
    rows_as_returned: tuple[EpisodeRow, ...]
    unaccompanied: bool

    def age_on(self, day: date) -> int:
        """Return the age in whole years."""
        return age_on(self.date_of_birth, day)

    def episode_on(self, night: date) -> EpisodeRow | None:
        """Return the episode of a night, or ``None`` if the child was not looked after."""
        return next(
            (
                row
                for row in self.rows
                if row.started_on
                and row.started_on <= night
                and (row.ended_on is None or night < row.ended_on)
            ),
            None,
        )

    def in_care_since(self, night: date) -> date | None:
        """Return the first day of the unbroken time in care that holds a night."""
        for period in self._periods():
            first, last = period[0], period[-1]
            if (
                first.started_on
                and first.started_on <= night
                and (last.ended_on is None or night < last.ended_on)
            ):
                return first.started_on
        return None

    def placements(self, *, same_carer: bool = True, temporary: bool = False) -> tuple[Placement, ...]:
        """Return the placements in order.

        Parameters
        ----------
        same_carer
            Whether a change with the same carer goes on with the placement (RNE T and U); otherwise it is a new one.
            A child placed for adoption with the present foster carers goes on with it by either meaning.
        temporary
            Whether temporary places (T codes) count as placements.
        """
        going_on = SAME_CARER_REASONS if same_carer else SAME_PLACEMENT_REASONS
        spans: list[list[EpisodeRow]] = []
        for row in self.rows_as_returned if temporary else self.rows:
            before = spans[-1][-1] if spans else None
            if before is not None and goes_on(before, row) and _is_same(before, row, going_on):
                spans[-1].append(row)
            else:
                spans.append([row])
        return tuple(
            Placement(started_on=span[0].started_on, ended_on=span[-1].ended_on, rows=tuple(span))
            for span in spans
            if span[0].started_on is not None
        )

    def _periods(self) -> Iterator[list[EpisodeRow]]:
        period: list[EpisodeRow] = []
        for row in self.rows:
            if period and not goes_on(period[-1], row):
                yield period
                period = []
            period.append(row)
        if period:
            yield period


class CareRecords:
    """Every child the returns know, and what their rows say beside the dates.

    Parameters
    ----------
    returns
        The returns as read.
    known_on
        Forget everything after this day; ``None`` uses everything.
    """

    def __init__(self, returns: Returns, known_on: date | None = None) -> None:
        self.first_day = returns.first_day
        self.known_to = min(returns.last_day, known_on) if known_on else returns.last_day
        self._returns = returns
        alone = unaccompanied_children(returns)
        self.children: tuple[LookedAfter, ...] = tuple(
            LookedAfter(
                child_id=one.child_id,
                date_of_birth=one.date_of_birth,
                rows=_going_home_again(one.rows, one.without_temporary),
                rows_as_returned=one.rows,
                unaccompanied=one.child_id in alone,
            )
            for one in repaired_episodes(returns, known_on=known_on)
        )
        self._cells: dict[tuple[str, int], Mapping[str, object]] = {
            (table.raw.file, row.number): row.cells
            for table in returns.tables
            if table.kind == "episodes"
            for row in table.raw.rows
        }
        self._columns = {
            name.upper() for table in returns.tables if table.kind == "episodes" for name in table.raw.header
        }

    def looked_after_on(self, night: date) -> tuple[tuple[LookedAfter, EpisodeRow], ...]:
        """Return the children looked after on a night, each with the episode of that night."""
        found = ((child, child.episode_on(night)) for child in self.children)
        return tuple((child, row) for child, row in found if row is not None)

    def has_column(self, name: str) -> bool:
        """Say whether any episodes table has a column."""
        return name in self._columns

    def cell(self, row: EpisodeRow, column: str) -> str:
        """Return what else an episode's row says, in capitals without spaces around; empty where nothing."""
        for name, value in self._cells.get((row.file, row.row), {}).items():
            if name.upper() == column:
                return "" if value is None else str(value).strip().upper()
        return ""

    def table_of_year(self, kind: str, year_end: date) -> ReturnTable | None:
        """Return another table of the return that closed on a day, or ``None`` if there is none that can be told.

        A table without dates of its own is of the year of the episodes table whose file is named alike; where the
        returns hold one year only, of that.
        """
        tables = [table for table in self._returns.tables if table.kind == kind]
        if len(self._returns.year_ends) == 1:
            return tables[0] if len(tables) == 1 and self._returns.year_ends[0] == year_end else None
        years = {row.file: row.year_end for row in self._returns.episodes}
        by_name = {_without_table_word(file): end for file, end in years.items()}
        named = [table for table in tables if by_name.get(_without_table_word(table.raw.file)) == year_end]
        return named[0] if len(named) == 1 else None

    def has_table(self, kind: str) -> bool:
        """Say whether the returns hold any table of a kind."""
        return any(table.kind == kind for table in self._returns.tables)


def detail_of(row: EpisodeRow) -> PlacementDetail:
    """Return how an episode's placement is counted."""
    return placement_detail(row.place, row.provider)


def likeliest_authority(records: CareRecords) -> str | None:
    """Return the authority in which most children's home postcodes lie: whose returns they seem to be."""
    found: Counter[str] = Counter()
    for child in records.children:
        place = located(records.cell(child.rows[-1], "HOME_POST")) if child.rows else None
        if place is not None and place.authority_code:
            found[place.authority_code] += 1
    return max(found, key=lambda code: (found[code], code)) if found else None


def located(postcode: str) -> Place | None:
    """Return where a postcode lies, or ``None`` for an empty, partial or unknown one."""
    return locate(postcode) if postcode else None


def miles_from_home(records: CareRecords, row: EpisodeRow) -> float | None:
    """Return the straight line from home to the placement in miles, one decimal; ``None`` where either is not known.

    References
    ----------
    The formula of the Department for Education's return for PL_DISTANCE.
    """
    home, there = located(records.cell(row, "HOME_POST")), located(records.cell(row, "PL_POST"))
    return None if home is None or there is None else round(distance_miles(home, there), 1)


def year_of(year_end: date) -> tuple[date, date]:
    """Return the first and last day of the year that closes on a 31 March."""
    return date(year_end.year - 1, 4, 1), year_end


def grouped(rows: tuple[tuple[LookedAfter, EpisodeRow], ...]) -> Mapping[PlacementDetail, int]:
    """Return the number of children by kind of placement."""
    found: dict[PlacementDetail, int] = defaultdict(int)
    for _, row in rows:
        found[detail_of(row)] += 1
    return found


def _going_home_again(
    rows: tuple[EpisodeRow, ...], counted: tuple[EpisodeRow, ...]
) -> tuple[EpisodeRow, ...]:
    """Return the counted rows so that going to a temporary place and coming back changes nothing, by either meaning."""
    found: list[EpisodeRow] = []
    for position, (row, counts) in enumerate(zip(rows, counted, strict=True)):
        away = row.place in TEMPORARY_PLACES
        back = position > 0 and rows[position - 1].place in TEMPORARY_PLACES
        if position and (away or back) and counts.place == found[-1].place:
            counts = replace(counts, reason_started="L")
        found.append(counts)
    return tuple(found)


def _is_same(before: EpisodeRow, row: EpisodeRow, going_on: frozenset[str]) -> bool:
    if row.place in ADOPTED_BY_CURRENT_CARERS and before.place not in ADOPTED_BY_CURRENT_CARERS:
        return True
    if row.reason_started:
        return row.reason_started in going_on
    return before.place == row.place and before.provider == row.provider


def _without_table_word(file: str) -> str:
    return _TABLE_WORDS.sub("", file.casefold())
