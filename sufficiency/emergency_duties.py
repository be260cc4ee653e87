"""Rules about what must be signed, told and offered: approvals, notices, and the homeless child's offers."""

from __future__ import annotations

from collections.abc import Iterable

from reference_data.vocabulary import WatchOutcome
from reference_data.working_days import working_days_after
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
from sufficiency.unsuitable import HOMELESS_BASES, Answer, Finding, Nights, looked_after


def approvals_missing(judged: Judged) -> RuleAnswer:
    """Warn where no signature is recorded, or it came after the first night."""
    rule, law = "approvals_missing", "nominated_officer"
    settled = _duty_to_record(judged, rule, law)
    if settled:
        return settled
    spell = judged.spell
    first = day(spell.started)
    recorded = [approval for stay in spell.stays for approval in stay.approvals or ()]
    signed_on = [approval.on for approval in recorded if approval.on and approval.on <= judged.until]
    if not signed_on:
        unknown = "approvals.on" if recorded else "approvals"
        missing = [unknown] if recorded or any(stay.approvals is None for stay in spell.stays) else []
        text = (
            f"No signature is recorded for the unsuitable accommodation of child {spell.child_id}, "
            "due before the "
            f"first night, {day_words(first)}. A signature does not make it suitable."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, first, missing)
    if min(signed_on) > first:
        text = (
            f"The unsuitable accommodation of child {spell.child_id} was signed for only on "
            f"{day_words(min(signed_on))}, after the first night."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, first)
    text = f"The accommodation of child {spell.child_id} was signed for by the first night."
    return answer(rule, WatchOutcome.CLEAR, text, law)


def notices_missing(judged: Judged) -> RuleAnswer:
    """Warn where no notice of the placement is recorded once five working days have passed."""
    rule, law = "notices_missing", "notice_of_placement"
    settled = _duty_to_record(judged, rule, law)
    if settled:
        return settled
    spell = judged.spell
    stays = spell.stays
    due_on = working_days_after(day(spell.started), law_named(law).value or 0)
    given = [n for stay in stays for n in stay.notices or () if n.on and n.on <= judged.until]
    if given:
        text = f"Notice of where child {spell.child_id} is has been given."
        return answer(rule, WatchOutcome.CLEAR, text, law)
    if judged.until > due_on:
        undated = any(n.on is None for stay in stays for n in stay.notices or ())
        missing = ["notices.on"] if undated else ["notices"] if any(s.notices is None for s in stays) else []
        text = (
            f"No notice of where child {spell.child_id} is has been recorded; it was due by "
            f"{day_words(due_on)}."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, due_on, missing)
    text = f"Notice of where child {spell.child_id} is must be given by {day_words(due_on)}."
    return answer(rule, WatchOutcome.CLEAR, text, law, due_on)


def homeless_duties(judged: Judged) -> RuleAnswer:
    """Warn where a homeless child was not offered section 20 accommodation and an advocate."""
    rule = law = "homeless_duties"
    spell = judged.spell
    first = day(spell.started)
    homeless = [
        stay
        for stay in spell.stays
        if stay.legal_basis in HOMELESS_BASES and looked_after(stay).answer is not Answer.YES
    ]
    if homeless:
        offers = ("section_20_offered_on", "advocate_offered_on")
        lacking = [
            name
            for name in offers
            if not any(getattr(stay, name) and getattr(stay, name) <= judged.until for stay in homeless)
        ]
        if lacking:
            words = {
                "section_20_offered_on": "section 20 accommodation",
                "advocate_offered_on": "an advocate",
            }
            text = (
                f"No offer of {' or '.join(words[name] for name in lacking)} to child {spell.child_id} "
                "is recorded. "
                "Offer it now and record the day."
            )
            return answer(rule, WatchOutcome.WARNING, text, law, first, lacking)
        text = f"Section 20 accommodation and an advocate were offered to child {spell.child_id}."
        return answer(rule, WatchOutcome.CLEAR, text, law)
    unknown = [
        stay
        for stay in spell.stays
        if stay.legal_basis is None and looked_after(stay).answer is not Answer.YES
    ]
    if unknown:
        return not_assessed(rule, judged, law, ("legal_basis",))
    text = f"Child {spell.child_id} is not recorded as homeless outside care."
    return answer(rule, WatchOutcome.CLEAR, text, law)


def _duty_to_record(judged: Judged, rule: str, law: str) -> RuleAnswer | None:
    """Return the answer where no signature or notice is asked for, or nobody can tell yet."""
    spell = judged.spell
    unsuitable = judged.sure.runs
    in_care = _looked_after_in_spell(unsuitable or judged.possible.runs)
    if in_care.answer is Answer.UNKNOWN:
        return not_assessed(rule, judged, law, in_care.missing)
    if not unsuitable and in_care.answer is Answer.YES:
        missing = missing_of(run.unsuitable for run in spell.runs)
        if missing:
            return not_assessed(rule, judged, law, missing)
    if not unsuitable or in_care.answer is Answer.NO:
        text = (
            f"None is asked for here: child {spell.child_id} is not a looked after child in "
            "unsuitable accommodation."
        )
        return answer(rule, WatchOutcome.CLEAR, text, law)
    return None


def _looked_after_in_spell(runs: Iterable[Nights]) -> Finding:
    """Return whether the child was looked after on any of the nights."""
    found = [looked_after(run.stay) for run in runs]
    if any(finding.answer is Answer.YES for finding in found):
        return Finding(Answer.YES)
    missing = missing_of(found)
    return Finding(Answer.UNKNOWN, tuple(missing)) if missing else Finding(Answer.NO)
