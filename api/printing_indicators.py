"""Indicators on a terminal: one line each, then the tables behind those that have no single value."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from api.printing import british_date

Answer = dict[str, Any]
_WHO = {
    "own_published": "published",
    "statistical_neighbours": "neighbours",
    "south_west": "South West",
    "england": "England",
}


def print_indicators(console: Console, answer: Answer) -> None:
    """Print every indicator with its fraction, colour, direction and what is published beside it."""
    console.print(
        f"Counted from {british_date(answer['year_from'])} to {british_date(answer['at'])}. Local figures; "
        f"those published "
        "stand beside them and are never joined."
    )
    table = Table(
        "Indicator",
        "Value",
        "Fraction",
        "Missing",
        "Target",
        "Since last year",
        "Published",
        box=None,
        padding=(0, 1),
    )
    for row in answer["indicators"]:
        if row["status"] == "ASSESSED" and row["value"] is not None:
            table.add_row(
                row["name"],
                f"{row['value']:g}{'%' if row['unit'] == 'percent' else ' days'}",
                _fraction(row),
                "" if not row["missing"] else str(row["missing"]),
                "" if row["target"] is None else f"{row['target']:g}: {row['rag']}",
                "" if row["before"] is None else f"{row['before']:g}, {row['travel']}",
                _published(row["comparators"]),
            )
    console.print(table)
    for row in answer["indicators"]:
        if row["status"] == "ASSESSED" and row["value"] is None:
            _mix(console, row)
    watch = answer["stability_watch"]
    console.print(
        f"Stability watch: {watch['one_move_away']['number']} children have had two placements and are one move from "
        f"counting; {watch['settled_under_notice']['number']} settled for two years are under notice."
    )
    meetings = watch["meetings"]
    console.print(
        f"Stability meetings: {meetings['held']} held in the year, {meetings['overdue']} overdue, {meetings['to_come']} "
        f"to come; none held or to come for {watch['without_a_meeting']['number']} of the children watched."
        if meetings["status"] == "ASSESSED"
        else f"Stability meetings: not assessed. {meetings['reason']}"
    )
    for row in answer["indicators"]:
        if row["status"] != "ASSESSED":
            console.print(f"{row['name']}: not assessed. {row['reason']}", style="dim")
    for warning in answer["evidence"]["warnings"]:
        console.print(f"Note: {warning}", style="dim")


def _fraction(row: Answer) -> str:
    if row["numerator"] is None:
        return f"of {row['denominator']}"
    return f"{row['numerator']:,}/{row['denominator']:,}"


def _published(rows: list[Answer]) -> str:
    if not rows:
        return ""
    newest = rows[0]["year"]
    return f"{newest}: " + ", ".join(
        f"{_WHO[row['who']]} {row['percent']:g}" for row in rows if row["year"] == newest
    )


def _mix(console: Console, row: Answer) -> None:
    first = next(iter(row["table"]), None)
    if first is None:
        return
    columns = [name.removesuffix("_pence").replace("_", " ") for name in first]
    table = Table(
        *[row["name"] if not n else column for n, column in enumerate(columns)], box=None, padding=(0, 1)
    )
    for one in row["table"]:
        table.add_row(*[_cell(name, value) for name, value in one.items()])
    console.print(table)


def _cell(name: str, value: object) -> str:
    if name.endswith("_pence") and isinstance(value, int):
        return f"£{value / 100:,.0f}"
    return str(value).replace("_", " ")
