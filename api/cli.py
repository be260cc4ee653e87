"""The ``righthome`` command: every command of the contract, its JSON and its exit codes.

Engines and the database are imported inside the command that needs them, so that ``rank`` answers
without waiting for what only ``serve`` uses.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
import typer.exceptions

from api import (
    cli_alerts,
    cli_audit,
    cli_beds,
    cli_database,
    cli_equality,
    cli_forecast,
    cli_indicators,
    cli_report,
    cli_retention,
    cli_synthetic,
    cli_users,
    cli_verify,
)
from api.cli_options import (
    EXIT_ANSWER,
    EXIT_ARGUMENTS,
    EXIT_FAULT,
    EXIT_NO_ANSWER,
    AsOf,
    Authority,
    HomesFile,
    Json,
    MonthsAhead,
    PolicyFile,
    Runs,
    Seed,
    UsageError,
    Verbose,
    british_or_iso,
    chosen_policy,
    console,
    print_json,
    progress,
    settings,
    today,
)
from api.cli_records import referrals_and_homes, warning_sentences, with_warnings
from api.cli_verify import read_plan
from api.terminal import end_for_want_of_a_reader, leaving_with
from reference_data.problems import ImportRejected, RighthomeError

if TYPE_CHECKING:
    from matching.referral import Referral

app = typer.Typer(
    name="righthome",
    help="Ranks lawful homes for a child, plans the waiting list, forecasts beds short and watches "
    "emergency accommodation. A person decides.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
def rank(
    homes: HomesFile = None,
    referral: Annotated[
        Path | None,
        typer.Option("--referral", "--referrals", metavar="FILE", help="Referrals: CSV, XLSX or JSON."),
    ] = None,
    child: Annotated[str | None, typer.Option("--child", metavar="ID", help="Whose homes to rank.")] = None,
    policy: PolicyFile = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            min=1,
            help="How many options to answer with [all]; the terminal prints the first five of them.",
        ),
    ] = None,
    authority: Authority = None,
    as_of: AsOf = None,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Every lawful home for one child, ranked with reasons; every other home with its reason."""
    from api.printing_matching import print_ranking
    from matching.rank import rank_homes

    referrals, found_homes, warnings = referrals_and_homes(referral, homes, authority, "--referral")
    chosen = _the_child(referrals, child)
    ranking = rank_homes(
        chosen,
        found_homes,
        as_of=as_of or today(),
        policy=chosen_policy(policy),
        others=tuple(other for other in referrals if other is not chosen),
        limit=limit,
    )
    answer = with_warnings(ranking.as_dict(), warnings)
    if as_json:
        print_json(answer)
    else:
        print_ranking(console(), answer, verbose=verbose)


def _the_child(referrals: tuple[Referral, ...], child: str | None) -> Referral:
    if child is None:
        if len(referrals) > 1:
            raise UsageError("The file holds several referrals: say which with --child ID.")
        return referrals[0]
    matches = [one for one in referrals if child in (one.child_id, one.referral_id)]
    if len(matches) != 1:
        problem = (
            "No referral has that --child ID." if not matches else "Several referrals have that --child ID."
        )
        raise UsageError(problem)
    return matches[0]


