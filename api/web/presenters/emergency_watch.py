"""The emergency watch: spells in unsuitable places, the rules that speak, and what is due when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.presenters.parts import InParts, in_parts
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
from reference_data.vocabulary import PlacementType, WatchOutcome
from sufficiency.emergency_rules import worst_first

LATELY = timedelta(days=90)
"""What ended within this time still counts in the nights of the last 90 days; the rest is history."""

SPELLS_SHOWN, ENDED_SHOWN = 20, 50
OUTCOME_WORDS = {
    WatchOutcome.RAISED: "Raised",
    WatchOutcome.WARNING: "Warning",
    WatchOutcome.NOT_ASSESSED: "Not assessed",
    WatchOutcome.CLEAR: "Clear",
}


UNSAFE_ANYWHERE = frozenset({"unregistered", "looked_after_unlawful_setting"})
"""Rules that, unless clear, make an emergency of a setting that would be an ordinary placement."""


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
    """One unbroken time in emergency accommodation; ``counted`` where it goes on tonight in an emergency setting."""

    spell_id: str
    child_id: str
    age: str
    nights: str
    started: str
    ended: str
    open_now: bool
    counted: bool
    recent_nights: str
    settings: str
    outcome: str
    outcome_words: str
    first_due: str
    first_due_rule: str
    overdue: bool
    speaking: tuple[RuleView, ...]
    unassessed: tuple[RuleView, ...]
    missing: str
    clear: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """Everything the emergency watch shows: who is there tonight, what ended lately, and what ended long ago.

    ``current`` is everybody tonight, for the tables of one line each: first those counted, then who is watched too, such
    as a child placed since. ``tonight`` is a part of them, ``spells_a_part`` in each, to be told in full. Of those that
    ended there is a part each too.
    """

    as_of: str
    in_brief: str
    current: tuple[SpellView, ...]
    spells_a_part: int
    tonight: InParts[SpellView]
    ended: InParts[SpellView]
    ended_long_ago: InParts[SpellView]
    ended_long_ago_count: int
    evidence: EvidenceView


def present_watch(
    report: Mapping[str, Any], *, part: int = 1, ended_part: int = 1, history_part: int = 1
) -> WatchPage:
    """Return the page from the contract's ``watch`` answer: the worst first, law before policy, then the longest."""
    as_of = date.fromisoformat(report["as_of"])
    spells = sorted(
        report["spells"],
        key=lambda spell: (_standing(spell["rules"]), -spell["nights"], spell["spell_id"]),
    )
    views = [_spell(spell, as_of) for spell in spells]
    current = tuple(
        sorted((view for view in views if view.open_now), key=lambda view: 0 if view.counted else 1)
    )
    last = {spell["spell_id"]: spell["ended_on"] for spell in spells}
    long_ago = {
        spell_id
        for spell_id, ended_on in last.items()
        if ended_on is not None and as_of - date.fromisoformat(ended_on) > LATELY
    }
    # A child in two spells at once is one child, and counts under the worst: the worst stand first.
    of_child: dict[str, str] = {}
    for spell in spells:
        if in_emergency_tonight(spell):
            of_child.setdefault(spell["child_id"], spell["outcome"])
    counts = [
        (sum(1 for found in of_child.values() if found == outcome), words.lower())
        for outcome, words in OUTCOME_WORDS.items()
    ]
    total = counted(len(of_child), "child is", "children are")
    brief = f"{capital(total)} in emergency accommodation tonight"
    split = joined(f"{count} {words}" for count, words in counts if count)
    return WatchPage(
        as_of=british_date(as_of),
        in_brief=f"{brief}: {split}." if split else f"{brief}.",
        current=current,
        spells_a_part=SPELLS_SHOWN,
        tonight=in_parts(current, part, most=SPELLS_SHOWN),
        ended=in_parts(
            [view for view in views if not view.open_now and view.spell_id not in long_ago],
            ended_part,
            most=ENDED_SHOWN,
        ),
        ended_long_ago=in_parts(
            [view for view in views if view.spell_id in long_ago], history_part, most=ENDED_SHOWN
        ),
        ended_long_ago_count=len(long_ago),
        evidence=present_evidence(report["evidence"]),
    )


