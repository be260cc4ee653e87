"""Matching as a person reads it in the terminal: the homes for one child, and the plan of a whole list.

Short first: what a person needs to act on. ``verbose`` adds what each answer rests on: every aim with its penalty and
source, what each choice costs the others, how each aim is proved. The page says the same from the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.printing import Answer, british_date, full_stop, miles, pounds, print_warnings
from api.web.presenters.plan_certainty import (
    arrivals_in_words,
    present_bottlenecks,
    present_one_more_bed,
    present_prices,
    present_stage,
)
from api.web.presenters.weighing import present_sensitivity
from api.web.rule_words import rule_words
from api.web.words import domain_words, joined
from matching.aim_words import aim_in_words
from matching.approvals import EVERY_PLACEMENT
from matching.findings import TO_BE_ASKED
from matching.staying import STAYS_PUT, needs_a_move, stay_where_they_may_not

FOR_SHOWN = 3
"""What speaks for a home in short; what speaks against it is always told whole."""
HOMES_NAMED = 6
PRICES_SHOWN = 3
RULES_SHOWN = 8
"""Rules told in short, those that exclude most homes first."""


def print_ranking(console: Console, answer: Answer, *, shown: int = 5, verbose: bool = False) -> None:
    """Print what to ask first, the first options, how far to trust their order, and what excludes the others."""
    for prompt in answer["prompts"]:
        console.print(f"First: {prompt}")
    for assumption in answer["assumptions"]:
        console.print(f"Assumed: {assumption}", style="dim")
    print_warnings(console, answer)
    if not answer["options"]:
        console.print("No home is an option today.", style="bold")
    else:
        _print_options(console, answer, shown, verbose)
        _print_order(console, answer, verbose)
    _print_exclusions(console, answer["excluded"], verbose)
    _print_changes(console, answer["relaxations"], shown, verbose)


def _print_options(console: Console, answer: Answer, shown: int, verbose: bool) -> None:
    table = Table("", "Home", "Miles", "A week", "For, against, and what to do", box=None, padding=(0, 1))
    sources = {aim["aim"]: aim for aim in answer["aims"]}
    for option in answer["options"][:shown]:
        table.add_row(
            str(option["rank"]),
            option["home_id"],
            miles(option["distance_miles"]),
            pounds(option["weekly_fee_pence"]),
            _option_text(option, sources if verbose else None),
        )
    console.print(table)
    more = len(answer["options"]) - min(shown, len(answer["options"])) + answer["options_not_shown"]
    if more > 0:
        console.print(f"... and {more} more option{'' if more == 1 else 's'}.", style="dim")


def _option_text(option: Answer, sources: dict[str, Answer] | None) -> Text:
    """Return an option in lines; with the aims' sources, everything it was weighed by as well."""
    text = Text()

    def line(words: str, style: str = "") -> None:
        text.append(("\n" if text else "") + words, style=style)

    if option["distance_note"]:
        line(f"Distance not known: {full_stop(option['distance_note'])}", "dim")
    speaks_for = option["for"] if sources else option["for"][:FOR_SHOWN]
    further = len(option["for"]) - len(speaks_for)
    for reason in speaks_for:
        line(f"+ {full_stop(reason)}")
    if further:
        line(f"+ and {further} more", "dim")
    for reason in option["against"]:
        line(f"- {full_stop(reason)}")
    for gap in option["gaps"]:
        size = (
            "the home has not said"
            if gap["points"] is None
            else f"{gap['points']} point{'' if gap['points'] == 1 else 's'} beyond"
        )
        line(f"Gap in {domain_words(gap['domain']).lower()} ({size}): {full_stop(gap['support'])}", "cyan")
    for question in option["questions"]:
        line(f"Ask {question['ask']}: {question['text']}", "magenta")
    for approval in option["approvals"]:
        if sources or approval["code"] not in EVERY_PLACEMENT:
            due = f" by {british_date(approval['due_on'])}" if approval["due_on"] else ""
            instrument = f" ({approval['instrument']})" if sources and approval["instrument"] else ""
            line(f"Needs {approval['who']}{due}: {approval['why']}{instrument}", "yellow")
    notices = [one for one in option["approvals"] if one["code"] in EVERY_PLACEMENT and not sources]
    if notices:
        days = {british_date(one["due_on"]) for one in notices if one["due_on"]}
        by = f" by {joined(sorted(days))}" if days else ""
        line(f"Then the {joined(one['code'].replace('_', ' ') for one in notices)}{by}", "yellow")
    for flag in option["flags"]:
        line(f"Note: {full_stop(flag)}", "dim")
    if sources:
        for reason in option["reasons"]:
            line(f"Recorded: {full_stop(reason)}", "dim")
        for term in option["terms"]:
            aim = sources[term["aim"]]
            line(
                f"{aim_in_words(term['aim']).capitalize()}: {term['penalty']} "
                f"({term['units']} x {aim['weight']}; {aim['source']})",
                "dim",
            )
    return text


