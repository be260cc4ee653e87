"""Rules about what the home has stated: features, written exclusions, the needs it can meet, staffing.

One named function, one rule. A statement that is missing is asked for and never assumed.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from matching import instruments as law
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home
from matching.lawful import SOCIAL_WORKER, who_knows
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD
from matching.words import capital, day_words, feature_words, plain_word, plain_words, risk_words
from reference_data.vocabulary import (
    EmergencySetting,
    NeedDomain,
    PlacementPurpose,
    PlacementType,
    RiskLevel,
)

PROVIDER = "the provider"

_RISKS = frozenset((*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS))
_DOMAINS = tuple(NeedDomain)
_DOMAIN_WORDS = {domain: domain.words for domain in NeedDomain}
_PURPOSES = frozenset(PlacementPurpose)
_STAFF_RATIOS = ("standard", "1:1", "2:1", "more")


def required_features(case: Case, home: Home) -> Finding:
    """Exclude a home that says it lacks a required feature; ask when it has said nothing.

    A list of features is the home's whole statement: what is not in it is lacking. No list is no statement.
    """
    if not case.referral.requires:
        return None
    if home.features is None:
        return Question(
            rule="required_features",
            text=f"The child needs {feature_words(case.referral.requires)}; what the home has is not recorded.",
            ask=who_knows(home),
        )
    lacking = lacking_features(case, home)
    if lacking:
        return Exclusion(
            rule="required_features",
            text=f"The child needs {feature_words(lacking)}, which the home does not have.",
            instrument=law.DISABILITY if "step_free" in lacking else law.MOST_APPROPRIATE,
        )
    return None


def lacking_features(case: Case, home: Home) -> tuple[str, ...]:
    """Return the required features that the home's statement leaves out."""
    stated = set(home.features or ())
    return tuple(feature for feature in case.referral.requires if feature not in stated)


def written_exclusion(case: Case, home: Home) -> Finding:
    """Exclude a child with a risk, need or purpose that the provider has excluded in writing.

    A risk is there at low and at high, unless the provider wrote ``:high``. A high risk by itself
    excludes nowhere: only what the provider has put in writing does. It is about whom the home takes: of a child who
    is settled there it is asked whether the home can go on.
    """
    if home.type is PlacementType.WITH_PARENTS or isinstance(home.type, EmergencySetting):
        return None
    if home.will_not_take is None:
        if home.type is PlacementType.CONNECTED_FOSTER_CARER:
            # Approved for this very child, and no provider who could exclude one in writing.
            return None
        risks = case.referral.risks
        if risks.keys() >= _RISKS and all(risks[name] is RiskLevel.NONE for name in _RISKS):
            return None
        return Question(
            rule="written_exclusion",
            text="What the home will not take is not recorded.",
            ask=who_knows(home),
        )
    questions = []
    for written in home.will_not_take:
        found = _one_exclusion(case, written)
        if isinstance(found, Exclusion):
            return _goes_on(found) if case.settled_in(home) else found
        if found is not None:
            questions.append(found)
    return questions[0] if questions else None


def _one_exclusion(case: Case, written: str) -> Finding:
    name, _, level = written.partition(":")
    referral = case.referral
    if name in _RISKS:
        risk = referral.risks.get(name)
        if risk is None:
            return _unsure(
                f"The home does not take {_with_risk(name, level)}; the referral does not say.", SOCIAL_WORKER
            )
        hit = risk is RiskLevel.HIGH if level == "high" else risk is not RiskLevel.NONE
        return _written(_with_risk(name, level), f"a {risk} risk is recorded") if hit else None
    if name in _DOMAINS:
        return _need_exclusion(case, NeedDomain(name), level)
    if name in _PURPOSES:
        if referral.placement_purpose is None:
            return _unsure(
                f"The home takes no {_purpose_words(name)}; the purpose is not recorded.", SOCIAL_WORKER
            )
        return _written(_purpose_words(name)) if referral.placement_purpose == name else None
    if name == "uasc":
        if referral.uasc is None:
            return _unsure(
                "The home does not take unaccompanied asylum-seeking children; the referral does not say.",
                SOCIAL_WORKER,
            )
        return _written("unaccompanied asylum-seeking children") if referral.uasc else None
    if name in referral.requires:
        return _written(name)
    return _unsure(
        f"The home will not take {_words((name,))}. No field of the referral says whether that applies.",
        PROVIDER,
    )


def _need_exclusion(case: Case, domain: NeedDomain, level: str) -> Finding:
    score = case.referral.needs.get(domain)
    if score is None:
        return _unsure(
            f"The home excludes some need in {domain.words}; the need is not scored.", SOCIAL_WORKER
        )
    limit = int(level) if level.isdigit() else None
    if score > (case.context.policy.written_exclusion_points if limit is None else limit):
        above = "such a need" if limit is None else f"a need above {limit}"
        return _written(f"a child with {above} in {domain.words}", f"it is scored {score} of 100")
    if limit is None and score > 0:
        return _unsure(
            f"The home excludes need in {domain.words} without saying how much. Would it take {score} of 100?",
            PROVIDER,
        )
    return None


def _with_risk(name: str, level: str) -> str:
    return f"a child with a {'high ' if level == 'high' else ''}risk of {risk_words(name)}"


