"""Turn returned episodes into stays, and list every row that was mended or set aside.

A row is never silently changed or dropped. What the rows mean is in ``episodes.py``; reading them is in
``returns.py``. The rules are applied in the order they stand here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from reference_data.ages import birthday
from reference_data.law import law_number
from sufficiency.episodes import (
    SHORT_BREAK_STATUSES,
    TEMPORARY_PLACES,
    EpisodeRow,
    Stay,
    is_known_place,
    may_be_the_same_place,
)
from sufficiency.joined_stays import goes_on, joined_stays
from sufficiency.repair_rules import DONE
from sufficiency.return_limits import limits_exceeded
from sufficiency.returns import PersonRow, RepairRow, Returns


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """Every row that was mended or set aside, and how many by each rule."""

    rows: tuple[RepairRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of rows by rule, in the order of the rules' names."""
        return dict(sorted(Counter(row.rule for row in self.rows).items()))

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON. They name files and rows, never children."""
        return {
            "counts": self.counts,
            "rows": [
                {"file": row.file, "row": row.row, "rule": row.rule, "done": row.done} for row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CareHistory:
    """The stays a council's returns show, as they were known on a day.

    Parameters
    ----------
    stays
        Stays by child and start.
    first_day, known_to
        The days between which the returns are complete. Starts and ends outside are not counted as flows.
    report
        What was mended.
    """

    stays: tuple[Stay, ...]
    first_day: date
    known_to: date
    report: RepairReport


def repaired_history(returns: Returns, *, known_on: date | None = None) -> CareHistory:
    """Return the stays that returns show, using nothing that was recorded after a day.

    Parameters
    ----------
    known_on
        Forget everything after this day: later returns are not read at all, an unfinished one only up to
        the day. A forecast from a past date is then an honest test. ``None`` uses everything.
    """
    mending, closed, rows, known_to = _closed_episodes(returns, known_on)
    stays: list[Stay] = []
    for child_id, own in closed.items():
        stays.extend(
            joined_stays(
                child_id, mending.births[child_id], mending.without_temporary(own), returns.first_day
            )
        )
    # What is in the episodes of a later return is not known yet.
    later = {row.file for row in returns.episodes} - {row.file for row in rows}
    noticed = [row for row in returns.noticed if row.file not in later]
    order = {
        name: position for position, name in enumerate(dict.fromkeys(row.file for row in returns.episodes))
    }
    listed = sorted([*noticed, *mending.listed], key=lambda row: (order.get(row.file, -1), row.file, row.row))
    return CareHistory(
        stays=tuple(stays),
        first_day=returns.first_day,
        known_to=known_to,
        report=RepairReport(rows=tuple(listed)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEpisodes:
    """One child's mended episodes in order, each with an end wherever the returns show one.

    Parameters
    ----------
    rows
        As returned, temporary places among them; ``file`` and ``row`` lead to what else the return says.
    without_temporary
        The same, each temporary place counted where the bed is kept open.
    """

    child_id: str
    date_of_birth: date
    rows: tuple[EpisodeRow, ...]
    without_temporary: tuple[EpisodeRow, ...]


def repaired_episodes(returns: Returns, *, known_on: date | None = None) -> tuple[ChildEpisodes, ...]:
    """Return every child's mended episodes, by the same rules as ``repaired_history``, for whoever needs the rows.

    Parameters
    ----------
    known_on
        Forget everything after this day; ``None`` uses everything.
    """
    mending, closed, _, _ = _closed_episodes(returns, known_on)
    return tuple(
        ChildEpisodes(
            child_id=child_id,
            date_of_birth=mending.births[child_id],
            rows=tuple(own),
            without_temporary=tuple(mending.without_temporary(own)),
        )
        for child_id, own in closed.items()
        if own
    )


def _closed_episodes(
    returns: Returns, known_on: date | None
) -> tuple[_Mending, dict[str, list[EpisodeRow]], list[EpisodeRow], date]:
    mending = _Mending(returns)
    if len(returns.authorities) > 1:
        # Of several councils only what all have returned is known of all.
        known_on = min(known_on or returns.last_day, returns.last_day)
    rows = _rows_known_on(returns, known_on)
    known_to = min(returns.last_day, known_on) if known_on else returns.last_day
    year_ends: dict[str, list[date]] = {}
    for authority, year_end in sorted({(row.authority, row.year_end) for row in rows}):
        year_ends.setdefault(authority, []).append(year_end)
    by_child: dict[str, list[EpisodeRow]] = {}
    for row in sorted(
        mending.merged(mending.usable(rows), year_ends),
        key=lambda row: (row.child_id, row.started_on or date.min),
    ):
        by_child.setdefault(row.child_id, []).append(row)
    closed: dict[str, list[EpisodeRow]] = {}
    for child_id, own in by_child.items():
        for row, rule in limits_exceeded(own, known_to):
            mending.note(row, rule)
        closed[child_id] = mending.closed(own, year_ends[own[0].authority], known_to)
    return mending, closed, rows, known_to


def returns_known_on(returns: Returns, day: date) -> Returns:
    """Return the returns as they could have stood on a day: with nothing in them that was recorded after it."""
    if day >= returns.last_day:
        return returns
    rows = _rows_known_on(returns, day)
    later = {row.file for row in returns.episodes} - {row.file for row in rows}
    return replace(
        returns,
        episodes=tuple(rows),
        year_ends=tuple(year_end for year_end in returns.year_ends if year_end <= day),
        last_day=day,
        noticed=tuple(row for row in returns.noticed if row.file not in later),
    )


def _rows_known_on(returns: Returns, known_on: date | None) -> list[EpisodeRow]:
    if known_on is None:
        return list(returns.episodes)
    rows: list[EpisodeRow] = []
    for row in returns.episodes:
        if row.year_end <= known_on:
            rows.append(row)
        elif row.first_day < known_on:
            if row.started_on and row.started_on > known_on:
                continue
            if row.ended_on and row.ended_on > known_on:
                row = replace(row, ended_on=None, reason_ended="")
            rows.append(row)
    return rows


def _is_same_day(row: EpisodeRow) -> bool:
    return row.ended_on is not None and row.ended_on == row.started_on


def _came_back(earlier: EpisodeRow, row: EpisodeRow, year_ends: list[date]) -> bool:
    """Say whether an open episode is missing from a return between the two that have it.

    The return between says that the child was not in care, and its year's published number counts it so.
    """
    return (
        earlier.ended_on is None
        and (row.ended_on is None or row.ended_on > row.first_day)
        and any(earlier.year_end < end < row.first_day for end in year_ends)
    )


def _follows(row: EpisodeRow, later: list[EpisodeRow]) -> EpisodeRow | None:
    """Return the next episode that an episode must have ended for.

    A short break ends no placement, nor does an episode without a night, unless it says why care ended.
    """
    if row.legal_status in SHORT_BREAK_STATUSES:
        return later[0] if later else None
    return next(
        (
            one
            for one in later
            if one.legal_status not in SHORT_BREAK_STATUSES
            and not (_is_same_day(one) and one.reason_ended in ("", "X1"))
        ),
        None,
    )


class _Mending:
    """The rules, and the list of what they did."""

    def __init__(self, returns: Returns) -> None:
        self.listed: list[RepairRow] = []
        self.births = self._births(returns)

    def note(self, row: EpisodeRow | PersonRow, rule: str) -> None:
        self.listed.append(RepairRow(file=row.file, row=row.row, rule=rule, done=DONE[rule]))

    def _births(self, returns: Returns) -> dict[str, date]:
        """Return each child's birth date: of the latest header, unless fewer episodes are possible with it."""
        given: dict[str, list[PersonRow]] = {}
        # Headers come last and so win; among equals the later return wins.
        for person in sorted(returns.people, key=lambda person: person.from_header):
            if person.date_of_birth is not None and person.child_id:
                given.setdefault(person.child_id, []).append(person)
        disputed = {child: rows for child, rows in given.items() if len({r.date_of_birth for r in rows}) > 1}
        starts: dict[str, list[date]] = {child: [] for child in disputed}
        for row in returns.episodes:
            if row.started_on is not None and row.child_id in starts:
                starts[row.child_id].append(row.started_on)
        births = {child: rows[-1].date_of_birth for child, rows in given.items() if rows[-1].date_of_birth}
        for child, rows in disputed.items():
            births[child] = self._settled_birth(rows, starts[child])
        return births

    def _settled_birth(self, rows: list[PersonRow], starts: list[date]) -> date:
        days = [row.date_of_birth for row in rows if row.date_of_birth]
        possible = {
            day: sum(day <= start < birthday(day, law_number("child")) for start in starts) for day in days
        }
        most = max(possible.values())
        settled = next(day for day in reversed(days) if possible[day] == most)
        before: date | None = None
        for row in rows:
            if row.date_of_birth and possible[row.date_of_birth] < most:
                self.note(row, "impossible_birth_date")
            elif before not in (None, row.date_of_birth):
                self.note(row, "two_birth_dates")
                before = row.date_of_birth
            else:
                before = row.date_of_birth
        return settled

    def usable(self, rows: Iterable[EpisodeRow]) -> list[EpisodeRow]:
        """Return the rows that can be counted, with impossible dates mended."""
        kept = []
        rows = list(rows)
        of_child: dict[tuple[str, str], list[EpisodeRow]] = {}
        for row in rows:
            of_child.setdefault((row.file, row.child_id), []).append(row)
        for row in rows:
            if row.child_id and row.started_on is None:
                row = self._with_start(row, of_child[row.file, row.child_id])
            rule = self._why_unusable(row)
            if rule is not None:
                self.note(row, rule)
                continue
            kept.append(self._with_possible_end(row))
        return kept

    def _with_start(self, row: EpisodeRow, own: list[EpisodeRow]) -> EpisodeRow:
        """Return a row without a start begun where the one episode that must come before it ended, if there is one."""
        begun = {other.started_on for other in own}
        ends = {
            other.ended_on
            for other in own
            if other.ended_on is not None
            and other.reason_ended == "X1"
            and other.ended_on not in begun
            and (row.ended_on is None or other.ended_on < row.ended_on)
        }
        if row.reason_started == "S" or len(ends) != 1:
            return row
        self.note(row, "start_taken_from_previous_end")
        return replace(row, started_on=ends.pop())

    def _why_unusable(self, row: EpisodeRow) -> str | None:
        if not row.child_id:
            return "no_child"
        if row.started_on is None:
            return "no_start_date"
        born = self.births.get(row.child_id)
        if born is None:
            return "no_birth_date"
        if row.started_on < born:
            return "starts_before_birth"
        if row.started_on >= birthday(born, law_number("child")):
            return "starts_after_18"
        if row.started_on > row.year_end + timedelta(days=1):
            return "starts_after_the_return"
        return None

    def _with_possible_end(self, row: EpisodeRow) -> EpisodeRow:
        if not is_known_place(row.place):
            self.note(row, "unknown_place")
        if row.ended_on is not None and row.started_on is not None and row.ended_on < row.started_on:
            self.note(row, "reversed_dates")
            return replace(row, ended_on=None, reason_ended="")
        if row.ended_on is not None and row.ended_on > row.year_end + timedelta(days=1):
            self.note(row, "ends_after_the_return")
            row = replace(row, ended_on=None, reason_ended="")
        return row

    def merged(self, rows: Iterable[EpisodeRow], year_ends: Mapping[str, list[date]]) -> list[EpisodeRow]:
        """Return one row for each child and start date; the later return wins."""
        merged: dict[tuple[str, date | None], EpisodeRow] = {}
        vanished: list[EpisodeRow] = []
        for row in rows:
            key = (row.child_id, row.started_on)
            earlier = merged.get(key)
            if earlier is not None and _came_back(earlier, row, year_ends[row.authority]):
                self.note(earlier, "gone_from_next_return")
                self.note(row, "back_in_later_return")
                vanished.append(replace(earlier, ended_on=earlier.year_end, reason_ended=""))
                row = replace(row, started_on=row.first_day, reason_started="S")
            elif earlier is not None:
                row = self._later(earlier, replace(row, started_on=earlier.started_on))
            merged[key] = row
        return [*vanished, *merged.values()]

    def _later(self, earlier: EpisodeRow, row: EpisodeRow) -> EpisodeRow:
        if earlier.year_end == row.year_end and earlier.file == row.file:
            if _is_same_day(earlier) != _is_same_day(row):
                # The child went on somewhere else on that day: the episode with nights is the one that counts.
                without_night, other = (earlier, row) if _is_same_day(earlier) else (row, earlier)
                self.note(without_night, "same_day")
                return other
            self.note(earlier, "duplicate_row")
            # Of two rows of one file the one that says when it ended knows more.
            return earlier if row.ended_on is None and earlier.ended_on is not None else row
        same = earlier.provider == row.provider and may_be_the_same_place(earlier.place, row.place)
        if earlier.ended_on is None and same:
            self.note(earlier, "carried_over")
        elif earlier.ended_on is not None and row.ended_on is None:
            self.note(earlier, "reopened_later")
            return replace(row, ended_on=earlier.ended_on, reason_ended=earlier.reason_ended)
        else:
            self.note(
                earlier, "carried_over" if same and earlier.ended_on == row.ended_on else "corrected_later"
            )
        return row

    def closed(self, rows: list[EpisodeRow], year_ends: list[date], known_to: date) -> list[EpisodeRow]:
        """Return one child's rows with an end wherever the returns, or the law, show that there was one."""
        kept: list[EpisodeRow] = []
        eighteen = birthday(self.births[rows[0].child_id], law_number("child"))
        for place, row in enumerate(rows):
            row = self._with_end(row, _follows(row, rows[place + 1 :]), year_ends)
            if row.ended_on is None and row.reason_ended not in ("", "X1"):
                self.note(row, "end_reason_without_date")
            if (row.ended_on or known_to) > eighteen:
                self.note(row, "ends_after_18")
                row = replace(row, ended_on=eighteen)
            if row.ended_on is not None and row.started_on is not None and row.ended_on <= row.started_on:
                self.note(row, "same_day")
            elif row.legal_status in SHORT_BREAK_STATUSES:
                self.note(row, "short_break")
            else:
                kept.append(row)
        self._note_gaps(kept, known_to)
        return kept

    def _note_gaps(self, rows: list[EpisodeRow], known_to: date) -> None:
        for row, following in zip(rows, [*rows[1:], None], strict=False):
            if row.ended_on is None:
                continue
            if following is None or following.started_on is None:
                if row.reason_ended == "X1" and row.ended_on < known_to:
                    self.note(row, "nothing_follows")
                continue
            days = (following.started_on - row.ended_on).days
            if days == 1 and goes_on(row, following):
                self.note(following, "one_day_gap")
            elif days > 0 and (row.reason_ended == "X1" or following.reason_started not in ("S", "")):
                self.note(following, "gap_in_care")

    def _with_end(self, row: EpisodeRow, following: EpisodeRow | None, year_ends: list[date]) -> EpisodeRow:
        next_start = following.started_on if following else None
        gone = row.year_end < year_ends[-1]
        if row.ended_on is None and next_start is not None:
            # A new period of care means the child had left; only the return's end bounds when.
            if (
                gone
                and following is not None
                and following.reason_started == "S"
                and next_start > row.year_end
            ):
                self.note(row, "gone_from_next_return")
                return replace(row, ended_on=row.year_end)
            self.note(row, "end_taken_from_next_start")
            return replace(row, ended_on=next_start)
        if row.ended_on is None and gone:
            self.note(row, "gone_from_next_return")
            return replace(row, ended_on=row.year_end)
        if row.ended_on is not None and next_start is not None and row.ended_on > next_start:
            self.note(row, "overlap")
            return replace(row, ended_on=next_start)
        return row

    def without_temporary(self, rows: list[EpisodeRow]) -> list[EpisodeRow]:
        """Return one child's rows with each temporary place counted where the bed is kept open."""
        kept: list[EpisodeRow] = []
        for position, row in enumerate(rows):
            if row.place in TEMPORARY_PLACES:
                before = kept[-1] if kept and kept[-1].ended_on == row.started_on else None
                after = next((r for r in rows[position + 1 :] if r.place not in TEMPORARY_PLACES), None)
                held = before or (after if after and after.started_on == row.ended_on else None)
                self.note(row, "temporary_place" if held is not None else "temporary_place_alone")
                if held is not None:
                    row = replace(row, place=held.place, provider=held.provider, reason_started="T")
            elif (
                kept
                and position
                and rows[position - 1].place in TEMPORARY_PLACES
                and kept[-1].place == row.place
            ):
                # The way back from a temporary place is no move of carer, though it is returned as one.
                row = replace(row, reason_started="T")
            kept.append(row)
        return kept
