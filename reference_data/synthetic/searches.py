"""Which searches for a home are open on a day, and why: chosen from a history, with newcomers added.

Every row of the waiting list, of the providers' notices and of the enquiries about it starts from these. What a
referral then says is in ``waiting_list.py``; the situations, their shares and days are in ``stock/situations.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from reference_data.ages import age_on
from reference_data.published_flows import children_by
from reference_data.synthetic.choices import (
    between,
    chance,
    days_before,
    one_of,
    stock,
    stream,
    weighted,
)
from reference_data.synthetic.history import Child, History, Whereabouts
from reference_data.synthetic.needed import needed_now
from reference_data.synthetic.newcomers import Newcomers, newcomers
from reference_data.synthetic.on_the_day import InCare, children_in_care
from reference_data.synthetic.situations import (
    AGES_COMING_IN,
    CAN_BE_IN,
    LEGAL_STATUSES_COMING_IN,
    Situation,
    situations,
)
from reference_data.vocabulary import FOSTERING_TYPES, PlacementType, Urgency
from reference_data.working_days import is_working_day

ROOM = 31
SEARCH_YEARS = 0.075
"""How long a search stays open on average, in years: about four weeks. Our assumption; with Plymouth's 533 new
placements of 2024/25 (DfE, Children looked after in England 2025) it keeps 40 searches open."""
PUBLISHED_YEAR = 2025
ALL_CASES_FROM = 30
"""A list of this many children or more holds every situation that ``situations.csv`` marks ``always``."""
NOTICE_DAYS = 28
_CLOSING_DAYS = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One child for whom a home is sought.

    Parameters
    ----------
    in_care
        Where the child lives now, or ``None`` for one who is coming into care.
    needed
        The type of home the child truly needs: hidden truth, often not what is asked for.
    sibling_group, together, not_with
        As the referral has them; ``together`` is empty for a child alone.
    """

    child: Child
    situation: Situation
    in_care: InCare | None
    opened_on: date
    needed_by: date
    urgency: Urgency
    legal_status: str
    needed: PlacementType
    move_reason: str = ""
    reviewed_on: date | None = None
    sibling_group: str = ""
    together: str = ""
    not_with: tuple[str, ...] = ()
    sisters_and_brothers: tuple[str, ...] = field(default=())


def open_searches(
    history: History,
    homes: Sequence[Mapping[str, object]],
    whereabouts: Mapping[tuple[str, int], Whereabouts],
    *,
    on: date,
    seed: int,
) -> tuple[Search, ...]:
    """Return the searches of one authority that are open on a day, the most urgent first.

    Parameters
    ----------
    history
        Children in care on the day are taken from it; what it holds after the day is not used, since a duty
        desk cannot know it.
    homes
        Home rows of that day: whoever lives in a home that closes within six weeks needs another.
    """
    rng = stream(seed, history.authority, ROOM)
    chooser = _Chooser(
        rng=rng,
        on=on,
        there=children_in_care(history, whereabouts, on),
        coming=newcomers(history, on, rng),
    )
    size = number_of_searches(history.authority)
    names = situations()
    found = chooser.closing(names["closing"], homes)
    if size >= ALL_CASES_FROM:
        for situation in names.values():
            if situation.always:
                found += chooser.next(situation)
    shares = {name: situation.share for name, situation in names.items()}
    for _ in range(50 * size):
        if len(found) >= size:
            break
        found += chooser.next(names[weighted(rng, shares)])
    order = {urgency: place for place, urgency in enumerate(Urgency)}
    return tuple(sorted(found, key=lambda s: (order[s.urgency], s.needed_by, s.opened_on, s.child.child_id)))


def number_of_searches(authority: str) -> int:
    """Return how many searches an authority has open: published new placements of a year times the length of a search.

    Raises
    ------
    NotFound
        If no figures are shipped for this authority.

    Examples
    --------
    >>> number_of_searches("879")
    40
    """
    made = children_by("new_placements_by_location", authority, PUBLISHED_YEAR)["total"]
    return round(SEARCH_YEARS * (made or 0))


