"""The thirteen rules of the emergency watch: one named rule is one function of a spell.

Each answers RAISED, WARNING, NOT_ASSESSED or CLEAR with a sentence, the instrument and the day
something is due. Which nights are unsuitable is decided in ``unsuitable.py``; how an alert is
delivered is no business of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reference_data.ages import birthday
from reference_data.law import LegalLimit, legal_limits
from reference_data.vocabulary import (
    FOSTERING_TYPES,
    EmergencySetting,
    LegalBasis,
    PlacementType,
    WatchOutcome,
)
from reference_data.working_days import working_days_after
from sufficiency.emergency_stay import EmergencyPolicy, Stay, StayApproval
from sufficiency.spells import NightWindow, Spell, Stretch, stretches, unsuitable_runs
from sufficiency.unsuitable import HOMELESS_BASES, Answer, Finding, Nights, looked_after


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule says of one spell.

    Parameters
    ----------
    due_on
        The day by which, or from which, the text means; never a birthday.
    missing
        Names of fields whose absence the answer rests on.
    """

    rule: str
    outcome: WatchOutcome
    text: str
    instrument: str
    due_on: date | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A spell with what its rules need beside it.

    Parameters
    ----------
    sure, possible
        The nights in the days before each day that were unsuitable, and those that were or may have been.
    """

    spell: Spell
    policy: EmergencyPolicy
    sure: NightWindow
    possible: NightWindow
    adult_throughout: bool

    @property
    def until(self) -> date:
        """Return the day the spell ended, or the day asked about: an ended spell keeps its answers."""
        return date.fromordinal(self.spell.until)


Rule = Callable[[Judged], RuleAnswer]


def answers(judged: Judged) -> tuple[RuleAnswer, ...]:
    """Return what every rule says of a spell, always all of them and in the contract's order."""
    if judged.adult_throughout:
        return tuple(_adult(name, judged) for name in RULES)
    return tuple(rule(judged) for rule in RULES.values())


def outcome_of(found: Iterable[RuleAnswer]) -> WatchOutcome:
    """Return the worst assessed outcome, and never CLEAR while something was not assessed."""
    outcomes = {answer.outcome for answer in found}
    for outcome in (
        WatchOutcome.RAISED,
        WatchOutcome.WARNING,
        WatchOutcome.NOT_ASSESSED,
    ):
        if outcome in outcomes:
            return outcome
    return WatchOutcome.CLEAR


def _limit(name: str) -> LegalLimit:
    return legal_limits("emergency")[name]


def _weeks_as_days(name: str) -> timedelta:
    return timedelta(weeks=_limit(name).value or 0)


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(nights: int) -> str:
    return f"{nights} night{'' if nights == 1 else 's'}"


def _answer(
    rule: str,
    outcome: WatchOutcome,
    text: str,
    law: str,
    due_on: date | None = None,
    missing: Iterable[str] = (),
) -> RuleAnswer:
    return RuleAnswer(
        rule=rule,
        outcome=outcome,
        text=text,
        instrument=_limit(law).instrument,
        due_on=due_on,
        missing=tuple(dict.fromkeys(missing)),
    )


def _missing_words(missing: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(missing))


def _not_assessed(rule: str, judged: Judged, law: str, missing: Iterable[str]) -> RuleAnswer:
    names = tuple(dict.fromkeys(missing))
    text = f"Not assessed for child {judged.spell.child_id}: record {_missing_words(names)}."
    return _answer(rule, WatchOutcome.NOT_ASSESSED, text, law, missing=names)


def _adult(rule: str, judged: Judged) -> RuleAnswer:
    text = f"{judged.spell.child_id} was 18 or over on the first night, so this is not the stay of a child."
    if rule == "turned_18":
        return _answer(
            rule,
            WatchOutcome.WARNING,
            f"{text} Check the record and leaving care duties.",
            "leaving_care_at_18",
        )
    return _answer(rule, WatchOutcome.CLEAR, text, RULE_LAW[rule])


def _missing_of(findings: Iterable[Finding]) -> list[str]:
    return [name for finding in findings if finding.answer is Answer.UNKNOWN for name in finding.missing]


