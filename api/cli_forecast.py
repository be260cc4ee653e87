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
