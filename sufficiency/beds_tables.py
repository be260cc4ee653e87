"""The answer about beds as tables: what a page shows under each picture, what a file holds, what a report prints.

Every figure is one of the answer's own (``beds_plan.plan_beds``); nothing is worked out here. Sentences are in
``beds_words.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from reference_data.vocabulary import PlacementGroup
from sufficiency.report import Table, table_of

GROUP_WORDS: Mapping[str, str] = {
    PlacementGroup.FOSTERING: "Fostering",
    PlacementGroup.RESIDENTIAL: "Children's homes",
    PlacementGroup.SUPPORTED: "Supported accommodation",
}
PART_HEADINGS: Mapping[str, str] = {
    "shortfall": "Which beds, how many, when, how sure",
    "capacity": "From places to beds we can use",
    "carers": "Foster carers who come and go",
    "fit": "Which beds fit whom",
    "needed": "What children needed beside what they got",
    "crisis": "Crisis beds: how many are enough",
    "block": "Block contract: how many beds cost least",
    "actions": "What to do first",
    "leaving": "Leaving care at 18",
    "costs": "Cost, and the budget at risk",
}
"""The parts of the answer, in the order in which they are read."""
_ASSESSED = "ASSESSED"
_FORECAST = "our forecast set against the council's list of homes"


def beds_tables(answer: Mapping[str, Any]) -> dict[str, tuple[Table, ...]]:
    """Return the tables of each part of the answer, in the order of the parts; a part not assessed has none."""
    tables: dict[str, tuple[Table, ...]] = {
        "capacity": (
            _capacity(answer["capacity"]),
            *([_reached(answer["capacity"])] if answer["capacity"].get("reached") else []),
        ),
        "shortfall": (
            _shortfall(answer["shortfall"], by_age=False),
            _shortfall(answer["shortfall"], by_age=True),
        ),
    }
    for name, made in _PARTS.items():
        part = answer[name]
        tables[name] = made(part) if part["status"] == _ASSESSED else ()
    return tables


def _capacity(capacity: Mapping[str, Any]) -> Table:
    return table_of(
        "From places to beds we can use",
        ("What", "Beds", "Homes"),
        [
            ("Places in the list of homes", capacity["places"], capacity["homes"]),
            *(
                (f"less {row['text']}", -row["beds"] if row["beds"] else 0, row["homes"])
                for row in capacity["less"]
            ),
            ("Beds we can use", capacity["usable"], None),
        ],
        source="the council's list of homes",
        note="A share of a vacancy in a home that other councils use too is part of a bed.",
    )


def _reached(capacity: Mapping[str, Any]) -> Table:
    return table_of(
        "How far our own places are used",
        ("Kind of home", "Places", "Lived in", "Free", "Neither", "Lived in, of 100", "Could be, of 100"),
        [
            (
                _words(row["type"]),
                row["places"],
                row["lived_in"],
                row["free"],
                row["places"] - row["lived_in"] - row["free"],
                None if row["occupancy"] is None else round(100 * row["occupancy"], 1),
                None if row["reached"] is None else round(100 * row["reached"], 1),
            )
            for row in capacity["reached"]
        ],
        source="the council's list of homes",
        note="Our own and block homes that are open and record places, residents and vacancies.",
    )


def _shortfall(rows: list[Mapping[str, Any]], *, by_age: bool) -> Table:
    known = [row for row in rows if row["p_short"] is not None and (row["age_band"] != "all") == by_age]
    return table_of(
        "Beds short by month and age" if by_age else "Beds short by month",
        (
            "Kind of home",
            *(("Ages",) if by_age else ()),
            "Date",
            "Beds we can use",
            "Chance of being short, %",
            "Middle",
            "8 in 10",
            "9 in 10",
            "19 in 20",
            "Lacking near home",
            "Lacking anywhere",
        ),
        [
            (
                GROUP_WORDS[row["placement"]],
                *((row["age_band"],) if by_age else ()),
                _day(row["date"]),
                row["capacity"],
                round(100 * row["p_short"], 1),
                row["beds_short_p50"],
                row["beds_short_p80"],
                row["beds_short_p90"],
                row["beds_short_p95"],
                row["short_local"],
                row["short_any"],
            )
            for row in known
        ],
        source=_FORECAST,
        note="8 in 10: so many more beds would be enough in eight futures of ten. Near home: our own and adjoining "
        "areas. Lacking: the mean over futures. A bed may take several ages, so ages do not add up.",
    )


def _fit(fit: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        table_of(
            "Beds short, counting any bed for the age and only beds that fit",
            (
                "Kind of home",
                "Date",
                "Children who come",
                "Free beds",
                "Short",
                "Short that fit",
                "Fit, 9 in 10",
            ),
            [
                (
                    GROUP_WORDS[row["placement"]],
                    _day(row["date"]),
                    row["coming"],
                    row["free_beds"],
                    row["short"],
                    row["short_that_fit"],
                    row["short_that_fit_p90"],
                )
                for row in fit["rows"]
            ],
            source="our forecast, the list of homes and the children referred to us, seated by who may live where",
            note=" ".join(fit["assumptions"]),
        ),
        table_of(
            "Of 100 free beds, how many fit, and what excludes the rest",
            ("Kind of home", "What", "Of 100 free beds"),
            [
                row
                for kind in fit["fits"]
                for row in (
                    (GROUP_WORDS[kind["placement"]], "fit a child who comes", kind["of_100_fit"]),
                    *(
                        (
                            GROUP_WORDS[kind["placement"]],
                            f"excluded: {one['rule'].replace('_', ' ')}",
                            one["of_100"],
                        )
                        for one in kind["excluded_by"]
                    ),
                )
            ],
            source="the matching engine's rules, asked of every free bed as if it had room",
        ),
    )


def _needed(needed: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        table_of(
            "The kind of home that was needed beside the kind that was got",
            ("Needed", "Got", "Searches"),
            [(_words(row["needed"]), _words(row["got"]), row["searches"]) for row in needed["matrix"]],
            source="the council's record of homes asked",
        ),
        table_of(
            "What homes answered",
            (
                "Kind of home asked",
                "Asked",
                "Offered",
                "Declined",
                "No answer",
                "Withdrawn",
                "Most frequent reasons",
            ),
            [
                (
                    _words(row["type"]),
                    row["asked"],
                    row["offered"],
                    row["declined"],
                    row["no_answer"],
                    row["withdrawn"],
                    ", ".join(
                        f"{_words(reason).lower()} {n}" for reason, n in list(row["reasons"].items())[:3]
                    ),
                )
                for row in needed["answers"]
            ],
            source="the council's record of homes asked",
        ),
    )


def _crisis(crisis: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        table_of(
            "Crisis beds for 16 and 17-year-olds",
            ("Beds", "A bed is found, %", "From", "To", "Find none in a year", "In use, %"),
            [
                (
                    str(row["beds"]),
                    round(100 * row["found"], 1),
                    round(100 * row["found_p2_5"], 1),
                    round(100 * row["found_p97_5"], 1),
                    row["turned_away_a_year"],
                    None if row["occupancy"] is None else round(100 * row["occupancy"], 1),
                )
                for row in crisis["rows"]
            ],
            source="the council's record of stays in crisis, by Erlang's loss formula",
            note=" ".join(crisis["assumptions"]) + " From and to: 19 in 20 sure.",
        ),
    )


def _leaving(leaving: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        table_of(
            "Young people who turn 18 in care",
            ("Month from", "Mean", "8 in 10: from", "to"),
            [(_day(row["from"]), row["mean"], row["p10"], row["p90"]) for row in leaving["months"]],
            source="our forecast from the returns",
        ),
        table_of(
            "Where those who turned 18 went",
            ("Where", "Of 100"),
            [(row["text"], round(100 * row["share"], 1)) for row in leaving["next"]],
            source="the reasons with which their last episodes ended",
        ),
    )


def _costs(costs: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        table_of(
            "Cost of placements, pounds",
            (
                "Year from",
                "Mean",
                "8 in 10: from",
                "to",
                "One year in ten costs more by",
                "Chance of overspending, %",
            ),
            [
                (
                    _day(row["from"]),
                    round(row["mean_pence"] / 100),
                    round(row["p10_pence"] / 100),
                    round(row["p90_pence"] / 100),
                    round(row["at_risk_pence"] / 100),
                    None if row["p_over_budget"] is None else round(100 * row["p_over_budget"], 1),
                )
                for row in costs["years"]
            ],
            source="our forecast times prices",
        ),
        table_of(
            "Prices used",
            ("Kind of home", "Pounds a week", "Where from"),
            [
                (_words(row["kind"]), round(row["weekly_pence"] / 100), row["source"])
                for row in costs["by_kind"]
            ],
            source="as the last column says",
            note="Yearly growth: "
            + "; ".join(
                f"{GROUP_WORDS[row['placement']].lower()} {100 * row['yearly']:.1f}% ({row['source']})"
                for row in costs["growth"]
                if row["placement"] in GROUP_WORDS
            )
            + ".",
        ),
    )


def _block(block: Mapping[str, Any]) -> tuple[Table, ...]:
    curves = tuple(
        table_of(
            f"Block beds: {GROUP_WORDS[kind['placement']].lower()}",
            (
                "Beds in the contract",
                "Pounds a week",
                "8 in 10: from",
                "to",
                "Empty beds",
                "Children placed singly",
            ),
            [
                (
                    str(row["beds"]),
                    round(row["weekly_pence"] / 100),
                    round(row["weekly_p10_pence"] / 100),
                    round(row["weekly_p90_pence"] / 100),
                    row["empty_beds"],
                    row["spot_children"],
                )
                for row in kind["curve"]
            ],
            source="our forecast of children our own beds have no room for, times fees in the list of homes",
        )
        for kind in block["kinds"]
    )
    return curves if block.get("voids") is None else (*curves, _voids(block["voids"]))


def _voids(voids: Mapping[str, Any]) -> Table:
    return table_of(
        "What empty block beds cost, by reason and who bears it",
        ("Reason", "Who bears it", "Nights", "Pounds"),
        [
            (_words(row["reason"]), _words(row["liable"]), row["nights"], round(row["pence"] / 100))
            for row in voids["rows"]
        ],
        source="the council's records of voids and contracts",
        note=f"{_day(voids['from'])} to {_day(voids['until'])}. Shared: both bear a part. Disputed: nobody agreed yet.",
    )


def _actions(actions: Mapping[str, Any]) -> tuple[Table, ...]:
    return (
        actions_alone(actions),
        table_of(
            "The best together, for each aim",
            ("Aim", "Actions", *_EFFECTS),
            [
                (_AIM_WORDS[row["aim"]], ", ".join(row["actions"]) or "none of them", *_effects(row))
                for row in actions["best"]
            ],
            source="the same; half of the futures chose and the others say what it does",
            note=how_counted(actions),
        ),
    )


def actions_alone(actions: Mapping[str, Any]) -> Table:
    """Return what each action does by itself, every figure with its interval."""
    return table_of(
        "Actions, each by itself",
        ("Action", *_EFFECTS),
        [(row["name"], *_effects(row)) for row in actions["actions"]],
        source="our forecast with and without each action, on the same futures",
        note=how_counted(actions),
    )


def how_counted(actions: Mapping[str, Any]) -> str:
    """Return the note under a table of actions: what its figures count, and what they leave out."""
    return (
        "In brackets: eight futures of ten. Pounds are of all months of the forecast, so that an answer of other months "
        "has others; saved are only the single places avoided. Below 0: it pays for itself. "
    ) + (
        "Only beds count that fit children like those on the waiting list."
        if actions.get("counted_by") == "fit"
        else "Any bed for the age counts, whoever it fits."
    )


def _effects(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is gained by the three counts of nights and what it costs, each with its interval."""
    nights = (row["near_home"], row["without_a_bed"], row["young_people_without_a_bed"])
    pence = row["pounds_pence"]
    return (
        *(f"{one['mean']:,.0f} ({one['p10']:,.0f} to {one['p90']:,.0f})" for one in nights),
        f"{pence['mean'] / 100:,.0f} ({pence['p10'] / 100:,.0f} to {pence['p90'] / 100:,.0f})",
    )


_EFFECTS = (
    "Child-nights with a bed near home",
    "Child-nights with a bed of ours",
    "of them at 16 and 17",
    "Pounds, cost less saving",
)
_AIM_WORDS = {
    "near_home": "Most children near home",
    "without_a_bed": "Fewest nights without a bed",
    "young_people_without_a_bed": "Fewest nights without a bed at 16 and 17",
    "pounds": "Least cost",
}

_PARTS: Mapping[str, Callable[[Mapping[str, Any]], tuple[Table, ...]]] = {
    "fit": _fit,
    "needed": _needed,
    "crisis": _crisis,
    "leaving": _leaving,
    "costs": _costs,
    "block": _block,
    "actions": _actions,
}


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%-d %B %Y}"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
