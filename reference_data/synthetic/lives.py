"""What is true of one invented child at a moment, and the record of what was.

Days are proleptic ordinals. Deciding what happens is in ``careers.py``; turning the record into a ``History`` is in
``records.py``.
"""

from __future__ import annotations

from datetime import date

from reference_data.ages import birthday
from reference_data.synthetic.history import Child

NEVER = 10**9


class Stay:
    """One placement on record; ``History`` calls it a ``Placement``."""

    __slots__ = (
        "ended",
        "key",
        "kind",
        "life",
        "locality",
        "needed",
        "place",
        "planned",
        "provider",
        "reason",
        "same_carer",
        "started",
        "with_key",
    )

    def __init__(
        self,
        *,
        key: int,
        life: Life,
        started: int,
        kind: str,
        place: str,
        provider: str,
        locality: str,
        planned: bool,
        same_carer: bool,
        with_key: int | None,
        needed: str,
    ) -> None:
        self.key = key
        self.life = life
        self.started = started
        self.ended = NEVER
        self.kind = kind
        self.place = place
        self.provider = provider
        self.locality = locality
        self.planned = planned
        self.same_carer = same_carer
        self.with_key = with_key
        self.needed = needed
        self.reason = ""


class Life:
    """One child's state and record.

    Parameters
    ----------
    child
        Who it is.
    """

    __slots__ = (
        "birthdays",
        "born",
        "care_since",
        "child",
        "household",
        "in_care",
        "left_to",
        "order_ends",
        "periods",
        "settled_since",
        "severity",
        "status",
        "status_since",
        "statuses",
        "stay",
        "stays",
        "temporary_days",
        "version",
        "waiting_for",
    )

    def __init__(self, child: Child) -> None:
        self.child = child
        self.born = child.date_of_birth.toordinal()
        self.birthdays = tuple(birthday(child.date_of_birth, age).toordinal() for age in (1, 5, 10, 16, 18))
        behaviour, emotional, relationships, risk, indicators = child.needs
        self.severity = (behaviour + risk + 0.5 * (emotional + relationships + indicators)) / 3.5
        self.in_care = False
        self.care_since = 0
        self.status = ""
        self.status_since = 0
        self.order_ends = NEVER
        self.stay: Stay | None = None
        self.settled_since = 0
        self.household = -1
        self.left_to = ""
        self.waiting_for = ""
        self.version = 0
        self.periods: list[list[int | str]] = []
        self.statuses: list[list[int | str]] = []
        self.stays: list[Stay] = []
        self.temporary_days: list[int] = []

    def band(self, day: int) -> int:
        """Return the position of the age band on a day; 5 from the eighteenth birthday."""
        position = 0
        for reached in self.birthdays:
            if day < reached:
                break
            position += 1
        return position

    def age_years(self, day: int) -> float:
        """Return the age in years, near enough for a rate."""
        return (day - self.born) / 365.25

    def start_care(self, day: int, status: str) -> None:
        """Record the start of a period of care."""
        self.in_care = True
        self.care_since = day
        self.left_to = ""
        self.periods.append([day, NEVER, ""])
        self.set_status(day, status, NEVER)

    def set_status(self, day: int, status: str, order_ends: int) -> None:
        """Record a legal status; the one before ends on the same day."""
        if self.statuses and self.statuses[-1][2] == NEVER:
            self.statuses[-1][2] = day
        self.status = status
        self.status_since = day
        self.order_ends = order_ends
        self.statuses.append([status, day, NEVER])

    def place(self, stay: Stay, *, settled: bool) -> None:
        """Record a placement; the one before ends on the same day.

        Parameters
        ----------
        settled
            The child stays where it was: only the status of the placement changed, or it came back from a
            temporary move.
        """
        if self.stay is not None:
            self.stay.ended = stay.started
        self.stay = stay
        self.stays.append(stay)
        if not settled:
            self.settled_since = stay.started
            self.household = stay.key

    def leave(self, day: int, reason: str, to: str) -> None:
        """Record the end of care."""
        if self.stay is not None:
            self.stay.ended = day
        self.stay = None
        self.statuses[-1][2] = day
        self.periods[-1][1] = day
        self.periods[-1][2] = reason
        self.in_care = False
        self.household = -1
        self.left_to = to
        self.waiting_for = ""
        self.version += 1


def year_ending(day: int) -> int:
    """Return the year in which the return's year around a day ends."""
    when = date.fromordinal(day)
    return when.year + (when.month >= 4)
