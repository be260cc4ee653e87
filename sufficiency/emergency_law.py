"""Rules about where a child is: settings the regulations bar, lack of registration, bed and breakfast."""

from __future__ import annotations

from collections.abc import Sequence

from reference_data.vocabulary import EmergencySetting, LegalBasis, WatchOutcome
from sufficiency.emergency_answer import Judged, RuleAnswer, answer, day, day_words, missing_of, not_assessed
from sufficiency.unsuitable import Answer, Nights


def looked_after_unlawful_setting(judged: Judged) -> RuleAnswer:
    """Raise, from the first night, a setting that regulation 27A or 27C bars for a looked after child."""
    rule = "looked_after_unlawful_setting"
    spell = judged.spell
    runs = spell.runs
    newest_law = _newest_law(runs)
    barred = _on_the_first_night([run for run in runs if run.unlawful.answer is Answer.YES])
    if barred:
        young = barred[0].age_group == "under_16"
        law = "other_arrangements_under_16" if young else "other_arrangements_16_17"
        where = ", ".join(sorted({run.stay.setting.words for run in barred if run.stay.setting}))
        first = day(min(run.first for run in barred))
        text = (
            f"Child {spell.child_id}, looked after, {_verb(judged)} in a setting ({where}) that the "
            f"regulations do not allow, from the night of {day_words(first)}. "
            "No approval makes it lawful."
        )
        if spell.open:
            text += " Move the child now."
        return answer(rule, WatchOutcome.RAISED, text, law, first)
    if any(
        run.stay.setting is EmergencySetting.POLICE_CELL and run.stay.legal_basis is LegalBasis.PACE
        for run in runs
    ):
        text = (
            f"Child {spell.child_id} is in police custody, which is not a placement. Offer local authority "
            "accommodation now."
        )
        return answer(rule, WatchOutcome.WARNING, text, newest_law)
    missing = missing_of(run.unlawful for run in runs)
    if missing:
        return not_assessed(rule, judged, newest_law, missing)
    text = f"No night of child {spell.child_id} is barred by the law in force on that night."
    return answer(rule, WatchOutcome.CLEAR, text, newest_law)


def _on_the_first_night(runs: Sequence[Nights]) -> list[Nights]:
    """Return the runs that hold the earliest night of any of them."""
    first = min((run.first for run in runs), default=0)
    return [run for run in runs if run.first == first]


def _verb(judged: Judged) -> str:
    return "is" if judged.spell.open else "was"


def _newest_law(runs: Sequence[Nights]) -> str:
    young = max(runs, key=lambda run: run.end).age_group == "under_16"
    return "other_arrangements_under_16" if young else "other_arrangements_16_17"


def unregistered(judged: Judged) -> RuleAnswer:
    """Raise accommodation that must be registered for this child and is not."""
    rule = "unregistered"
    spell = judged.spell
    lacking = _on_the_first_night([run for run in spell.runs if run.unregistered.answer is Answer.YES])
    if lacking:
        settings = {run.stay.setting for run in lacking}
        supported = lacking[0].age_group == "16_17" and EmergencySetting.UNREGISTERED_HOME not in settings
        law = "supported_accommodation_registration" if supported else "childrens_home_registration"
        first = day(min(run.first for run in lacking))
        text = (
            f"Child {spell.child_id} {_verb(judged)} in accommodation that must be registered and is "
            f"not, from the night of {day_words(first)}. Tell Ofsted."
        )
        if spell.open:
            text += " Move the child now."
        return answer(rule, WatchOutcome.RAISED, text, law, first)
    missing = missing_of(run.unregistered for run in spell.runs)
    if missing:
        return not_assessed(rule, judged, "supported_accommodation_registration", missing)
    text = f"No registration is known to be lacking for child {spell.child_id}."
    return answer(rule, WatchOutcome.CLEAR, text, "supported_accommodation_registration")


def bed_and_breakfast(judged: Judged) -> RuleAnswer:
    """Warn of any night in bed and breakfast."""
    rule = "bed_and_breakfast"
    spell = judged.spell
    runs = [run for run in spell.runs if run.stay.setting is EmergencySetting.BED_AND_BREAKFAST]
    if runs:
        first = day(runs[0].first)
        text = (
            f"Child {spell.child_id} {_verb(judged)} in bed and breakfast, from the night of "
            f"{day_words(first)}. Guidance says it is not suitable, even in an emergency."
        )
        return answer(rule, WatchOutcome.WARNING, text, rule, first)
    if any(run.stay.setting is None for run in spell.runs):
        return not_assessed(rule, judged, rule, ("setting",))
    return answer(rule, WatchOutcome.CLEAR, f"Child {spell.child_id} is not in bed and breakfast.", rule)