def _print_order(console: Console, answer: Answer, verbose: bool) -> None:
    swaps = present_sensitivity(answer["sensitivity"], str)
    for sentence in swaps:
        console.print(sentence, style="bold")
    if not swaps and len(answer["sensitivity"]["first"]) > 1:
        console.print(
            "No single weight, moved by a quarter, changes the first three or their order.", style="dim"
        )
    for other in answer["alternatives_in_kind"]:
        console.print(
            f"Best of another kind ({other['kind'].replace('_', ' ')}): {other['home_id']}, ranked {other['rank']}; "
            f"gains {len(other['gains'])}, gives up {len(other['gives_up'])}."
        )
        if verbose:
            for gain in other["gains"]:
                console.print(f"    + {full_stop(gain)}")
            for loss in other["gives_up"]:
                console.print(f"    - {full_stop(loss)}")


def _print_exclusions(console: Console, excluded: Sequence[Answer], verbose: bool) -> None:
    """Print the rules that exclude homes, each with one example; a home counts under every rule against it."""
    if not excluded:
        return
    homes = "home is" if len(excluded) == 1 else "homes are"
    console.print(
        f"\n{len(excluded)} {homes} excluded. A home counts under every rule against it:", style="bold"
    )
    by_rule: dict[str, list[tuple[str, Answer]]] = {}
    for home in excluded:
        for reason in home["reasons"]:
            by_rule.setdefault(reason["rule"], []).append((home["home_id"], reason))
    rules = sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0]))
    table = Table("Rule", "Homes", "For example", box=None, padding=(0, 1))
    for rule, found in rules if verbose else rules[:RULES_SHOWN]:
        home_id, reason = found[0]
        instrument = f" ({reason['instrument']})" if reason["instrument"] else ""
        table.add_row(
            rule_words(rule), str(len(found)), f"{home_id}: {full_stop(reason['text'])}{instrument}"
        )
    console.print(table)
    if not verbose and len(rules) > RULES_SHOWN:
        console.print(f"... and {len(rules) - RULES_SHOWN} more rules; --verbose names them.", style="dim")


def _print_changes(console: Console, changes: Sequence[Answer], shown: int, verbose: bool) -> None:
    for change in changes if verbose else changes[:shown]:
        homes = change["homes_gained"]
        named = homes if verbose else homes[:HOMES_NAMED]
        more = f" and {len(homes) - len(named)} more" if len(homes) > len(named) else ""
        console.print(f"Would open {', '.join(named)}{more}: {change['text']}")
    if not verbose and len(changes) > shown:
        console.print(f"... and {len(changes) - shown} more changes or sets of changes.", style="dim")


def print_plan(console: Console, answer: Answer, *, shown: int = 12, verbose: bool = False) -> None:
    """Print the plan's proof, who goes where and why, who is left, and what other plans give up."""
    if answer["infeasible_because"]:
        # Whoever is not pinned is unplaced only because there is no plan, so nobody is listed.
        console.print(
            f"{answer['status']}: no plan, because these pins contradict each other or a rule; no aim was proved.",
            style="bold",
        )
        for reason in answer["infeasible_because"]:
            console.print(f"Cannot hold: {reason}", style="bold")
        console.print("Take one of these pins back and plan again.")
        told = {*answer["infeasible_because"]}
        others = [warning for warning in answer["evidence"]["warnings"] if warning not in told]
        print_warnings(console, {"evidence": {"warnings": others}})
        return
    proved = bool(answer["stages"]) and all(stage["proved"] for stage in answer["stages"])
    proof = (
        "every aim proved best"
        if proved
        else "no aim proved"
        if not answer["stages"]
        else f"gap {answer['gap']}"
    )
    move = sum(needs_a_move(row) for row in answer["staying"])
    not_settled = f", {stay_where_they_may_not(move)}" if move else ""
    console.print(
        f"{answer['status']}: {len(answer['assignments'])} placed, {len(answer['unplaced'])} not{not_settled}; {proof}."
    )
    print_warnings(console, answer)
    table = Table("Child", "Home", "Offer needed", "Why", box=None, padding=(0, 1))
    rows = answer["assignments"] if verbose else answer["assignments"][:shown]
    for row in rows:
        table.add_row(
            row["child_id"],
            row["home_id"],
            "yes" if row["subject_to_offer"] else "no",
            _why(row, verbose),
        )
    console.print(table)
    more = len(answer["assignments"]) - len(rows)
    if more > 0:
        console.print(f"... and {more} more placed.", style="dim")
    for row in answer["staying"]:
        _print_staying(console, row)
    _print_unplaced(console, answer, verbose)
    _print_other_plans(console, answer["alternatives"], verbose)
    _print_stages(console, answer["stages"], verbose)


