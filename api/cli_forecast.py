"""The commands beside ``forecast``: a saved forecast against what happened, and returns as tidy tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_options import AsOf, Json, console, print_json
from reference_data.problems import ImportIssue, ImportRejected


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this page to the application."""
    app.command("forecast-against-actual")(forecast_against_actual)
    app.command("tidy-returns")(tidy_returns)


def forecast_against_actual(
    forecast: Annotated[
        Path, typer.Argument(metavar="FORECAST", help="A forecast saved with forecast --json.")
    ],
    returns: Annotated[
        Path, typer.Option("--returns", metavar="DIR", help="Returns that reach beyond its first date.")
    ],
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; what happened is dated by the returns
    as_json: Json = False,
) -> None:
    """A saved forecast beside what happened, month by month."""
    from api.printing import print_against_actual
    from sufficiency.against_actual import check_forecast
    from sufficiency.files import read_returns

    saved = _saved(forecast)
    answer = check_forecast(saved, read_returns(returns), file=forecast.name).as_dict()
    if as_json:
        print_json(answer)
    else:
        print_against_actual(console(), answer)


def _saved(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        what_to_do = "Give the JSON that righthome forecast --json printed."
        issue = ImportIssue(
            file=path.name, row=None, column=None, rule="not_a_forecast", what_to_do=what_to_do
        )
        raise ImportRejected([issue])
    return found


def tidy_returns(
    returns: Annotated[
        Path, typer.Option("--returns", metavar="DIR", help="A folder of SSDA903 returns, as they are.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="OUT", help="A workbook (.xlsx), or a new or empty folder for CSV files."
        ),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option("--authority", metavar="CODE", help="Of returns of several councils, only these."),
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Returns as tidy tables (periods of care, placements, homes by URN), and what was read and mended.

    With --as-of nothing recorded after that day is used.
    """
    from api.printing import print_reading
    from api.tidy_files import check_out, write_tables
    from sufficiency.files import read_returns
    from sufficiency.reading_report import reading_report
    from sufficiency.repair import repaired_history
    from sufficiency.tidy import tidy_tables

    if out is not None:
        check_out(out)
    found = read_returns(returns)
    if authority is not None:
        found = found.of(authority)
    history = repaired_history(found, known_on=as_of)
    tidy = tidy_tables(found, known_on=as_of)
    report = reading_report(found, history)
    report["tables"] = {name: len(getattr(tidy, name)) for name in ("periods", "placements", "homes")}
    report["placements_without_urn"] = tidy.placements_without_urn
    if out is not None:
        write_tables(out, tidy, history.report)
    if as_json:
        print_json(report)
    else:
        print_reading(console(), report)
