"""The outcomes tables of a return: health and behaviour of children looked after for a year, and care leavers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from reference_data.ages import birthday
from reference_data.synthetic.chances import chance, chosen
from reference_data.synthetic.history import Child, PeriodOfCare
from reference_data.synthetic.return_years import shown

if TYPE_CHECKING:
    from reference_data.synthetic.returns import Episode

Row = tuple[str, ...]

_FIRST_YEAR_OF_APPRENTICESHIPS = 2022
_ACTIVITIES = ("F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5", "G4", "G5", "G6", "0")
_ACTIVITY_WEIGHTS = (4.0, 0.3, 16.0, 2.0, 3.0, 0.5, 18.0, 4.0, 14.0, 22.0, 6.0, 9.0)
_ACCOMMODATION = ("B1", "D1", "E1", "K1", "U1", "Z1", "T1", "Y1", "R2", "S2", "V2", "W2", "X2", "U2", "0")
_ACCOMMODATION_WEIGHTS = (11.0, 20.0, 6.0, 5.0, 31.0, 12.0, 2.0, 1.0, 0.6, 1.6, 1.0, 0.8, 2.4, 0.6, 6.0)
_THIRTEEN_WEEKS = 91


def outcome_rows(child: Child, periods: Sequence[PeriodOfCare], last: date) -> list[Row]:
    """Return the health and behaviour of a child looked after on the last day and for the year before it."""
    period = periods[-1]
    current = next(
        (p for p in periods if p.started_on <= last and (p.ended_on is None or p.ended_on > last)), None
    )
    if current is None or (last - current.started_on).days < 365:
        return []
    period = current
    age = (last - child.date_of_birth).days / 365.25
    words = (child.child_id, last.year, period.started_on)
    score, reason = "", ""
    if 4 <= age < 17:
        if chance(*words, "sdq") < 0.8:
            score = str(_difficulties(child, *words))
        else:
            reason = chosen(("SDQ2", "SDQ3", "SDQ4", "SDQ5"), (30.0, 40.0, 20.0, 10.0), *words, "no sdq")
    else:
        reason = "SDQ1"
    misuse = age >= 11 and chance(*words, "misuse") < 0.04 * 2 ** ((child.needs[3] - 40) / 15)
    received = misuse and chance(*words, "received") < 0.5
    offered = misuse and not received and chance(*words, "offered") < 0.7
    return [
        (
            child.child_id,
            shown(child.date_of_birth),
            score,
            reason,
            _flag(age >= 10 and chance(*words, "convicted") < 0.02),
            _flag(chance(*words, "check") < 0.88) if age < 5 else "",
            _flag(chance(*words, "immunised") < 0.85),
            _flag(chance(*words, "teeth") < 0.78),
            _flag(chance(*words, "assessed") < 0.9),
            _flag(misuse),
            _flag(received),
            _flag(offered),
        )
    ]


def _difficulties(child: Child, *words: object) -> int:
    """Return a total of difficulties, 0-40: what a carer says on a day about the child's true needs."""
    behaviour, emotional, relationships, _, indicators = child.needs
    mean = 0.09 * behaviour + 0.10 * emotional + 0.08 * relationships + 0.07 * indicators + 0.5
    noise = sum(chance(*words, "score", number) for number in range(4)) - 2
    return min(max(round(mean + 4 * noise), 0), 40)


def leavers_rows(
    child: Child,
    periods: Sequence[PeriodOfCare],
    episodes: Sequence[Episode],
    year: int,
    first: date,
    last: date,
) -> list[Row]:
    """Return the care leaver's row of the year in which a birthday from the 17th to the 21st falls.

    Counted are those who left after their sixteenth birthday and were looked after for thirteen weeks since they
    were 14.
    """
    born = child.date_of_birth
    left = periods[-1].ended_on
    if left is None or left < birthday(born, 16) or periods[-1].reason_ended == "E3":
        return []
    if any(episode.status in ("V3", "V4") for episode in episodes):
        return []
    age = next((age for age in range(17, 22) if first <= birthday(born, age) <= last), None)
    if age is None or birthday(born, age) < left:
        return []
    fourteen = birthday(born, 14)
    if (
        sum(max((p.ended_on - max(p.started_on, fourteen)).days, 0) for p in periods if p.ended_on)
        < _THIRTEEN_WEEKS
    ):
        return []
    words = (child.child_id, "leaver", age)
    if periods[-1].reason_ended == "E2":
        return [(child.child_id, shown(born), "DIED", "", "")]
    touch = chosen(("YES", "NO", "REFU", "NREQ"), (92.0, 5.0, 1.5, 1.5), *words, "touch")
    if periods[-1].reason_ended in ("E4A", "E4B") and (birthday(born, age) - left).days > 183:
        touch = "RHOM" if chance(*words, "home") < 0.4 else touch
    activity = chosen(_ACTIVITIES, _ACTIVITY_WEIGHTS, *words, "activity")
    home = chosen(_ACCOMMODATION, _ACCOMMODATION_WEIGHTS, *words, "accommodation")
    if touch != "YES":
        activity, home = "0", "0"
    if age == 17 and home == "Z1":
        home = "B1"
    if year < _FIRST_YEAR_OF_APPRENTICESHIPS and activity[1:] in ("4", "5") and activity[0] in "FP":
        activity = activity[0] + "3"
    return [(child.child_id, shown(born), touch, activity, home)]


def _flag(yes: bool) -> str:
    return "1" if yes else "0"
