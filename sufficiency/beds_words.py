"""The answer about beds in plain sentences: what a commissioner reads first and can put into a report.

Every figure is one of the answer's own; nothing is worked out here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

_GROUPS = {"fostering": "foster", "residential": "residential", "supported": "supported accommodation"}
_OUR_KINDS = {
    "childrens_home": "children's homes",
    "in_house_foster_carer": "in-house foster carers",
    "agency_foster_carer": "agency foster carers",
}
_SHORT_LIKELY = 0.5
_SHORT_POSSIBLE = 0.1
_BEST_IN_WORDS = {
    "near_home": "keeps most children near home",
    "without_a_bed": "avoids most nights without a bed of ours",
    "young_people_without_a_bed": "avoids most nights at 16 and 17 without one",
    "pounds": "costs least after what it saves",
}
_COUNTED_BY = {
    "fit": "What to do first counts only beds that fit children who come, children like those on the waiting list.",
    "age": "What to do first counts any bed for the age; with a waiting list it would count only beds that fit.",
}


def beds_in_words(answer: Mapping[str, Any]) -> list[str]:
    """Return the answer in sentences, in the order of the questions a commissioner asks.

    Parameters
    ----------
    answer
        The parts of ``beds_plan.plan_beds``.
    """
    return [sentence for sentences in beds_in_words_by_part(answer).values() for sentence in sentences]


def beds_in_words_by_part(answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the same sentences by the part of the answer that they are about."""
    return {
        "capacity": _capacity(answer["capacity"]),
        "shortfall": [sentence for group in _GROUPS for sentence in _short(answer["shortfall"], group)],
        "carers": _carers(answer["carers"]),
        "fit": _fit(answer["fit"]),
        "needed": _needed(answer["needed"]),
        "crisis": _crisis(answer["crisis"]),
        "leaving": _leaving(answer["leaving"]),
        "costs": _costs(answer["costs"]),
        "block": _block(answer["block"]),
        "actions": _actions(answer["actions"]),
    }


def pounds(pence: float) -> str:
    """Return an amount in words short enough to read: to the pound below ten thousand, in millions above one."""
    value = pence / 100
    sign = "-" if value < 0 else ""
    value = abs(value)
    if value >= 1_000_000:
        return f"{sign}£{value / 1_000_000:.1f} million"
    return f"{sign}£{value:,.0f}"


def _capacity(capacity: Mapping[str, Any]) -> list[str]:
    less = "; ".join(f"{_whole(row['beds'])} are {row['text']}" for row in capacity["less"][:4])
    found = [
        f"Of {_whole(capacity['places'])} places in {capacity['homes']:,} homes we can use "
        f"{_whole(capacity['usable'])} beds." + (f" Most of the others: {less}." if less else "")
    ]
    counted_out = any(row["reason"] == "neither_lived_in_nor_free" for row in capacity["less"])
    for row in capacity.get("reached", ()):
        neither = row["places"] - row["lived_in"] - row["free"]
        if neither > 0:
            kind = _OUR_KINDS.get(row["type"], row["type"].replace("_", " "))
            found.append(
                f"Of {row['places']:g} places of our {kind} {row['lived_in']:g} are lived in and {row['free']:g} free; "
                f"{neither:g} neither, {'not counted' if counted_out else 'counted all the same'}."
            )
    share = f"{capacity['shared_share']:.0%} of the vacancies that shared homes confirm"
    if capacity["shared_share_observed"]:
        found.append(f"Our children get {share}, as the homes' answers to our enquiries show.")
    else:
        found.append(f"We assume that our children get {share}; recorded enquiries would show it.")
    return found


def _short(rows: Sequence[Mapping[str, Any]], group: str) -> list[str]:
    ours = [row for row in rows if row["placement"] == group and row["age_band"] == "all"]
    words = _GROUPS[group]
    if not ours or ours[0]["p_short"] is None:
        return []
    last = ours[-1]
    first = next((row for row in ours if row["p_short"] >= _SHORT_LIKELY), None)
    possible = next((row for row in ours if row["p_short"] >= _SHORT_POSSIBLE), None)
    if first is not None:
        when = "now" if first is ours[0] else f"from {_month(first['date'])}"
        return [
            f"We are likely to be short of {words} beds {when}: by {_month(last['date'])} by "
            f"{ceil(last['beds_short_p50'] - 1e-9)} in the middle future, and "
            f"{ceil(last['beds_short_p90'] - 1e-9)} more beds "
            f"would be enough in nine futures of ten.{_near(last)}"
        ]
    if possible is not None:
        return [
            f"We may be short of {words} beds from {_month(possible['date'])}: the chance is "
            f"{possible['p_short']:.0%}, and "
            f"{last['p_short']:.0%} by {_month(last['date'])}. {ceil(last['beds_short_p95'] - 1e-9)} more beds "
            f"would be enough "
            f"in 19 futures of 20.{_near(last)}"
        ]
    return [
        f"We are unlikely to be short of {words} beds before {_month(last['date'])}, counting beds "
        f"anywhere.{_near(last)}"
    ]


