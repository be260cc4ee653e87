"""The generated pages about matching: the rules with their sources, the aims, and true-to-life cases. Run by ``docs/generate.py``."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

from matching.approvals import EVERY_PLACEMENT
from matching.eligibility import RULES
from matching.files import homes_from_values, referrals_from_values
from matching.policy import default_policy
from matching.prompts import PARENTS_FIRST
from matching.rank import Ranking, rank_homes
from matching.rule_sources import SOURCES, RestsOn, provisions_of
from matching.terms import measures
from reference_data.law import Provision

EXAMPLES = Path(__file__).parents[1] / "tests" / "examples" / "rules_of_eligibility.py"
CERTAINTY = {"C": "read in the source", "S": "read second-hand", "M": "from memory"}
_RESTS = {RestsOn.LAW: "law", RestsOn.RECORD: "what is recorded", RestsOn.POLICY: "the council's policy"}
_WHILE = {
    RestsOn.LAW: "",
    RestsOn.RECORD: "while the record stands",
    RestsOn.POLICY: "while the policy stands",
}


def rules_page() -> str:
    """Return the page of every rule of eligibility: instrument, dates in force, certainty, tests."""
    examples = runpy.run_path(str(EXAMPLES))
    lines = [
        "# Rules of eligibility",
        "",
        "Generated from `matching/rule_sources.py`, the shipped law and the worked examples by `python docs/generate.py`.",
        "",
        "A rule rests on **law**, on **what is recorded** (a referral, a home, an approval) or on **the council's "
        "policy**. What rests on a record or on policy names the duty that makes it matter. A provision known from "
        "memory explains and never bars by itself. Placements to come are judged by the law as it stands. The last "
        "column counts the worked examples that run as tests: where the rule has nothing to say, where it excludes or "
        "asks, and whether the last case inside and the first outside its limit are among them.",
        "",
        "| rule | says | rests on | instrument | in force | known | test |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in RULES:
        source = SOURCES[rule.__name__]
        provisions = provisions_of(rule.__name__)
        head = [
            f"`{rule.__name__}`",
            f"{(rule.__doc__ or '').splitlines()[0]} {source.why}",
            _RESTS[source.rests_on],
        ]
        tests = _tests(rule.__name__, examples)
        if not provisions:
            lines.append(_row([*head, "", _WHILE[source.rests_on], "", tests]))
        for place, provision in enumerate(provisions):
            start = head if place == 0 else ["", "", ""]
            dates = [_dates(provision), _WHILE[source.rests_on] if place == 0 else ""]
            lines.append(
                _row(
                    [
                        *start,
                        provision.reference,
                        "; ".join(part for part in dates if part),
                        CERTAINTY[provision.certainty],
                        tests if place == 0 else "",
                    ]
                )
            )
    return "\n".join(lines) + "\n"


def _tests(rule: str, examples: dict[str, Any]) -> str:
    if rule == "council_rules":
        answers = [case[-1] for case in examples["COUNCIL_CASES"]]
    else:
        answers = [case[-1] for case in examples["CASES"] if case[0] == rule]
    counted = Counter(answers)
    parts = [f"{counted[answer]} {answer}" for answer in ("fits", "excluded", "asked") if counted[answer]]
    measures_something = rule in examples["AT_THE_LIMIT"] or rule == "council_rules"
    parts.append("at the limit" if measures_something else "yes or no")
    return f"[{', '.join(parts)}](../worked-examples.md#{rule})"


def _dates(provision: Provision) -> str:
    until = f" to {provision.in_force_to}" if provision.in_force_to else ""
    return f"from {provision.in_force_from}{until}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def aims_page() -> str:
    """Return the page of every aim: stage, weight, unit and source."""
    lines = [
        "# Aims and their weights",
        "",
        "Generated from `matching/terms.py` and the default policy by `python docs/generate.py`.",
        "",
        "A penalty is a whole number: the units of the aim times its weight. Nothing is best. Penalties compare within a "
        "stage and nowhere else. Every answer carries this table as `aims`, and every option its units, penalty and a "
        'sentence for each as `terms`. "Professional judgement" means that no study or instrument gives the number; '
        "a council's policy file changes weights and steps.",
        "",
        "| aim | stage | weight | one unit | from |",
        "|---|---|---|---|---|",
    ]
    lines += [
        _row([f"`{aim['aim']}`", str(aim["stage"]), str(aim["weight"]), aim["unit"], aim["source"]])
        for aim in measures(default_policy())
    ]
    return "\n".join(lines) + "\n"


LIVES = EXAMPLES.parent / "true_to_life.py"


def lives_page() -> str:
    """Return the page of the true-to-life cases, with the engine's own sentences."""
    examples = runpy.run_path(str(LIVES))
    as_of, homes = examples["AS_OF"], homes_from_values(list(examples["HOMES"]))[0]
    lines = [
        "# True-to-life cases",
        "",
        "Generated from `tests/examples/true_to_life.py` by `python docs/generate.py`; the same cases run as tests. "
        "Children and homes are invented. Every sentence below is the engine's own, on "
        f"{as_of.day} {as_of:%B %Y}; what is the same for every child is left out.",
    ]
    for life in examples["LIVES"]:
        values = [_recorded(life.child), *map(_recorded, life.others)]
        referrals = referrals_from_values(values)[0]
        found = rank_homes(referrals[0], homes, as_of=as_of, others=referrals[1:])
        lines += ["", f"## {life.name}", "", life.story]
        lines += ["", *(f"- First: {prompt}" for prompt in found.prompts if prompt not in _SAID_OF_ALL)]
        lines += [f"- {text}" for text in found.assumptions if "straight lines" not in text]
        lines += ["", *_options(found), "", *_excluded(found)]
        if found.relaxations:
            lines += ["", "What would open more homes:", ""]
            lines += [f"- {', '.join(one.homes_gained)}: {one.text}" for one in found.relaxations]
    return "\n".join(lines) + "\n"


_SAID_OF_ALL = (
    PARENTS_FIRST,
    "The child's wishes are not recorded: ask the child, with an advocate where wanted.",
    "No wish about religion, origin, culture or language is recorded; they must be considered all the same "
    "(Children Act 1989, section 22(5)(c)).",
)


def _recorded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _options(found: Ranking) -> list[str]:
    if not found.options:
        return ["No home is an option."]
    lines = ["| home | for | against | ask, sign and watch |", "|---|---|---|---|"]
    for option in found.options:
        todo = [f"Ask {question.ask}: {question.text}" for question in option.questions]
        todo += [
            f"By {one.due_on}, {one.who}: {one.why}"
            for one in option.approvals
            if one.code not in EVERY_PLACEMENT
        ]
        todo += [f"{flag}." for flag in option.flags]
        cells = ["; ".join(option.speaks_for), "; ".join(option.speaks_against), " ".join(todo)]
        lines.append(_row([f"{option.rank}. {option.home_id}", *cells]))
    return lines


def _excluded(found: Ranking) -> list[str]:
    lines = ["| not offered | why | instrument |", "|---|---|---|"]
    for home in found.excluded:
        for place, reason in enumerate(home.reasons):
            lines.append(_row(["" if place else home.home_id, reason.text, reason.instrument]))
    return lines


PAGES = {"../true-to-life-cases.md": lives_page, "rules.md": rules_page, "aims.md": aims_page}
