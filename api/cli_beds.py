"""The command of a commissioner's question: beds short, and what to do about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_options import (
    AsOf,
    Authority,
    Json,
    MonthsAhead,
    PolicyFile,
    Runs,
    Seed,
    StartOrNext,
    UsageError,
    british_or_iso,
    chosen_policy,
    console,
    print_json,
    progress,
    today,
)

if TYPE_CHECKING:
    from sufficiency.crisis_beds import BreathingSpace

ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the answer as a page too: .html, .pdf, .docx or .xlsx. Never overwritten.",
    ),
]


def add_commands(app: typer.Typer) -> None:
    """Add ``beds`` and ``partnership`` to the command."""
    app.command()(beds)
    app.command()(partnership)


def beds(
    returns: Annotated[
        Path, typer.Option("--returns", metavar="DIR", help="A folder of SSDA903 returns, as they are.")
    ],
    homes: Annotated[Path, typer.Option("--homes", metavar="FILE", help="Homes: CSV, XLSX or JSON.")],
    stays: Annotated[
        Path | None,
        typer.Option("--stays", metavar="FILE", help="Stays in emergency and crisis accommodation."),
    ] = None,
    stays_from: Annotated[
        date | None,
        typer.Option(
            "--stays-from",
            parser=british_or_iso,
            metavar="DATE",
            help="The day from which stays are complete.",
        ),
    ] = None,
    referrals: Annotated[
        Path | None,
        typer.Option(
            "--referrals", metavar="FILE", help="The waiting list: whom the children who come are like."
        ),
    ] = None,
    enquiries: Annotated[
        Path | None, typer.Option("--enquiries", metavar="FILE", help="Homes asked, and what they answered.")
    ] = None,
    actions: Annotated[
        Path | None, typer.Option("--actions", metavar="FILE", help="Candidate actions (TOML or JSON).")
    ] = None,
    voids: Annotated[
        Path | None, typer.Option("--voids", metavar="FILE", help="Block beds that stood empty, and why.")
    ] = None,
    contracts: Annotated[
        Path | None,
        typer.Option("--contracts", metavar="FILE", help="Contracts, for what an empty bed costs."),
    ] = None,
    start: StartOrNext = None,
    months: MonthsAhead = 24,
    runs: Runs = 300,
    seed: Seed = 0,
    authority: Authority = None,
    action_budget: Annotated[
        float | None,
        typer.Option(
            "--action-budget", min=0, metavar="POUNDS", help="The most that actions may cost in all."
        ),
    ] = None,
    yearly_budget: Annotated[
        float | None,
        typer.Option(
            "--yearly-budget", min=0, metavar="POUNDS", help="The money there is for a year's placements."
        ),
    ] = None,
    late_openings: Annotated[
        bool, typer.Option("--late-openings", help="Let planned homes open late, or never, as often they do.")
    ] = False,
    carer_enquiries: Annotated[
        float | None,
        typer.Option(
            "--carer-enquiries",
            min=0,
            metavar="N",
            help="People a year who enquire about fostering: carers then come and go.",
        ),
    ] = None,
    carer_loss: Annotated[
        float | None,
        typer.Option(
            "--carer-loss",
            min=0,
            max=99,
            metavar="PERCENT",
            help="Households that stop in a year [as in England].",
        ),
    ] = None,
    constellations: Annotated[
        int,
        typer.Option(
            "--constellations",
            min=0,
            metavar="N",
            help="Mockingbird constellations, each of a hub and eight.",
        ),
    ] = 0,
    kept_by_constellation: Annotated[
        float,
        typer.Option(
            "--kept-by-constellation",
            min=0,
            max=100,
            metavar="PERCENT",
            help="Of their households that would stop, how many stay because of it.",
        ),
    ] = 0.0,
    as_far_as_reached: Annotated[
        bool,
        typer.Option(
            "--as-far-as-reached",
            help="Count our own places only where somebody lives or that are confirmed as free.",
        ),
    ] = False,
    breathing_space: Annotated[
        tuple[float, float, float] | None,
        typer.Option(
            "--breathing-space",
            metavar="N NIGHTS PERCENT",
            help="Children a year whose placement is about to break and who use a crisis bed, for how many nights, and "
            "how many of 100 would otherwise have come in crisis.",
        ),
    ] = None,
    policy: PolicyFile = None,
    out: ReportFile = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Beds short and what to do about it: capacity, crisis beds, costs, block contracts and actions."""
    from api.beds_planning import beds_answer
    from api.printing_beds import print_beds
    from api.reporting import check_out, write_report
    from sufficiency.beds_report import beds_report

    if stays is not None and stays_from is None:
        raise UsageError("Give --stays-from DATE: from when are the stays complete?")
    if (carer_loss is not None or constellations) and carer_enquiries is None:
        raise UsageError(
            "Give --carer-enquiries N beside --carer-loss or --constellations: how many enquire in a year?"
        )
    if out is not None:
        check_out(out)
    if not as_json:
        progress("Simulating ...")
    answer = beds_answer(
        returns=returns,
        homes=homes,
        stays=stays,
        stays_from=stays_from,
        referrals=referrals,
        enquiries=enquiries,
        actions=actions,
        voids=voids,
        contracts=contracts,
        start=start,
        months=months,
        runs=runs,
        seed=seed,
        authority=authority,
        as_of=as_of or today(),
        action_budget_pence=_pence(action_budget),
        yearly_budget_pence=_pence(yearly_budget),
        late_openings=late_openings,
        carer_enquiries=carer_enquiries,
        carer_loss=carer_loss,
        constellations=constellations,
        kept_by_constellation=kept_by_constellation,
        as_far_as_reached=as_far_as_reached,
        breathing_space=_breathing_space(breathing_space),
        policy=chosen_policy(policy),
    )
    if out is not None:
        write_report(beds_report(answer, made_on=as_of or today()), out)
    if as_json:
        print_json(answer)
    else:
        print_beds(console(), answer)


def _breathing_space(given: tuple[float, float, float] | None) -> BreathingSpace | None:
    from sufficiency.crisis_beds import BreathingSpace

    if given is None:
        return None
    a_year, nights, percent = given
    return BreathingSpace(a_year=a_year, nights=nights, keeps_placement=percent / 100)


def _pence(pounds: float | None) -> int | None:
    return None if pounds is None else round(pounds * 100)


def partnership(
    returns: Annotated[
        Path,
        typer.Option(
            "--returns",
            metavar="DIR",
            help="SSDA903 returns of several councils, each in a folder with its code or name.",
        ),
    ],
    homes: Annotated[Path, typer.Option("--homes", metavar="FILE", help="Homes: CSV, XLSX or JSON.")],
    start: StartOrNext = None,
    months: MonthsAhead = 24,
    runs: Runs = 100,
    seed: Seed = 0,
    out: ReportFile = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Beds short of each council of a partnership, alone and sharing: none is worse off than alone."""
    from api.beds_planning import partnership_answer
    from api.printing_beds import print_partnership
    from api.reporting import check_out, write_report
    from sufficiency.beds_report import partnership_report

    if out is not None:
        check_out(out)
    if not as_json:
        progress("Simulating each council ...")
    answer = partnership_answer(
        returns=returns,
        homes=homes,
        start=start,
        months=months,
        runs=runs,
        seed=seed,
        as_of=as_of or today(),
    )
    if out is not None:
        write_report(partnership_report(answer, made_on=as_of or today()), out)
    if as_json:
        print_json(answer)
    else:
        print_partnership(console(), answer)
