"""Children looked after in short breaks only, under an agreement (V4): on the return, in no published total."""

from __future__ import annotations

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.families import Inventor
from reference_data.synthetic.intake import Intake
from reference_data.synthetic.lives import Life, Stay
from reference_data.synthetic.records import FIRST_DAY
from reference_data.synthetic.targets import headline
from reference_data.vocabulary import PlacementType

_SHARE_OF_STOCK = 0.02
"""Invented: the department does not publish how many children have an agreement for short breaks."""
_MEAN_DAYS = 700
_PLACES = (
    ("U6", "F", "PR1", PlacementType.IN_HOUSE_FOSTER_CARER),
    ("K2", "H", "PR1", PlacementType.CHILDRENS_HOME),
)


def invent_short_breaks(
    intake: Intake, until: int, inventor: Inventor, draws: Draws, first_key: int
) -> list[Life]:
    """Return the children, each with one agreement at one place.

    Parameters
    ----------
    until
        The last day of the history.
    first_key
        The key of the first of their placements.
    """
    first = FIRST_DAY.toordinal() - _MEAN_DAYS
    expected = (
        _SHARE_OF_STOCK
        * intake.scale
        * headline(intake.authority, "stock")[2025]
        * (until - first)
        / _MEAN_DAYS
    )
    lives: list[Life] = []
    for day in sorted(first + draws.below(until - first) for _ in range(draws.poisson(expected))):
        child = inventor.family(day, ("5-9" if draws.uniform() < 0.4 else "10-15",), False)[0]
        life = Life(inventor.with_disability(child))
        life.start_care(day, "V4")
        place, kind, provider, needed = _PLACES[draws.below(2)]
        life.place(
            Stay(
                key=first_key + len(lives),
                life=life,
                started=day,
                kind=kind,
                place=place,
                provider=provider,
                locality="in_up_to_20",
                planned=True,
                same_carer=False,
                with_key=None,
                needed=needed,
            ),
            settled=False,
        )
        end = min(day + 60 + int(draws.waiting() * _MEAN_DAYS), life.birthdays[4])
        if end <= until:
            life.leave(end, "E7" if end == life.birthdays[4] else "E8", "")
        lives.append(life)
    return lives