@app.command()
def match(
    homes: HomesFile = None,
    referrals: Annotated[
        Path | None, typer.Option("--referrals", "--referral", metavar="FILE", help="The waiting list.")
    ] = None,
    policy: PolicyFile = None,
    pins: Annotated[Path | None, typer.Option("--pins", metavar="FILE", help="Pairs that must hold.")] = None,
    arrivals: Annotated[
        list[Path] | None,
        typer.Option(
            "--arrivals",
            metavar="FILE",
            help="Children who may arrive next, to price beds; again, or a folder, for further samples.",
        ),
    ] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", min=0.01, help="Seconds.")] = 30.0,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=20, help="Further plans to look for.")
    ] = 0,
    differ_by: Annotated[
        int, typer.Option("--differ-by", min=1, help="Children for whom each further plan differs at least.")
    ] = 2,
    loss_percent: Annotated[
        int,
        typer.Option("--loss-percent", min=0, max=100, help="Most that an aim of a further plan is worse."),
    ] = 10,
    certificates: Annotated[
        bool,
        typer.Option(
            "--certificates", help="Prove each aim by weights that anybody can add up, where there are any."
        ),
    ] = False,
    seed: Seed = 0,
    authority: Authority = None,
    as_of: AsOf = None,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """The joint plan for the whole waiting list, with a proof that no better plan exists."""
    from api.printing_matching import print_plan
    from matching.files import read_arrivals, read_pins
    from matching.plan import plan_list

    found_referrals, found_homes, warnings = referrals_and_homes(
        referrals, homes, authority, "--referrals", may_be_empty=True
    )
    decided: Any = ()
    if pins:
        children = {one.child_id for one in found_referrals}
        decided, noticed = read_pins(
            pins, child_ids=children, home_ids={home.home_id for home in found_homes}
        )
        warnings += tuple(warning_sentences(noticed))
    samples, noticed = read_arrivals(arrivals or ())
    warnings += tuple(warning_sentences(noticed))
    plan = plan_list(
        found_referrals,
        found_homes,
        as_of=as_of or today(),
        policy=chosen_policy(policy),
        pins=decided,
        arrivals=samples,
        time_limit_seconds=time_limit,
        seed=seed,
        alternatives=alternatives,
        differ_by=differ_by,
        loss_percent=loss_percent,
        certificates=certificates,
    )
    answer = with_warnings(plan.as_dict(), warnings)
    if samples:
        drawn = sum(map(len, samples))
        answer["arrivals"] = {"samples": len(samples), "children": drawn, "given": True}
    exit_code = EXIT_NO_ANSWER if answer["status"] == "TIME_LIMIT_NO_SOLUTION" else EXIT_ANSWER
    with leaving_with(exit_code):
        if as_json:
            print_json(answer)
        else:
            print_plan(console(), answer, verbose=verbose)
    raise typer.Exit(exit_code)


@app.command("compare-plans")
def compare_plans(
    first: Annotated[Path, typer.Argument(metavar="FIRST", help="A plan saved with match --json.")],
    second: Annotated[Path, typer.Argument(metavar="SECOND", help="Another one.")],
    as_json: Json = False,
) -> None:
    """How a second saved plan differs from a first: who would live elsewhere, what is better and worse."""
    from matching.plan_comparison import compare_plans as compared

    found = compared(read_plan(first), read_plan(second))
    if as_json:
        print_json(found.as_dict())
    else:
        for sentence in found.differences:
            console().print(sentence)