def unsuitable_at_all(judged: Judged) -> RuleAnswer:
    """Warn from the first night in unsuitable accommodation."""
    rule, law = "unsuitable_at_all", "suitable_other_arrangements"
    spell = judged.spell
    unsuitable = unsuitable_runs(spell.runs, with_unknown=False)
    if unsuitable:
        settings = ", ".join(sorted({run.stay.setting.words for run in unsuitable if run.stay.setting}))
        first = _day(unsuitable[0].first)
        text = (
            f"Child {spell.child_id} has been in unsuitable accommodation ({settings}) "
            f"since {_words(first)}. Find a suitable place now."
            if spell.open
            else f"Child {spell.child_id} was in unsuitable accommodation ({settings}) from {_words(first)}."
        )
        return _answer(rule, WatchOutcome.WARNING, text, law, first)
    missing = _missing_of(run.unsuitable for run in spell.runs)
    if missing:
        return _not_assessed(rule, judged, law, missing)
    text = f"Nothing recorded makes the accommodation of child {spell.child_id} unsuitable."
    return _answer(rule, WatchOutcome.CLEAR, text, law)


def _longest(judged: Judged, *, with_unknown: bool) -> Stretch | None:
    runs = unsuitable_runs(judged.spell.runs, with_unknown=with_unknown)
    found = stretches(runs, judged.policy.bridge_nights)
    return max(found, key=lambda stretch: (stretch.nights, stretch.open, -stretch.first), default=None)


def _first_over(judged: Judged, *, with_unknown: bool) -> Stretch | None:
    """Return the first stretch over the limit, else the one that is running, else the longest."""
    runs = unsuitable_runs(judged.spell.runs, with_unknown=with_unknown)
    found = stretches(runs, judged.policy.bridge_nights)
    over = [stretch for stretch in found if stretch.nights > judged.policy.nights_limit]
    if over:
        return over[0]
    running = [stretch for stretch in found if stretch.open]
    return running[0] if running else _longest(judged, with_unknown=with_unknown)


def over_14_nights(judged: Judged) -> RuleAnswer:
    """Raise more than fourteen nights in unsuitable accommodation, moves and short gaps bridged.

    ``due_on`` is the first day on which the nights exceed the limit: the day of the first night
    and fifteen more. It stands there beforehand too, while the child is still there.
    """
    rule, law = "over_14_nights", "fourteen_nights"
    spell, limit = judged.spell, judged.policy.nights_limit
    sure = _first_over(judged, with_unknown=False)
    possible = _first_over(judged, with_unknown=True)
    for stretch in (sure, possible):
        if stretch is None or stretch.nights <= limit:
            continue
        over_on = _day(stretch.first + limit + 1)
        if stretch is not sure:
            missing = _missing_of(run.unsuitable for run in spell.runs)
            return _not_assessed(rule, judged, law, missing)
        text = (
            f"Child {spell.child_id} has spent {_count(stretch.nights)} in unsuitable accommodation since "
            f"{_words(_day(stretch.first))}; the limit is {_count(limit)}, passed on {_words(over_on)}."
        )
        return _answer(rule, WatchOutcome.RAISED, text, law, over_on)
    longest = possible or sure
    due_on = _day(longest.first + limit + 1) if longest and longest.open else None
    nights = longest.nights if longest else 0
    text = f"Child {spell.child_id} has spent {_count(nights)} in unsuitable accommodation; the limit is {_count(limit)}."
    if due_on:
        text += f" It is passed on {_words(due_on)} unless the child moves by {_words(due_on - timedelta(days=1))}."
    return _answer(rule, WatchOutcome.CLEAR, text, law, due_on)