def _print_staying(console: Console, row: Answer) -> None:
    if not needs_a_move(row):
        coming = "".join(f" {reason}" for reason in row["reasons"] if reason != STAYS_PUT)
        console.print(f"Stays at {row['home_id']}: {row['child_id']}.{coming}", style="" if coming else "dim")
        return
    why = " ".join(full_stop(reason) for reason in row.get("may_not_go_on", ()))
    may_not = f" May not go on living there: {why}" if why else f" Recorded as {row['urgency']}."
    console.print(
        f"Stays at {row['home_id']} and needs a review now: {row['child_id']}.{may_not}", style="bold"
    )


def _why(row: Answer, verbose: bool) -> Text:
    text = Text(" ".join(full_stop(reason) for reason in row["reasons"][: None if verbose else 2]))
    signing = sorted({one["who"] for one in row["approvals"] if one["code"] not in EVERY_PLACEMENT})
    if signing:
        text.append(f" Needs {' and '.join(signing)}.", style="yellow")
    asked = sum(reason.startswith(TO_BE_ASKED) for reason in row["reasons"])
    if asked and not verbose:
        text.append(f" {asked} question{'' if asked == 1 else 's'} to ask first.", style="yellow")
    if verbose:
        for said in (row["why_not_first_choice"], row["cost_to_others"]):
            if said:
                text.append(f"\n{full_stop(said)}", style="dim")
    elif row["first_choice"] != row["home_id"]:
        text.append(f" Best if nobody else were waiting: {row['first_choice']}.", style="dim")
    return text


def _print_unplaced(console: Console, answer: Answer, verbose: bool) -> None:
    for row in answer["unplaced"]:
        reasons = " ".join(full_stop(reason) for reason in row["reasons"][: None if verbose else 1])
        competing = f" Planned for {joined(row['competing'])} instead." if row["competing"] else ""
        console.print(f"Not placed: {row['child_id']}. {reasons}{competing}")
    for short in present_bottlenecks(answer["bottlenecks"], str):
        console.print(f"{short.in_brief}{f': {short.children}' if verbose else ''}.")
    for bed in present_one_more_bed(answer["one_more_bed"]):
        if verbose or not bed.brings.startswith("Nobody"):
            console.print(f"One more bed, {bed.kind.lower()}: {bed.brings}")
    _print_prices(console, answer, verbose)


def _print_prices(console: Console, answer: Answer, verbose: bool) -> None:
    """Print what beds are worth to the children who may come next, the dearest first, and where those come from."""
    prices = present_prices(answer["bed_prices"], str)
    told = arrivals_in_words(answer.get("arrivals"), priced=bool(prices))
    if told:
        console.print(told)
    for bed in prices if verbose else prices[:PRICES_SHOWN]:
        console.print(f"Price of a bed in {bed.kind}: {bed.brings}")
    if not verbose and len(prices) > PRICES_SHOWN:
        console.print(f"... and {len(prices) - PRICES_SHOWN} more beds; --verbose names them.", style="dim")


def _print_other_plans(console: Console, alternatives: Sequence[Answer], verbose: bool) -> None:
    for rival in alternatives:
        gives_up = f" Gives up {joined(rival['gives_up'])}." if rival["gives_up"] else ""
        console.print(f"Another plan: {full_stop(rival['difference'])}{gives_up}")
        if verbose:
            for change in rival["changes"]:
                console.print(f"    {change['child_id']}: {change['home_id'] or 'no home'}", style="dim")


def _print_stages(console: Console, stages: Sequence[Answer], verbose: bool) -> None:
    table = Table("Aim", "Value", "Bound", "Proved", box=None, padding=(0, 1))
    for stage in stages:
        proof = present_stage(stage, str).proof if verbose else ("yes" if stage["proved"] else "no")
        table.add_row(stage["aim"], str(stage["value"]), str(stage["bound"]), proof)
    console.print(table)