@dataclass(slots=True)
class _Chooser:
    """Takes one unit after another: a child, or brothers and sisters who are sought for together."""

    rng: np.random.Generator
    on: date
    there: tuple[InCare, ...]
    coming: Newcomers
    taken: set[str] = field(default_factory=set)
    times: dict[str, int] = field(default_factory=dict)

    def next(self, situation: Situation) -> list[Search]:
        """Return the searches of the next unit in a situation; none where nobody is in it."""
        time = self.times.get(situation.name, 0)
        self.times[situation.name] = time + 1
        found = self._in_care(situation) if situation.in_care else self._coming_in(situation, time)
        if not found and situation.name in {"wheelchair", "exploited", "siblings_apart", "connected_carer"}:
            found = self._coming_in(situation, time)
        self.taken.update(search.child.child_id for search in found)
        return found

    def closing(self, situation: Situation, homes: Sequence[Mapping[str, object]]) -> list[Search]:
        """Return the searches for everybody who lives in a home that is to close soon."""
        last = self.on + timedelta(days=_CLOSING_DAYS)
        ends = {
            str(home["home_id"]): date.fromisoformat(str(home["closes_on"]))
            for home in homes
            if home.get("closes_on") and self.on < date.fromisoformat(str(home["closes_on"])) <= last
        }
        families: dict[tuple[str, str], list[InCare]] = {}
        for one in self.there:
            if one.home_id in ends:
                families.setdefault((one.home_id, one.child.family_id), []).append(one)
        found: list[Search] = []
        for (home_id, _), members in families.items():
            searches = self._searches(situation, [(one.child, one) for one in members])
            found += [replace(search, needed_by=ends[home_id]) for search in searches]
        self.taken.update(search.child.child_id for search in found)
        return found

    # -- Children in care ------------------------------------------------------------------------------

    def _in_care(self, situation: Situation) -> list[Search]:
        suits = CAN_BE_IN[situation.name]
        free = [c for c in self.there if c.child.child_id not in self.taken and suits(c)]
        if situation.name == "siblings_apart":
            return self._apart(situation, free)
        if not free:
            return []
        if situation.name == "provider_notice" and not self.times.get("provider_notice", 0) % 2:
            # Homes give notice far more often than agency foster carers, children by children.
            free = [c for c in free if c.kind is PlacementType.CHILDRENS_HOME] or free
        first = one_of(self.rng, free)
        unit = [first]
        if situation.name in _WHOLE_HOUSEHOLD:
            unit += [
                c
                for c in self.there
                if c.child.family_id == first.child.family_id
                and c.household == first.household
                and c.child.child_id != first.child.child_id
                and c.child.child_id not in self.taken
            ]
        return self._searches(situation, [(c.child, c) for c in unit])

    def _apart(self, situation: Situation, free: Sequence[InCare]) -> list[Search]:
        by_family: dict[str, list[InCare]] = {}
        for one in free:
            by_family.setdefault(one.child.family_id, []).append(one)
        pairs = [members[:2] for members in by_family.values() if len(members) > 1]
        if not pairs:
            return []
        pair = one_of(self.rng, pairs)
        return self._searches(situation, [(c.child, c) for c in pair], together="no")

    # -- Children coming in ----------------------------------------------------------------------------

    def _coming_in(self, situation: Situation, time: int) -> list[Search]:
        rng, name = self.rng, situation.name
        together = ""
        children: list[Child]
        if name == "unaccompanied":
            children = [self.coming.unaccompanied(17 if not time else weighted(rng, {15: 1, 16: 4, 17: 6}))]
        elif name == "family_tonight":
            size = weighted(rng, {3: 8, 4: 2}) if not time else weighted(rng, {2: 5, 3: 3, 4: 1})
            children = self.coming.family(self._ages(size))
            together = "must" if not time else weighted(rng, {"must": 6, "prefer": 4})
        elif name == "planned_pair":
            children = self.coming.family(self._ages(weighted(rng, {2: 4, 3: 1})))
            together = weighted(rng, {"must": 4, "prefer": 5, "no": 1})
        elif name == "siblings_apart":
            children = self.coming.family([between(rng, 13, 15), between(rng, 9, 12)], sexes=("F", "M"))
            together = "no"
        else:
            low, high = AGES_COMING_IN.get(name, (0, 15))
            age = self._age() if name == "planned_child" else between(rng, low, high)
            disabled = name in {"short_break", "wheelchair"}
            sexes = ("M",) if name in {"remand", "police_station"} and chance(rng, 0.9) else ()
            heavy = name in {"remand", "police_station", "exploited"}
            children = self.coming.family([age], disabled=disabled, sexes=sexes, heavy=heavy)
        return self._searches(situation, [(child, None) for child in children], together=together)

    def _age(self) -> int:
        # Ages of children who started to be looked after in Plymouth in 2024/25, bands of the published table.
        low, high = weighted(self.rng, {(0, 0): 36, (1, 4): 38, (5, 9): 18, (10, 15): 45})
        return between(self.rng, low, high)

    def _ages(self, size: int) -> list[int]:
        oldest = between(self.rng, max(5, 2 * size), 14)
        ages = [oldest]
        while len(ages) < size:
            ages.append(max(0, ages[-1] - between(self.rng, 1, 3)))
        return ages

    # -- What they have in common ------------------------------------------------------------------------

    def _searches(
        self, situation: Situation, unit: Sequence[tuple[Child, InCare | None]], *, together: str = ""
    ) -> list[Search]:
        rng = self.rng
        opened = days_before(self.on, between(rng, *situation.opened))
        needed_by = self.on + timedelta(days=between(rng, *situation.needed))
        urgency = situation.urgency
        if situation.name == "provider_notice":
            # A notice on a Sunday is found on the Monday; the home is needed when the notice ends.
            needed_by = opened + timedelta(days=NOTICE_DAYS)
        if urgency is Urgency.PLANNED:
            # What is needed within two days is no longer planned.
            needed_by = max(needed_by, self.on + timedelta(days=3))
            opened, needed_by = _working_day_before(opened), _working_day_after(needed_by)
        opened = max([opened, *(there.placed_on for _, there in unit if there is not None)])
        if len(unit) > 1 and not together:
            together = weighted(rng, {"must": 6, "prefer": 4})
        reason = self._reason(situation, unit[0][1]) if unit[0][1] is not None else ""
        reviewed = self._reviewed(situation, opened) if reason else None
        # One order is made for the whole family.
        legal_status = weighted(rng, LEGAL_STATUSES_COMING_IN.get(situation.name, {"V2": 1.0}))
        ids = [child.child_id for child, _ in unit]
        return [
            Search(
                child=child,
                situation=situation,
                in_care=there,
                opened_on=opened,
                needed_by=needed_by,
                urgency=urgency,
                legal_status=there.legal_status if there else legal_status,
                needed=needed_now(child, age_on(child.date_of_birth, self.on), situation.name, there),
                move_reason=reason,
                reviewed_on=reviewed,
                sibling_group="DEMO-G" + child.family_id.removeprefix("DEMO-F") if len(unit) > 1 else "",
                together=together if len(unit) > 1 else "",
                not_with=tuple(i for i in ids if i != child.child_id) if together == "no" else (),
                sisters_and_brothers=tuple(
                    other.sex for other, _ in unit if other.child_id != child.child_id
                ),
            )
            for child, there in unit
        ]

    def _reason(self, situation: Situation, there: InCare) -> str:
        if situation.name == "settled":
            return ""
        homes = "fostering" if there.kind in FOSTERING_TYPES else "residential"
        reasons = [
            row["reason"]
            for row in stock("move_reasons")
            if row["situation"] == situation.name
            and int(row["from_age"]) <= there.age <= int(row["to_age"])
            and row["homes"] in {"", homes}
        ]
        return one_of(self.rng, reasons)

    def _reviewed(self, situation: Situation, opened: date) -> date | None:
        if situation.name in {"breakdown", "unregistered", "stabilise"} and chance(self.rng, 0.3):
            # The review has still to be held: the child is not settled, and a person is asked.
            return None
        latest = min(self.on, opened + timedelta(days=between(self.rng, 0, 14)))
        return max(opened, _working_day_before(latest))


_WHOLE_HOUSEHOLD = frozenset(
    {
        "provider_notice",
        "carer_stops",
        "gcse_year",
        "breakdown",
        "long_term",
        "bridging_ends",
        "approval_ends",
        "respite",
        "connected_carer",
    }
)


def _working_day_before(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def _working_day_after(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
