"""The command that writes the annual sufficiency report."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_options import (
    AsOf,
    Authority,
    HomesFile,
    Json,
    Runs,
    Seed,
    UsageError,
    british_or_iso,
    print_json,
    progress,
    today,
)

if TYPE_CHECKING:
    from sufficiency.report import Report


def add_commands(app: typer.Typer) -> None:
    """Add ``report`` to the command."""
    app.command()(report)


def _file(help_text: str, name: str) -> object:
    return typer.Option(name, metavar="FILE", help=help_text)


def report(
    year: Annotated[
        int, typer.Option("--year", min=2000, max=2100, help="The year to 31 March of this year.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Where to write: .pdf, .docx, .xlsx, .html or .json. Never overwritten.",
        ),
    ],
    returns: Annotated[
        Path | None,
        typer.Option(
            "--returns",
            metavar="DIR",
            help="A folder of SSDA903 returns, as they are [the stored records of --authority].",
        ),
    ] = None,
    homes: HomesFile = None,
    referrals: Annotated[Path | None, _file("The waiting list.", "--referrals")] = None,
    enquiries: Annotated[Path | None, _file("Homes asked, and what they answered.", "--enquiries")] = None,
    stays: Annotated[Path | None, _file("Stays in emergency and crisis accommodation.", "--stays")] = None,
    stays_from: Annotated[
        date | None,
        typer.Option(
            "--stays-from",
            parser=british_or_iso,
            metavar="DATE",
            help="The day from which stays are complete.",
        ),
    ] = None,
    actions: Annotated[
        Path | None, _file("Candidate actions to compare (TOML or JSON).", "--actions")
    ] = None,
    plan: Annotated[Path | None, _file("The action plan's milestones (TOML).", "--plan")] = None,
    targets: Annotated[Path | None, _file("Targets by indicator (TOML).", "--targets")] = None,
    council: Annotated[
        Path | None, _file("The council's name, colour and paragraphs (TOML).", "--council")
    ] = None,
    yearly_budget: Annotated[
        float | None,
        typer.Option(
            "--yearly-budget", min=0, metavar="POUNDS", help="The money there is for a year's placements."
        ),
    ] = None,
    runs: Runs = 300,
    seed: Seed = 0,
    authority: Authority = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The annual sufficiency report, as PDF, Word, Excel or a web page: the same figures in all."""
    from api.reporting import check_out, report_of_files, report_of_records

    if stays is not None and stays_from is None:
        raise UsageError("Give --stays-from DATE: from when are the stays complete?")
    check_out(out)
    if returns is None:
        if authority is None:
            raise UsageError("Give --returns DIR, or --authority CODE for the stored records.")
        given = (homes, referrals, enquiries, stays, actions, plan, targets, council, yearly_budget)
        if any(one is not None for one in given):
            raise UsageError("With stored records give no files: what the council wrote is stored too.")
        made = report_of_records(
            authority,
            year=year,
            as_of=as_of or today(),
            runs=runs,
            seed=seed,
            step=lambda text: progress(f"{text} ..."),
        )
        _tell(made, out, as_json=as_json)
        return
    made = report_of_files(
        returns=returns,
        year=year,
        homes=homes,
        referrals=referrals,
        enquiries=enquiries,
        stays=stays,
        stays_from=stays_from,
        actions=actions,
        plan=plan,
        targets=targets,
        council=council,
        authority=authority,
        as_of=as_of or today(),
        yearly_budget_pence=None if yearly_budget is None else round(yearly_budget * 100),
        runs=runs,
        seed=seed,
        step=lambda text: progress(f"{text} ..."),
    )
    _tell(made, out, as_json=as_json)


def _tell(made: Report, out: Path, *, as_json: bool) -> None:
    from api.reporting import write_report

    write_report(made, out)
    if as_json:
        print_json(made.as_dict())
    else:
        progress(f"{made.title}, {made.council}: {len(made.sections)} sections, {len(made.tables())} tables.")