@app.command()
def forecast(
    start: Annotated[
        date, typer.Option("--from", parser=british_or_iso, metavar="DATE", help="The first date forecast.")
    ],
    months: MonthsAhead,
    returns: Annotated[
        Path | None,
        typer.Option("--returns", metavar="DIR", help="A folder of SSDA903 returns, as they are."),
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="From published DfE figures only, for --authority.")
    ] = False,
    homes: HomesFile = None,
    referrals: Annotated[Path | None, typer.Option("--referrals", metavar="FILE")] = None,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="Changes to try (TOML or JSON).")
    ] = None,
    runs: Runs = 500,
    seed: Seed = 0,
    repairs: Annotated[
        Path | None,
        typer.Option("--repairs", metavar="FILE", help="Write every repair of the returns to this CSV."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why the number changes; takes about twice as long.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="chance|parameters|drift",
            help="Leave a source of uncertainty out of the bands; may be given again.",
        ),
    ] = None,
    track_record: Annotated[
        bool,
        typer.Option(
            "--track-record/--no-track-record",
            help="Say how past forecasts of this council did; leaving it out saves a few seconds.",
        ),
    ] = True,
    publish: Annotated[
        Path | None,
        typer.Option(
            "--publish",
            metavar="FILE",
            help="Write what may be published to this CSV, XLSX or JSON, small numbers withheld.",
        ),
    ] = None,
    round_to: Annotated[
        int | None,
        typer.Option("--round-to", metavar="N", help="Publish numbers rounded to multiples of N instead."),
    ] = None,
    policy: PolicyFile = None,
    processes: Annotated[
        int,
        typer.Option(
            "--processes", min=1, max=64, help="Processes to draw futures in; the answer is the same."
        ),
    ] = 1,
    authority: Authority = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Children by kind of home and age, month by month, and the beds that will be short."""
    from api.forecasting import forecast_answer
    from api.printing import print_forecast
    from api.publishing import check_publishing

    if published and (returns is not None or authority is None):
        raise UsageError("--published needs --authority CODE, and takes no --returns.")
    if returns is None and authority is None:
        raise UsageError("Give --returns DIR, or --authority CODE to use the database or --published.")
    if round_to is not None and publish is None:
        raise UsageError("--round-to is for --publish FILE.")
    publishing = check_publishing(publish, policy, round_to)
    if not as_json:
        progress("Simulating ...")
    answer = forecast_answer(
        returns=returns,
        published=published,
        homes=homes,
        referrals=referrals,
        scenario=scenario,
        start=start,
        months=months,
        runs=runs,
        seed=seed,
        authority=authority,
        as_of=as_of or today(),
        repairs=repairs,
        processes=processes,
        explain=explain,
        without=tuple(without or ()),
        track_record=track_record,
    )
    if publishing:
        progress(publishing.write(answer))
    if as_json:
        print_json(answer)
    else:
        print_forecast(console(), answer)


@app.command()
def backtest(
    returns: Annotated[
        Path, typer.Option("--returns", metavar="DIR", help="A folder of SSDA903 returns, as they are.")
    ],
    origins: Annotated[
        int, typer.Option("--origins", min=1, max=20, help="How many past 31 Marches to forecast from.")
    ] = 3,
    runs: Runs = 300,
    seed: Seed = 0,
    as_of: AsOf = None,  # noqa: ARG001  every command takes it; a backtest's dates are those of the returns
    as_json: Json = False,
) -> None:
    """Past forecasts beside what happened and beside "same as today"."""
    from api.printing import print_backtest
    from sufficiency.backtest import backtest_forecast
    from sufficiency.files import read_returns

    answer = backtest_forecast(read_returns(returns), origins=origins, runs=runs, seed=seed).as_dict()
    if as_json:
        print_json(answer)
    else:
        print_backtest(console(), answer)


@app.command()
def watch(
    stays: Annotated[
        Path | None, typer.Option("--stays", metavar="FILE", help="Stays: CSV, XLSX or JSON.")
    ] = None,
    policy: PolicyFile = None,
    authority: Authority = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Emergency-accommodation spells: who is over the limit, who will be, and what is due."""
    from api.printing import print_watch
    from sufficiency.emergency import watch as watch_spells
    from sufficiency.stay_files import read_stays

    if stays is not None:
        found, noticed = read_stays(stays)
        warnings = tuple(warning_sentences(noticed))
    elif authority is not None:
        from api.services.stored import stored_stays

        found, warnings = stored_stays(authority), ()
    else:
        raise UsageError("Give --stays FILE, or --authority CODE to use the database.")
    report = watch_spells(found, as_of=as_of or today(), policy=chosen_policy(policy))
    answer = with_warnings(report.as_dict(), warnings)
    if as_json:
        print_json(answer)
    else:
        print_watch(console(), answer)


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="A record; leave out to list them.")] = None,
    as_json: Json = False,
) -> None:
    """The JSON Schema of a record."""
    from reference_data.fields import json_schema, record_names
    from sufficiency.action_values import actions_schema
    from sufficiency.scenario_values import scenario_schema

    files = {"scenario": scenario_schema, "actions": actions_schema}
    if name in files:
        print_json(files[name]())
    elif name is not None:
        print_json(json_schema(name))
    elif as_json:
        print_json([*record_names(), *files])
    else:
        for record in (*record_names(), *files):
            typer.echo(record)


