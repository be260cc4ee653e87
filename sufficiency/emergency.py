"""The emergency watch: stays in, spells and what every rule says of them out.

One stay is in ``emergency_stay.py``; which nights are unsuitable in ``unsuitable.py``; how stays
join into spells in ``spells.py``; the rules in ``emergency_rules.py``; reading files in
``stay_files.py``. Who is told, and how, is the application's business.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matching.policy import EmergencyPolicy, Policy, default_policy
from reference_data.ages import age_on
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput
from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency_answer import Judged, RuleAnswer, UnsuitableNights, day_words, missing_of
from sufficiency.emergency_places import places, told_apart
from sufficiency.emergency_rules import answers, is_adult_throughout, outcome_of, worst_first
from sufficiency.emergency_stay import Stay
from sufficiency.spells import NightWindow, Spell, spells_of_child, stretches, unsuitable_runs
from sufficiency.unsuitable import Nights

__all__ = ["Stay", "WatchReport", "WatchedSpell", "watch", "watch_stays"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSpell:
    """One spell and what the rules say of it; names and meanings are the contract's.

    Parameters
    ----------
    nights
        Nights from the first to the end, or to the day asked about; short gaps included.
    unsuitable_nights_90_days
        Nights that were, or may have been, unsuitable in the policy's window before that day.
    age
        Whole years on the day asked about, or at the end; ``None`` if unknown.
    stay_ids
        The stays it is made of, earliest first: what a caller that keeps ids told needs. Not in the JSON.
    """

    spell_id: str
    child_id: str
    started_on: date
    ended_on: date | None
    nights: int
    unsuitable_nights_90_days: int
    age: int | None
    settings: tuple[str, ...]
    outcome: WatchOutcome
    rules: tuple[RuleAnswer, ...]
    # How stays were cut is no part of the answer, so it does not make two answers differ.
    stay_ids: tuple[str, ...] = field(default=(), compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's JSON of one spell."""
        return {
            "spell_id": self.spell_id,
            "child_id": self.child_id,
            "started_on": self.started_on.isoformat(),
            "ended_on": self.ended_on.isoformat() if self.ended_on else None,
            "nights": self.nights,
            "unsuitable_nights_90_days": self.unsuitable_nights_90_days,
            "age": self.age,
            "settings": list(self.settings),
            "outcome": str(self.outcome),
            "rules": [
                {
                    "rule": answer.rule,
                    "outcome": str(answer.outcome),
                    "text": answer.text,
                    "instrument": answer.instrument,
                    "due_on": answer.due_on.isoformat() if answer.due_on else None,
                    "missing": list(answer.missing),
                }
                for answer in self.rules
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """Every spell on one day: the worst first, law before policy, then the longest."""

    as_of: date
    spells: tuple[WatchedSpell, ...]
    evidence: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "spells": [spell.as_dict() for spell in self.spells],
            "evidence": dict(self.evidence),
        }


def watch(
    stays: Iterable[Stay],
    *,
    as_of: date,
    policy: Policy | EmergencyPolicy | None = None,
    known_spells: Mapping[str, str] | None = None,
) -> WatchReport:
    """Return every spell of emergency accommodation up to a day, judged by the law of each night.

    Use it on all the stays there are, not on those of one day: nights add up over moves and short
    gaps. Stays that begin later are not looked at; a stay that ends later counts as open.

    Parameters
    ----------
    stays
        Stays in any order; those of one child may touch or overlap.
    as_of
        The day asked about. Tonight counts for what is lawful, not yet for the number of nights.
    policy
        The council's policy, or only its ``emergency`` settings; the shipped default when absent.
    known_spells
        Spell ids told before, by stay id, from a caller that keeps them.

    Raises
    ------
    InvalidInput
        If two stays share an id, or a stay ends before it starts.

    References
    ----------
    Care Planning, Placement and Case Review (England) Regulations 2010, regs 27A and 27C; Ofsted,
    focused visit to Plymouth City Council children's services, letter of 25 May 2018.
    """
    policy = policy or default_policy()
    settings = policy.emergency if isinstance(policy, Policy) else policy
    stays = tuple(stays)
    _refuse_unusable(stays)
    by_child: defaultdict[str, list[Stay]] = defaultdict(list)
    warnings: list[str] = []
    for stay in stays:
        if not stay.is_holiday:
            by_child[stay.child_id].append(stay)
    disagreeing = 0
    watched: list[WatchedSpell] = []
    with _nothing_collected():
        for child in by_child.values():
            warnings += _overlaps([stay for stay in child if stay.started_on <= as_of])
            births = {stay.date_of_birth for stay in child if stay.date_of_birth}
            disagreeing += len(births) > 1
            watched += _watched_child(
                child,
                date_of_birth=births.pop() if len(births) == 1 else None,
                as_of=as_of,
                policy=settings,
                known_spells=known_spells or {},
            )
    if disagreeing:
        warnings.append(
            f"{disagreeing} child{'' if disagreeing == 1 else 'ren'} with stays that disagree on the date of "
            "birth: it is treated as missing."
        )
    no_night = sum(stay.started_on == stay.ended_on for stay in stays)
    if no_night:
        warnings.append(f"{no_night} stay{'' if no_night == 1 else 's'} without a night: not counted.")
    later = sum(stay.started_on > as_of for stay in stays)
    if later:
        warnings.append(
            f"{later} stay{' begins' if later == 1 else 's begin'} after {day_words(as_of)}: not counted. Correct the "
            "start if the child is there already."
        )
    watched.sort(
        key=lambda spell: (
            worst_first((answer.rule, answer.outcome) for answer in spell.rules),
            -spell.nights,
            spell.child_id,
            spell.spell_id,
        )
    )
    warnings.sort()
    return WatchReport(
        as_of=as_of,
        spells=tuple(watched),
        evidence=evidence(
            inputs=[as_of, settings, *(repr(stay) for stay in sorted(stays, key=lambda stay: stay.stay_id))],
            policy_version=policy.version if isinstance(policy, Policy) else None,
            data_date=_data_date(stays, as_of),
            seed=None,
            warnings=warnings,
        ),
    )


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Pause the cycle collector: the answers hold no cycles, and it would walk the growing heap over and over."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


watch_stays = watch
"""The name of the door on the package: ``sufficiency.watch_stays``."""


def _refuse_unusable(stays: Iterable[Stay]) -> None:
    seen: set[str] = set()
    for stay in stays:
        if stay.stay_id in seen:
            raise InvalidInput("duplicate_id", "Two stays share an id. Give each its own.")
        seen.add(stay.stay_id)
        if stay.ended_on is not None and stay.ended_on < stay.started_on:
            raise InvalidInput(
                "ended_before_started", "A stay ends before it starts. Correct one of the dates."
            )


def _overlaps(stays: Iterable[Stay]) -> list[str]:
    """Return a warning of every two stays of one child with a night in common and different settings."""
    told = [stay for stay in stays if stay.setting is not None and stay.started_on != stay.ended_on]
    told.sort(key=lambda stay: (stay.started_on, stay.stay_id))
    found = []
    for place, stay in enumerate(told):
        for later in told[place + 1 :]:
            if stay.ended_on is not None and later.started_on >= stay.ended_on:
                break
            if later.setting != stay.setting:
                found.append(
                    f"Stays {stay.stay_id} and {later.stay_id} of one child overlap in different settings: correct "
                    "a date or a setting."
                )
    return found


def _data_date(stays: Iterable[Stay], as_of: date) -> date | None:
    days = {day for stay in stays for day in (stay.started_on, stay.ended_on) if day and day <= as_of}
    return max(days, default=None)


def _watched_child(
    stays: list[Stay],
    *,
    date_of_birth: date | None,
    as_of: date,
    policy: EmergencyPolicy,
    known_spells: Mapping[str, str],
) -> list[WatchedSpell]:
    spells = spells_of_child(
        stays,
        date_of_birth=date_of_birth,
        as_of=as_of,
        bridge_nights=policy.bridge_nights,
        known_spells=known_spells,
    )
    runs = [run for spell in spells for run in spell.runs]
    doubtful_because = tuple(missing_of(run.unsuitable for run in runs))
    sure = _window(runs, policy, with_unknown=False)
    # Where nothing is in doubt, what may have been is what was.
    possible = _window(runs, policy, with_unknown=True) if doubtful_because else sure
    return [_watched(spell, policy, sure, possible, doubtful_because) for spell in spells]


def _of_spell(
    spell: Spell, policy: EmergencyPolicy, window: NightWindow, *, with_unknown: bool
) -> UnsuitableNights:
    runs = unsuitable_runs(spell.runs, with_unknown=with_unknown)
    return UnsuitableNights(
        runs=tuple(runs), stretches=tuple(stretches(runs, policy.bridge_nights)), window=window
    )


def _window(runs: list[Nights], policy: EmergencyPolicy, *, with_unknown: bool) -> NightWindow:
    nights = stretches(unsuitable_runs(runs, with_unknown=with_unknown), bridge_nights=0)
    return NightWindow(nights, policy.cumulative_window_days)


def _watched(
    spell: Spell,
    policy: EmergencyPolicy,
    sure: NightWindow,
    possible: NightWindow,
    doubtful_because: tuple[str, ...],
) -> WatchedSpell:
    sure_of_spell = _of_spell(spell, policy, sure, with_unknown=False)
    judged = Judged(
        spell=spell,
        policy=policy,
        sure=sure_of_spell,
        possible=_of_spell(spell, policy, possible, with_unknown=True) if doubtful_because else sure_of_spell,
        doubtful_because=doubtful_because,
        adult_throughout=is_adult_throughout(spell),
        placements=tuple(places(spell.runs, bridge_nights=0, key=told_apart)),
    )
    found = answers(judged)
    until = judged.until
    return WatchedSpell(
        spell_id=spell.spell_id,
        child_id=spell.child_id,
        started_on=date.fromordinal(spell.started),
        ended_on=None if spell.open else until,
        nights=spell.nights,
        unsuitable_nights_90_days=possible.on(spell.until),
        age=age_on(spell.date_of_birth, until) if spell.date_of_birth else None,
        settings=tuple(dict.fromkeys(str(stay.setting) for stay in spell.stays if stay.setting)),
        outcome=outcome_of(found),
        rules=found,
        stay_ids=tuple(dict.fromkeys(stay.stay_id for stay in spell.stays)),
    )
