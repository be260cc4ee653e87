"""What the commands share: their options, exit codes, and how an answer leaves.

Engines and the database are imported inside the function that needs them.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reference_data.problems import ImportIssue, ImportRejected, RighthomeError

if TYPE_CHECKING:
    from rich.console import Console

    from api.settings import Settings
    from matching.policy import Policy


class UsageError(Exception):
    """Arguments that cannot be used together."""


EXIT_ANSWER = 0
EXIT_FAULT = 1
EXIT_ARGUMENTS = 2
EXIT_INPUT = 3
EXIT_NO_ANSWER = 4


def british_or_iso(value: str) -> date:
    """Return a date written as ISO or dd/mm/yyyy."""
    from reference_data.cells import CellError, parse_date

    try:
        return parse_date(value)
    except CellError as error:
        raise typer.BadParameter(error.what_to_do) from None


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=british_or_iso, metavar="DATE", help="The date facts are known on [today]."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
HomesFile = Annotated[Path | None, typer.Option("--homes", metavar="FILE", help="Homes: CSV, XLSX or JSON.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="A council's policy (TOML) [the shipped default]."),
]
StartOrNext = Annotated[
    date | None,
    typer.Option(
        "--from",
        parser=british_or_iso,
        metavar="DATE",
        help="The first date [the day after the last return].",
    ),
]
MonthsAhead = Annotated[int, typer.Option("--months", min=1, max=120, help="How many months to look ahead.")]
Runs = Annotated[int, typer.Option("--runs", min=2, max=10_000, help="Simulated futures.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Where random numbers start.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", help="Print what each answer rests on as well: aims, sources, costs, proofs."),
]
Authority = Annotated[
    str | None, typer.Option("--authority", metavar="CODE", help="DfE code of the responsible authority.")
]
AsUser = Annotated[str | None, typer.Option("--as-user", help="Who is doing this, for the audit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")]


def console() -> Console:
    """Return the terminal, or a file of steady width."""
    from api.terminal import Terminal

    # Into a file or a pipe there is no width to ask for, and the usual 80 columns break tables early.
    return Terminal(highlight=False, width=None if sys.stdout.isatty() else 110)


def today() -> date:
    """Return the present date in London."""
    from zoneinfo import ZoneInfo

    from api.clock import now

    return now().astimezone(ZoneInfo("Europe/London")).date()


def refuse_future(as_of: date | None) -> None:
    """Refuse to write alerts for a day that has not come; a demonstration's own date counts as today."""
    from api.clock import day_of

    if as_of is not None and as_of > max(today(), day_of(settings())):
        raise UsageError("Alerts are for days that have come: give --as-of today or earlier.")


def settings() -> Settings:
    """Return the settings of this installation."""
    from api.settings import settings_from_environment

    return settings_from_environment(os.environ)


def print_json(answer: Any) -> None:
    """Print the one document of ``--json``."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False))


def progress(text: str) -> None:
    """Say what is going on, beside the answer."""
    typer.echo(text, err=True)


def chosen_policy(path: Path | None) -> Policy:
    """Return a council's policy, or the shipped default."""
    from matching.policy import default_policy, read_policy

    if path is None:
        return default_policy()
    try:
        return read_policy(path)
    except ImportRejected:
        raise
    except RighthomeError as error:
        # A policy is a file like any other: what is wrong with it is a problem of that file.
        issue = ImportIssue(file=path.name, row=None, column=None, rule=error.code, what_to_do=error.message)
        raise ImportRejected([issue]) from None
