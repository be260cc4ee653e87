"""The commands of indicators: counted from returns, and printed percentages held to their fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_options import (
    AsOf,
    Authority,
    HomesFile,
    Json,
    UsageError,
    british_or_iso,
    console,
    print_json,
    today,
)


def add_commands(app: typer.Typer) -> None:
    """Add the commands of indicators."""
    app.command()(indicators)
    app.command("check-figures")(check_figures)


def indicators(
    returns: Annotated[
        Path, typer.Option("--returns", metavar="DIR", help="A folder of SSDA903 returns, as they are.")
    ],
    year: Annotated[
        int | None, typer.Option("--year", min=2000, max=2100, help="The year to 31 March of this year.")
    ] = None,
    at: Annotated[
        date | None,
        typer.Option(
            "--at", parser=british_or_iso, metavar="DATE", help="Count on this night instead, since 1 April."
        ),
    ] = None,
    rolling: Annotated[
        bool, typer.Option("--rolling", help="With --at: over the twelve months up to it instead.")
    ] = False,
    targets: Annotated[
        Path | None, typer.Option("--targets", metavar="FILE", help="Targets by indicator (TOML).")
    ] = None,
    homes: HomesFile = None,
    referrals: Annotated[
        Path | None,
        typer.Option(
            "--referrals",
            metavar="FILE",
            help="Who is whose brother or sister, and how urgent each search was.",
        ),
    ] = None,
    enquiries: Annotated[
        Path | None, typer.Option("--enquiries", metavar="FILE", help="Homes asked, and what they answered.")
    ] = None,
    notices: Annotated[
        Path | None, typer.Option("--notices", metavar="FILE", help="Notices that placements must end.")
    ] = None,
    meetings: Annotated[
        Path | None,
        typer.Option("--meetings", metavar="FILE", help="Stability meetings, due and held."),
    ] = None,
    authority: Authority = None,
    count_temporary: Annotated[
        bool, typer.Option("--count-temporary", help="Temporary places (T codes) count as placements.")
    ] = False,
    points: Annotated[
        bool, typer.Option("--points", help="Amber is within points, not a percentage, of the target.")
    ] = False,
    children: Annotated[
        bool, typer.Option("--children", help="List the ids of the children counted. Not for publication.")
    ] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Indicators of stability, distance, placements, care leavers and searches, with published comparators."""
    from api.indicators import indicators_answer
    from api.printing_indicators import print_indicators

    if (year is None) == (at is None):
        raise UsageError("Give --year YYYY, or --at DATE.")
    answer = indicators_answer(
        returns=returns,
        at=at or date(year or 0, 3, 31),
        rolling=rolling,
        targets=targets,
        homes=homes,
        enquiries=enquiries,
        referrals=referrals,
        notices=notices,
        meetings=meetings,
        authority=authority,
        count_temporary=count_temporary,
        points=points,
        with_children=children,
        as_of=as_of or today(),
    )
    if as_json:
        print_json(answer)
    else:
        print_indicators(console(), answer)


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
            _colours(row),
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


def _colours(row: dict[str, Any]) -> str:
    """Return the colour, and both where the printed figure has another than its fraction."""
    if row["follows"] is not False or row["rag"] == row["rag_of_fraction"]:
        return str(row["rag"])
    return f"{row['rag']} printed\n{row['rag_of_fraction']} by fraction"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