def _purpose_words(purpose: str) -> str:
    return f"{purpose.replace('_', ' ')} placements"


def _written(what: str, recorded: str | None = None) -> Exclusion:
    said = f"; {recorded}" if recorded else ""
    return Exclusion(
        rule="written_exclusion",
        text=f"The provider has said in writing that it does not take {_words((what,))}{said}.",
        instrument=law.WRITTEN_EXCLUSION,
    )


def _goes_on(found: Exclusion) -> Question:
    return _unsure(f"{found.text} The child is settled here: can the home go on meeting the need?", PROVIDER)


def _unsure(text: str, ask: str) -> Question:
    return Question(rule="written_exclusion", text=text, ask=ask)


def need_gap(case: Case, home: Home) -> Finding:
    """Exclude a home when a need exceeds what it says it can meet by more than the policy's gap.

    A gap of exactly the policy's number does not exclude: raters differ, and a small gap is no fact.
    """
    if home.type is PlacementType.WITH_PARENTS or isinstance(home.type, EmergencySetting):
        return None
    able = home.can_meet
    too_far, unscored, unstated = [], [], []
    for domain, need, tolerance in case.scored:
        can_meet = able.get(domain)
        if need is None:
            unscored.append(domain)
        elif can_meet is None:
            if need > 0:
                unstated.append(domain)
        elif need - can_meet > tolerance:
            too_far.append(f"{_DOMAIN_WORDS[domain]} ({need} against {can_meet})")
    if too_far:
        return Exclusion(
            rule="need_gap",
            text=f"The need is beyond what the home says it can meet in {_and(too_far)}. "
            f"{capital(scores_come_from(case, home))}.",
            instrument=law.MOST_APPROPRIATE,
        )
    if unscored:
        return Question(
            rule="need_gap",
            text=f"The need is not scored in {_and([_DOMAIN_WORDS[domain] for domain in unscored])}.",
            ask=SOCIAL_WORKER,
        )
    if unstated:
        return Question(
            rule="need_gap",
            text=f"What the home can meet is not recorded in {_and([_DOMAIN_WORDS[domain] for domain in unstated])}.",
            ask=who_knows(home),
        )
    return None


def scores_come_from(case: Case, home: Home) -> str:
    """Return when and by what a need was scored and where the home's ability comes from: raters' numbers, not law."""
    return _scores_come_from(
        case.referral.needs_assessed_on, case.referral.needs_source, home.can_meet_source
    )


@lru_cache(maxsize=1_000)
def _scores_come_from(on: date | None, source: str | None, able: str | None) -> str:
    when = "scored on a day that is not recorded" if on is None else f"scored on {day_words(on)}"
    by = "by whom is not recorded" if source is None else f"source: {source}"
    home_says = "where that comes from is not recorded" if able is None else f"source: {able}"
    return f"{when}, {by}; what the home can meet, {home_says}"


def staffing(case: Case, home: Home) -> Finding:
    """Ask whether extra staff can be bought when the child needs more adults than a home has stated."""
    ratio = case.referral.adult_ratio
    if ratio is None or ratio in ("standard", "not_applicable") or home.type is PlacementType.WITH_PARENTS:
        return None
    enough = _STAFF_RATIOS[_STAFF_RATIOS.index(ratio) :]
    stated = (*(home.staffing or ()), *(home.features or ()))
    if any(option in stated for option in enough):
        return None
    need = "more than two adults to a child" if ratio == "more" else f"{ratio} staffing"
    return Question(
        rule="staffing",
        text=f"The child needs {need}. Can the home staff it, from when, and at what fee?",
        ask=who_knows(home),
    )


_CAN_IT = {
    "bsl": "sign (BSL)",
    "makaton": "use Makaton",
    "esol": "support a child who is learning English (ESOL)",
}


def communication(case: Case, home: Home) -> Finding:
    """Ask whether the home can communicate with the child where it has not said so."""
    missing = unstated_communication(case, home)
    if not missing:
        return None
    can_it = _and([_CAN_IT.get(plain_word(way), f"communicate by {way}") for way in missing])
    return Question(
        rule="communication",
        text=f"How the child communicates is recorded, and not that the home can do it. Can the home {can_it}?",
        ask=who_knows(home),
    )


def unstated_communication(case: Case, home: Home) -> tuple[str, ...]:
    """Return the child's ways of communicating that the home has not stated."""
    if not case.referral.communication:
        return ()
    stated = (*(home.offers.languages or ()), *(home.features or ()), *(home.staffing or ()))
    can = plain_words(stated)
    return tuple(way for way in case.referral.communication if plain_word(way) not in can)


def special_purpose(case: Case, home: Home) -> Finding:
    """Ask whether the home is approved for a purpose that needs its own approval."""
    purpose = case.referral.placement_purpose
    if purpose not in (PlacementPurpose.PARENT_AND_CHILD, PlacementPurpose.FOSTERING_FOR_ADOPTION):
        return None
    if purpose in (home.features or ()):
        return None
    return Question(
        rule="special_purpose",
        text=f"Whether the home is approved for {purpose.value.replace('_', ' ')} is not recorded.",
        ask=who_knows(home),
    )


def _words(codes: tuple[str, ...]) -> str:
    return _and([code.replace("_", " ") for code in codes])


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