def approaching_14_nights(judged: Judged) -> RuleAnswer:
    """Warn as the nights near the limit, and go on warning once they have passed it.

    ``due_on`` is the last day on which a move keeps the nights within the limit.
    """
    rule, law = "approaching_14_nights", "fourteen_nights"
    spell, policy = judged.spell, judged.policy
    sure = _first_over(judged, with_unknown=False)
    possible = _first_over(judged, with_unknown=True)
    longest_sure = _longest(judged, with_unknown=False)
    longest_possible = _longest(judged, with_unknown=True)
    if longest_sure and sure and longest_sure.nights >= policy.warn_from_nights:
        move_by = _day(sure.first + policy.nights_limit)
        if sure.nights > policy.nights_limit:
            text = f"The limit of {_count(policy.nights_limit)} for child {spell.child_id} has been passed."
        elif sure.open:
            text = (
                f"Child {spell.child_id} has spent {_count(sure.nights)} in unsuitable accommodation and must "
                f"move by {_words(move_by)} to stay within {_count(policy.nights_limit)}."
            )
        else:
            text = f"Child {spell.child_id} spent {_count(longest_sure.nights)} in unsuitable accommodation."
        due_on = move_by if sure.open or sure.nights > policy.nights_limit else None
        return _answer(rule, WatchOutcome.WARNING, text, law, due_on)
    if longest_possible and longest_possible.nights >= policy.warn_from_nights:
        return _not_assessed(rule, judged, law, _missing_of(run.unsuitable for run in spell.runs))
    due_on = _day(possible.first + policy.nights_limit) if possible and possible.open else None
    nights = longest_possible.nights if longest_possible else 0
    text = (
        f"Child {spell.child_id} has spent {_count(nights)} in unsuitable accommodation; "
        f"the warning starts at {_count(policy.warn_from_nights)}."
    )
    return _answer(rule, WatchOutcome.CLEAR, text, law, due_on)


def cumulative_nights(judged: Judged) -> RuleAnswer:
    """Raise too many unsuitable nights within the window, however they are spread.

    It stays raised for the spell once any of its days was over, so that a night more never clears it.
    """
    rule, law = "cumulative_nights", "fourteen_nights"
    spell, policy = judged.spell, judged.policy
    limit, days = policy.window_nights_limit, policy.window_days
    over = judged.sure.first_day_over(limit, spell.started, spell.until)
    now = judged.possible.on(spell.until)
    if over is not None:
        text = (
            f"Child {spell.child_id} has spent more than {_count(limit)} of {days} days in unsuitable "
            f"accommodation since {_words(_day(over))}; the count is now {now}."
        )
        return _answer(rule, WatchOutcome.RAISED, text, law, _day(over))
    if judged.possible.first_day_over(limit, spell.started, spell.until) is not None:
        return _not_assessed(rule, judged, law, _missing_of(run.unsuitable for run in spell.runs))
    text = f"Child {spell.child_id} has spent {now} of {days} nights in unsuitable accommodation; the limit is {limit}."
    return _answer(rule, WatchOutcome.CLEAR, text, law)


def looked_after_unlawful_setting(judged: Judged) -> RuleAnswer:
    """Raise, from the first night, a setting that regulation 27A or 27C bars for a looked after child."""
    rule = "looked_after_unlawful_setting"
    spell = judged.spell
    runs = spell.runs
    newest_law = _newest_law(runs)
    for run in runs:
        if run.unlawful.answer is Answer.YES:
            law = "other_arrangements_under_16" if run.age_group == "under_16" else "other_arrangements_16_17"
            where = run.stay.setting.words if run.stay.setting else "this setting"
            first = _day(run.first)
            text = (
                f"Child {spell.child_id} is looked after and in a setting ({where}) that the regulations do not "
                f"allow, from the night of {_words(first)}. Move the child now; no approval makes it lawful."
            )
            return _answer(rule, WatchOutcome.RAISED, text, law, first)
    if any(
        run.stay.setting is EmergencySetting.POLICE_CELL and run.stay.legal_basis is LegalBasis.PACE
        for run in runs
    ):
        text = (
            f"Child {spell.child_id} is in police custody, which is not a placement. Offer local authority "
            "accommodation now."
        )
        return _answer(rule, WatchOutcome.WARNING, text, newest_law)
    missing = _missing_of(run.unlawful for run in runs)
    if missing:
        return _not_assessed(rule, judged, newest_law, missing)
    text = f"No night of child {spell.child_id} is barred by the law in force on that night."
    return _answer(rule, WatchOutcome.CLEAR, text, newest_law)


