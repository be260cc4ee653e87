"""What a person reads in the terminal: the answers of the contract as short tables and sentences.

The forecast, its backtest and the watch are here, the ranking and the joint plan in ``printing_matching.py``.

Every function takes an answer as the contract's JSON holds it, so that the terminal, the file and the
page cannot say different things.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Answer = dict[str, Any]

_OUTCOME_STYLES = {"RAISED": "bold red", "WARNING": "yellow", "NOT_ASSESSED": "magenta", "CLEAR": "green"}


def british_date(iso: str | None) -> str:
    """Return an ISO date as ``1 May 2018``; an absent one as ``not known``."""
    if iso is None:
        return "not known"
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def pounds(pence: int | None) -> str:
    """Return pence as pounds with thousands marked; whole pounds without pence."""
    if pence is None:
        return "not known"
    return f"£{pence / 100:,.2f}".removesuffix(".00")


def miles(distance: float | None) -> str:
    """Return a distance with its unit."""
    if distance is None:
        return "not known"
    return f"{distance:,.1f}" if distance >= 0.1 else "under 0.1"


def print_warnings(console: Console, answer: Answer) -> None:
    """Print what to know about an answer."""
    for warning in answer["evidence"]["warnings"]:
        console.print(f"Take care: {warning}", style="dim")


def full_stop(text: str) -> str:
    """Return text with a full stop at its end, unless it ends in another mark."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def print_forecast(console: Console, answer: Answer, *, every: int = 6) -> None:
    """Print the children expected and the beds short at a few dates."""
    table = Table(
        "Date", "Children (median)", "8 in 10 futures", "19 in 20 futures", box=None, padding=(0, 1)
    )
    for total in answer["totals"][::every]:
        table.add_row(
            british_date(total["date"]),
            f"{total['p50']:.0f}",
            f"{total['p10']:.0f} to {total['p90']:.0f}",
            f"{total['p2_5']:.0f} to {total['p97_5']:.0f}",
        )
    console.print(table)
    if answer.get("change"):
        console.print(answer["change"]["text"])
    for sentence in (answer.get("track_record") or {}).get("text", ()):
        console.print(f"Track record: {sentence}")
    if answer["shortfall_status"] == "NOT_ASSESSED":
        console.print("Beds short: not assessed, because no homes were given.")
    else:
        _print_beds_short(console, answer, every)
    print_warnings(console, answer)


def _print_beds_short(console: Console, answer: Answer, every: int) -> None:
    """Print, for each kind of home, the beds short in the middle future and in nine futures of ten."""
    dates = sorted({row["date"] for row in answer["shortfall"]})[::every]
    rows = {(row["placement"], row["date"]): row for row in answer["shortfall"] if row["age_band"] == "all"}
    table = Table("Beds short", *(british_date(day) for day in dates), box=None, padding=(0, 1))
    for placement in dict.fromkeys(placement for placement, _ in rows):
        cells = [_beds_short_cell(rows[placement, day]) for day in dates]
        table.add_row(placement, *cells)
    console.print(table)
    console.print(
        "Beds short in the middle future; in brackets, at most so many in 9 futures of 10; then the chance that any "
        "is short. By age in --json.",
        style="dim",
    )


def _beds_short_cell(row: Answer) -> str:
    if row["p_short"] is None:
        return "not assessed"
    return f"{_whole_beds(row['beds_short_p50'])} (up to {_whole_beds(row['beds_short_p90'])}), {row['p_short']:.0%}"


def _whole_beds(beds: float) -> int:
    """Return beds rounded up, so that as many futures stay at or below the figure as is said."""
    return ceil(beds - 1e-9)


LATELY = timedelta(days=14)
"""What ended within this time may still want a notice or a signature today; the rest is history."""


def print_watch(console: Console, answer: Answer) -> None:
    """Print who is there now with the rules that speak, the worst first; then what ended lately with something due.

    Everything else that has ended is history: it is counted in one line, and in full in the JSON answer.
    """
    print_warnings(console, answer)
    spells = answer["spells"]
    since = (date.fromisoformat(answer["as_of"]) - LATELY).isoformat()
    now = [spell for spell in spells if spell["ended_on"] is None]
    ended = [spell for spell in spells if spell["ended_on"] is not None]
    lately = [spell for spell in ended if spell["ended_on"] >= since and _wants_something(spell)]
    if not now:
        console.print("Nobody is recorded in emergency accommodation.")
    for spell in now:
        _print_spell(console, spell)
    if lately:
        console.print("\nEnded in the last 14 days, with something still to be done:", style="bold")
    for spell in lately:
        _print_spell(console, spell)
    history = len(ended) - len(lately)
    if history:
        spells_ended = "1 other spell has" if history == 1 else f"{history} other spells have"
        console.print(f"\n{spells_ended} ended; --json and the site show them in full.", style="dim")


def _wants_something(spell: Answer) -> bool:
    return any(rule["outcome"] in ("RAISED", "WARNING") for rule in spell["rules"])


