"""Turn returned episodes into stays, and list every row that was mended or set aside.

A row is never silently changed or dropped. What the rows mean is in ``episodes.py``; reading them is in
``returns.py``. The rules are applied in the order they stand here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    placement_detail,
)
from sufficiency.return_limits import LIMIT_RULES, limits_exceeded
from sufficiency.returns import PersonRow, RepairRow, Returns

DONE = {
    "no_child": "Set aside: the row names no child.",
    "no_start_date": "Set aside: there is no start date that can be read.",
    "no_birth_date": "Set aside: no table gives the child a birth date, so no age can be counted.",
    "two_birth_dates": "The birth date of the latest header is used; another table differs.",
    "starts_before_birth": "Set aside: the episode starts before the child's birth.",
    "starts_after_18": "Set aside: the episode starts on or after the eighteenth birthday.",
    "ends_after_18": "Ended on the eighteenth birthday, when care ends.",
    "starts_after_the_return": "Set aside: the episode starts after its return closed.",
    "ends_after_the_return": "Kept open: the end lies after its return closed.",
    "duplicate_row": "Merged with another row of the same file, child and start date.",
    "carried_over": "Merged with the same episode in a later return.",
    "corrected_later": "Replaced by the same episode in a later return, which differs.",
    "reopened_later": "The earlier return's end is kept, though a later return leaves it empty.",
    "reversed_dates": "The end lies before the start and is not used.",
    "end_reason_without_date": "Kept open: a reason for ending is given, but no end date.",
    "end_taken_from_next_start": "Ended where the child's next episode starts.",
    "gone_from_next_return": "Ended on 31 March of the last return it was in.",
    "overlap": "Ended where the child's next episode starts, which was before its own end.",
    "same_day": "Left out: the episode starts and ends on one day, so it has no night.",
    "short_break": "Left out of counts: a short break (V3 or V4).",
    "temporary_place": "Counted in the placement kept open for the child (T code).",
    "unknown_place": "Counted as other: the placement code is not one of the return's.",
    **LIMIT_RULES,
}
"""What is said of each rule, by name."""


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
            _stays(child_id, mending.births[child_id], mending.without_temporary(own), returns.first_day)
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
        mending.merged(mending.usable(rows)), key=lambda row: (row.child_id, row.started_on or date.min)
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


class _Mending:
    """The rules, and the list of what they did."""

    def __init__(self, returns: Returns) -> None:
        self.listed: list[RepairRow] = []
        self.births = self._births(returns.people)

    def note(self, row: EpisodeRow | PersonRow, rule: str) -> None:
        self.listed.append(RepairRow(file=row.file, row=row.row, rule=rule, done=DONE[rule]))

    def _births(self, people: Iterable[PersonRow]) -> dict[str, date]:
        births: dict[str, date] = {}
        # Headers come last and so win; among equals the later return wins.
        for person in sorted(people, key=lambda person: person.from_header):
            if person.date_of_birth is None or not person.child_id:
                continue
            known = births.get(person.child_id)
            if known is not None and known != person.date_of_birth:
                self.note(person, "two_birth_dates")
            births[person.child_id] = person.date_of_birth
        return births

    def usable(self, rows: Iterable[EpisodeRow]) -> list[EpisodeRow]:
        """Return the rows that can be counted, with impossible dates mended."""
        kept = []
        for row in rows:
            rule = self._why_unusable(row)
            if rule is not None:
                self.note(row, rule)
                continue
            kept.append(self._with_possible_end(row))
        return kept

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

    def merged(self, rows: Iterable[EpisodeRow]) -> list[EpisodeRow]:
        """Return one row for each child and start date; the later return wins."""
        merged: dict[tuple[str, date | None], EpisodeRow] = {}
        for row in rows:
            key = (row.child_id, row.started_on)
            earlier = merged.get(key)
            if earlier is not None:
                row = self._later(earlier, row)
            merged[key] = row
        return list(merged.values())

    def _later(self, earlier: EpisodeRow, row: EpisodeRow) -> EpisodeRow:
        if earlier.year_end == row.year_end and earlier.file == row.file:
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
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            row = self._with_end(row, following, year_ends)
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
        return kept

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
                self.note(row, "temporary_place")
                before = kept[-1] if kept and kept[-1].ended_on == row.started_on else None
                after = next((r for r in rows[position + 1 :] if r.place not in TEMPORARY_PLACES), None)
                held = before or (after if after and after.started_on == row.ended_on else None)
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


SAME_CARER = frozenset({"L", "T", "U"})


def _stays(child_id: str, born: date, rows: list[EpisodeRow], first_day: date) -> list[Stay]:
    """Return one child's stays: rows joined where care went on with the same carer."""
    spans: list[list[EpisodeRow]] = []
    for row in rows:
        previous = spans[-1][-1] if spans else None
        if previous is not None and goes_on(previous, row) and _same_stay(previous, row):
            spans[-1].append(row)
        else:
            spans.append([row])
    stays: list[Stay] = []
    care_started_on, seen = born, False
    for position, span in enumerate(spans):
        first, last = span[0], span[-1]
        continued = position > 0 and goes_on(spans[position - 1][-1], first)
        if first.started_on is None:
            continue
        if not continued:
            care_started_on = first.started_on
            seen = first.reason_started == "S" or first.started_on >= first_day
        following = spans[position + 1][0] if position + 1 < len(spans) else None
        went_on = following is not None and goes_on(last, following)
        stays.append(
            Stay(
                child_id=child_id,
                date_of_birth=born,
                care_started_on=care_started_on,
                care_start_seen=seen,
                started_on=first.started_on,
                # A day's gap that care bridged is bridged by the stay that came before it.
                ended_on=following.started_on if following and went_on else last.ended_on,
                detail=placement_detail(first.place, first.provider),
                next_detail=placement_detail(following.place, following.provider)
                if following and went_on
                else None,
                place=first.place,
                provider=first.provider,
                urn=next((row.urn for row in span if row.urn), ""),
                legal_status=first.legal_status,
                reason_started=first.reason_started,
                reason_ended=last.reason_ended if last.ended_on is not None else "",
            )
        )
    return stays


def goes_on(row: EpisodeRow, following: EpisodeRow) -> bool:
    """Say whether care went on from one row to the next: on the same or the next day, not started anew."""
    if row.ended_on is None or following.started_on is None:
        return False
    gap_days = (following.started_on - row.ended_on).days
    return gap_days == 0 or (gap_days == 1 and following.reason_started != "S")


def _same_stay(row: EpisodeRow, following: EpisodeRow) -> bool:
    same_detail = placement_detail(row.place, row.provider) == placement_detail(
        following.place, following.provider
    )
    if following.reason_started:
        return same_detail and following.reason_started in SAME_CARER
    return same_detail and row.place == following.place