def _newest_law(runs: Sequence[Nights]) -> str:
    return "other_arrangements_under_16" if runs[-1].age_group == "under_16" else "other_arrangements_16_17"


def unregistered(judged: Judged) -> RuleAnswer:
    """Raise accommodation that must be registered for this child and is not."""
    rule = "unregistered"
    spell = judged.spell
    for run in spell.runs:
        if run.unregistered.answer is Answer.YES:
            supported = (
                run.age_group == "16_17" and run.stay.setting is not EmergencySetting.UNREGISTERED_HOME
            )
            law = "supported_accommodation_registration" if supported else "childrens_home_registration"
            first = _day(run.first)
            text = (
                f"Child {spell.child_id} is in accommodation that must be registered and is not, from the night "
                f"of {_words(first)}. Move the child and tell Ofsted."
            )
            return _answer(rule, WatchOutcome.RAISED, text, law, first)
    missing = _missing_of(run.unregistered for run in spell.runs)
    if missing:
        return _not_assessed(rule, judged, "supported_accommodation_registration", missing)
    text = f"No registration is known to be lacking for child {spell.child_id}."
    return _answer(rule, WatchOutcome.CLEAR, text, "supported_accommodation_registration")


def bed_and_breakfast(judged: Judged) -> RuleAnswer:
    """Warn of any night in bed and breakfast."""
    rule = "bed_and_breakfast"
    spell = judged.spell
    runs = [run for run in spell.runs if run.stay.setting is EmergencySetting.BED_AND_BREAKFAST]
    if runs:
        first = _day(runs[0].first)
        text = (
            f"Child {spell.child_id} has been in bed and breakfast from {_words(first)}: guidance says it is not "
            "suitable, even in an emergency."
        )
        return _answer(rule, WatchOutcome.WARNING, text, rule, first)
    if any(run.stay.setting is None for run in spell.runs):
        return _not_assessed(rule, judged, rule, ("setting",))
    return _answer(rule, WatchOutcome.CLEAR, f"Child {spell.child_id} is not in bed and breakfast.", rule)


def _places(judged: Judged, wanted: Callable[[Stay], bool]) -> list[tuple[tuple[Stay, ...], Stretch]]:
    """Return the spell's stays in each one place, and from when to when the child was there."""
    groups: dict[tuple[object, str | None], list[Nights]] = {}
    for run in judged.spell.runs:
        if wanted(run.stay):
            groups.setdefault((run.stay.setting, run.stay.home_id), []).append(run)
    found = []
    for runs in groups.values():
        for stretch in stretches(runs, judged.policy.bridge_nights):
            here = [run.stay for run in runs if stretch.first <= run.first <= stretch.end]
            found.append((tuple({id(stay): stay for stay in here}.values()), stretch))
    return found


def _worst(found: Sequence[RuleAnswer]) -> RuleAnswer | None:
    order = tuple(WatchOutcome)
    return min(
        found, key=lambda answer: (order.index(answer.outcome), answer.due_on or date.max), default=None
    )


