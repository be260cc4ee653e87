"""The generated page about alerts of the emergency watch: its rules, and who is told. Run by ``docs/generate.py``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from api.alert_policy import default_alert_policy
from matching.policy import default_policy
from reference_data.law import legal_limits
from reference_data.vocabulary import EmergencySetting, PlacementType
from sufficiency.emergency_rules import RULE_LAWS, RULES, WARNS_ONLY
from sufficiency.unsuitable import ALWAYS_LAWFUL_SETTINGS, SUPPORTED_SETTINGS


def alerts_page() -> str:
    """Return the page of every rule of the emergency watch."""
    policy = default_policy().emergency
    law = legal_limits("emergency")
    lines = [
        "# Alerts of the emergency watch",
        "",
        "Generated from the rules and the table of law by `python docs/generate.py`.",
        "",
        "`righthome watch` answers with every spell and, for each, all of these rules. **RAISED** is an alarm, "
        "**WARNING** asks somebody to act, **NOT_ASSESSED** names the fields to fill in, **CLEAR** is neither. A "
        "spell has the outcome of its worst assessed rule, and is never CLEAR while a rule is NOT_ASSESSED. No "
        "approval lowers an outcome. An ended spell keeps its answers.",
        "",
        f"A spell goes on over a move, a change of provider and up to {policy.bridge_nights} nights elsewhere. "
        "Unsuitable stays are joined with each other and lawful ones with each other, so that nights in a "
        "registered foyer never count as nights in a hotel. A holiday with carers is no spell. Every night is "
        "judged by the law in force on that night; tonight is judged, but is counted only tomorrow. A young person "
        "who turns 18 there goes on being counted. Birth dates take part and never come out.",
        "",
        "| rule | says | worst | instrument | in force from | certainty |",
        "|---|---|---|---|---|---|",
    ]
    for name, rule in RULES.items():
        says = (rule.__doc__ or "").splitlines()[0]
        worst = "WARNING" if name in WARNS_ONLY else "RAISED"
        for place, key in enumerate(RULE_LAWS[name]):
            limit = law[key]
            begins = str(limit.in_force_from or "all nights")
            head = (f"`{name}`", says, worst) if place == 0 else ("", "", "")
            lines.append("| " + " | ".join((*head, limit.instrument, begins, limit.certainty)) + " |")
    lines += [
        "",
        "## What the instruments say",
        "",
        "In our own words; the numbers and dates are those the rules use.",
        "",
        "| instrument | says | limit |",
        "|---|---|---|",
    ]
    for limit in law.values():
        number = "" if limit.value is None else f"{limit.value} {limit.unit}"
        lines.append(f"| {limit.instrument} | {limit.says} | {number} |")
    lines += [
        "",
        "## What a council sets for itself",
        "",
        "The `[emergency]` table of the policy file. None of it is statute.",
        "",
        "| setting | default |",
        "|---|---|",
    ]
    lines += [f"| `{field.name}` | {getattr(policy, field.name)} |" for field in dataclasses.fields(policy)]
    lines += [
        "",
        "## Which settings are unsuitable",
        "",
        "- Always: " + _setting_words(s for s in EmergencySetting if s not in SUPPORTED_SETTINGS) + ".",
        "- Unless the provider is registered: hostel (a registered foyer is recorded so), children's home, secure "
        "children's home.",
        "- Supported and crisis accommodation: from 28 October 2023 unless the provider is registered, for looked "
        "after children and care leavers; since 9 September 2021 for any looked after child under 16, registered "
        "or not.",
        "- Never by themselves: " + _setting_words(ALWAYS_LAWFUL_SETTINGS) + ".",
        "",
        "A hospital is allowed by regulations 27A and 27C and is still unsuitable for a child fit to leave. Police "
        "custody under arrest (`legal_basis` `pace`) is not a placement: it is a warning, not a breach.",
        *_who_is_told(),
    ]
    return "\n".join(lines) + "\n"


def _who_is_told() -> list[str]:
    """Return the part of the page on alerts that says who is told: the default of ``alerts.toml``."""
    policy = default_alert_policy()

    def words(roles: Iterable[str]) -> str:
        return ", ".join(policy.roles[role] for role in roles) or "nobody by message"

    delivery = policy.delivery
    return [
        "",
        "## Who is told",
        "",
        "The default of `reference_data/shipped/policy/alerts.toml`; a council gives its own with "
        "`RIGHTHOME_ALERT_POLICY`. All of it is "
        "council policy by professional judgement, and none of it statute. [How to set it up and "
        "answer](../for-the-emergency-watch.md).",
        "",
        "| outcome | told at once | to be acknowledged within | then, one after another |",
        "|---|---|---|---|",
        *(
            f"| {outcome} | {words(told.first)} | {told.acknowledge_within_hours} hours | {words(told.escalate_to)} |"
            for outcome, told in policy.told.items()
        ),
        "",
        "An answer that rests on a missing field is told as if it were known where it counts nights: as RAISED "
        + ", ".join(f"`{rule}`" for rule, told_as in policy.told_as.items() if told_as == "RAISED")
        + "; as WARNING "
        + ", ".join(f"`{rule}`" for rule, told_as in policy.told_as.items() if told_as == "WARNING")
        + ". It says how many nights it perhaps is, that it is not known, and which field to record.",
        "",
        "Of an alert that is RAISED also, by legal basis: "
        + "; ".join(
            f"{standing.replace('_', ' ')}: {words(roles)}" for standing, roles in policy.also_told.items()
        )
        + ". The Director hears at once of "
        + ", ".join(f"`{rule}`" for rule in sorted(policy.director_rules))
        + ". While an alert stays RAISED it is told again to the same people, and wants an answer anew, at these nights: "
        + "; ".join(
            f"`{rule}` {', '.join(map(str, nights))}" for rule, nights in sorted(policy.told_again.items())
        )
        + ".",
        "",
        "A message that is given up raises `message_undelivered`, told at every other address to: "
        f"{words(delivery.undelivered_told)}. When nobody has scanned for too long, `watch_not_run` tells: "
        f"{words(policy.late_told)}. Spells that were over before anybody watched are recorded without a message of each, and "
        f"`history_recorded` tells, once: {words(policy.history_told)}. "
        f"When somebody breaks the glass of a restricted child's records, `restricted_opened` tells: {words(policy.restricted_opened_told)}.",
        "",
        "| setting | default |",
        "|---|---|",
        f"| `snooze.longest_hours` (and never past the day the alert names) | {policy.longest_snooze_hours} |",
        f"| `scan.ended_days` | {policy.ended_days} |",
        f"| `scan.late_after_hours` | {policy.late_after_hours} |",
        f"| `digest.most_alerts` (in one message to one person) | {policy.most_alerts_in_a_message} |",
        *(
            f"| `delivery.{field.name}` | {getattr(delivery, field.name)} |"
            for field in dataclasses.fields(delivery)
            if field.name != "undelivered_told"
        ),
    ]


def _setting_words(settings: Iterable[EmergencySetting | PlacementType]) -> str:
    return ", ".join(sorted(setting.words for setting in settings))


PAGES = {"alerts.md": alerts_page}