def _near(row: Mapping[str, Any]) -> str:
    if row["short_local"] is None or row["short_local"] < 0.5:
        return ""
    lacking = f"{row['short_local']:.0f}"
    verb = "is" if lacking == "1" else "are"
    return f" Counting only beds in our own and adjoining areas, {lacking} {verb} lacking then on average."


def _carers(carers: Mapping[str, Any]) -> list[str]:
    if carers["status"] != "ASSESSED":
        return [f"Foster carers who come and go: not assessed. {carers['reason']}"]
    come, stop, flow = carers["come"], carers["stop"], carers["flow"]
    return [
        f"Of {_whole(carers['beds'])} beds of {carers['households']:,} fostering households of ours {stop['mean']:.0f} "
        f"are lost ({stop['p10']:.0f} to {stop['p90']:.0f} in eight futures of ten) and {come['mean']:.0f} come "
        f"({come['p10']:.0f} to {come['p90']:.0f}), from {flow['enquiries_a_year']:g} enquiries a year of which "
        f"{100 * flow['approved_share']:g} in 100 are approved; {100 * flow['loss_a_year']:g} in 100 households stop "
        "in a year."
    ]


def _fit(fit: Mapping[str, Any]) -> list[str]:
    if fit["status"] != "ASSESSED":
        return [f"Which beds fit whom: not assessed. {fit['reason']}"]
    found = []
    for kind in fit["fits"]:
        group = kind["placement"]
        why = ", ".join(
            f"{row['rule'].replace('_', ' ')} {row['of_100']:.0f}" for row in kind["excluded_by"][:3]
        )
        last = [row for row in fit["rows"] if row["placement"] == group][-1]
        found.append(
            f"Of 100 free {_GROUPS[group]} beds {kind['of_100_fit']:.0f} fit a child like those on the waiting list"
            + (f" (most of the rest are excluded by {why})" if why else "")
            + f". {_short_that_fit(last)}"
        )
    if found:
        found.append(
            "A waiting list holds the children who are hard to place, so beds that fit look scarcer than they are for "
            "all."
        )
    return found


def _short_that_fit(row: Mapping[str, Any]) -> str:
    month = _month(row["date"])
    enough = ceil(row["short_that_fit_p90"] - 1e-9)
    if row["short_that_fit"] < 0.05:
        return f"Counting only beds that fit, hardly ever is one short by {month}."
    return (
        f"Counting only beds that fit, we are short of {row['short_that_fit']:.1f} by {month} on average, and of "
        f"{_at_most(enough)} in nine futures of ten."
    )


def _at_most(beds: int) -> str:
    return "none" if beds == 0 else f"{beds} or fewer"


def _needed(needed: Mapping[str, Any]) -> list[str]:
    if needed["status"] != "ASSESSED":
        return [f"Needed beside got: not assessed. {needed['reason']}"]
    if needed["got_what_was_needed"] is None:
        return ["Needed beside got: no ended search records both."]
    asked = sum(row["asked"] for row in needed["answers"])
    offered = sum(row["offered"] for row in needed["answers"])
    return [
        f"Of {needed['searches']} searches, {needed['got_what_was_needed']:.0%} of those that ended with both "
        f"known got the "
        f"type of home that was needed; {needed['missing']:.0%} lack one of the two. Homes were asked {asked:,} "
        f"times and "
        f"offered {offered:,} times."
    ]


def _crisis(crisis: Mapping[str, Any]) -> list[str]:
    if crisis["status"] != "ASSESSED":
        return [f"Crisis beds: not assessed. {crisis['reason']}"]
    needed = {row["nights_in_100"]: row for row in crisis["beds_for"]}
    found = [
        "A 16 or 17-year-old in crisis finds a bed on "
        + ", ".join(
            f"{level} nights in 100 with {_count(row['expected'])}" + (f" ({_count(row['sure'])} to be sure)")
            for level, row in needed.items()
        )
        + "."
    ]
    present = crisis["present"]
    if present is not None:
        enough = "are enough" if present["found"] >= 0.95 else "are not enough"
        found.append(
            f"The present {present['beds']} {enough} for 95 nights in 100: a bed is found on "
            f"{present['found']:.0%} of nights "
            f"({present['found_p2_5']:.0%} to {present['found_p97_5']:.0%}), and "
            f"{present['turned_away_a_year']:g} young people a "
            "year find none."
        )
    return found