def crisis_stay_over(judged: Judged) -> RuleAnswer:
    """Raise a stay past the longest the setting is meant for; warn from half of it without a plan.

    ``due_on`` is the day by which the child moves on.
    """
    rule, law = "crisis_stay_over", "suitable_other_arrangements"
    spell = judged.spell

    def limited(stay: Stay) -> bool:
        return stay.max_stay_days is not None or stay.setting is PlacementType.CRISIS_ACCOMMODATION

    found = []
    for stays, stretch in _places(judged, limited):
        longest = [stay.max_stay_days for stay in stays if stay.max_stay_days is not None]
        if not longest:
            found.append(_not_assessed(rule, judged, law, ("max_stay_days",)))
            continue
        limit = min(longest)
        leave_by = _day(stretch.first + limit)
        planned = any(stay.onward_plan_on and stay.onward_plan_on <= judged.until for stay in stays)
        if stretch.nights > limit:
            text = (
                f"Child {spell.child_id} has spent {_count(stretch.nights)} in a place meant for at most {limit}; "
                f"the stay was to end on {_words(leave_by)}."
            )
            found.append(_answer(rule, WatchOutcome.RAISED, text, law, leave_by))
        elif stretch.nights * 2 >= limit and not planned:
            text = (
                f"Child {spell.child_id} has spent {_count(stretch.nights)} of at most {limit} and no onward plan "
                f"is recorded. Agree one; the stay ends on {_words(leave_by)}."
            )
            found.append(_answer(rule, WatchOutcome.WARNING, text, law, leave_by, ("onward_plan_on",)))
        else:
            text = f"Child {spell.child_id} has spent {_count(stretch.nights)} of at most {limit}."
            due_on = leave_by if stretch.open else None
            found.append(_answer(rule, WatchOutcome.CLEAR, text, law, due_on))
    text = f"No stay of child {spell.child_id} has a longest length."
    return _worst(found) or _answer(rule, WatchOutcome.CLEAR, text, law)


TEMPORARY_CODES = frozenset({"temporary_approval", "regulation_24", "reg_24"})
EXTENSION_CODES = frozenset({"temporary_approval_extension", "regulation_25", "reg_25"})
OUTSIDE_TERMS_CODES = frozenset({"outside_terms", "regulation_23", "reg_23"})


def _signed(stays: Iterable[Stay], codes: frozenset[str], until: date) -> list[StayApproval]:
    return [
        approval
        for stay in stays
        for approval in stay.approvals or ()
        if (approval.code or "").casefold() in codes and (approval.on is None or approval.on <= until)
    ]


def temporary_approval_over(judged: Judged) -> RuleAnswer:
    """Raise a stay with a foster carer whose temporary approval, or leave to go outside terms, has run out.

    ``due_on`` is the last day of the approval.
    """
    rule, law = "temporary_approval_over", "temporary_approval"
    found = []
    for stays, stretch in _places(judged, lambda stay: stay.setting in FOSTERING_TYPES):
        if any(
            stay.setting is PlacementType.CONNECTED_FOSTER_CARER and stay.approvals is None for stay in stays
        ):
            found.append(_not_assessed(rule, judged, law, ("approvals",)))
        temporary = _signed(stays, TEMPORARY_CODES, judged.until)
        outside = _signed(stays, OUTSIDE_TERMS_CODES, judged.until)
        if any(approval.on is None for approval in (*temporary, *outside)):
            found.append(_not_assessed(rule, judged, law, ("approvals.on",)))
            continue
        if temporary:
            found.append(_temporary(judged, stays, stretch, [a.on for a in temporary if a.on]))
        if outside:
            first = max(_day(stretch.first), min(a.on for a in outside if a.on))
            last = working_days_after(first, _limit("outside_terms_of_approval").value or 0)
            found.append(_clock(judged, "outside_terms_of_approval", last, stretch, warning_days=0))
    text = f"No temporary approval is recorded for child {judged.spell.child_id}."
    return _worst(found) or _answer(rule, WatchOutcome.CLEAR, text, law)


def _temporary(judged: Judged, stays: Iterable[Stay], stretch: Stretch, signed_on: list[date]) -> RuleAnswer:
    last = min(signed_on) + _weeks_as_days("temporary_approval")
    law = "temporary_approval"
    extended = _signed(stays, EXTENSION_CODES, judged.until)
    # An extension comes before the first approval ends; one signed later cures nothing.
    if any(approval.on is not None and approval.on <= last for approval in extended):
        last += _weeks_as_days("temporary_approval_extension")
        law = "temporary_approval_extension"
    return _clock(judged, law, last, stretch, warning_days=judged.policy.approval_ends_warning_days)


