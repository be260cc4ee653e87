"""What happens to the children: an event-driven simulation of their care, day by day and child by child.

Each child has one next event (``next_event.py`` draws it). When it comes, what it changes is done here and the next one
is drawn. Nothing looks ahead: a history can be taken up again at any day with the same law.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import date

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.families import Arrival, Inventor
from reference_data.synthetic.history import Child, History
from reference_data.synthetic.intake import Intake, planned_arrivals
from reference_data.synthetic.legal_path import changed_status, first_status, order_end
from reference_data.synthetic.limited_beds import LimitedBeds
from reference_data.synthetic.lives import Life, Stay, year_ending
from reference_data.synthetic.next_event import (
    BACK,
    BED_FREE,
    EIGHTEEN,
    LEGAL,
    MOVE,
    ORDER_ENDS,
    STATUS_OF_PLACEMENT,
    TEMPORARY,
    next_event,
)
from reference_data.synthetic.placing import (
    FAMILY_KINDS,
    drawn_kind,
    drawn_locality,
    drawn_provider,
    needed_type,
    place_code,
    same_carer_place,
)
from reference_data.synthetic.rates import EXITS, Rates, rates_of
from reference_data.synthetic.reasons import reason_at_18, reason_for_leaving
from reference_data.synthetic.records import history_of
from reference_data.synthetic.short_breaks import invent_short_breaks
from reference_data.synthetic.targets import BANDS, KINSHIP_SHARE_OF_FOSTERING, headline, stock
from reference_data.synthetic.worlds import BASE, World
from reference_data.vocabulary import PlacementType

_ROOM_ARRIVALS, _ROOM_CHILDREN, _ROOM_CAREERS, _ROOM_SHORT_BREAKS = 1, 2, 3, 4
_CARERS_REASONS = frozenset({"CLOSE", "CREQO", "STAND", "ALLEG", "APPRR"})
_JOINS_AT_START, _JOINS_LATER = 0.75, 0.45
_RETURNS_WITHIN_DAYS = 6 * 365


def simulate_history(
    authority: str, *, seed: int, until: date, world: World = BASE, rates: Rates | None = None
) -> History:
    """Return everything that happened to one authority's children up to and including a day.

    The same words give the same history. Children who left care before April 2016 are not in it.

    Parameters
    ----------
    authority
        One of ``targets.AUTHORITIES``, DfE code.
    seed
        Any whole number from 0.
    until
        The last day, from 1 April 2017.
    world
        The world they live in; the base world is the one held to the published figures.
    rates
        Rates to use instead of the calibrated ones.
    """
    return live(
        Intake(authority=authority), rates or rates_of(authority), world=world, seed=seed, until=until
    )


def simulate_council(*, size: int, seed: int, until: date, like: str = "879", world: World = BASE) -> History:
    """Return the history of a made-up council, for testing a forecast on more councils than there are.

    Parameters
    ----------
    size
        About how many children it looks after, 60 to 1,500.
    seed, until, world
        As for :func:`simulate_history`.
    like
        The authority whose rates its children live by, and whose code and postcodes it borrows.
    """
    return live(council_intake(size, like), rates_of(like), world=world, seed=seed, until=until)


def council_intake(size: int, like: str = "879") -> Intake:
    """Return the law by which children come to a made-up council of a size."""
    return Intake(authority=like, scale=size / headline(like, "stock")[2025], published=False)


def live(intake: Intake, rates: Rates, *, world: World, seed: int, until: date) -> History:
    """Return the history of an authority's children under any law of intake and any rates."""
    code = int(intake.authority)
    careers = Careers(
        rates,
        world,
        beds=world.beds(children_by_kind(intake)),
        draws=Draws(seed, code, _ROOM_CAREERS),
        inventor=Inventor(intake.authority, rates, Draws(seed, code, _ROOM_CHILDREN)),
    )
    careers.expect(planned_arrivals(intake, rates, world, Draws(seed, code, _ROOM_ARRIVALS), until=until))
    careers.run(until.toordinal())
    careers.add_short_breaks(intake, until.toordinal(), Draws(seed, code, _ROOM_SHORT_BREAKS))
    return history_of(intake.authority, until, careers.lives, careers.stays)


