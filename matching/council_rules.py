"""The council's own rules from its policy: a home whose field meets one is excluded, with its reason.

How such a rule is written and checked is in ``policy.py``. A council can forbid more than the law
does, and never less.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from matching import instruments as law
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home
from matching.lawful import COMMISSIONING, SOCIAL_WORKER
from matching.policy import CouncilRule
from reference_data.vocabulary import NeedDomain


def council_rules(case: Case, home: Home) -> Finding:
    """Exclude by the council's own rules in the policy; ask when the field is not recorded.

    They are about where the council places: of a child who is settled in the home it is asked, and nobody is moved.
    """
    question: Question | None = None
    for rule in case.context.policy.rules:
        if rule.types is not None and home.type not in rule.types:
            continue
        value = home_value(home, rule.field)
        if value is None:
            question = question or Question(
                rule="council_rule",
                text=f"A rule of the council looks at {rule.field}, which is not recorded.",
                ask=COMMISSIONING,
            )
        elif _meets(value, rule):
            if case.settled_in(home) and not case.group:
                return Question(
                    rule="council_rule",
                    text=f"By a rule of the council nobody new is placed here, where the child is settled: {rule.reason}",
                    ask=SOCIAL_WORKER,
                )
            return Exclusion(rule="council_rule", text=rule.reason, instrument=law.COUNCIL_POLICY)
    return question


def home_value(home: Home, field: str) -> Any:
    """Return a field of a home by its name in the contract; pounds come back as pounds."""
    parent, _, leaf = field.rpartition(".")
    if leaf.endswith("_pounds"):
        pence = getattr(home, leaf.removesuffix("_pounds") + "_pence")
        return None if pence is None else pence / 100
    if parent == "can_meet":
        return home.can_meet.get(NeedDomain(leaf))
    return getattr(getattr(home, parent) if parent else home, leaf)


def _meets(value: Any, rule: CouncilRule) -> bool:
    wanted: Any = rule.value
    if rule.comparison in ("contains", "lacks"):
        held = {_folded(item) for item in value} if isinstance(value, tuple) else {_folded(value)}
        return (_folded(wanted) in held) == (rule.comparison == "contains")
    if rule.comparison in ("one_of", "not_one_of"):
        return (_folded(value) in {_folded(item) for item in wanted}) == (rule.comparison == "one_of")
    if rule.comparison in ("equals", "not_equals"):
        return bool(_folded(value) == _folded(wanted)) == (rule.comparison == "equals")
    if isinstance(value, date) != isinstance(wanted, date) or not isinstance(value, date | int | float):
        return False
    comparable: Any = value
    if rule.comparison == "at_least":
        return bool(comparable >= wanted)
    if rule.comparison == "at_most":
        return bool(comparable <= wanted)
    return bool(comparable > wanted) if rule.comparison == "above" else bool(comparable < wanted)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
