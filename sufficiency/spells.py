"""Spells of emergency accommodation: stays of one child joined over moves and short gaps.

Moving between hotels, a change of provider, a missing episode or up to three nights elsewhere
does not start a new spell. Nights of unsuitable stays are joined with each other, and lawful
stays with each other, so that time in a registered foyer is never counted as time in a hotel.
A young person who turns 18 in the middle of a spell goes on being counted: nobody is out of
sight because of a birthday, and the count would otherwise give the birth date away.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import accumulate

from sufficiency.emergency_stay import Stay
from sufficiency.unsuitable import Answer, Nights, nights_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A spell on the day asked about.

    Parameters
    ----------
    started, until
        Ordinals of the first night and of the end, or of the day asked about when it is open.
    open
        Whether the child is still there.
    stays, runs
        Its stays in order of time, each once, and their nights.
    """

    spell_id: str
    child_id: str
    date_of_birth: date | None
    started: int
    until: int
    open: bool
    stays: tuple[Stay, ...]
    runs: tuple[Nights, ...]

    @property
    def nights(self) -> int:
        """Return the nights from the first to the end or to now, short gaps included."""
        return self.until - self.started


@dataclass(frozen=True, slots=True)
class Stretch:
    """Nights counted through from a first ordinal to an end; ``open`` means it goes on tonight.

    ``elsewhere`` of them are those of the short gaps.
    """

    first: int
    end: int
    open: bool
    elsewhere: int = 0

    @property
    def nights(self) -> int:
        return self.end - self.first


def spells_of_child(
    stays: Sequence[Stay],
    *,
    date_of_birth: date | None,
    as_of: date,
    bridge_nights: int,
    known_spells: Mapping[str, str],
) -> tuple[Spell, ...]:
    """Return the spells of one child up to a day, in order of their first night.

    Parameters
    ----------
    stays
        All stays of one child, in any order; they may touch or overlap.
    known_spells
        Spell ids told before, by stay id. A caller with a memory passes them so that an id
        survives every correction; without them it is derived (see ``derived_spell_id``). No two
        spells of a child ever share an id.
    """
    concerning: list[tuple[Nights, ...]] = []
    lawful: list[tuple[Nights, ...]] = []
    for whole in _whole_stays(stays, date_of_birth, as_of):
        concern = any(run.unsuitable.answer is not Answer.NO for runs in whole for run in runs)
        (concerning if concern else lawful).extend(whole)
    groups = [
        group for kind in (concerning, lawful) for group in _joined(sorted(kind, key=_in_time), bridge_nights)
    ]
    taken: set[str] = set()
    spells: list[Spell] = []
    # In order of time: where a correction parts a spell, its id stays with the earlier part.
    for group in sorted(groups, key=lambda group: _in_time(group[0])):
        spells.append(_spell(group, date_of_birth, known_spells, taken))
        taken.add(spells[-1].spell_id)
    return tuple(sorted(spells, key=lambda spell: (spell.started, spell.spell_id)))


def _in_time(runs: tuple[Nights, ...]) -> tuple[int, str]:
    return (runs[0].first, runs[0].stay.stay_id)


def _whole_stays(
    stays: Sequence[Stay], date_of_birth: date | None, as_of: date
) -> list[list[tuple[Nights, ...]]]:
    """Return the stays in groups: touching ones with the same facts are one stay, however it was cut.

    Whether a stay is lawful may change within it, on a birthday or when a law comes into force. It
    is nevertheless in one spell, so a cut on that very day must not part it.
    """
    wholes: list[list[tuple[Nights, ...]]] = []
    latest: dict[tuple[object, ...], tuple[list[tuple[Nights, ...]], int]] = {}
    for stay in sorted(stays, key=lambda stay: (stay.started_on, stay.stay_id)):
        runs = nights_of(stay, date_of_birth, as_of)
        if not runs:
            continue
        facts = (stay.setting, stay.home_id, stay.provider_registered, stay.in_care, stay.legal_basis)
        whole, end = latest.get(facts, ([], -1))
        if runs[0].first > end:
            whole, end = [], -1
            wholes.append(whole)
        whole.append(runs)
        latest[facts] = (whole, max(end, runs[-1].end))
    return wholes


def _joined(stays: list[tuple[Nights, ...]], bridge_nights: int) -> list[list[tuple[Nights, ...]]]:
    groups: list[list[tuple[Nights, ...]]] = []
    end = 0
    for runs in stays:
        if groups and runs[0].first - end <= bridge_nights:
            groups[-1].append(runs)
            end = max(end, runs[-1].counted_end)
        else:
            groups.append([runs])
            end = runs[-1].counted_end
    return groups