def _leaving(leaving: Mapping[str, Any]) -> list[str]:
    if leaving["status"] != "ASSESSED":
        return [f"Leaving care at 18: not assessed. {leaving['reason']}"]
    total = leaving["total"]
    months = len(leaving["months"])
    places = ", ".join(f"{mean:.0f} from {group}" for group, mean in leaving["from_group"].items())
    found = [
        f"About {total['mean']:.0f} young people turn 18 in care in the {months} months ahead ({total['p10']:.0f} to "
        f"{total['p90']:.0f} in eight futures of ten)" + (f": {places}." if places else ".")
    ]
    if leaving["next"]:
        went = "; ".join(
            f"{one['share']:.0%} {one['text'][:1].lower()}{one['text'][1:]}" for one in leaving["next"][:3]
        )
        found.append(f"Of those who turned 18 in past years: {went}.")
    for kind in leaving["filled_after_18"]:
        found.append(
            f"{kind['over_18']} of {kind['places']} places of {kind['type'].replace('_', ' ')} are filled by "
            f"residents of 18 "
            "and over."
        )
    return found


def _costs(costs: Mapping[str, Any]) -> list[str]:
    if costs["status"] != "ASSESSED":
        return [f"Costs: not assessed. {costs['reason']}"]
    found = [
        f"From {_month(year['from'])} to {_month(year['until'])} placements cost about "
        f"{pounds(year['mean_pence'])}; one year in "
        f"ten they cost {pounds(year['at_risk_pence'])} more."
        + (
            ""
            if year["p_over_budget"] is None
            else f" The chance of spending more than there is, is {year['p_over_budget']:.0%}."
        )
        for year in costs["years"]
    ]
    if costs["not_priced"]:
        kinds = ", ".join(
            f"{row['kind'].replace('_', ' ')} ({row['children']:g} children)" for row in costs["not_priced"]
        )
        found.append(f"Without a price, so not in these costs: {kinds}.")
    return found


def _block(block: Mapping[str, Any]) -> list[str]:
    if block["status"] != "ASSESSED":
        return [f"Block contract: not assessed. {block['reason']}"]
    return [
        f"A block contract of {_GROUPS[kind['placement']]} places costs least with {_count(kind['best']['beds'])} "
        f"({kind['best_in_each_future_p10']} to {kind['best_in_each_future_p90']} in eight futures of ten); there are "
        f"{_whole(kind['present_beds'])}. A block bed is {pounds(kind['block_weekly_pence'])} a week, a place bought "
        f"for one child {pounds(kind['spot_weekly_pence'])}."
        for kind in block["kinds"]
    ] + _voids(block.get("voids"))


def _voids(voids: Mapping[str, Any] | None) -> list[str]:
    if voids is None:
        return []
    council = sum(row["pence"] for row in voids["rows"] if row["liable"] == "council")
    most = ", ".join(
        f"{row['reason'].replace('_', ' ')} ({row['liable']}) {pounds(row['pence'])}"
        for row in voids["rows"][:3]
    )
    return [
        f"Block beds stood empty {voids['nights']:,} nights in the year to {_month(voids['until'])} and cost "
        f"{pounds(voids['pence'])}, of which the council bears {pounds(council)} for certain"
        + (f". Most of it: {most}." if most else ".")
    ]


def _actions(actions: Mapping[str, Any]) -> list[str]:
    if actions["status"] != "ASSESSED":
        return [f"What to do first: not assessed. {actions['reason']}"]
    # Answers kept from before beds that fit were counted do not say so.
    found = [_COUNTED_BY[actions.get("counted_by", "age")]]
    first = actions["actions"][0]
    if first["near_home"]["mean"] > 0:
        found.append(
            f"By itself, {first['name']!r} does most for a bed near home: {_nights(first['near_home'])}, "
            f"{_money(first['pounds_pence'])}."
        )
    else:
        found.append("No action by itself brings more children a bed near home.")
    for best in actions["best"]:
        if not best["actions"]:
            found.append(f"What {_BEST_IN_WORDS[best['aim']]}: doing none of them.")
            continue
        done = ", ".join(map(repr, best["actions"]))
        effect = "" if best["aim"] == "pounds" else f" {_nights(best[best['aim']])},"
        found.append(f"What {_BEST_IN_WORDS[best['aim']]}: {done},{effect} {_money(best['pounds_pence'])}.")
    return found


def _nights(spread: Mapping[str, float]) -> str:
    return f"{spread['mean']:,.0f} child-nights ({spread['p10']:,.0f} to {spread['p90']:,.0f} in eight futures of ten)"


def _money(spread: Mapping[str, float]) -> str:
    if spread["mean"] < 0:
        return f"saving {pounds(-spread['mean'])} after what it costs"
    return f"costing {pounds(spread['mean'])} after what it saves"


def _whole(beds: float) -> str:
    """Return a number of beds in whole ones, and that it is about so many where a part of one was left out."""
    return f"{beds:g}" if float(beds).is_integer() else f"about {beds:.0f}"


def _count(beds: int | None) -> str:
    if beds is None:
        return "more beds than were tried"
    return "1 bed" if beds == 1 else f"{beds} beds"


def _month(day: str) -> str:
    return f"{date.fromisoformat(day):%B %Y}"
