"""What a person reads in the terminal: the answers of the contract as short tables and sentences.

Every function takes an answer as the contract's JSON holds it, so that the terminal, the file and the
page cannot say different things.
"""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from matching.approvals import EVERY_PLACEMENT

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


def print_ranking(console: Console, answer: Answer, *, shown: int = 5) -> None:
    """Print the prompts, the first options with their reasons, and the exclusions by rule."""
    for prompt in answer["prompts"]:
        console.print(f"First: {prompt}")
    for assumption in answer["assumptions"]:
        console.print(f"Assumed: {assumption}", style="dim")
    _print_warnings(console, answer)
    if not answer["options"]:
        console.print("No home is an option today.", style="bold")
    table = Table("", "Home", "Miles", "A week", "Why, and what to ask", box=None, padding=(0, 1))
    for option in answer["options"][:shown]:
        table.add_row(
            str(option["rank"]),
            option["home_id"],
            miles(option["distance_miles"]),
            pounds(option["weekly_fee_pence"]),
            _option_text(option),
        )
    if answer["options"]:
        console.print(table)
    more = len(answer["options"]) - shown
    if more > 0:
        console.print(f"... and {more} more options.", style="dim")
    _print_exclusions(console, answer["excluded"])
    for relaxation in answer["relaxations"][:shown]:
        console.print(f"Would open {', '.join(relaxation['homes_gained'])}: {relaxation['text']}")


def _print_warnings(console: Console, answer: Answer) -> None:
    for warning in answer["evidence"]["warnings"]:
        console.print(f"Take care: {warning}", style="dim")


def _option_text(option: Answer) -> Text:
    text = Text(" ".join(_sentence(reason) for reason in option["reasons"]))
    for question in option["questions"]:
        text.append(f"\nAsk {question['ask']}: {question['text']}", style="magenta")
    for approval in option["approvals"]:
        due = f" by {british_date(approval['due_on'])}" if approval["due_on"] else ""
        text.append(f"\nNeeds {approval['who']}{due}: {approval['why']}", style="yellow")
    for flag in option["flags"]:
        text.append(f"\nNote: {flag}", style="dim")
    return text


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _print_exclusions(console: Console, excluded: list[Answer]) -> None:
    if not excluded:
        return
    console.print(f"\n{len(excluded)} homes are excluded:", style="bold")
    by_rule: dict[str, list[Answer]] = {}
    for home in excluded:
        first = home["reasons"][0]
        by_rule.setdefault(first["rule"], []).append(home)
    table = Table("Rule", "Homes", "For example", box=None, padding=(0, 1))
    for rule, homes in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        first = homes[0]["reasons"][0]
        example = f"{homes[0]['home_id']}: {_sentence(first['text'])} ({first['instrument']})"
        table.add_row(rule.replace("_", " "), str(len(homes)), example)
    console.print(table)


def print_plan(console: Console, answer: Answer, *, shown: int = 12) -> None:
    """Print the plan's proof, who goes where, and who is left."""
    proved = all(stage["proved"] for stage in answer["stages"])
    proof = "every aim proved best" if proved else f"gap {answer['gap']}"
    console.print(
        f"{answer['status']}: {len(answer['assignments'])} placed, {len(answer['unplaced'])} not; {proof}."
    )
    _print_warnings(console, answer)
    table = Table("Child", "Home", "Offer needed", "Why", box=None, padding=(0, 1))
    for row in answer["assignments"][:shown]:
        reasons = " ".join(_sentence(reason) for reason in row["reasons"][:2])
        signing = sorted({one["who"] for one in row["approvals"] if one["code"] not in EVERY_PLACEMENT})
        if signing:
            reasons += f" Needs {' and '.join(signing)}."
        table.add_row(row["child_id"], row["home_id"], "yes" if row["subject_to_offer"] else "no", reasons)
    console.print(table)
    more = len(answer["assignments"]) - shown
    if more > 0:
        console.print(f"... and {more} more placed.", style="dim")
    for row in answer["staying"]:
        console.print(f"Stays at {row['home_id']}: {row['child_id']}.", style="dim")
    for reason in answer["infeasible_because"]:
        console.print(f"Cannot hold: {reason}", style="bold")
    for row in answer["unplaced"]:
        reasons = " ".join(_sentence(reason) for reason in row["reasons"][:1])
        console.print(f"Not placed: {row['child_id']}. {reasons}")
    stages = Table("Aim", "Value", "Bound", "Proved", box=None, padding=(0, 1))
    for stage in answer["stages"]:
        stages.add_row(
            stage["aim"], str(stage["value"]), str(stage["bound"]), "yes" if stage["proved"] else "no"
        )
    console.print(stages)


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
    _print_warnings(console, answer)


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


def print_watch(console: Console, answer: Answer) -> None:
    """Print every spell with the rules that speak, in the order of the answer: the worst first."""
    _print_warnings(console, answer)
    spells = answer["spells"]
    if not spells:
        console.print("Nobody is recorded in emergency accommodation.")
    for spell in spells:
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
    _print_warnings(console, answer)


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
