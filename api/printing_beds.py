"""The answer of ``righthome beds`` on a terminal: the plain answers first, then the tables behind them."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from sufficiency.beds_tables import how_counted
from sufficiency.beds_words import pounds

Answer = dict[str, Any]


def print_beds(console: Console, answer: Answer) -> None:
    """Print the answers in sentences, then capacity, crisis beds, block contracts and actions as tables."""
    for sentence in answer["answers"]:
        console.print(f"- {sentence}")
    _capacity(console, answer["capacity"])
    if answer["crisis"]["status"] == "ASSESSED":
        _crisis(console, answer["crisis"])
    if answer["block"]["status"] == "ASSESSED":
        _block(console, answer["block"])
    if answer["actions"]["status"] == "ASSESSED":
        _actions(console, answer["actions"])
    for warning in answer["evidence"]["warnings"]:
        console.print(f"Note: {warning}", style="dim")


def print_partnership(console: Console, answer: Answer) -> None:
    """Print the sentences, and beds short of each council alone and together on the last date."""
    for sentence in answer["answers"]:
        console.print(f"- {sentence}")
    names = {one["council"]: one["name"] for one in answer["councils"]} | {"all": "The whole"}
    last = max(row["date"] for row in answer["rows"])
    table = Table(f"Beds short, {last}", "Kind of home", "Alone", "Together", box=None, padding=(0, 1))
    for row in answer["rows"]:
        if row["date"] == last:
            table.add_row(
                names[row["council"]],
                row["placement"],
                f"{row['alone']:g}",
                f"{row['together']:g}",
                style="bold" if row["council"] == "all" else "",
            )
    console.print(table)
    for warning in answer["evidence"]["warnings"]:
        console.print(f"Note: {warning}", style="dim")


def _capacity(console: Console, capacity: Answer) -> None:
    table = Table("From places to beds we can use", "Beds", "Homes", box=None, padding=(0, 1))
    table.add_row("places in the list of homes", f"{capacity['places']:g}", f"{capacity['homes']:,}")
    for row in capacity["less"]:
        table.add_row(f"less {row['text']}", f"-{row['beds']:g}", f"{row['homes']:,}")
    table.add_row("beds we can use", f"{capacity['usable']:g}", "", style="bold")
    console.print(table)


def _crisis(console: Console, crisis: Answer) -> None:
    table = Table(
        "Crisis beds",
        "A bed is found",
        "19 in 20 sure",
        "Find none a year",
        "In use",
        box=None,
        padding=(0, 1),
    )
    for row in crisis["rows"][1:]:
        table.add_row(
            str(row["beds"]),
            f"{row['found']:.0%}",
            f"{row['found_p2_5']:.0%} to {row['found_p97_5']:.0%}",
            f"{row['turned_away_a_year']:g}",
            f"{row['occupancy']:.0%}",
        )
    console.print(table)
    for text in crisis["assumptions"]:
        console.print(text, style="dim")


def _block(console: Console, block: Answer) -> None:
    for kind in block["kinds"]:
        best = kind["best"]["beds"]
        shown = sorted({0, best // 2, best, best + 2, best + 5, int(kind["present_beds"])})
        table = Table(
            f"Block beds, {kind['placement']}",
            "A week",
            "Empty",
            "Placed elsewhere",
            box=None,
            padding=(0, 1),
        )
        for beds in shown:
            if beds < len(kind["curve"]):
                row = kind["curve"][beds]
                table.add_row(
                    f"{beds}{' (least)' if beds == best else ''}",
                    pounds(row["weekly_pence"]),
                    f"{row['empty_beds']:g}",
                    f"{row['spot_children']:g}",
                )
        console.print(table)


def _actions(console: Console, actions: Answer) -> None:
    table = Table(
        "Action by itself",
        "Nights near home",
        "Nights with a bed",
        "of them at 16-17",
        "Cost less saving",
        box=None,
        padding=(0, 1),
    )
    for row in actions["actions"]:
        money = row["pounds_pence"]
        table.add_row(
            row["name"],
            _spread(row["near_home"]),
            _spread(row["without_a_bed"]),
            _spread(row["young_people_without_a_bed"]),
            f"{pounds(money['mean'])} ({pounds(money['p10'])} to {pounds(money['p90'])})",
        )
    console.print(table)
    console.print(how_counted(actions), style="dim")


def _spread(values: Answer) -> str:
    return f"{values['mean']:,.0f} ({values['p10']:,.0f} to {values['p90']:,.0f})"