def _clock(judged: Judged, law: str, last: date, stretch: Stretch, *, warning_days: int) -> RuleAnswer:
    rule, child = "temporary_approval_over", judged.spell.child_id
    end = _day(stretch.end)
    if end > last:
        text = f"The approval under which child {child} stays ended on {_words(last)}. Move the child or approve the carer."
        return _answer(rule, WatchOutcome.RAISED, text, law, last)
    if end >= last - timedelta(days=warning_days):
        text = f"The approval under which child {child} stays ends on {_words(last)}. Approve the carer or plan the move."
        return _answer(rule, WatchOutcome.WARNING, text, law, last)
    text = f"The approval under which child {child} stays ends on {_words(last)}."
    return _answer(rule, WatchOutcome.CLEAR, text, law, last if stretch.open else None)


def _looked_after_in_spell(runs: Iterable[Nights]) -> Finding:
    """Return whether the child was looked after on any of the nights."""
    found = [looked_after(run.stay) for run in runs]
    if any(finding.answer is Answer.YES for finding in found):
        return Finding(Answer.YES)
    missing = _missing_of(found)
    return Finding(Answer.UNKNOWN, tuple(missing)) if missing else Finding(Answer.NO)


def _duty_to_record(judged: Judged, rule: str, law: str) -> RuleAnswer | None:
    """Return the answer where no signature or notice is asked for, or nobody can tell yet."""
    spell = judged.spell
    unsuitable = unsuitable_runs(spell.runs, with_unknown=False)
    in_care = _looked_after_in_spell(unsuitable or unsuitable_runs(spell.runs, with_unknown=True))
    if in_care.answer is Answer.UNKNOWN:
        return _not_assessed(rule, judged, law, in_care.missing)
    if not unsuitable and in_care.answer is Answer.YES:
        missing = _missing_of(run.unsuitable for run in spell.runs)
        if missing:
            return _not_assessed(rule, judged, law, missing)
    if not unsuitable or in_care.answer is Answer.NO:
        text = f"None is asked for here: child {spell.child_id} is not a looked after child in unsuitable accommodation."
        return _answer(rule, WatchOutcome.CLEAR, text, law)
    return None


def approvals_missing(judged: Judged) -> RuleAnswer:
    """Warn where no signature is recorded, or it came after the first night."""
    rule, law = "approvals_missing", "nominated_officer"
    settled = _duty_to_record(judged, rule, law)
    if settled:
        return settled
    spell = judged.spell
    stays = spell.stays
    first = _day(spell.started)
    signed = [a for stay in stays for a in stay.approvals or () if a.on and a.on <= judged.until]
    undated = any(a.on is None for stay in stays for a in stay.approvals or ())
    codes = {(a.code or "").casefold() for a in signed}
    lacking = [code for code in judged.policy.approvals_required if code.casefold() not in codes]
    if not signed or lacking:
        missing = (
            ["approvals.on"] if undated else ["approvals"] if any(s.approvals is None for s in stays) else []
        )
        wanted = f" ({', '.join(lacking)})" if lacking else ""
        text = (
            f"No signature{wanted} is recorded for the unsuitable accommodation of child {spell.child_id}, due before "
            f"the first night, {_words(first)}. A signature does not make it suitable."
        )
        return _answer(rule, WatchOutcome.WARNING, text, law, first, missing)
    in_time = [a for a in signed if a.on and a.on <= first]
    wanted_codes = {code.casefold() for code in judged.policy.approvals_required}
    if not in_time or wanted_codes - {(a.code or "").casefold() for a in in_time}:
        text = f"The unsuitable accommodation of child {spell.child_id} was signed for only after the first night."
        return _answer(rule, WatchOutcome.WARNING, text, law, first)
    text = f"The accommodation of child {spell.child_id} was signed for before the first night."
    return _answer(rule, WatchOutcome.CLEAR, text, law)


