"""How sure a joint plan is, in plain words: what each aim reached, what proved means, where beds run out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.words import british_date, capital, counted, joined, number, placement_words, plain, sentence
from matching.aim_words import children_in_words

AIM_WORDS = {
    "crisis_placed": "Children placed who need a home tonight",
    "emergency_placed": "Children placed who need one within 2 days",
    "planned_placed": "Children placed on a planned date",
    "connected_carer": "Connected carers first (section 22C(7)(a))",
    "section_22c": "Area, home, school, brothers and sisters, access (section 22C(8) and (9))",
    "unmet_need_and_specialist_capacity": "Least unmet need, least specialist capacity wasted",
    "stability": "Stability expected",
    "cost": "Net cost to the council",
    "unknown_facts": "Fewest facts still unknown",
}

UNIT_WORDS = {
    "cost": "pounds a week, fewer is better",
    "unknown_facts": "points, 1 for a question and 2 for a hard fact missing, fewer is better",
}

CERTAIN = 100
"""The price of a bed that every future would miss."""
NAMES_SHOWN = 4
"""More children or homes than this are counted, and their names folded away."""

Names = Callable[[str], str]
"""The name of a home by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One aim of the plan: what was reached, the limit no plan can pass, and how it is known."""

    aim: str
    unit: str
    value: str
    bound: str
    proved: bool
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckView:
    """Children who compete for too few beds."""

    in_brief: str
    children: str
    homes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BedView:
    """What one more bed of a kind would bring, or what a free bed is worth to those who may come next."""

    kind: str
    brings: str
    could_take: str


def present_stage(stage: Mapping[str, Any], name: Names) -> StageView:
    """Return one aim with how its figure is known to be the best."""
    placed = stage["aim"].endswith("_placed")
    unit = "children, more is better" if placed else "penalty points, fewer is better"
    return StageView(
        aim=AIM_WORDS.get(stage["aim"]) or capital(plain(str(stage["aim"]))),
        unit=UNIT_WORDS.get(stage["aim"], unit),
        value=number(stage["value"]),
        bound=number(stage["bound"]),
        proved=bool(stage["proved"]),
        proof=_proof(stage, name),
    )


def _proof(stage: Mapping[str, Any], name: Names) -> str:
    if not stage["proved"]:
        return "Not proved: a better plan may exist, but none can pass the limit."
    cut, weights = stage.get("certificate"), stage.get("weights")
    if not cut and weights:
        return _by_weights(weights)
    if not cut:
        return "By search: every other way was tried or ruled out. There is no certificate to add up."
    children, homes = cut["children"], cut["homes"]
    beds = cut["most"] - len(children)
    if not homes:
        return "By counting: every child who has a lawful home on this list is placed."
    among = f"one of {counted(len(children), 'named child', 'named children')}, or " if children else ""
    in_homes = joined(map(name, homes)) if len(homes) <= NAMES_SHOWN else counted(len(homes), "home")
    return (
        f"By counting: whoever is placed, of this urgency or a greater one, is {among}in one of the "
        f"{counted(beds, 'bed')} of {in_homes}. That is {cut['most']} in all, and the plan places as many."
    )


def _by_weights(weights: Mapping[str, Any]) -> str:
    """Return in words the proof that needs no search: no plan is worth more than its weights together."""
    parts = [
        counted(len(weights["children"]), "child", "children") if weights["children"] else "",
        f"the beds of {counted(len(weights['beds']), 'home')}" if weights["beds"] else "",
        "who comes together" if weights["company"] else "",
        "what earlier aims reach" if weights["earlier_aims"] else "",
    ]
    on = joined([part for part in parts if part])
    if not on:
        return "By adding up: no placing of a child adds less than nothing, and this plan adds nothing."
    return (
        f"By adding up: the certificate puts a weight on {on}. No placing of a child is worth more than its weights, so "
        "no plan is worth more than all of them together, and this one is worth as much."
    )


def arrivals_in_words(arrivals: Mapping[str, Any] | None, *, priced: bool) -> str:
    """Return where the children who may come next are drawn from, or why they are not known; empty if not asked."""
    if not arrivals:
        return ""
    if not arrivals["samples"]:
        return f"What beds the next children will need is not assessed. {sentence(arrivals['not_assessed'])}"
    if arrivals.get("given"):
        return (
            f"The children who may come next are those given: {counted(arrivals['samples'], 'sample')} of "
            f"{counted(arrivals['children'], 'child', 'children')} in all. Children who wait already take no bed in them."
        )
    drawn = (
        f"{arrivals['samples']} futures of the next {arrivals['days']} days were drawn from the "
        f"{counted(arrivals['searches'], 'search', 'searches')} opened since {british_date(arrivals['since'])} that are "
        f"kept here, about {number(arrivals['children_a_month'])} children in thirty days. "
    )
    if not priced:
        return f"{drawn}In none of them would a bed on this list be missed."
    return f"{drawn}Children who wait already take no bed in these futures."


def checked_in_words(plan: Mapping[str, Any]) -> str:
    """Return what the checker without a solver said when the plan was made; empty where it was not asked."""
    wrong = plan.get("checked")
    if wrong is None:
        return ""
    if not wrong:
        return (
            "When it was made, the plan was counted again by a checker that uses no solver: nothing was wrong in what it "
            "checks. The reasons, what a placement costs others, rival plans and one more bed are not checked."
        )
    said = joined(dict.fromkeys(str(one["text"]).rstrip(".").lower() for one in wrong[:3]))
    return f"The checker without a solver found {counted(len(wrong), 'fault')} in this plan: {said}. Do not act on it."


def present_bottlenecks(answer: Sequence[Mapping[str, Any]], name: Names) -> tuple[BottleneckView, ...]:
    """Return who competes for what; children for whom no home is possible at all stand together."""
    found = []
    nowhere = [child for item in answer if not item["homes"] for child in item["children"]]
    if nowhere:
        who = counted(len(nowhere), "child has", "children have")
        found.append(
            BottleneckView(
                in_brief=f"{capital(who)} no possible home on this list at all",
                children=joined(nowhere),
                homes="",
            )
        )
    for item in answer:
        if item["homes"]:
            children = counted(len(item["children"]), "child competes", "children compete")
            beds = capital(counted(item["beds_short"], "bed"))
            found.append(
                BottleneckView(
                    in_brief=f"{beds} short: {children} for {counted(len(item['homes']), 'home')}",
                    children=joined(item["children"]),
                    homes=joined(map(name, item["homes"])),
                )
            )
    return tuple(found)


def present_one_more_bed(answer: Sequence[Mapping[str, Any]]) -> tuple[BedView, ...]:
    """Return what one more bed of each kind would bring, what brings most first."""
    rows = sorted(answer, key=lambda bed: -sum(bed["more_placed"].values()))
    return tuple(
        BedView(
            kind=capital(placement_words(bed["kind"])),
            brings=_brings(bed["more_placed"]),
            could_take=children_or_count(bed["could_take"]),
        )
        for bed in rows
    )


def _brings(more: Mapping[str, int]) -> str:
    up = [children_in_words(aim, n) for aim, n in more.items() if n > 0]
    down = [children_in_words(aim, -n) for aim, n in more.items() if n < 0]
    if not up:
        return "Nobody more placed."
    fewer = f", and {joined(down)} fewer" if down else ""
    return sentence(f"{joined(up)} more placed{fewer}")


def present_prices(answer: Mapping[str, int], name: Names) -> tuple[BedView, ...]:
    """Return the homes whose beds will be missed, the dearest first; those that are missed alike stand together."""
    by_price: dict[int, list[str]] = {}
    for home_id, price in answer.items():
        by_price.setdefault(price, []).append(name(home_id))
    return tuple(
        BedView(kind=joined(sorted(names), "or"), brings=_missed(price), could_take="")
        for price, names in sorted(by_price.items(), reverse=True)
    )


def _missed(price: int) -> str:
    if price >= CERTAIN:
        return "Without a bed there one more of them would have no home, whatever comes."
    return f"In about {price} of 100 futures one more of them would have no home without a bed there."


def children_or_count(child_ids: Sequence[str]) -> str:
    """Return a few children by id, and of many only their number."""
    if not child_ids:
        return "Nobody who is without a home in this plan"
    return (
        joined(child_ids) if len(child_ids) <= NAMES_SHOWN else counted(len(child_ids), "child", "children")
    )
