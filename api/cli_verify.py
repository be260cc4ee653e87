"""The command that checks a saved plan with no solver: who is placed where, what each aim reached, every certificate."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_options import (
    EXIT_ANSWER,
    EXIT_INPUT,
    AsOf,
    Authority,
    HomesFile,
    Json,
    PolicyFile,
    UsageError,
    chosen_policy,
    console,
    print_json,
    settings,
)
from api.cli_records import referrals_and_homes
from api.terminal import leaving_with
from reference_data.problems import ImportIssue, ImportRejected

if TYPE_CHECKING:
    from matching.home import Home
    from matching.policy import Policy
    from matching.referral import Referral

PARTS = ("assignments", "unplaced", "stages", "eligible_pairs", "evidence", "status")
CHANGED = "The records or the policy have changed since this plan was made: it is checked against today's."


def add_commands(app: typer.Typer) -> None:
    """Add the command of this page to the application."""
    app.command("verify")(verify)


def verify(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="A plan: from match --json, or downloaded from its page.")
    ],
    homes: HomesFile = None,
    referrals: Annotated[
        Path | None, typer.Option("--referrals", "--referral", metavar="FILE", help="The waiting list.")
    ] = None,
    pins: Annotated[
        Path | None,
        typer.Option("--pins", metavar="FILE", help="Pairs that had to hold [those kept in the plan]."),
    ] = None,
    policy: PolicyFile = None,
    authority: Authority = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Check a plan with no solver: is it lawful, does it fit, do numbers and proofs add up; says what it leaves out."""
    from matching.verify import not_checked, verify_plan

    answer = read_plan(plan)
    if as_of is not None and as_of.isoformat() != answer["evidence"]["data_date"]:
        raise UsageError("A plan is checked as of the day it was made. Leave --as-of out.")
    chosen = chosen_policy(policy)
    unchanged: bool | None = None
    if homes is None and referrals is None and authority is not None:
        found_referrals, found_homes, unchanged = _stored(answer, authority, chosen)
    else:
        found_referrals, found_homes, _ = referrals_and_homes(
            referrals, homes, authority, "--referrals", may_be_empty=True
        )
    if pins is not None:
        from matching.files import read_pins

        decided: Any = read_pins(pins)[0]
    else:
        decided = answer.get("pins") or ()
    try:
        wrong = verify_plan(
            answer,
            found_referrals,
            found_homes,
            as_of=date.fromisoformat(answer["evidence"]["data_date"]),
            policy=chosen,
            pins=decided,
            same_records=unchanged is not False,
        )
        left_out = not_checked(answer, same_records=unchanged is not False)
    except (AttributeError, KeyError, TypeError, ValueError):
        # A part that is not as the contract has it: the file is no plan, whatever it looks like.
        raise _no_plan(plan) from None
    certified = [
        stage["aim"] for stage in answer["stages"] if stage.get("certificate") or stage.get("weights")
    ]
    # A script must see that something is wrong, however much of the answer it reads.
    exit_code = EXIT_INPUT if wrong else EXIT_ANSWER
    with leaving_with(exit_code):
        if as_json:
            print_json(
                {
                    "whole": not wrong,
                    "violations": [one.as_dict() for one in wrong],
                    "not_checked": left_out,
                    "stages": len(answer["stages"]),
                    "certified": certified,
                    "records_unchanged": unchanged,
                }
            )
        else:
            _print(answer, [one.as_dict() for one in wrong], certified, unchanged, left_out)
    raise typer.Exit(exit_code)


def read_plan(path: Path) -> dict[str, Any]:
    """Return a saved plan.

    Raises
    ------
    ImportRejected
        If the file holds no plan, or one whose parts cannot be read.
    """
    try:
        answer = json.loads(path.read_text(encoding="utf-8-sig"))
        usable = isinstance(answer, dict) and set(PARTS) <= set(answer)
        usable = usable and bool(date.fromisoformat(answer["evidence"]["data_date"]))
    except (OSError, ValueError, TypeError, KeyError):
        usable = False
    if not usable:
        what_to_do = (
            "Give the JSON that righthome match --json printed, or that was downloaded from a plan's page."
        )
        raise ImportRejected(
            [ImportIssue(file=path.name, row=None, column=None, rule="not_a_plan", what_to_do=what_to_do)]
        )
    found: dict[str, Any] = answer
    return found


def _no_plan(path: Path) -> ImportRejected:
    what_to_do = (
        "Give the JSON that righthome match --json printed, or that was downloaded from a plan's page."
    )
    return ImportRejected(
        [ImportIssue(file=path.name, row=None, column=None, rule="not_a_plan", what_to_do=what_to_do)]
    )


def _stored(
    answer: dict[str, Any], authority: str, policy: Policy
) -> tuple[tuple[Referral, ...], tuple[Home, ...], bool | None]:
    """Return the records a council's plan is made from, and whether they are still those of this plan."""
    from api.services.plans import question_of
    from api.services.stored import stored_records

    with stored_records(settings().database_url, authority) as records:
        # A plan is made without restricted children, and so is its check.
        everybody = records.for_everybody()
        unchanged = None
        if "question" in answer and "asked" in answer:
            now = question_of(
                records,
                as_of=date.fromisoformat(answer["evidence"]["data_date"]),
                policy=policy,
                decisions=answer.get("pins") or (),
                settings=answer["asked"],
            )
            unchanged = now == answer["question"]
        return everybody.referrals(), everybody.homes(), unchanged


def _print(
    answer: dict[str, Any],
    wrong: list[dict[str, Any]],
    certified: list[str],
    unchanged: bool | None,
    left_out: list[str],
) -> None:
    out = console()
    if unchanged is False:
        out.print(CHANGED, style="bold")
    if wrong:
        out.print(f"{len(wrong)} faults in this plan:", style="bold")
        for one in wrong:
            where = ", ".join(filter(None, (one["child_id"], one["home_id"])))
            out.print(f"  {one['rule']}: {one['text']}{f' ({where})' if where else ''}")
        out.print(f"Not checked: {', '.join(left_out)}.")
        return
    by_search = [
        stage["aim"] for stage in answer["stages"] if stage["proved"] and stage["aim"] not in certified
    ]
    unproved = [stage["aim"] for stage in answer["stages"] if not stage["proved"]]
    out.print(
        f"Nothing is wrong in what is checked of this plan: {len(answer['assignments'])} placed and "
        f"{len(answer['unplaced'])} not, each lawful and within the beds; {len(answer['stages'])} aims counted again."
    )
    out.print(f"Proved best by a certificate that adds up: {', '.join(certified) or 'none'}.")
    if by_search:
        out.print(f"Proved best by the search alone, which is not repeated here: {', '.join(by_search)}.")
    if unproved:
        out.print(f"Not proved best: {', '.join(unproved)}.")
    out.print(f"Not checked: {', '.join(left_out)}.")
