"""The homes that cannot be used, grouped by the rule that excludes them, and one rule with all of its homes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.web.presenters.one_option import home_name
from api.web.rule_words import rule_words
from api.web.words import counted, sentence
from matching.home import Home

EXCLUDED_SHOWN = 5
"""Homes named under each rule that excludes them; a council's list holds hundreds that are merely full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedHome:
    """One home that cannot be used, under one rule."""

    home_id: str
    name: str
    text: str
    instrument: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionGroup:
    """The homes that one rule excludes; an instrument they share stands once, above them.

    ``further`` says how many more there are than ``homes`` lists, in words; empty where it lists all.
    """

    rule: str
    name: str
    heading: str
    instrument: str
    homes: tuple[ExcludedHome, ...]
    further: str


def present_exclusions(
    excluded: Sequence[Mapping[str, Any]], homes: Mapping[str, Home]
) -> tuple[ExclusionGroup, ...]:
    """Return each rule with the first of its homes, the rule that excludes most first.

    A home stands under each of its rules.
    """
    groups = _by_rule(excluded, homes)
    return tuple(
        _group(rule, members, EXCLUDED_SHOWN)
        for rule, members in sorted(groups.items(), key=lambda entry: -len(entry[1]))
    )


def present_rule(
    rule: str, excluded: Sequence[Mapping[str, Any]], homes: Mapping[str, Home]
) -> ExclusionGroup | None:
    """Return one rule with every home that it excludes; ``None`` where it excludes none."""
    members = _by_rule(excluded, homes).get(rule)
    return _group(rule, members, len(members)) if members else None


def _by_rule(
    excluded: Sequence[Mapping[str, Any]], homes: Mapping[str, Home]
) -> dict[str, list[ExcludedHome]]:
    groups: dict[str, list[ExcludedHome]] = {}
    for item in excluded:
        for reason in item["reasons"]:
            groups.setdefault(reason["rule"], []).append(
                ExcludedHome(
                    home_id=item["home_id"],
                    name=home_name(homes.get(item["home_id"]), item["home_id"]),
                    text=sentence(reason["text"]),
                    instrument=reason["instrument"] or "",
                )
            )
    return groups


def _group(rule: str, members: Sequence[ExcludedHome], most: int) -> ExclusionGroup:
    instruments = {member.instrument for member in members}
    shared = instruments.pop() if len(instruments) == 1 else ""
    return ExclusionGroup(
        rule=rule,
        name=rule_words(rule),
        heading=f"{rule_words(rule)} ({counted(len({member.home_id for member in members}), 'home')})",
        instrument=shared,
        homes=tuple(
            replace(member, instrument="" if shared else member.instrument)
            for member in sorted(members, key=lambda member: member.home_id)[:most]
        ),
        further=counted(len(members) - most, "more home") if len(members) > most else "",
    )
