"""Stays in emergency accommodation around a day: hotels, holiday lets, unregistered homes, and homeless young people.

Children in care are those whose placement in the history is one that is never offered (code Z), and newcomers of the
last nights; young people not in care stand here only. The five of May 2018 are part of the record: their file stands in
this folder. Facts, signatures and notices are missing here and there on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from reference_data.synthetic.choices import between, chance, one_of, stream, weighted
from reference_data.synthetic.history import Child, History, Placement, Whereabouts
from reference_data.synthetic.may_2018 import stays_of_may_2018
from reference_data.synthetic.on_the_day import InCare, children_in_care
from reference_data.synthetic.searches import Search, open_searches

ROOM = 35
RECENT_DAYS = 90
OPEN_IN_CARE = 0.010
"""Children in care who are in such a place on a day, as a share: Plymouth told of two unregistered placements early in
2025 and of some weeks in hotels; the England return counts 3 in 100 in other placements. Our assumption."""
ENDED_IN_CARE = 0.008
HOMELESS = 0.008
"""Homeless young people of 16 and 17 seen in a quarter for each child in care: about 6,500 a year present in England
beside 82,000 in care (Children's Commissioner, November 2023), of whom about two in five need a bed."""
TEMPORARY_APPROVALS = 0.006
NOT_RECORDED = 0.12

_SETTING_OF_CODE: Mapping[str, str] = {
    "Z11": "unassessed_friend",
    "Z14": "unregistered_supported_accommodation",
}
LONGEST_NIGHTS = 200
"""A child who has been in an unregistered place for longer is known to everybody and no news for a watch. The Children's
Commissioner tells of a mean of over six months on 1 September 2025."""
_SETTING_OF_OTHER_CODES = "unregistered_home"
"""Only where the home's own row does not say: what the return means by Z11 to Z14 has not been published."""
_BEFORE: Mapping[str, float] = {"hotel": 5, "holiday_let": 3, "bed_and_breakfast": 2, "caravan": 1}
_STARTED_IN_A_HOTEL = 0.45
_FOR_A_FEW_WEEKS = frozenset({"hotel", "bed_and_breakfast", "caravan", "holiday_let"})
_HOMELESS: Mapping[str, float] = {
    "bed_and_breakfast": 30,
    "hotel": 22,
    "hostel": 18,
    "unassessed_friend": 16,
    "adult_hostel": 7,
    "night_shelter": 5,
    "unregistered_supported_accommodation": 2,
}
_TONIGHT: Mapping[str, Mapping[str, float]] = {
    "young_person_tonight": {"council_office": 4, "hotel": 4, "unassessed_friend": 2, "bed_and_breakfast": 1},
    "in_a_hotel": {"hotel": 1},
    "child_tonight": {"council_office": 6, "police_cell": 1, "hotel": 1},
    "police_station": {"police_cell": 1},
    "hospital": {"hospital_fit_for_discharge": 1},
}
_BASES = {
    "C1": "care_order",
    "C2": "care_order",
    "E1": "care_order",
    "V2": "s20",
    "J1": "remand",
    "J2": "pace",
}
_SIGNERS = {"nominated_officer": "Head of service", "director": "Director of children's services"}
_APPROVAL_WEEKS_DAYS = 112

Row = dict[str, object]


def invent_stays(
    histories: Mapping[str, History],
    homes: Sequence[Mapping[str, object]],
    whereabouts: Mapping[tuple[str, int], Whereabouts],
    on: date,
    seed: int,
) -> list[Row]:
    """Return the stays of every authority in the layout of the contract, those of May 2018 first.

    Stays that go on have no end; those that ended in the quarter before the day are kept, as the watch keeps them.
    """
    rows = stays_of_may_2018()
    for authority in sorted(histories):
        history = histories[authority]
        there = children_in_care(history, whereabouts, on)
        book = _Book(authority=authority, on=on, rng=stream(seed, authority, ROOM))
        searches = open_searches(history, homes, whereabouts, on=on, seed=seed)
        settings = {str(home["home_id"]): str(home["type"]) for home in homes}
        book.in_bad_places(there, searches, settings)
        book.ended_in_bad_places(history, whereabouts, len(there), settings)
        book.tonight(searches)
        book.in_crisis_beds(there, homes)
        book.temporary_approvals(there, searches)
        book.homeless(round(HOMELESS * len(there)))
        book.holiday(there)
        rows += book.rows
    return rows


@dataclass(slots=True)
class _Book:
    """The stays of one authority as they are written down."""

    authority: str
    on: date
    rng: np.random.Generator
    rows: list[Row] = field(default_factory=list)
    homeless_so_far: int = 0

    # -- Children in care ------------------------------------------------------------------------------

    def in_bad_places(
        self, there: Sequence[InCare], searches: Sequence[Search], settings: Mapping[str, str]
    ) -> None:
        """Write down those whose present placement is never offered: first those searched for, then the newest."""
        sought = {search.child.child_id for search in searches if search.situation.name == "unregistered"}
        able = [
            one
            for one in there
            if one.placement.place.startswith("Z") and (self.on - one.placed_on).days <= LONGEST_NIGHTS
        ]
        able.sort(
            key=lambda one: (one.child.child_id not in sought, -one.placed_on.toordinal(), one.child.child_id)
        )
        for one in able[: max(len(sought), round(OPEN_IN_CARE * len(there)))]:
            setting = _setting(one.placement.place, one.home_id, settings)
            self._spell(one.child, one.placed_on, None, one.legal_status, setting, one.home_id)

    def ended_in_bad_places(
        self,
        history: History,
        whereabouts: Mapping[tuple[str, int], Whereabouts],
        in_care: int,
        settings: Mapping[str, str],
    ) -> None:
        """Write down those that ended in the quarter before."""
        children = {child.child_id: child for child in history.children}
        since = self.on - timedelta(days=RECENT_DAYS)
        able = [
            placement
            for placement in history.placements
            if placement.place.startswith("Z")
            and placement.ended_on is not None
            and since < placement.ended_on <= self.on
            and (placement.ended_on - placement.started_on).days <= LONGEST_NIGHTS
        ]
        for placement in able[: max(1, round(ENDED_IN_CARE * in_care))]:
            child = children[placement.child_id]
            where = whereabouts.get((history.authority, placement.placement_id))
            home_id = where.home_id if where else ""
            setting = _setting(placement.place, home_id, settings)
            status = _status(history, placement)
            self._spell(child, placement.started_on, placement.ended_on, status, setting, home_id)

    def tonight(self, searches: Sequence[Search]) -> None:
        """Write down where the newcomers of the last nights are."""
        for search in searches:
            settings = _TONIGHT.get(search.situation.name)
            if settings is None:
                continue
            nights = (self.on - search.opened_on).days
            setting = weighted(self.rng, settings)
            for first, last, where in self._moves(setting, search.opened_on, None, nights):
                row = self._row(search.child, where, first, last)
                row["in_care"] = search.situation.name != "hospital"
                self._put(row, "legal_basis", _BASES.get(search.legal_status, ""))
                row["purpose"] = "emergency"
                if search.legal_status == "V2":
                    row["section_20_offered_on"] = search.opened_on.isoformat()
                if nights > 3:
                    self._signed(row, first, ("nominated_officer",))
                    self._told(row, first, {"independent_reviewing_officer": 0.6, "parent": 0.5})
                self.rows.append(row)

    def in_crisis_beds(self, there: Sequence[InCare], homes: Sequence[Mapping[str, object]]) -> None:
        """Write down who lives in crisis accommodation, which is lawful and meant to be short."""
        beds = {str(home["home_id"]) for home in homes if home.get("type") == "crisis_accommodation"}
        for one in there:
            if one.home_id in beds:
                row = self._row(one.child, "crisis_accommodation", one.placed_on, None)
                row |= {"home_id": one.home_id, "provider_registered": True, "in_care": True}
                self._put(row, "legal_basis", _BASES.get(one.legal_status, ""))
                row |= {"purpose": "emergency", "max_stay_days": 28}
                self._signed(row, one.placed_on, ("nominated_officer",))
                self._told(row, one.placed_on, {"independent_reviewing_officer": 0.8, "parent": 0.5})
                if chance(self.rng, 0.5):
                    row["onward_plan_on"] = (
                        one.placed_on + timedelta(days=between(self.rng, 3, 20))
                    ).isoformat()
                self.rows.append(row)

    def temporary_approvals(self, there: Sequence[InCare], searches: Sequence[Search]) -> None:
        """Write down connected carers with a temporary approval that has an end."""
        ending = {search.child.child_id for search in searches if search.situation.name == "approval_ends"}
        able = [one for one in there if one.placement.place == "U3" and one.placed_days < 190]
        able.sort(key=lambda one: (one.child.child_id not in ending, -one.placed_days, one.child.child_id))
        for one in able[: max(len(ending), round(TEMPORARY_APPROVALS * len(there)))]:
            row = self._row(one.child, "connected_foster_carer", one.placed_on, None)
            self._put(row, "home_id", one.home_id)
            row["in_care"] = True
            self._put(row, "legal_basis", _BASES.get(one.legal_status, ""))
            row["purpose"] = "temporary approval of a connected carer"
            approvals = [_approval("temporary_approval", "Nominated officer", one.placed_on)]
            if one.placed_days > _APPROVAL_WEEKS_DAYS and chance(self.rng, 0.75):
                extended = one.placed_on + timedelta(days=_APPROVAL_WEEKS_DAYS - between(self.rng, 1, 10))
                approvals.append(_approval("temporary_approval_extension", "Nominated officer", extended))
            row["approvals"] = approvals
            self._told(row, one.placed_on, {"independent_reviewing_officer": 0.8})
            self.rows.append(row)

    def holiday(self, there: Sequence[InCare]) -> None:
        """Write down one child who is on holiday with the carers: no spell."""
        able = [one for one in there if one.placement.place in {"U4", "U6"} and one.age >= 4]
        if able:
            one = one_of(self.rng, able)
            started = self.on - timedelta(days=between(self.rng, 1, 5))
            row = self._row(one.child, weighted(self.rng, {"holiday_let": 3, "caravan": 2}), started, None)
            row["in_care"] = True
            self._put(row, "legal_basis", _BASES.get(one.legal_status, ""))
            row["purpose"] = "holiday with carers"
            self.rows.append(row)

    # -- Young people who are not in care ----------------------------------------------------------------

    def homeless(self, count: int) -> None:
        """Write down homeless young people of 16 and 17, about half of whom are still there."""
        for number in range(max(2, count)):
            nights = weighted(
                self.rng,
                {between(self.rng, 1, 7): 5, between(self.rng, 8, 14): 3, between(self.rng, 15, 34): 3},
            )
            still_there = number % 2 == 0
            ended = None if still_there else self.on - timedelta(days=between(self.rng, 1, RECENT_DAYS - 40))
            started = (ended or self.on) - timedelta(days=nights)
            child = self._young_person(started)
            basis = weighted(self.rng, {"s17": 5, "part_7": 5, "relevant_child": 1, "": 1})
            setting = weighted(self.rng, _HOMELESS)
            for first, last, where in self._moves(setting, started, ended, nights):
                row = self._row(child, where, first, last)
                row["in_care"] = False
                self._put(row, "legal_basis", basis)
                row["purpose"] = "emergency"
                if where == "hostel" and chance(self.rng, 0.8):
                    row["provider_registered"] = chance(self.rng, 0.5)
                if chance(self.rng, 0.62):
                    row["section_20_offered_on"] = (
                        started + timedelta(days=between(self.rng, 0, 2))
                    ).isoformat()
                if chance(self.rng, 0.42):
                    row["advocate_offered_on"] = (
                        started + timedelta(days=between(self.rng, 0, 4))
                    ).isoformat()
                self.rows.append(row)

    def _young_person(self, started: date) -> Child:
        self.homeless_so_far += 1
        days = between(self.rng, 16 * 366, 18 * 365 - 20)
        return Child(
            child_id=f"DEMO-{self.authority}-H{self.homeless_so_far:03d}",
            authority=self.authority,
            family_id="",
            date_of_birth=started - timedelta(days=days),
            sex=one_of(self.rng, ("F", "M")),
            ethnicity="",
            uasc=False,
            disabled=False,
            home_postcode="",
            category_of_need="",
            needs=(50, 50, 50, 50, 50),
            frailty=1.0,
        )

    # -- One spell of one child ----------------------------------------------------------------------------

    def _spell(
        self, child: Child, started: date, ended: date | None, status: str, setting: str, home_id: str
    ) -> None:
        for first, last, where in self._spell_moves(started, ended, setting):
            row = self._row(child, where, first, last)
            if where == setting:
                self._put(row, "home_id", home_id)
            if where.startswith("unregistered") or chance(self.rng, 0.5):
                row["provider_registered"] = False
            row["in_care"] = True
            if not chance(self.rng, NOT_RECORDED):
                self._put(row, "legal_basis", _BASES.get(status, ""))
            row["purpose"] = "emergency"
            codes = ("director",) if where.startswith("unregistered") else ("nominated_officer",)
            self._signed(row, first, codes)
            told = {"independent_reviewing_officer": 0.6, "parent": 0.45, "area_authority": 0.35}
            if where.startswith("unregistered"):
                told["ofsted"] = 0.6
            self._told(row, first, told)
            if status == "V2" and chance(self.rng, 0.8):
                row["section_20_offered_on"] = started.isoformat()
            if chance(self.rng, 0.55):
                row["advocate_offered_on"] = min(
                    self.on, started + timedelta(days=between(self.rng, 0, 6))
                ).isoformat()
            if last is None and chance(self.rng, 0.3):
                row["onward_plan_on"] = max(
                    first, self.on - timedelta(days=between(self.rng, 0, 6))
                ).isoformat()
            self.rows.append(row)

    def _spell_moves(
        self, started: date, ended: date | None, setting: str
    ) -> list[tuple[date, date | None, str]]:
        """Return the stays of a child whose home at the end is known: some came there by way of a hotel."""
        nights = ((ended or self.on) - started).days
        if nights < 4 or not chance(self.rng, _STARTED_IN_A_HOTEL):
            return [(started, ended, setting)]
        moved = started + timedelta(days=between(self.rng, 2, min(25, nights - 1)))
        return [(started, moved, weighted(self.rng, _BEFORE)), (moved, ended, setting)]

    def _moves(
        self, setting: str, started: date, ended: date | None, nights: int
    ) -> list[tuple[date, date | None, str]]:
        """Return the stays of a spell: hotels are changed, with a night or two elsewhere between some of them."""
        if setting not in _FOR_A_FEW_WEEKS or nights < 6 or chance(self.rng, 0.45):
            return [(started, ended, setting)]
        parts = 3 if nights > 14 and chance(self.rng, 0.4) else 2
        cuts = sorted({between(self.rng, 3, nights - 2) for _ in range(parts - 1)})
        found: list[tuple[date, date | None, str]] = []
        first = started
        for cut in cuts:
            last = started + timedelta(days=cut)
            if last <= first:
                continue
            found.append((first, last, setting))
            away = weighted(self.rng, {0: 7, 1: 2, 2: 1})
            first = min(last + timedelta(days=away), (ended or self.on) - timedelta(days=1))
            setting = weighted(self.rng, {"hotel": 5, "bed_and_breakfast": 3, "holiday_let": 2})
        return [*found, (first, ended, setting)]

    def _row(self, child: Child, setting: str, started: date, ended: date | None) -> Row:
        row: Row = {
            "stay_id": f"DEMO-S{self.authority}-{len(self.rows) + 1:03d}",
            "child_id": child.child_id,
            "date_of_birth": child.date_of_birth.isoformat(),
            "authority": self.authority,
            "setting": setting,
        }
        if setting in {"hotel", "bed_and_breakfast", "holiday_let", "hostel", "unregistered_home"}:
            row["home_id"] = (
                f"DEMO-{setting.upper().replace('_', '-')}-{self.authority}-{between(self.rng, 1, 4)}"
            )
        row["started_on"] = started.isoformat()
        if ended is not None:
            row["ended_on"] = ended.isoformat()
        return row

    def _signed(self, row: Row, started: date, codes: Sequence[str]) -> None:
        signed = [
            _approval(
                code,
                _SIGNERS[code],
                min(self.on, started + timedelta(days=weighted(self.rng, {0: 6, 1: 2, 3: 1}))),
            )
            for code in codes
            if chance(self.rng, 0.78)
        ]
        # An empty list says that nothing was signed; no list says that nobody recorded it.
        if signed or chance(self.rng, 0.7):
            row["approvals"] = signed

    def _told(self, row: Row, started: date, chances: Mapping[str, float]) -> None:
        told = [
            {"to": to, "on": min(self.on, started + timedelta(days=between(self.rng, 0, 5))).isoformat()}
            for to, probability in chances.items()
            if chance(self.rng, probability)
        ]
        if told or chance(self.rng, 0.7):
            row["notices"] = told

    @staticmethod
    def _put(row: Row, name: str, value: str) -> None:
        if value:
            row[name] = value


def _approval(code: str, by: str, on: date) -> dict[str, str]:
    return {"code": code, "by": by, "on": on.isoformat()}


def _setting(place: str, home_id: str, settings: Mapping[str, str]) -> str:
    """Return where a child sleeps: what the home's row says, else what the code of the placement suggests."""
    return settings.get(home_id) or _SETTING_OF_CODE.get(place, _SETTING_OF_OTHER_CODES)


def _status(history: History, placement: Placement) -> str:
    for status in history.statuses:
        begun = status.child_id == placement.child_id and status.started_on <= placement.started_on
        if begun and (status.ended_on is None or status.ended_on > placement.started_on):
            return status.status
    return ""
