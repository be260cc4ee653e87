"""The emergency watch: spells in unsuitable places, the rules that speak, and what is due when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.web.rule_words import rule_words
from api.web.words import (
    UNKNOWN,
    british_date,
    capital,
    counted,
    days_from,
    joined,
    placement_words,
    plain,
    sentence,
)
from reference_data.vocabulary import WatchOutcome

OUTCOME_WORDS = {
    WatchOutcome.RAISED: "Raised",
    WatchOutcome.WARNING: "Warning",
    WatchOutcome.NOT_ASSESSED: "Not assessed",
    WatchOutcome.CLEAR: "Clear",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule's answer about one spell."""

    name: str
    outcome: str
    outcome_words: str
    text: str
    instrument: str
    due: str
    due_in: str
    overdue: bool
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellView:
    """One unbroken time in emergency accommodation."""

    spell_id: str
    child_id: str
    age: str
    nights: str
    started: str
    ended: str
    open_now: bool
    recent_nights: str
    settings: str
    outcome: str
    outcome_words: str
    first_due: str
    overdue: bool
    speaking: tuple[RuleView, ...]
    unassessed: tuple[RuleView, ...]
    missing: str
    clear: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """Everything the emergency watch shows."""

    as_of: str
    in_brief: str
    current: tuple[SpellView, ...]
    ended: tuple[SpellView, ...]


def present_watch(report: Mapping[str, Any]) -> WatchPage:
    """Return the page from the contract's ``watch`` answer: the worst and longest spells first."""
    as_of = date.fromisoformat(report["as_of"])
    worst = {str(outcome): place for place, outcome in enumerate(WatchOutcome)}
    spells = sorted(
        report["spells"], key=lambda spell: (worst[spell["outcome"]], -spell["nights"], spell["spell_id"])
    )
    views = [_spell(spell, as_of) for spell in spells]
    current = tuple(view for view in views if view.open_now)
    counts = [
        (sum(1 for view in current if view.outcome == outcome), words.lower())
        for outcome, words in OUTCOME_WORDS.items()
    ]
    total = counted(len(current), "child is", "children are")
    brief = f"{capital(total)} in emergency accommodation tonight"
    split = joined(f"{count} {words}" for count, words in counts if count)
    return WatchPage(
        as_of=british_date(as_of),
        in_brief=f"{brief}: {split}." if split else f"{brief}.",
        current=current,
        ended=tuple(view for view in views if not view.open_now),
    )


def _spell(spell: Mapping[str, Any], as_of: date) -> SpellView:
    worst = {str(outcome): place for place, outcome in enumerate(WatchOutcome)}
    rules = [_rule(rule, as_of) for rule in sorted(spell["rules"], key=lambda rule: worst[rule["outcome"]])]
    speaking = tuple(rule for rule in rules if rule.outcome in {WatchOutcome.RAISED, WatchOutcome.WARNING})
    unassessed = tuple(rule for rule in rules if rule.outcome == WatchOutcome.NOT_ASSESSED)
    dates = sorted(rule["due_on"] for rule in spell["rules"] if rule["due_on"])
    recent = spell["unsuitable_nights_90_days"]
    return SpellView(
        spell_id=spell["spell_id"],
        child_id=spell["child_id"],
        age=UNKNOWN if spell["age"] is None else str(spell["age"]),
        nights=counted(spell["nights"], "night"),
        started=british_date(spell["started_on"]),
        ended=british_date(spell["ended_on"]) if spell["ended_on"] else "",
        open_now=spell["ended_on"] is None,
        recent_nights=UNKNOWN if recent is None else capital(counted(recent, "night")),
        settings=capital(joined(_setting(setting) for setting in spell["settings"])),
        outcome=spell["outcome"],
        outcome_words=OUTCOME_WORDS[WatchOutcome(spell["outcome"])],
        first_due=british_date(dates[0]) if dates else "",
        overdue=bool(dates) and date.fromisoformat(dates[0]) < as_of,
        speaking=speaking,
        unassessed=unassessed,
        missing=joined(dict.fromkeys(rule.missing for rule in unassessed if rule.missing)),
        clear=tuple(rule for rule in rules if rule.outcome == WatchOutcome.CLEAR),
    )


def _setting(setting: Any) -> str:
    code = setting["setting"] if isinstance(setting, Mapping) else str(setting)
    return placement_words(code)


def _rule(rule: Mapping[str, Any], as_of: date) -> RuleView:
    due = rule["due_on"]
    missing = rule["missing"] or ()
    return RuleView(
        name=rule_words(rule["rule"]),
        outcome=rule["outcome"],
        outcome_words=OUTCOME_WORDS[WatchOutcome(rule["outcome"])],
        text=sentence(rule["text"]),
        instrument=rule["instrument"] or "",
        due=british_date(due) if due else "",
        due_in=days_from(as_of, due) if due else "",
        overdue=bool(due) and date.fromisoformat(due) < as_of,
        missing=joined(plain(str(name)) for name in ([missing] if isinstance(missing, str) else missing)),
    )
