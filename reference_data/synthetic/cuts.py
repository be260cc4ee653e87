"""Count a history the way the department counts: the cuts of its published tables.

Children in short breaks (V3, V4) are left out. A temporary move is no placement, and a change of status with the same
carer is none for stability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reference_data.ages import birthday
from reference_data.synthetic.history import Child, History, PeriodOfCare, Placement
from reference_data.synthetic.placing import kind_of

PLACEMENT_GROUPS = {
    "K": "fostering",
    "F": "fostering",
    "H": "homes",
    "S": "homes",
    "G": "supported",
    "P": "parents",
    "A": "adoption",
    "B": "residential_schools",
    "R": "other_residential",
    "Y": "other_residential",
    "Z": "other",
}
STATUS_GROUPS = {
    **{code: code for code in ("C1", "C2", "E1", "V2")},
    **dict.fromkeys(("L1", "L2", "L3"), "protection"),
    **dict.fromkeys(("J1", "J2", "J3"), "youth_justice"),
}
START_STATUSES = {
    "C1": "interim_care_order",
    "C2": "care_order",
    "E1": "placement_order",
    "V2": "section_20",
    "L1": "police_protection",
    "L2": "emergency_protection_order",
    "L3": "child_assessment_order",
    "J1": "remand",
    "J2": "pace",
    "J3": "youth_rehabilitation_order",
}
REASONS_FOR_CEASING = {
    "E11": "adopted",
    "E12": "adopted",
    "E13": "relatives",
    "E14": "remand_ended",
    "E15": "age_assessment",
    "E16": "abroad",
    "E17": "stayed_with_carers_at_18",
    "E2": "died",
    "E3": "other_authority",
    "E41": "child_arrangements_order",
    **dict.fromkeys(("E45", "E46", "E47", "E48"), "special_guardianship_order"),
    "E4A": "home_planned",
    "E4B": "home_unplanned",
    "E5": "independent_with_support",
    "E6": "independent_without_support",
    "E7": "adult_social_care",
    "E8": "other",
    "E9": "custody",
}
ETHNIC_GROUPS = {
    "W": "white",
    "M": "mixed",
    "A": "asian",
    "B": "black",
    "O": "other",
    "C": "other",
    "N": "not_known",
    "R": "not_known",
}
_BANDS = ("0", "1-4", "5-9", "10-15", "16-17")
_SHORT_BREAKS = ("V3", "V4")
_TWO_YEARS, _TWO_AND_A_HALF_YEARS = 730, 913

Cuts = Mapping[str, Mapping[str, int]]
"""Counts by cut, by characteristic."""


@dataclass(slots=True)
class _Carer:
    """An unbroken time with one carer."""

    started_on: date
    ended_on: date | None
    for_adoption: bool


@dataclass(slots=True)
class _Record:
    child: Child
    birthdays: tuple[date, ...]
    periods: list[PeriodOfCare]
    placements: list[Placement]
    carers: list[_Carer]


class Counted:
    """A history made ready for counting, year by year.

    Parameters
    ----------
    history
        What is counted.
    """

    def __init__(self, history: History) -> None:
        short = {s.child_id for s in history.statuses if s.status in _SHORT_BREAKS}
        self._records: dict[str, _Record] = {
            child.child_id: _Record(
                child=child,
                birthdays=tuple(birthday(child.date_of_birth, age) for age in (1, 5, 10, 16, 17, 18)),
                periods=[],
                placements=[],
                carers=[],
            )
            for child in history.children
            if child.child_id not in short
        }
        for period in history.periods:
            if period.child_id in self._records:
                self._records[period.child_id].periods.append(period)
        for placement in history.placements:
            if placement.child_id in self._records:
                self._add_placement(self._records[placement.child_id], placement)
        self._statuses = [s for s in history.statuses if s.child_id in self._records]
        self._first_status = {(s.child_id, s.started_on): s.status for s in self._statuses}

    @staticmethod
    def _add_placement(record: _Record, placement: Placement) -> None:
        before = record.placements[-1] if record.placements else None
        goes_on = before is not None and before.ended_on == placement.started_on
        same = goes_on and (
            placement.same_carer
            or placement.place[0] == "T"
            or (before is not None and before.place[0] == "T")
        )
        record.placements.append(placement)
        adoption = placement.place[0] == "A"
        if same and record.carers:
            record.carers[-1].ended_on = placement.ended_on
            record.carers[-1].for_adoption |= adoption
        else:
            record.carers.append(_Carer(placement.started_on, placement.ended_on, adoption))

    def on_31_march(self, year: int) -> Cuts:
        """Return the stock by the cuts of the published tables, and stability in the year that ends then."""
        on = date(year, 3, 31)
        found: dict[str, Counter[str]] = {}
        # A child's status on the day: legal statuses are few, so one pass over them is quick.
        status = {s.child_id: s.status for s in self._statuses if _holds(s.started_on, s.ended_on, on)}
        for record in self._records.values():
            period = next((p for p in record.periods if _holds(p.started_on, p.ended_on, on)), None)
            if period is None:
                continue
            placement = self._placement_on(record, on)
            if placement is None:
                continue
            kind = kind_of(placement.place)
            provider = "not_reported" if kind == "Z" else placement.provider or "not_reported"
            child = record.child
            for cut, value in (
                ("total", "total"),
                ("age_band", _BANDS[min(_band(record.birthdays, on), 4)]),
                ("sex", child.sex),
                ("placement", PLACEMENT_GROUPS[kind]),
                ("kind", kind),
                ("provider", provider),
                ("distance_and_locality", placement.locality),
                ("legal_status", STATUS_GROUPS[status[child.child_id]]),
                ("uasc", "yes" if child.uasc else "no"),
                ("stock_by_need", child.category_of_need),
                ("stock_by_ethnicity", ETHNIC_GROUPS[child.ethnicity[0]]),
            ):
                found.setdefault(cut, Counter())[value] += 1
            self._count_stability(found, record, period, on)
        return found

    @staticmethod
    def _placement_on(record: _Record, on: date) -> Placement | None:
        kept = None
        for placement in record.placements:
            if placement.started_on > on:
                break
            if placement.place[0] != "T":
                kept = placement
        return kept

    def _count_stability(
        self, found: dict[str, Counter[str]], record: _Record, period: PeriodOfCare, on: date
    ) -> None:
        in_care_days = (on - period.started_on).days
        in_year = sum(_overlaps(c, date(on.year - 1, 4, 1), on) for c in record.carers)
        in_two = sum(_overlaps(c, date(on.year - 2, 4, 1), on) for c in record.carers)
        found.setdefault("three_or_more_in_year", Counter())["total"] += 1
        found["three_or_more_in_year"]["counted"] += in_year >= 3
        # The department's "looked after two years" is larger than those in care for a year, so it cannot be a
        # stay of two years: it is read as in care at some time in the first of the two years as well.
        if any(_overlaps_year(p, on.year - 1) for p in record.periods):
            found.setdefault("three_or_more_in_two_years", Counter())["total"] += 1
            found["three_or_more_in_two_years"]["counted"] += in_two >= 3
        if in_care_days >= _TWO_AND_A_HALF_YEARS and on < record.birthdays[3]:
            carers = [c for c in record.carers if c.started_on <= on]
            since = carers[-1].started_on
            if carers[-1].for_adoption and len(carers) > 1:
                since = carers[-2].started_on
            found.setdefault("same_carer_two_years", Counter())["total"] += 1
            found["same_carer_two_years"]["counted"] += (on - since).days >= _TWO_YEARS

    def in_year(self, year: int) -> Cuts:
        """Return starts, ceases, new placements and changes in the year ending 31 March."""
        first, last = date(year - 1, 4, 1), date(year, 3, 31)
        found: dict[str, Counter[str]] = {}
        for record in self._records.values():
            started = [p for p in record.periods if first <= p.started_on <= last]
            ended = [p for p in record.periods if p.ended_on is not None and first <= p.ended_on <= last]
            if started:
                self._count_start(found, record, started[-1])
            if ended:
                self._count_end(found, record, ended[-1])
            self._count_placements(found, record, first, last)
        return found

    def _count_start(self, found: dict[str, Counter[str]], record: _Record, period: PeriodOfCare) -> None:
        child = record.child
        for cut, value in (
            ("starts", "total"),
            ("starts_by_age", _BANDS[min(_band(record.birthdays, period.started_on), 4)]),
            ("starts_by_sex", child.sex),
            ("starts_by_need", child.category_of_need),
            ("starts_by_uasc", "uasc" if child.uasc else "not_uasc"),
            ("starts_by_legal_status", START_STATUSES[self._first_status[child.child_id, period.started_on]]),
        ):
            found.setdefault(cut, Counter())[value] += 1

    @staticmethod
    def _count_end(found: dict[str, Counter[str]], record: _Record, period: PeriodOfCare) -> None:
        if period.ended_on is None:
            return
        passed = sum(period.ended_on >= reached for reached in record.birthdays)
        age = ("0", "1-4", "5-9", "10-15", "16", "17", "18+")[passed]
        for cut, value in (
            ("ceases", "total"),
            ("ceases_by_age", age),
            ("ceases_by_sex", record.child.sex),
            ("ceases_by_uasc", "uasc" if record.child.uasc else "not_uasc"),
            ("ceases_by_reason", REASONS_FOR_CEASING[period.reason_ended]),
        ):
            found.setdefault(cut, Counter())[value] += 1

    @staticmethod
    def _count_placements(found: dict[str, Counter[str]], record: _Record, first: date, last: date) -> None:
        before: Placement | None = None
        for placement in record.placements:
            away = placement.place[0] == "T" or (
                before is not None and before.place[0] == "T" and before.ended_on == placement.started_on
            )
            if not away and first <= placement.started_on <= last:
                where = "unknown" if placement.locality.endswith("unknown") else placement.locality
                cut = found.setdefault("new_placements_by_location", Counter())
                cut[where] += 1
                cut["total"] += 1
            if placement.reason_ended and placement.ended_on and first <= placement.ended_on <= last:
                cut = found.setdefault("placement_changes_by_reason", Counter())
                cut[placement.reason_ended] += 1
                cut["total"] += 1
            before = placement


def _holds(started_on: date, ended_on: date | None, on: date) -> bool:
    return started_on <= on and (ended_on is None or ended_on > on)


def _overlaps(carer: _Carer, first: date, last: date) -> bool:
    return carer.started_on <= last and (carer.ended_on is None or carer.ended_on > first)


def _overlaps_year(period: PeriodOfCare, year: int) -> bool:
    ended_on = period.ended_on
    return period.started_on <= date(year, 3, 31) and (ended_on is None or ended_on > date(year - 1, 4, 1))


def _band(birthdays: tuple[date, ...], on: date) -> int:
    passed = sum(on >= reached for reached in birthdays)
    return passed - (passed > 4)
