"""Rules about where a child is: settings the regulations bar, lack of registration, bed and breakfast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from reference_data.vocabulary import EmergencySetting, LegalBasis, WatchOutcome
from sufficiency.emergency_answer import (
    Judged,
    RuleAnswer,
    answer,
    day,
    day_words,
    law_named,
    missing_of,
    not_assessed,
)
from sufficiency.emergency_instruments import (
    Laws,
    bed_and_breakfast_laws,
    other_arrangements_laws,
    registration_laws,
)
from sufficiency.emergency_places import Place, places
from sufficiency.emergency_stay import Stay
from sufficiency.unsuitable import NO_PROVIDER, Answer, Nights


def looked_after_unlawful_setting(judged: Judged) -> RuleAnswer:
    """Raise, from the first night, a setting that regulation 27A or 27C bars for a looked after child."""
    rule = "looked_after_unlawful_setting"
    spell = judged.spell
    runs = spell.runs
    newest_law = other_arrangements_laws([max(runs, key=lambda run: run.end)])
    barred = [run for run in runs if run.unlawful.answer is Answer.YES]
    if barred:
        first = day(min(run.first for run in barred))
        text = (_is_barred, spell.child_id, barred)
        return answer(rule, WatchOutcome.RAISED, text, other_arrangements_laws(barred), first)
    if any(
        run.stay.setting is EmergencySetting.POLICE_CELL and run.stay.legal_basis is LegalBasis.PACE
        for run in runs
    ):
        custody = (
            f"Child {spell.child_id} is in police custody, which is not a placement. Offer local authority "
            "accommodation now."
        )
        return answer(rule, WatchOutcome.WARNING, custody, newest_law)
    missing = missing_of(run.unlawful for run in runs)
    if missing:
        return not_assessed(rule, judged, newest_law, missing)
    child = spell.child_id
    return answer(
        rule,
        WatchOutcome.CLEAR,
        ("No night of child {} is barred by the law in force on that night.", child),
        newest_law,
    )


def _is_barred(child: str, barred: Sequence[Nights]) -> str:
    where, still_there = _where(barred)
    text = (
        f"Child {child}, looked after, {_verb(still_there)} in a setting that the regulations do not allow: {where} "
        "No approval makes it lawful."
    )
    return f"{text} Move the child now." if still_there else text


def unregistered(judged: Judged) -> RuleAnswer:
    """Raise accommodation that must be registered for this child and is not."""
    rule = "unregistered"
    spell = judged.spell
    lacking = [run for run in spell.runs if run.unregistered.answer is Answer.YES]
    if lacking:
        first = day(min(run.first for run in lacking))
        text = (_is_unregistered, spell.child_id, lacking)
        return answer(rule, WatchOutcome.RAISED, text, registration_laws(lacking), first)
    unknown = [run for run in spell.runs if run.unregistered.answer is Answer.UNKNOWN]
    if unknown:
        missing = missing_of(run.unregistered for run in unknown)
        return not_assessed(rule, judged, registration_laws(unknown), missing)
    return answer(
        rule, WatchOutcome.CLEAR, (_none_lacking, spell.child_id, spell.stays), registration_laws(spell.runs)
    )


def _is_unregistered(child: str, lacking: Sequence[Nights]) -> str:
    where, still_there = _where(lacking)
    must = "must be registered and is not" if still_there else "had to be registered and was not"
    text = f"Child {child} {_verb(still_there)} in accommodation that {must}: {where} Tell Ofsted."
    return f"{text} Move the child now." if still_there else text


def _none_lacking(child: str, stays: Iterable[Stay]) -> str:
    text = f"No registration is known to be lacking for child {child}."
    run_by_nobody = {stay.setting.words for stay in stays if stay.setting in NO_PROVIDER}
    if run_by_nobody:
        text += (
            f" No provider runs this as accommodation for children ({', '.join(sorted(run_by_nobody))}): the other "
            "rules judge it."
        )
    return text


def bed_and_breakfast(judged: Judged) -> RuleAnswer:
    """Warn of any night in bed and breakfast."""
    rule = "bed_and_breakfast"
    spell = judged.spell
    runs = [run for run in spell.runs if run.stay.setting is EmergencySetting.BED_AND_BREAKFAST]
    laws = bed_and_breakfast_laws(runs or spell.runs)
    if runs:
        first = day(min(run.first for run in runs))
        text = (_in_bed_and_breakfast, spell.child_id, any(run.open for run in runs), first, laws)
        return answer(rule, WatchOutcome.WARNING, text, laws, first)
    if any(run.stay.setting is None for run in spell.runs):
        return not_assessed(rule, judged, laws, ("setting",))
    child = spell.child_id
    return answer(rule, WatchOutcome.CLEAR, ("Child {} is not in bed and breakfast.", child), laws)


def _in_bed_and_breakfast(child: str, still_there: bool, first: date, laws: Laws) -> str:
    says = " ".join(law_named(law).says for law in laws)
    return f"Child {child} {_verb(still_there)} in bed and breakfast, from the night of {day_words(first)}. {says}"


def _where(runs: Sequence[Nights]) -> tuple[str, bool]:
    """Return the settings of some runs in words, the present ones first, and whether there are present ones."""
    found = places(runs, bridge_nights=0, key=lambda stay: stay.setting)
    present = [place for place in found if place.stretch.open]
    past = [place for place in found if not place.stretch.open]
    if not present:
        return f"{_settings(past)}.", False
    earlier = f" Earlier in the spell: {_settings(past)}." if past else ""
    return f"{_settings(present)}.{earlier}", True


def _settings(found: Iterable[Place]) -> str:
    # No last night is told: where only the law of an age barred the setting, it would be the birthday.
    return ", ".join(
        f"{place.setting.words} from the night of {day_words(day(place.stretch.first))}"
        for place in found
        if place.setting
    )


def _verb(present: bool) -> str:
    return "is" if present else "was"
