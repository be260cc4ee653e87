"""The command that shows who gets offered what, and how often people choose another home than the first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli_options import (
    AsOf,
    Authority,
    HomesFile,
    Json,
    PolicyFile,
    chosen_policy,
    console,
    print_json,
    today,
)
from api.cli_records import referrals_and_homes, warning_sentences, with_warnings
from matching.small_numbers import SUPPRESSED


def add_commands(app: typer.Typer) -> None:
    """Add the command of this page to the application."""
    app.command()(equality)


def equality(
    homes: HomesFile = None,
    referrals: Annotated[
        Path | None, typer.Option("--referrals", "--referral", metavar="FILE", help="The children.")
    ] = None,
    characteristics: Annotated[
        Path | None,
        typer.Option("--characteristics", metavar="FILE", help="Ethnicity, disability and sex by child."),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", metavar="FILE", help="Which home was decided on for which child."),
    ] = None,
    enquiries: Annotated[
        Path | None,
        typer.Option("--enquiries", metavar="FILE", help="Which homes were asked, and said what."),
    ] = None,
    policy: PolicyFile = None,
    for_publication: Annotated[
        bool,
        typer.Option("--for-publication", help="Suppress and round small counts, and name no child."),
    ] = False,
    authority: Authority = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Who gets offered what by sex, ethnicity, disability and distance; how often another home is chosen."""
    from matching.equality import equality_report
    from matching.files import read_characteristics, read_decisions, read_enquiries

    found_referrals, found_homes, warnings = referrals_and_homes(referrals, homes, authority, "--referrals")
    more: dict[str, Any] = {}
    if characteristics is not None:
        more["characteristics"], noticed = read_characteristics(characteristics)
        warnings += tuple(warning_sentences(noticed))
    if decisions is not None:
        more["decisions"], noticed = read_decisions(
            decisions,
            child_ids={one.child_id for one in found_referrals},
            home_ids={home.home_id for home in found_homes},
        )
        warnings += tuple(warning_sentences(noticed))
    if enquiries is not None:
        more["enquiries"], noticed = read_enquiries(enquiries)
        warnings += tuple(warning_sentences(noticed))
    report = equality_report(
        found_referrals, found_homes, as_of=as_of or today(), policy=chosen_policy(policy), **more
    )
    answer = with_warnings(report.as_dict(for_publication=for_publication), warnings)
    if as_json:
        print_json(answer)
    else:
        print_equality(console(), answer)


def print_equality(out: Console, answer: dict[str, Any]) -> None:
    """Print the report as a table for each characteristic."""
    out.print(answer["statement"])
    for characteristic in dict.fromkeys(group["characteristic"] for group in answer["groups"]):
        rows = [group for group in answer["groups"] if group["characteristic"] == characteristic]
        for first in range(0, len(rows), _GROUPS_ABREAST):
            out.print(_table(characteristic, rows[first : first + _GROUPS_ABREAST]))
    counts = answer["overrides"]
    if counts is None:
        out.print("No decisions were given, so how often another home was chosen is not known.")
        return
    out.print(
        f"Decisions: {counts['decisions']}. The home ranked first was chosen {_times(counts['first_chosen'])}, another "
        f"{_times(counts['another_chosen'])}, none {_times(counts['none_chosen'])}."
    )
    unexplained = counts["without_reason"]
    out.print(f"Another home without a reason written down: {_cell(unexplained)}.")
    out.print(f"A home that the rules do not offer: {_cell(answer['not_an_option'])}.")
    if answer["first_worked_out"]:
        out.print(
            "Where the home ranked first was not recorded it was worked out from these records, which may have "
            f"changed since: {answer['first_worked_out']}."
        )


_MEASURES = {
    "children": "Children",
    "options_median": "Homes that could take the child, middle",
    "known_to_fit": "First home known to fit",
    "without_option": "No home could take the child",
    "first_miles_median": "Miles to the first home, middle",
    "first_far": "First home more than 20 miles away",
    "homes_asked": "A home was asked",
    "homes_offered": "A home offered a place",
    "decisions": "Decisions recorded",
    "first_chosen": "The first home was chosen",
    "another_chosen": "Another home was chosen",
}
_GROUPS_ABREAST = 5


def _table(characteristic: str, groups: list[dict[str, Any]]) -> Table:
    table = Table(title=f"By {characteristic}", title_justify="left")
    table.add_column("")
    for group in groups:
        table.add_column(group["group"], justify="right")
    asked = "homes_asked", "homes_offered", "decisions", "first_chosen", "another_chosen"
    for name, words in _MEASURES.items():
        cells = [group[name] for group in groups]
        if name not in asked or any(isinstance(cell, int) for cell in cells):
            table.add_row(words, *map(_cell, cells))
    kinds = [group["first_kinds"] if isinstance(group["first_kinds"], dict) else None for group in groups]
    for kind in sorted({kind for counts in kinds for kind in counts or ()}):
        cells = [SUPPRESSED if counts is None else counts.get(kind, 0) for counts in kinds]
        table.add_row(f"First home: {kind.replace('_', ' ')}", *map(_cell, cells))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, list):
        return ", ".join(value) or "0"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _times(count: int | str) -> str:
    return f"{count} times" if count != 1 else "once"