def children_by_kind(intake: Intake) -> dict[str, float]:
    """Return the children in foster care with strangers, in homes and in supported accommodation in March 2021."""
    placed = stock(intake.authority, "placement", 2021)
    return {
        "F": intake.scale * placed["fostering"] * (1 - KINSHIP_SHARE_OF_FOSTERING),
        "H": intake.scale * placed["homes"],
        "G": intake.scale * placed["supported"],
    }


class Careers:
    """The children of one authority and what is about to happen to them.

    Parameters
    ----------
    rates
        The rates they live by.
    world
        The world they live in.
    draws
        The stream of random numbers of what happens.
    inventor
        Invents the children who arrive.
    beds
        Beds by kind of placement, where the world limits them.
    """

    def __init__(
        self, rates: Rates, world: World, *, draws: Draws, inventor: Inventor, beds: Mapping[str, int]
    ) -> None:
        self.lives: list[Life] = []
        self.stays: list[Stay] = []
        self._rates = rates
        self._world = world
        self._draws = draws
        self._inventor = inventor
        self._families: dict[str, list[Life]] = {}
        self._heap: list[tuple[int, int, Life | None, int, int, Arrival | None]] = []
        self._pushed = 0
        self._left: list[Life] = []
        self._beds = LimitedBeds(beds)

    def expect(self, arrivals: list[Arrival]) -> None:
        """Let children arrive on the days planned."""
        for arrival in arrivals:
            self._push(arrival.day, None, 0, 0, arrival)

    def run(self, until: int) -> None:
        """Let everything happen up to and including a day."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            day, _, life, version, what, arrival = heapq.heappop(heap)
            if arrival is not None:
                self._arrive(day, arrival)
            elif life is not None and life.version == version and life.in_care:
                self._happens(day, life, what)

    def add(self, life: Life, day: int) -> None:
        """Take up a life that is under way, so that it goes on from a day."""
        self._known(life)
        if life.in_care and life.stay is not None:
            self._beds.take(life.stay.kind)
            if life.stay.place.startswith("T"):
                self._push(day + 1 + self._draws.below(5), life, life.version, BACK, None)
            else:
                self._schedule(life, day)
        elif life.left_to in ("home", "relatives"):
            self._left.append(life)

    def add_short_breaks(self, intake: Intake, until: int, draws: Draws) -> None:
        """Add the few children who are looked after in short breaks only, under an agreement (V4)."""
        lives = invent_short_breaks(intake, until, self._inventor, draws, len(self.stays))
        self.lives += lives
        self.stays += [stay for life in lives for stay in life.stays]

    def _known(self, life: Life) -> None:
        self.lives.append(life)
        self._families.setdefault(life.child.family_id, []).append(life)

    def _push(self, day: int, life: Life | None, version: int, what: int, arrival: Arrival | None) -> None:
        self._pushed += 1
        heapq.heappush(self._heap, (day, self._pushed, life, version, what, arrival))

    # Coming into care

    def _arrive(self, day: int, arrival: Arrival) -> None:
        if len(arrival.bands) == 1 and not arrival.uasc:
            again = self._returning(day, arrival.bands[0])
            if again is not None:
                self._enter(day, again, None)
                return
        children: list[Child] = self._inventor.family(day, arrival.bands, arrival.uasc)
        leader: Life | None = None
        status = ""
        for child in reversed(children):
            life = Life(child)
            self._known(life)
            self._enter(day, life, leader, status)
            leader, status = leader or life, status or life.status

    def _returning(self, day: int, band: str) -> Life | None:
        """Return a child who was in care before and comes back, or ``None`` for somebody new."""
        draws = self._draws
        if not self._left or draws.uniform() >= self._rates.shape["returns_to_care"]:
            return None
        year = year_ending(day)
        for _ in range(16):
            position = max(0, len(self._left) - 1 - draws.below(min(len(self._left), 240)))
            life = self._left[position]
            band_now = life.band(day)
            gone = day - int(life.periods[-1][1])
            if (
                band_now < 5
                and BANDS[band_now] == band
                and 30 <= gone <= _RETURNS_WITHIN_DAYS
                and year_ending(int(life.periods[-1][0])) != year
            ):
                self._left.pop(position)
                return life
        return None

    def _enter(self, day: int, life: Life, leader: Life | None, status: str = "") -> None:
        draws = self._draws
        band = BANDS[life.band(day)]
        if not status or life.child.uasc or draws.uniform() < 0.1:
            status = "V2" if life.child.uasc else first_status(band, self._rates, draws)
        life.start_care(day, status)
        life.order_ends = min(order_end(status, day, draws), life.birthdays[4])
        planned = status not in ("L1", "L2", "J2") and draws.uniform() < 0.4
        self._settle(day, life, planned=planned, first=True, join=leader)
        self._schedule(life, day)

    # Finding a placement

    def _settle(self, day: int, life: Life, *, planned: bool, first: bool, join: Life | None) -> None:
        draws, year = self._draws, year_ending(day)
        needed = needed_type(life, day, first, draws)
        if join is None and not first and not life.child.uasc and needed not in _NOT_IN_A_FAMILY:
            join = self._brother_or_sister(life)
            chance = _JOINS_LATER
        else:
            chance = _JOINS_AT_START
        if join is not None and draws.uniform() < chance and self._joined(day, life, join, needed, planned):
            return
        kind = drawn_kind(needed, life, day, year, self._rates, draws)
        if self._beds:
            kind = self._with_a_bed(kind, life, day)
        kind = self._world.kind_instead(kind, day)
        provider = drawn_provider(kind, year, self._rates, draws)
        locality = drawn_locality(kind, life.child.uasc, year, self._rates, draws)
        self._place(day, life, kind, place_code(kind, life, day, draws), provider, locality, needed, planned)

    def _brother_or_sister(self, life: Life) -> Life | None:
        for other in self._families[life.child.family_id]:
            elsewhere = other.household != life.household or not life.in_care
            if other is not life and elsewhere and other.in_care and other.stay and other.stay.kind in "KF":
                return other
        return None

    def _joined(self, day: int, life: Life, other: Life, needed: str, planned: bool) -> bool:
        stay = other.stay
        if stay is None or stay.kind not in FAMILY_KINDS or stay.place.startswith("T"):
            return False
        if needed in _NOT_IN_A_FAMILY or (stay.kind == "P" and life.status not in ("C1", "C2")):
            return False
        code = place_code(stay.kind, life, day, self._draws)
        self._place(day, life, stay.kind, code, stay.provider, stay.locality, needed, planned, with_stay=stay)
        life.household = other.household
        return True

    def _place(
        self,
        day: int,
        life: Life,
        kind: str,
        place: str,
        provider: str,
        locality: str,
        needed: str,
        planned: bool,
        *,
        same_carer: bool = False,
        with_stay: Stay | None = None,
        settled: bool = False,
    ) -> None:
        before = life.stay
        stay = Stay(
            key=len(self.stays),
            life=life,
            started=day,
            kind=kind,
            place=place,
            provider=provider,
            locality=locality,
            planned=planned,
            same_carer=same_carer,
            with_key=with_stay.key if with_stay else None,
            needed=needed,
        )
        self.stays.append(stay)
        life.place(stay, settled=settled)
        if self._beds and (before is None or before.kind != kind):
            if before is not None:
                self._give_up_bed(before.kind, day)
            self._beds.take(kind)

    # What may happen next

    def _schedule(self, life: Life, day: int) -> None:
        """Draw the next event of a child from a day on, and when."""
        if life.stay is not None:
            when, what = next_event(life, life.stay, day, self._rates, self._world, self._draws)
            self._push(when, life, life.version, what, None)

    # What happens

    def _happens(self, day: int, life: Life, what: int) -> None:
        life.version += 1
        if what == EIGHTEEN:
            kind = life.stay.kind if life.stay else "F"
            self._leave(day, life, reason_at_18(kind, life, self._rates, self._draws), "")
        elif what < MOVE:
            to = EXITS[what]
            reason = reason_for_leaving(to, life, self._rates, self._draws)
            self._leave(day, life, reason, to)
        elif what == MOVE:
            self._move(day, life)
        elif what == STATUS_OF_PLACEMENT:
            self._change_status_of_placement(day, life)
        elif what == TEMPORARY:
            self._go_away(day, life)
            return
        elif what == BACK:
            self._come_back(day, life)
        elif what == BED_FREE:
            self._move_to_free_bed(day, life)
        else:
            self._take_legal_step(day, life, what)
        if life.in_care:
            self._schedule(life, day)

    def _leave(self, day: int, life: Life, reason: str, to: str) -> None:
        kind = life.stay.kind if life.stay else ""
        life.leave(day, reason, to)
        if to in ("home", "relatives"):
            self._left.append(life)
        if self._beds:
            self._give_up_bed(kind, day)

    def _take_legal_step(self, day: int, life: Life, what: int) -> None:
        draws, kind = self._draws, life.stay.kind if life.stay else "F"
        if life.status == "E1" and what == LEGAL:
            self._place_for_adoption(day, life)
            return
        status, leaves = changed_status(life, kind, day, what == ORDER_ENDS, self._rates, draws)
        if leaves:
            self._leave(day, life, leaves, "home" if leaves.startswith("E4") else "")
            return
        life.set_status(day, status, min(order_end(status, day, draws), life.birthdays[4]))

    def _move(self, day: int, life: Life) -> None:
        stay, draws = life.stay, self._draws
        if stay is None:
            return
        band = BANDS[life.band(day)]
        codes, weights = self._rates.by_band("reason_by_band", "reason", band)
        reason = codes[draws.pick(weights)]
        household = [
            other
            for other in self._families[life.child.family_id]
            if other is not life
            and other.in_care
            and other.stay is not None
            and other.household == life.household
            and other.stay.kind in FAMILY_KINDS
            and _may_move_on(other, day)
        ]
        together = reason in _CARERS_REASONS or (reason == "CARPL" and draws.uniform() < 0.4)
        planned = reason in ("CARPL", "OTHER") or draws.uniform() < 0.3
        self._move_one(day, life, reason, planned, None)
        if together:
            for other in household:
                other.version += 1
                self._move_one(day, other, reason, planned, life)
                self._schedule(other, day)

    def _move_one(self, day: int, life: Life, reason: str, planned: bool, join: Life | None) -> None:
        if life.stay is not None:
            life.stay.reason = reason
        life.waiting_for = ""
        self._settle(day, life, planned=planned, first=False, join=join)

    def _place_for_adoption(self, day: int, life: Life) -> None:
        """Move a child, and brothers and sisters under the same order in the same household, to adopters."""
        draws = self._draws
        group = [life] + [
            other
            for other in self._families[life.child.family_id]
            if other is not life
            and other.in_care
            and other.status == "E1"
            and other.stay is not None
            and other.stay.kind in "KF"
            and other.household == life.household
            and _may_move_on(other, day)
        ]
        stay = life.stay
        if stay is None:
            return
        stays_put = (
            stay.kind in "KF"
            and day - life.settled_since >= 60
            and draws.uniform() < self._rates.shape["with_current_carer"]
        )
        year = year_ending(day)
        provider = stay.provider if stays_put else drawn_provider("A", year, self._rates, draws)
        locality = stay.locality if stays_put else drawn_locality("A", False, year, self._rates, draws)
        leader: Stay | None = None
        for other in group:
            if other.stay is None:
                continue
            other.stay.reason = "PLACE" if stays_put else "CARPL"
            self._place(
                day,
                other,
                "A",
                "A5" if stays_put else "A6",
                provider,
                locality,
                PlacementType.ADOPTION,
                True,
                same_carer=stays_put,
                with_stay=leader,
            )
            other.household = leader.key if leader else other.household
            leader = leader or other.stay
            if other is not life:
                other.version += 1
                self._schedule(other, day)

    def _change_status_of_placement(self, day: int, life: Life) -> None:
        stay = life.stay
        if stay is None:
            return
        stay.reason = "PLACE"
        self._place(
            day,
            life,
            stay.kind,
            same_carer_place(stay.place),
            stay.provider,
            stay.locality,
            stay.needed,
            True,
            same_carer=True,
            settled=True,
        )

    def _go_away(self, day: int, life: Life) -> None:
        """Begin a temporary move, within the limits of the return; the way back is the next event."""
        stay, draws = life.stay, self._draws
        if stay is None:
            return
        life.temporary_days = [start for start in life.temporary_days if day - start < 365]
        u = draws.uniform()
        place, longest = (
            ("T1", 25) if u < 0.15 else ("T2", 12) if u < 0.45 else ("T3", 16) if u < 0.8 else ("T4", 6)
        )
        if place == "T3":
            if len(life.temporary_days) >= 2:
                place, longest = "T4", 6
            else:
                life.temporary_days.append(day)
        back = day + 1 + draws.below(longest)
        if back >= min(life.birthdays[4], life.order_ends) - 1:
            self._schedule(life, day)
            return
        self._place(day, life, stay.kind, place, "", stay.locality, stay.needed, True, settled=True)
        self._push(back, life, life.version, BACK, None)

    def _come_back(self, day: int, life: Life) -> None:
        left = next((stay for stay in reversed(life.stays) if not stay.place.startswith("T")), None)
        if left is None:
            return
        self._place(
            day, life, left.kind, left.place, left.provider, left.locality, left.needed, True, settled=True
        )

    # Worlds in which beds are limited

    def _give_up_bed(self, kind: str, day: int) -> None:
        life = self._beds.give_up(kind)
        if life is not None:
            life.version += 1
            self._push(
                max(day, life.stay.started if life.stay else day) + 1, life, life.version, BED_FREE, None
            )

    def _with_a_bed(self, kind: str, life: Life, day: int) -> str:
        """Return the kind itself if a bed is free, otherwise where the child waits for one."""
        keeps_its_bed = life.stay is not None and life.stay.kind == kind
        if keeps_its_bed or self._beds.has_room(kind):
            return kind
        self._beds.wait(life, kind)
        return self._world.waits_in(kind, life.band(day))

    def _move_to_free_bed(self, day: int, life: Life) -> None:
        kind, stay = life.waiting_for, life.stay
        if stay is None or not kind:
            return
        away = stay.place.startswith("T")
        if away or not self._beds.has_room(kind):
            # Away for some days, or somebody came first: the next bed is for this child.
            self._beds.wait_first(life, kind)
            if away:
                self._come_back(day, life)
            return
        stay.reason = "CARPL"
        life.waiting_for = ""
        year = year_ending(day)
        self._place(
            day,
            life,
            kind,
            place_code(kind, life, day, self._draws),
            drawn_provider(kind, year, self._rates, self._draws),
            drawn_locality(kind, life.child.uasc, year, self._rates, self._draws),
            stay.needed,
            True,
        )


_NOT_IN_A_FAMILY = frozenset(
    {
        PlacementType.CHILDRENS_HOME,
        PlacementType.SECURE_CHILDRENS_HOME,
        PlacementType.SUPPORTED_ACCOMMODATION,
        PlacementType.RESIDENTIAL_SCHOOL,
        PlacementType.RESIDENTIAL_FAMILY_CENTRE,
    }
)


def _may_move_on(life: Life, day: int) -> bool:
    """Say whether a brother or sister may move on a day on which something happens to another."""
    stay = life.stay
    return (
        stay is not None
        and max(stay.started, life.status_since) < day < min(life.birthdays[4], life.order_ends)
        and not stay.place.startswith("T")
    )
