"""The commands of indicators: printed percentages held to their fractions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_options import Json, console, print_json


def add_commands(app: typer.Typer) -> None:
    """Add the commands of indicators."""
    app.command("check-figures")(check_figures)


def check_figures(
    figures: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Printed percentages with their fractions (CSV, XLSX or JSON)."),
    ],
    amber_percent: Annotated[
        float, typer.Option("--amber-percent", min=0, help="How near the target amber begins.")
    ] = 15.0,
    points: Annotated[
        bool, typer.Option("--points", help="That distance is in points, not a percentage of the target.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Every printed percentage beside what its fraction gives, with red-amber-green and direction."""
    from sufficiency.printed_figures import checked, read_printed_figures

    found, warnings = read_printed_figures(figures)
    answer = checked(found, amber_percent=Decimal(str(amber_percent)), points=points)
    answer["warnings"] = [f"{one.file}: {one.column or 'file'}: {one.what_to_do}" for one in warnings]
    if as_json:
        print_json(answer)
    else:
        _print(answer)


def _print(answer: dict[str, Any]) -> None:
    from rich.table import Table

    screen = console()
    table = Table(
        "Figure",
        "Fraction",
        "Printed",
        "Follows",
        "Target",
        "Colour",
        "Since before",
        box=None,
        padding=(0, 1),
    )
    for row in answer["figures"]:
        table.add_row(
            f"{row['indicator']} {row['period']}",
            f"{_shown(row['numerator'])}/{_shown(row['denominator'])}",
            _shown(row["printed_pct"]),
            {True: "yes", False: f"NO: {_shown(row['computed_pct'])}", None: "no fraction"}[row["follows"]],
            _shown(row["target_pct"]),
            row["rag"],
            row["travel"],
        )
    screen.print(table)
    counts = answer["counts"]
    screen.print(
        f"{counts['do_not_follow']} of {counts['checked']} printed figures do not follow from their fraction."
        + "".join(
            f"\n  row {row['row']}: {row['indicator']} {row['period']} printed {_shown(row['printed_pct'])}, "
            f"{_shown(row['numerator'])}/{_shown(row['denominator'])} gives {_shown(row['computed_pct'])}"
            for row in answer["do_not_follow"]
        )
    )


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
