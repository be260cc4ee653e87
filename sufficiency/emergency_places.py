"""The places within a spell: where the child was, from when to when, and what was recorded there.

Moving to another place goes on with the spell, but it is a placement of its own: it has its own longest stay,
its own signature and its own notice. What those rules say is in ``emergency_clocks.py`` and
``emergency_duties.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from sufficiency.emergency_answer import day, day_words
from sufficiency.emergency_stay import Setting, Stay
from sufficiency.spells import Stretch, stretches
from sufficiency.unsuitable import Nights


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One setting and home, and one time there; what several touching stays record there is pooled."""

    setting: Setting | None
    stays: tuple[Stay, ...]
    runs: tuple[Nights, ...]
    stretch: Stretch

    @property
    def stay_ids(self) -> tuple[str, ...]:
        """Return the ids of its stays."""
        return tuple(stay.stay_id for stay in self.stays)

    @property
    def setting_words(self) -> str:
        """Return the setting in words."""
        return self.setting.words if self.setting else "a setting that is not recorded"

    @property
    def words(self) -> str:
        """Return the setting and its dates; the last is the day the child left."""
        since = f"{self.setting_words} from {day_words(day(self.stretch.first))}"
        return since if self.stretch.open else f"{since} to {day_words(day(self.stretch.end))}"


def home_of(stay: Stay) -> Hashable:
    """Return what makes a place one place: its setting and its home."""
    return (stay.setting, stay.home_id)


def told_apart(stay: Stay) -> Hashable:
    """Return what makes a stay a placement of its own: where no home is recorded, nothing says two are one place.

    What is signed and told for one of them would else hide that the other has neither.
    """
    return (stay.setting, stay.home_id or ("no home recorded", stay.stay_id))


def places(
    runs: Iterable[Nights], *, bridge_nights: int, key: Callable[[Stay], Hashable] = home_of
) -> list[Place]:
    """Return the places of some runs in order of time, each time there over gaps of up to ``bridge_nights``."""
    runs = tuple(runs)
    if len(runs) == 1:
        stay, (stretch,) = runs[0].stay, stretches(runs, bridge_nights)
        return [Place(setting=stay.setting, stays=(stay,), runs=runs, stretch=stretch)]
    groups: dict[Hashable, list[Nights]] = {}
    for run in runs:
        groups.setdefault(key(run.stay), []).append(run)
    found = []
    for group in groups.values():
        for stretch in stretches(group, bridge_nights):
            here = tuple(run for run in group if stretch.first <= run.first <= stretch.end)
            stays = {run.stay.stay_id: run.stay for run in here}
            found.append(
                Place(setting=here[0].stay.setting, stays=tuple(stays.values()), runs=here, stretch=stretch)
            )
    if len(found) > 1:
        # Ties by the setting's words, then those that go on first: as the sentences would sort.
        found.sort(
            key=lambda place: (
                place.stretch.first,
                place.stretch.end,
                place.setting_words,
                not place.stretch.open,
            )
        )
    return found