def notices_missing(judged: Judged) -> RuleAnswer:
    """Warn where no notice of the placement is recorded once five working days have passed."""
    rule, law = "notices_missing", "notice_of_placement"
    settled = _duty_to_record(judged, rule, law)
    if settled:
        return settled
    spell = judged.spell
    stays = spell.stays
    due_on = working_days_after(_day(spell.started), _limit(law).value or 0)
    given = [n for stay in stays for n in stay.notices or () if n.on and n.on <= judged.until]
    if given:
        text = f"Notice of where child {spell.child_id} is has been given."
        return _answer(rule, WatchOutcome.CLEAR, text, law)
    if judged.until > due_on:
        undated = any(n.on is None for stay in stays for n in stay.notices or ())
        missing = ["notices.on"] if undated else ["notices"] if any(s.notices is None for s in stays) else []
        text = (
            f"No notice of where child {spell.child_id} is has been recorded; it was due by {_words(due_on)}."
        )
        return _answer(rule, WatchOutcome.WARNING, text, law, due_on, missing)
    text = f"Notice of where child {spell.child_id} is must be given by {_words(due_on)}."
    return _answer(rule, WatchOutcome.CLEAR, text, law, due_on)


def homeless_duties(judged: Judged) -> RuleAnswer:
    """Warn where a homeless child was not offered section 20 accommodation and an advocate."""
    rule = law = "homeless_duties"
    spell = judged.spell
    first = _day(spell.started)
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
                f"No offer of {' or '.join(words[name] for name in lacking)} to child {spell.child_id} is recorded. "
                "Offer it now and record the day."
            )
            return _answer(rule, WatchOutcome.WARNING, text, law, first, lacking)
        text = f"Section 20 accommodation and an advocate were offered to child {spell.child_id}."
        return _answer(rule, WatchOutcome.CLEAR, text, law)
    unknown = [
        stay
        for stay in spell.stays
        if stay.legal_basis is None and looked_after(stay).answer is not Answer.YES
    ]
    if unknown:
        return _not_assessed(rule, judged, law, ("legal_basis",))
    text = f"Child {spell.child_id} is not recorded as homeless outside care."
    return _answer(rule, WatchOutcome.CLEAR, text, law)


def turned_18(judged: Judged) -> RuleAnswer:
    """Warn where the young person turned 18 during the spell. No date is given: it would be the birthday."""
    rule, law = "turned_18", "leaving_care_at_18"
    spell = judged.spell
    if spell.date_of_birth is None:
        return _not_assessed(rule, judged, law, ("date_of_birth",))
    if any(run.age_group == "adult" for run in spell.runs):
        text = (
            f"{spell.child_id} turned 18 during this spell. The duties to a child have ended; check those of "
            "leaving care and homelessness."
        )
        return _answer(rule, WatchOutcome.WARNING, text, law)
    return _answer(rule, WatchOutcome.CLEAR, f"Child {spell.child_id} is under 18.", law)


RULES: dict[str, Rule] = {
    "unsuitable_at_all": unsuitable_at_all,
    "over_14_nights": over_14_nights,
    "approaching_14_nights": approaching_14_nights,
    "cumulative_nights": cumulative_nights,
    "looked_after_unlawful_setting": looked_after_unlawful_setting,
    "unregistered": unregistered,
    "bed_and_breakfast": bed_and_breakfast,
    "crisis_stay_over": crisis_stay_over,
    "temporary_approval_over": temporary_approval_over,
    "approvals_missing": approvals_missing,
    "notices_missing": notices_missing,
    "homeless_duties": homeless_duties,
    "turned_18": turned_18,
}

RULE_LAW: dict[str, str] = {
    "unsuitable_at_all": "suitable_other_arrangements",
    "over_14_nights": "fourteen_nights",
    "approaching_14_nights": "fourteen_nights",
    "cumulative_nights": "fourteen_nights",
    "looked_after_unlawful_setting": "other_arrangements_16_17",
    "unregistered": "supported_accommodation_registration",
    "bed_and_breakfast": "bed_and_breakfast",
    "crisis_stay_over": "suitable_other_arrangements",
    "temporary_approval_over": "temporary_approval",
    "approvals_missing": "nominated_officer",
    "notices_missing": "notice_of_placement",
    "homeless_duties": "homeless_duties",
    "turned_18": "leaving_care_at_18",
}


def is_adult_throughout(spell: Spell) -> bool:
    """Say whether the young person was already 18 on the first night of the spell."""
    born = spell.date_of_birth
    return born is not None and birthday(born, 18).toordinal() <= spell.started