def in_emergency_tonight(spell: Mapping[str, Any]) -> bool:
    """Return whether a spell of the watch goes on tonight in an emergency setting.

    The watch follows what was recorded after a hotel too: a child in a foster home or a registered home is placed.
    Where it is not certain that an ordinary setting is registered the child is counted.
    """
    if spell["ended_on"] is not None:
        return False
    latest = spell["settings"][-1] if spell["settings"] else None
    ordinary = latest in set(PlacementType) - {PlacementType.CRISIS_ACCOMMODATION}
    return not ordinary or any(
        rule["rule"] in UNSAFE_ANYWHERE and rule["outcome"] != WatchOutcome.CLEAR for rule in spell["rules"]
    )


def _standing(rules: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    return worst_first((rule["rule"], rule["outcome"]) for rule in rules)


def _spell(spell: Mapping[str, Any], as_of: date) -> SpellView:
    ordered = sorted(spell["rules"], key=lambda rule: _standing([rule]))
    rules = [_rule(rule, as_of) for rule in ordered]
    speaking = tuple(rule for rule in rules if rule.outcome in {WatchOutcome.RAISED, WatchOutcome.WARNING})
    unassessed = tuple(rule for rule in rules if rule.outcome == WatchOutcome.NOT_ASSESSED)
    # What the law asks comes before what is due under policy, even where that was due earlier.
    due = min(
        (rule for rule in spell["rules"] if rule["due_on"]),
        key=lambda rule: (_standing([rule]), rule["due_on"]),
        default=None,
    )
    recent = spell["unsuitable_nights_90_days"]
    return SpellView(
        spell_id=spell["spell_id"],
        child_id=spell["child_id"],
        age=UNKNOWN if spell["age"] is None else str(spell["age"]),
        nights=counted(spell["nights"], "night"),
        started=british_date(spell["started_on"]),
        ended=british_date(spell["ended_on"]) if spell["ended_on"] else "",
        open_now=spell["ended_on"] is None,
        counted=in_emergency_tonight(spell),
        recent_nights=UNKNOWN if recent is None else capital(counted(recent, "night")),
        settings=capital(joined(_setting(setting) for setting in spell["settings"])),
        outcome=spell["outcome"],
        outcome_words=OUTCOME_WORDS[WatchOutcome(spell["outcome"])],
        first_due=british_date(due["due_on"]) if due else "",
        first_due_rule=rule_words(due["rule"]) if due else "",
        overdue=due is not None and date.fromisoformat(due["due_on"]) < as_of,
        speaking=speaking,
        unassessed=unassessed,
        missing=joined(
            dict.fromkeys(
                name
                for rule in ordered
                if rule["outcome"] == WatchOutcome.NOT_ASSESSED
                for name in _missing(rule)
            )
        ),
        clear=tuple(rule for rule in rules if rule.outcome == WatchOutcome.CLEAR),
    )


def _setting(setting: Any) -> str:
    code = setting["setting"] if isinstance(setting, Mapping) else str(setting)
    return placement_words(code)


def _missing(rule: Mapping[str, Any]) -> list[str]:
    return [plain(name) for name in rule["missing"] or ()]


def _rule(rule: Mapping[str, Any], as_of: date) -> RuleView:
    due = rule["due_on"]
    return RuleView(
        name=rule_words(rule["rule"]),
        outcome=rule["outcome"],
        outcome_words=OUTCOME_WORDS[WatchOutcome(rule["outcome"])],
        text=sentence(rule["text"]),
        instrument=rule["instrument"] or "",
        due=british_date(due) if due else "",
        due_in=days_from(as_of, due) if due else "",
        overdue=bool(due) and date.fromisoformat(due) < as_of,
        missing=joined(_missing(rule)),
    )
