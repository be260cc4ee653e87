"""The generated pages about matching: the rules with their sources, and the aims. Run by ``docs/generate.py``."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

from matching.eligibility import RULES
from matching.policy import default_policy
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


PAGES = {"rules.md": rules_page, "aims.md": aims_page}