def _spell(
    group: list[tuple[Nights, ...]],
    date_of_birth: date | None,
    known_spells: Mapping[str, str],
    taken: Collection[str],
) -> Spell:
    stays = [runs[0].stay for runs in group]
    known = [known_spells[stay.stay_id] for stay in stays if stay.stay_id in known_spells]
    own = derived_spell_id(stays)
    # The last one is for the part whose own id is the one that an earlier part was told under.
    spell_id = next(name for name in (*known, own, f"{own}-later") if name not in taken)
    return Spell(
        spell_id=spell_id,
        child_id=stays[0].child_id,
        date_of_birth=date_of_birth,
        started=group[0][0].first,
        until=max(runs[-1].counted_end for runs in group),
        open=any(runs[-1].open for runs in group),
        stays=tuple(stays),
        runs=tuple(run for runs in group for run in runs),
    )


def derived_spell_id(stays: Sequence[Stay]) -> str:
    """Return an id that depends on one stay of the spell alone: its anchor.

    No date takes part, so correcting dates, settings or facts keeps the id, as does cutting a stay
    as long as one part keeps the stay's id. Ids that end in a number are taken to be given out in the
    order of recording, and the lowest under the commonest stem is the anchor: a stay recorded late keeps
    the id of its spell even when it is the new first stay. Where no id is numbered the anchor is the
    earliest stay, because later stays, with ids in no order, must not change the id of a running spell.

    Parameters
    ----------
    stays
        The stays of one spell, earliest first.
    """
    stem_of = {stay.stay_id: _numbered(stay.stay_id) for stay in stays}
    stems = Counter(found[0] for stay in stays if (found := stem_of[stay.stay_id]))
    anchor = stays[0]
    # Of stems that are equally common, the one met first in time.
    stem, count = stems.most_common(1)[0] if stems else ("", 0)
    if count > 1 or stem_of[anchor.stay_id]:
        # One numbered id among others may be numbered by chance; it counts only where it comes first.
        under_it = [(found[1], stay.stay_id, stay) for stay in stays if (found := stem_of[stay.stay_id])]
        anchor = min((row for row in under_it if stem_of[row[1]] == (stem, row[0])), key=lambda row: row[:2])[
            2
        ]
    return "spell-" + sha256(f"{anchor.child_id}\n{anchor.stay_id}".encode()).hexdigest()[:16]


_NUMBERED_ID = re.compile(r"^(.*?)(\d{1,18})$")
_RANDOM_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$", re.IGNORECASE)


def _numbered(stay_id: str) -> tuple[str, int] | None:
    """Return stem and number of an id that ends in one; a random (UUID) id has no order."""
    match = None if _RANDOM_ID.match(stay_id) else _NUMBERED_ID.match(stay_id)
    return (match[1], int(match[2])) if match else None


def unsuitable_runs(runs: Sequence[Nights], *, with_unknown: bool) -> list[Nights]:
    """Return the runs of unsuitable nights; ``with_unknown`` adds those that may be unsuitable."""
    wanted = (Answer.YES, Answer.UNKNOWN) if with_unknown else (Answer.YES,)
    return [run for run in runs if run.unsuitable.answer in wanted]


def stretches(runs: Sequence[Nights], bridge_nights: int) -> list[Stretch]:
    """Return the runs joined over gaps of up to ``bridge_nights``, in order of time."""
    if len(runs) == 1:
        (run,) = runs
        return [Stretch(run.first, run.counted_end, run.open)]
    joined: list[Stretch] = []
    for run in sorted(runs, key=lambda run: run.first):
        if joined and run.first - joined[-1].end <= bridge_nights:
            last = joined[-1]
            joined[-1] = Stretch(
                last.first,
                max(last.end, run.counted_end),
                last.open or run.open,
                last.elsewhere + max(0, run.first - last.end),
            )
        else:
            joined.append(Stretch(run.first, run.counted_end, run.open))
    return joined


class NightWindow:
    """Nights spent, counted back over a window: ``on(day)`` is the count in the days before it."""

    def __init__(self, nights: Sequence[Stretch], window_days: int) -> None:
        apart = [stretch for stretch in nights if stretch.nights > 0]
        self._firsts = [stretch.first for stretch in apart]
        self._ends = [stretch.end for stretch in apart]
        self._before = [0, *accumulate(stretch.nights for stretch in apart)]
        self._window = window_days

    def _until(self, day: int) -> int:
        """Return the nights spent before a day."""
        place = bisect_right(self._firsts, day - 1)
        over = max(0, self._ends[place - 1] - day) if place else 0
        return self._before[place] - over

    def on(self, day: int) -> int:
        """Return the nights within the window that ends on the morning of a day."""
        return self._until(day) - self._until(day - self._window)

    def first_day_over(self, limit: int, first: int, last: int) -> int | None:
        """Return the first day from ``first`` to ``last`` whose window holds more than ``limit`` nights.

        Between two days on which a stretch begins or ends, here or a window ago, the count moves
        by the same step each day, so only those days need looking at.
        """
        if self._before[-1] <= limit:
            return None
        turns = {first, last}
        for days in (self._firsts, self._ends):
            for shift in (0, self._window):
                low = bisect_right(days, first - shift)
                high = bisect_right(days, last - shift)
                turns.update(day + shift for day in days[low:high])
        earlier = first
        for day in sorted(turns):
            count = self.on(day)
            if count > limit:
                return day if day == first else earlier + 1 + limit - self.on(earlier)
            earlier = day
        return None
