"""Every home that was asked for a child: for the placements made in a year, and for the searches that are open.

The return shows what a child got; these rows show what was asked for first, who refused and why. Refusals depend on the
hidden needs: the heavier the needs, the more homes are asked and the oftener they say that needs are beyond them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.synthetic.choices import between, chance, one_of, stream, weighted
from reference_data.synthetic.history import Child, History, Placement, Whereabouts
from reference_data.synthetic.on_the_day import kind_of
from reference_data.synthetic.refusals import expected_refusals, refusal_reasons
from reference_data.synthetic.searches import Search, open_searches
from reference_data.vocabulary import PlacementType, Urgency
from reference_data.working_days import is_working_day

ROOM = 34
YEAR_DAYS = 365
_MOST_ASKED = 24
_RESPONSE_DAYS_PLANNED = 5

_FEES: Mapping[PlacementType, tuple[int, int]] = {
    PlacementType.IN_HOUSE_FOSTER_CARER: (465, 590),
    PlacementType.AGENCY_FOSTER_CARER: (930, 1180),
    PlacementType.CHILDRENS_HOME: (4900, 8500),
    PlacementType.SUPPORTED_ACCOMMODATION: (1150, 1800),
    PlacementType.RESIDENTIAL_SCHOOL: (5200, 7500),
}
"""Pounds a week where the home's own fee is not known: the sample's ranges, whose sources its page names."""
_NO_ENQUIRY = frozenset(
    {PlacementType.WITH_PARENTS, PlacementType.ADOPTION, PlacementType.CONNECTED_FOSTER_CARER}
)
_ASKED_ELSEWHERE = "unregistered_home"

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quest:
    """One search, made or open, whose enquiries are to be written."""

    child: Child
    referral_id: str
    with_children: tuple[str, ...]
    needed: PlacementType
    asked_types: tuple[PlacementType, ...]
    got: str
    placed_in: str
    began_on: date
    ends_on: date
    urgent: bool
    still_open: bool


def invent_enquiries(
    histories: Mapping[str, History],
    homes: Sequence[Mapping[str, object]],
    whereabouts: Mapping[tuple[str, int], Whereabouts],
    on: date,
    seed: int,
) -> list[Row]:
    """Return the enquiries of the year before a day, in the layout of the record ``enquiry``.

    Authorities come in order of their code, and the enquiries of each by the day they were made. Referral ids are those
    of ``waiting_list.invent_referrals`` for the same arguments.
    """
    known = {str(home["home_id"]): home for home in homes}
    by_type: dict[str, list[str]] = defaultdict(list)
    for home_id in sorted(known):
        by_type[str(known[home_id]["type"])].append(home_id)
    rows: list[Row] = []
    for authority in sorted(histories):
        rng = stream(seed, authority, ROOM)
        history = histories[authority]
        quests = _made(history, whereabouts, on, rng)
        quests += _open(open_searches(history, homes, whereabouts, on=on, seed=seed), authority, on, rng)
        written = [row for quest in quests for row in _asked(quest, known, by_type, on, rng)]
        written.sort(key=lambda row: (str(row["asked_on"]), str(row["asked_at"]), str(row["child_id"])))
        for number, row in enumerate(written, start=1):
            rows.append({"enquiry_id": f"DEMO-E{authority}-{number:05d}", **row})
    return rows


def _made(
    history: History, whereabouts: Mapping[tuple[str, int], Whereabouts], on: date, rng: np.random.Generator
) -> list[_Quest]:
    children = {child.child_id: child for child in history.children}
    made = [
        placement
        for placement in history.placements
        if on - timedelta(days=YEAR_DAYS) < placement.started_on <= on
        and not placement.same_carer
        and not placement.place.startswith("T")
    ]
    together: dict[int, list[str]] = defaultdict(list)
    numbers = {placement.placement_id: placement for placement in made}
    for placement in made:
        host = numbers.get(placement.with_placement_id or 0)
        if host is not None and host.started_on == placement.started_on:
            together[host.placement_id].append(placement.child_id)
    asked_for_with_another = {child_id for ids in together.values() for child_id in ids}
    found = []
    for placement in made:
        kind = kind_of(placement.place, placement.provider)
        if kind in _NO_ENQUIRY or (
            placement.child_id in asked_for_with_another and placement.with_placement_id is not None
        ):
            continue
        where = whereabouts.get((history.authority, placement.placement_id))
        child = children[placement.child_id]
        needed = _needed(placement, kind)
        days = between(rng, 5, 35) if placement.planned else between(rng, 0, 2)
        found.append(
            _Quest(
                child=child,
                referral_id="",
                with_children=tuple(together.get(placement.placement_id, ())),
                needed=needed,
                asked_types=_tried(needed, kind),
                got=kind.value if kind is not None else _ASKED_ELSEWHERE,
                placed_in=where.home_id if where and kind is not None else "",
                began_on=placement.started_on - timedelta(days=days),
                ends_on=placement.started_on,
                urgent=not placement.planned,
                still_open=False,
            )
        )
    return found


def _open(searches: Sequence[Search], authority: str, on: date, rng: np.random.Generator) -> list[_Quest]:
    found = []
    groups: set[str] = set()
    for number, search in enumerate(searches, start=1):
        if search.situation.name == "settled" or search.sibling_group in groups:
            continue
        others: tuple[str, ...] = ()
        if search.sibling_group and search.together != "no":
            groups.add(search.sibling_group)
            others = tuple(
                other.child.child_id
                for other in searches
                if other.sibling_group == search.sibling_group
                and other.child.child_id != search.child.child_id
            )
        if search.needed in _NO_ENQUIRY or (search.opened_on == on and chance(rng, 0.5)):
            # The carer is known, or nobody has been rung yet.
            continue
        found.append(
            _Quest(
                child=search.child,
                referral_id=f"DEMO-R{authority}-{number:03d}",
                with_children=others,
                needed=search.needed,
                asked_types=(search.needed,),
                got="",
                placed_in="",
                began_on=search.opened_on,
                ends_on=on,
                urgent=search.urgency is not Urgency.PLANNED,
                still_open=True,
            )
        )
    return found


def _needed(placement: Placement, kind: PlacementType | None) -> PlacementType:
    if placement.needed in PlacementType.__members__.values():
        return PlacementType(placement.needed)
    return kind or PlacementType.CHILDRENS_HOME


def _tried(needed: PlacementType, got: PlacementType | None) -> tuple[PlacementType, ...]:
    """Return the types asked in turn: what was needed first, then what was got."""
    first = () if needed in _NO_ENQUIRY else (needed,)
    last = () if got is None or got is needed else (got,)
    return (*first, *last) or (PlacementType.IN_HOUSE_FOSTER_CARER,)


def _asked(
    quest: _Quest,
    known: Mapping[str, Mapping[str, object]],
    by_type: Mapping[str, Sequence[str]],
    on: date,
    rng: np.random.Generator,
) -> list[Row]:
    rows: list[Row] = []
    refused: set[str] = {quest.placed_in}
    for kind in quest.asked_types:
        for _ in range(_refusals(quest, kind, rng)):
            pool = by_type.get(kind.value, ())
            home_id = one_of(rng, pool) if pool else ""
            if not home_id or home_id in refused:
                continue
            refused.add(home_id)
            rows.append(_refusal(quest, kind, home_id, known, on, rng))
    if quest.placed_in:
        rows.append(_success(quest, known, rng))
    elif quest.still_open and rows and chance(rng, 0.28):
        rows[-1] = _live_offer(quest, rows[-1], known, on, rng)
    return rows


def _refusals(quest: _Quest, kind: PlacementType, rng: np.random.Generator) -> int:
    mean = expected_refusals(kind, max(quest.child.needs[0], quest.child.needs[3]))
    mean *= 1 + 0.6 * len(quest.with_children)
    if quest.still_open:
        # How far an open search has come depends on how long it has been open.
        mean *= min(1.6, 0.3 + (quest.ends_on - quest.began_on).days / 20)
    elif len(quest.asked_types) > 1 and kind is not quest.needed:
        mean *= 0.5
    elif not quest.placed_in:
        mean *= 1.5
    return min(_MOST_ASKED, int(rng.poisson(mean)))


def _refusal(
    quest: _Quest,
    kind: PlacementType,
    home_id: str,
    known: Mapping[str, Mapping[str, object]],
    on: date,
    rng: np.random.Generator,
) -> Row:
    span = max(0, (quest.ends_on - quest.began_on).days - 1)
    asked_on = quest.began_on + timedelta(days=between(rng, 0, span))
    while not quest.urgent and not is_working_day(asked_on):
        # A planned search rests at the weekend.
        asked_on -= timedelta(days=1)
    row = _head(quest, kind, home_id, known, asked_on, rng)
    heavy = max(quest.child.needs[0], quest.child.needs[3])
    answer = weighted(rng, {"declined": 74, "no_answer": 18, "withdrawn": 6, "offered": 2})
    waited = between(rng, 0, 1) if quest.urgent else between(rng, 0, _RESPONSE_DAYS_PLANNED)
    answered = asked_on + timedelta(days=waited)
    latest = on if quest.still_open else quest.ends_on
    if answered > latest:
        answered = latest
    if quest.still_open and (on - asked_on).days <= 3 and chance(rng, 0.5):
        return row
    row["answer"] = answer
    if answer == "no_answer":
        return row
    row["answered_on"] = answered.isoformat()
    if answer in {"offered", "withdrawn"}:
        row["quoted_weekly_fee_pounds"] = _quote(home_id, kind, known, rng)
        row["offer_expires_on"] = (answered + timedelta(days=between(rng, 1, 5))).isoformat()
    if answer == "declined":
        row["reason"] = weighted(rng, refusal_reasons(kind, heavy, quest.urgent))
    elif answer == "withdrawn":
        row["reason"] = weighted(
            rng, {"another_child_taken": 4, "matching_with_residents": 3, "staffing": 2, "needs_beyond": 2}
        )
    if answer == "offered" and quest.still_open:
        # An old offer that nobody took up has run out; a live one is written by its own function.
        row["offer_expires_on"] = min(answered + timedelta(days=2), on - timedelta(days=1)).isoformat()
        if answered > on - timedelta(days=1):
            row["offer_expires_on"] = on.isoformat()
    return row


def _success(quest: _Quest, known: Mapping[str, Mapping[str, object]], rng: np.random.Generator) -> Row:
    kind = PlacementType(quest.got)
    span = (quest.ends_on - quest.began_on).days
    asked_on = quest.ends_on - timedelta(days=between(rng, 0, 0 if quest.urgent else min(span, 14)))
    row = _head(quest, kind, quest.placed_in, known, asked_on, rng)
    answered = asked_on + timedelta(days=between(rng, 0, min(3, (quest.ends_on - asked_on).days)))
    row |= {
        "answer": "offered",
        "answered_on": answered.isoformat(),
        "quoted_weekly_fee_pounds": _quote(quest.placed_in, kind, known, rng),
        "offer_expires_on": max(quest.ends_on, answered + timedelta(days=between(rng, 1, 7))).isoformat(),
        "placed": True,
    }
    return row


def _live_offer(
    quest: _Quest,
    row: Row,
    known: Mapping[str, Mapping[str, object]],
    on: date,
    rng: np.random.Generator,
) -> Row:
    asked_on = max(quest.began_on, on - timedelta(days=between(rng, 0, 4)))
    answered = asked_on + timedelta(days=between(rng, 0, (on - asked_on).days))
    kept = {
        name: value
        for name, value in row.items()
        if name not in {"reason", "answer", "answered_on", "quoted_weekly_fee_pounds", "offer_expires_on"}
    }
    home_id, kind = str(row["home_id"]), PlacementType(str(row["type_of_home"]))
    return kept | {
        "asked_on": asked_on.isoformat(),
        "answer": "offered",
        "answered_on": answered.isoformat(),
        "quoted_weekly_fee_pounds": _quote(home_id, kind, known, rng),
        "offer_expires_on": (on + timedelta(days=between(rng, 0, 4))).isoformat(),
    }


def _head(
    quest: _Quest,
    kind: PlacementType,
    home_id: str,
    known: Mapping[str, Mapping[str, object]],
    asked_on: date,
    rng: np.random.Generator,
) -> Row:
    row: Row = {"child_id": quest.child.child_id}
    if quest.referral_id:
        row["referral_id"] = quest.referral_id
    row["authority"] = quest.child.authority
    if quest.with_children:
        row["with_children"] = list(quest.with_children)
    row["home_id"] = home_id
    provider = known.get(home_id, {}).get("provider")
    if provider:
        row["provider"] = provider
    row["type_of_home"] = kind.value
    row["type_needed"] = quest.needed.value
    if quest.got:
        row["type_got"] = quest.got
    row["asked_on"] = asked_on.isoformat()
    at_night = quest.urgent and chance(rng, 0.35)
    hour = between(rng, 18, 23) if at_night else between(rng, 9, 16)
    row["asked_at"] = f"{hour:02d}:{5 * between(rng, 0, 11):02d}"
    if at_night:
        row["asked_by"] = "out-of-hours duty officer"
    else:
        weights = {
            "brokerage officer": 8,
            "fostering duty worker": 0,
            "social worker": 1,
            "placements manager": 1,
        }
        if kind is PlacementType.IN_HOUSE_FOSTER_CARER:
            weights = {"fostering duty worker": 8, "brokerage officer": 2}
        row["asked_by"] = weighted(rng, weights)
    return row


def _quote(
    home_id: str, kind: PlacementType, known: Mapping[str, Mapping[str, object]], rng: np.random.Generator
) -> int:
    fee = known.get(home_id, {}).get("weekly_fee_pounds")
    if isinstance(fee, int | float) and fee > 0:
        own = kind in {PlacementType.IN_HOUSE_FOSTER_CARER, PlacementType.CONNECTED_FOSTER_CARER}
        return round(float(fee) if own else float(fee) * float(rng.uniform(0.97, 1.12)))
    low, high = _FEES.get(kind, (4900, 8500))
    return between(rng, low // 5, high // 5) * 5