@app.command()
def demo(
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Where to serve.")] = 8000,
    serve_site: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Whether to start the site afterwards.")
    ] = True,
    as_json: Json = False,
) -> None:
    """The three jobs on an invented partnership around Plymouth, then the site."""
    from api.demo import run_demo

    run_demo(console(), port=port, serve_site=serve_site, as_json=as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="The address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65_535, help="The port [8000].")] = None,
) -> None:
    """The web application and JSON API on the configured database."""
    from api.serving import serve as serve_application

    chosen = settings()
    serve_application(chosen, host=host or chosen.host, port=port or chosen.port)


cli_database.add_commands(app)
app.add_typer(cli_alerts.alerts, name="alerts")
app.add_typer(cli_users.users, name="users")
app.add_typer(cli_audit.audit, name="audit")
app.add_typer(cli_retention.retention, name="retention")
cli_synthetic.add_commands(app)
cli_equality.add_commands(app)
cli_verify.add_commands(app)
cli_forecast.add_commands(app)
cli_beds.add_commands(app)
cli_indicators.add_commands(app)
cli_report.add_commands(app)


def main() -> None:
    """Run the command and leave with the contract's exit code; whoever reads only the first lines ends it quietly."""
    try:
        _run()
    except BrokenPipeError:
        end_for_want_of_a_reader()
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError) and left.code == EXIT_FAULT:
            # The library of the command line makes a 1 of it.
            end_for_want_of_a_reader()
        try:
            # What is still kept back is written here, where a reader who has gone can be told from a fault.
            sys.stdout.flush()
        except BrokenPipeError:
            end_for_want_of_a_reader(left.code)
        raise


def _run() -> NoReturn:
    wants_json = "--json" in sys.argv[1:]
    try:
        left_with = app(standalone_mode=False)
        sys.exit(left_with if isinstance(left_with, int) else EXIT_ANSWER)
    except typer.Exit as left:
        sys.exit(left.exit_code)
    except UsageError as error:
        _leave(EXIT_ARGUMENTS, "unusable_arguments", str(error), wants_json)
    except typer.exceptions.TyperException as error:
        _leave(EXIT_ARGUMENTS, "unusable_arguments", error.format_message(), wants_json)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        raise
    except RighthomeError as error:
        from api.errors import exit_code_of

        _leave(exit_code_of(error), error.code, error.message, wants_json, error)
    except Exception as error:
        _leave_with_fault(error, wants_json)


def _leave(
    exit_code: int, code: str, message: str, wants_json: bool, error: RighthomeError | None = None
) -> NoReturn:
    problems = [issue.as_dict() for issue in error.issues] if isinstance(error, ImportRejected) else []
    if wants_json:
        with leaving_with(exit_code):
            print_json({"code": code, "message": message, "problems": problems})
    else:
        typer.echo(message, err=True)
        for problem in problems:
            place = ", ".join(
                f"{name} {problem[name]}" for name in ("row", "column") if problem[name] is not None
            )
            where = f"{problem['file']}, {place}" if place else problem["file"]
            typer.echo(f"  {where}: {problem['rule']}. {problem['what_to_do']}", err=True)
    sys.exit(exit_code)


def _leave_with_fault(error: Exception, wants_json: bool) -> NoReturn:
    """Leave with exit code 1, saying where the fault is and never what the data were."""
    import traceback
    import uuid

    reference = uuid.uuid4().hex[:12]
    message = f"Righthome failed; this is a fault of ours. Reference {reference}."
    if wants_json:
        with leaving_with(EXIT_FAULT):
            print_json({"code": "fault", "message": message, "problems": []})
    else:
        typer.echo(message, err=True)
    # Places in our code only: the text of an exception may quote a record.
    for frame in traceback.extract_tb(error.__traceback__):
        typer.echo(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}", err=True)
    typer.echo(f"  {type(error).__name__}", err=True)
    sys.exit(EXIT_FAULT)


if __name__ == "__main__":
    main()