def _print_spell(console: Console, spell: Answer) -> None:
    until = f"ended {british_date(spell['ended_on'])}" if spell["ended_on"] else "still there"
    nights = "1 night" if spell["nights"] == 1 else f"{spell['nights']} nights"
    console.print(
        Text.assemble(
            (spell["outcome"], _OUTCOME_STYLES[spell["outcome"]]),
            f"  {spell['child_id']}: {nights} since {british_date(spell['started_on'])}, {until}.",
        )
    )
    for rule in spell["rules"]:
        if rule["outcome"] in ("RAISED", "WARNING", "NOT_ASSESSED"):
            due = f" Due {british_date(rule['due_on'])}." if rule["due_on"] else ""
            console.print(f"    {rule['text']}{due} ({rule['instrument']})")


def print_backtest(console: Console, answer: Answer) -> None:
    """Print the error beside "same as today" and how often each band held what happened."""
    console.print(f"Forecasts from {', '.join(british_date(day) for day in answer['origins'])}.")
    table = Table(
        "Months ahead",
        "Origins",
        "Error of total",
        "Same as today",
        "Last year's change",
        "Error by group",
        "Same as today",
        "80 in 100 held",
        "95 in 100 held",
        box=None,
        padding=(0, 1),
    )
    for row in answer["horizons"]:
        table.add_row(
            str(row["months"]),
            str(row["origins"]),
            *(
                "not known" if row[name] is None else f"{row[name]:g}%"
                for name in (
                    "total_error_percent",
                    "total_error_percent_same_as_today",
                    "total_error_percent_last_years_change",
                    "group_error_percent",
                    "group_error_percent_same_as_today",
                )
            ),
            f"{row['coverage_of_total_percent']['80']:g}%",
            f"{row['coverage_of_total_percent']['95']:g}%",
        )
    console.print(table)
    print_errors_by_kind_and_age(console, answer)
    print_warnings(console, answer)


def print_errors_by_kind_and_age(console: Console, answer: Answer) -> None:
    """Print, for the nearest horizon of a backtest, how far it was out by kind of home and by age, in children."""
    near = answer["horizons"][0]
    table = Table(
        f"{near['months']} months ahead",
        "Out by",
        "Same as today",
        "Last year's change",
        "80 in 100 held",
        box=None,
        padding=(0, 1),
    )
    rows = [("all children", near["total_error"] | {"coverage_percent": near["coverage_of_total_percent"]})]
    rows += [(row["placement"], row) for row in near["placements"]]
    rows += [(f"aged {row['age_band']}", row) for row in near["age_bands"]]
    for name, row in rows:
        held = row.get("coverage_percent", {}).get("80")
        table.add_row(
            name,
            *(
                "not known" if row[rule] is None else f"{row[rule]:.1f}"
                for rule in ("error", "same_as_today", "last_years_change")
            ),
            "" if held is None else f"{held:g}%",
        )
    console.print(table)


def print_against_actual(console: Console, answer: Answer, *, every: int = 3) -> None:
    """Print a saved forecast beside what happened: sentences, every third month and the last, and each kind of home."""
    for sentence in answer["text"]:
        console.print(sentence)
    table = Table("Date", "Forecast", "8 in 10 futures", "Happened", "Held", box=None, padding=(0, 1))
    months = answer["months"]
    for row in [*months[every - 1 : -1 : every], months[-1]]:
        table.add_row(
            british_date(row["date"]),
            f"{row['mean']:.0f}",
            f"{row['p10']:.0f} to {row['p90']:.0f}",
            str(row["happened"]),
            "yes" if row["inside"]["80"] else "no",
        )
    console.print(table)
    kinds = Table("Kind of home", "Out by", "Same as today", "80 in 100 held", box=None, padding=(0, 1))
    for row in (answer["total"], *answer["placements"]):
        if row["months"]:
            held = row["held_percent"]["80"]
            kinds.add_row(
                row["placement"],
                f"{row['mean_absolute_error']:.1f}",
                f"{row['mean_absolute_error_same_as_today']:.1f}",
                "no children" if held is None else f"{held:g}%",
            )
    console.print(kinds)
    if answer["still_to_come"]:
        console.print(
            f"{len(answer['still_to_come'])} months of the forecast are still to come.", style="dim"
        )


def print_reading(console: Console, report: Answer) -> None:
    """Print what was read of returns, what was mended by each rule, and what the tidy tables hold."""
    console.print(
        f"{len(report['files'])} tables, {british_date(report['first_day'])} to {british_date(report['last_day'])}: "
        f"{report['episodes']:,} episodes of {report['children']:,} children, of whom "
        f"{report['children_counted']:,} can be counted, in {report['placements']:,} placements."
    )
    table = Table("Rule", "Rows", "What was done", box=None, padding=(0, 1))
    for row in report["repairs"]:
        table.add_row(row["rule"], f"{row['rows']:,}", row["done"])
    console.print(table)
    tables = ", ".join(f"{rows:,} {name}" for name, rows in report["tables"].items())
    console.print(
        f"Tidy tables: {tables}. {report['placements_without_urn']:,} placements name no home by URN."
    )
    for warning in report["warnings"]:
        console.print(f"Take care: {warning}", style="dim")
