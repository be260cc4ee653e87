"""What a rule of the emergency watch answers, and the few words every rule uses to say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from matching.policy import EmergencyPolicy
from reference_data.fields import load_fields
from reference_data.law import LegalLimit, legal_limits
from reference_data.vocabulary import WatchOutcome
from sufficiency.spells import NightWindow, Spell, Stretch
from sufficiency.unsuitable import Answer, Finding, Nights

if TYPE_CHECKING:
    from sufficiency.emergency_places import Place


Sentence = str | tuple[Any, ...]
"""A sentence, or what writes it and what it writes of: a pattern or a function first, then its arguments."""


class RuleAnswer:
    """What one rule says of one spell. Treat it as fixed: nothing but its own text is ever filled in.

    Most answers of a large watch are clear and never read, so a sentence may be left unwritten until it is
    asked for. A plain class, because thirteen are made for every spell.

    Parameters
    ----------
    text
        The sentence, or what writes it.
    due_on
        The day by which, or from which, the text means; never a birthday.
    missing
        Names of fields whose absence the answer rests on.
    placements
        The ids of the stays of each placement that the answer is about, where the rule judges placements
        one by one: a caller that tells people once can see a new one. Not in the JSON, nor in comparisons.
    """

    __slots__ = ("_text", "due_on", "instrument", "missing", "outcome", "placements", "rule")

    def __init__(
        self,
        *,
        rule: str,
        outcome: WatchOutcome,
        text: Sentence,
        instrument: str,
        due_on: date | None = None,
        missing: tuple[str, ...] = (),
        placements: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.rule = rule
        self.outcome = outcome
        self._text = text
        self.instrument = instrument
        self.due_on = due_on
        self.missing = missing
        self.placements = placements

    @property
    def text(self) -> str:
        """Return the sentence."""
        if isinstance(self._text, str):
            return self._text
        writer, *parts = self._text
        return str(writer.format(*parts) if isinstance(writer, str) else writer(*parts))

    def _said(self) -> tuple[object, ...]:
        return (self.rule, self.outcome, self.text, self.instrument, self.due_on, self.missing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RuleAnswer) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def __repr__(self) -> str:
        return f"RuleAnswer({', '.join(map(repr, self._said()))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (*self._said(), self.placements)


def _rebuilt(*values: Any) -> RuleAnswer:
    names = ("rule", "outcome", "text", "instrument", "due_on", "missing", "placements")
    return RuleAnswer(**dict(zip(names, values, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsuitableNights:
    """A spell's unsuitable nights, worked out once for all the rules that count them.

    Parameters
    ----------
    runs
        The spell's runs of such nights.
    stretches
        Those runs joined over short gaps, in order of time.
    window
        Such nights of the child in the days before each day, whatever spell they were in.
    """

    runs: tuple[Nights, ...]
    stretches: tuple[Stretch, ...]
    window: NightWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A spell with what its rules need beside it.

    Parameters
    ----------
    sure, possible
        The nights that were unsuitable, and those that were or may have been.
    doubtful_because
        The fields whose absence leaves nights of this child, in any spell, possibly unsuitable.
    placements
        The places of the spell, each move a place of its own: worked out once for the duties.
    """

    spell: Spell
    policy: EmergencyPolicy
    sure: UnsuitableNights
    possible: UnsuitableNights
    doubtful_because: tuple[str, ...]
    adult_throughout: bool
    placements: tuple[Place, ...]

    @property
    def in_doubt(self) -> bool:
        """Say whether some night, of any spell of the child, may have been unsuitable."""
        return self.possible is not self.sure

    @property
    def adult_now(self) -> bool:
        """Say whether the young person turned 18 within the spell, so that no duty to a child goes on."""
        return any(run.age_group == "adult" for run in self.spell.runs)

    @property
    def until(self) -> date:
        """Return the day the spell ended, or the day asked about: an ended spell keeps its answers."""
        return date.fromordinal(self.spell.until)


def law_named(name: str) -> LegalLimit:
    return legal_limits("emergency")[name]


def limit_of(judged: Judged, name: str) -> int:
    """Return the number of a limit of law, or the council's own where it is stricter."""
    limit = law_named(name)
    return judged.policy.limits.get(limit.provision or "", limit.value or 0)


def day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


@lru_cache(maxsize=4096)
def day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def since_words(stretch: Stretch) -> str:
    """Return the nights of a stretch and its first day, and how many of them were spent elsewhere."""
    since = f"{nights_words(stretch.nights)} since {day_words(day(stretch.first))}"
    return f"{since}, {stretch.elsewhere} of them elsewhere" if stretch.elsewhere else since


def nights_words(nights: int) -> str:
    return f"{nights} night{'' if nights == 1 else 's'}"


def answer(
    rule: str,
    outcome: WatchOutcome,
    text: Sentence,
    law: str | tuple[str, ...],
    due_on: date | None = None,
    missing: Collection[str] = (),
    placements: tuple[tuple[str, ...], ...] = (),
) -> RuleAnswer:
    """Return an answer that cites one law by its name in the table, or several where each binds or may."""
    return RuleAnswer(
        rule=rule,
        outcome=outcome,
        text=text,
        instrument=_instrument_of(law),
        due_on=due_on,
        missing=_in_field_order(missing) if missing else (),
        placements=placements,
    )


@cache
def _instrument_of(law: str | tuple[str, ...]) -> str:
    laws = (law,) if isinstance(law, str) else law
    return "; ".join(law_named(name).instrument for name in laws)


def not_assessed(
    rule: str,
    judged: Judged,
    law: str | tuple[str, ...],
    missing: Collection[str],
    text: Sentence | None = None,
) -> RuleAnswer:
    """Return that a rule cannot be answered before some fields are recorded, in its own words or the usual ones."""
    names = _in_field_order(missing)
    return RuleAnswer(
        rule=rule,
        outcome=WatchOutcome.NOT_ASSESSED,
        text=text or ("Not assessed for child {}: record {}.", judged.spell.child_id, ", ".join(names)),
        instrument=_instrument_of(law),
        missing=names,
    )


def field_names(missing: Collection[str]) -> str:
    """Return the names of missing fields once each, in the order of the stay's field table."""
    return ", ".join(_in_field_order(missing))


def worst_of(found: Iterable[RuleAnswer]) -> RuleAnswer | None:
    """Return the worst answer, the one due first among equals, with the placements of all that are as bad."""
    answers = tuple(found)
    worst = min(answers, key=lambda answer: (_ORDER[answer.outcome], answer.due_on or date.max), default=None)
    if worst is not None and len(answers) > 1:
        worst.placements = tuple(
            stays for each in answers if each.outcome is worst.outcome for stays in each.placements
        )
    return worst


_ORDER = {outcome: place for place, outcome in enumerate(WatchOutcome)}


def missing_of(findings: Iterable[Finding]) -> list[str]:
    return [name for finding in findings if finding.answer is Answer.UNKNOWN for name in finding.missing]


def _in_field_order(missing: Collection[str]) -> tuple[str, ...]:
    """Return names once each, in the order of the stay's field table, whatever stay they came from."""
    return _sorted_once(frozenset(missing)) if missing else ()


@lru_cache(maxsize=1024)
def _sorted_once(missing: frozenset[str]) -> tuple[str, ...]:
    places = _field_places()
    return tuple(sorted(missing, key=lambda name: (places.get(name, len(places)), name)))


@cache
def _field_places() -> dict[str, int]:
    return {field.column: place for place, field in enumerate(load_fields("stay"))}
