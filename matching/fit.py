"""Rules of fit: what the referral, the provider and the council have put in writing.

One named function, one rule. What is only better or worse, and excludes nothing, is in ``aims.py``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from matching import instruments as law
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home
from matching.lawful import COMMISSIONING, SOCIAL_WORKER, who_knows
from matching.places import miles_between
from matching.policy import CouncilRule
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD, stays_put
from reference_data.ages import birthday
from reference_data.vocabulary import (
    FOSTERING_TYPES,
    OFFERED_ONLY_WHEN_NAMED,
    RESIDENTIAL_TYPES,
    SUPPORTED_TYPES,
    EmergencySetting,
    NeedDomain,
    PartnerConcern,
    PlacementPurpose,
    PlacementType,
    RiskLevel,
    SiblingsTogether,
    Suitability,
    Urgency,
)

PROVIDER = "the provider"
VIRTUAL_SCHOOL = "the virtual school head"

_RISKS = frozenset((*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS))
_GROUP_WORDS = {
    "fostering": "fostering",
    "residential": "residential care",
    "supported": "supported accommodation",
}
_STAFF_RATIOS = ("standard", "1:1", "2:1", "more")


def settled_placement(case: Case, home: Home) -> Finding:
    """Exclude every other home for a child who is settled: a placement ends only after a review."""
    referral = case.referral
    if referral.current_home_id is None or home.home_id == referral.current_home_id:
        return None
    if stays_put(referral):
        return Exclusion(
            rule="settled_placement",
            text="The child is placed and stays put unless a reason for the move and a review are both recorded.",
            instrument=law.SETTLED,
        )
    if referral.move_review_on is not None and referral.move_review_on > case.start:
        return Question(
            rule="settled_placement",
            text="The review that decides on the move is later than the start date.",
            ask="the independent reviewing officer",
        )
    return None


def type_acceptable(case: Case, home: Home) -> Finding:
    """Exclude a type that the referral does not accept, where it says which types it accepts."""
    accepted = case.referral.acceptable_types
    if accepted is None or home.type in accepted or home.type in OFFERED_ONLY_WHEN_NAMED:
        return None
    if isinstance(home.type, EmergencySetting):
        return None
    return Exclusion(
        rule="type_acceptable",
        text=f"The referral does not accept {_a(home.type.words)}.",
        instrument=law.SOCIAL_WORKER,
    )


def suitability_group(home: Home) -> str | None:
    """Return the broad kind of home a social worker judges: fostering, residential or supported."""
    if home.type in FOSTERING_TYPES:
        return "fostering"
    if home.type in RESIDENTIAL_TYPES:
        return "residential"
    return "supported" if home.type in SUPPORTED_TYPES else None


def type_suitable(case: Case, home: Home) -> Finding:
    """Exclude a broad kind of home that the social worker marked as unsuitable."""
    group = suitability_group(home)
    if group is not None and case.referral.suitability.get(group) is Suitability.UNSUITABLE:
        return Exclusion(
            rule="type_suitable",
            text=f"The referral marks {_GROUP_WORDS[group]} as unsuitable.",
            instrument=law.SOCIAL_WORKER,
        )
    return None


def support_or_care(case: Case, home: Home) -> Finding:
    """Exclude supported accommodation for a young person who needs care; ask when that is not recorded."""
    if home.type not in SUPPORTED_TYPES:
        return None
    if case.referral.support_or_care == "care":
        return Exclusion(
            rule="support_or_care",
            text="The young person needs care, and this home gives support and not care.",
            instrument=law.SIXTEEN_AND_SEVENTEEN,
        )
    if case.referral.support_or_care is None:
        return Question(
            rule="support_or_care",
            text="Whether the young person needs support or care is not recorded.",
            ask=SOCIAL_WORKER,
        )
    return None


def crisis_use(case: Case, home: Home) -> Finding:
    """Exclude crisis accommodation unless the child is in crisis or needs a short stay to stabilise."""
    if home.type is not PlacementType.CRISIS_ACCOMMODATION:
        return None
    purpose = case.referral.placement_purpose
    if case.urgency is Urgency.CRISIS or purpose is PlacementPurpose.STABILISE:
        return None
    if case.urgency is None:
        return Question(
            rule="crisis_use",
            text="Crisis beds are for a crisis or a stay to stabilise, and the urgency is not recorded.",
            ask=SOCIAL_WORKER,
        )
    return Exclusion(
        rule="crisis_use",
        text="Crisis beds are for a young person in crisis, or for a short stay to stabilise.",
        instrument=law.COUNCIL_POLICY,
    )


def emergency_admission(case: Case, home: Home) -> Finding:
    """Exclude a home that admits nobody at once when the placement is needed at once."""
    if isinstance(home.type, EmergencySetting) or home.type is PlacementType.WITH_PARENTS:
        return None
    if home.home_id == case.referral.current_home_id or home.accepts_emergency:
        return None
    if case.urgency is None and home.accepts_emergency is False:
        return Question(
            rule="emergency_admission",
            text="The home admits nobody at once, and the urgency is not recorded.",
            ask=SOCIAL_WORKER,
        )
    if not case.is_urgent:
        return None
    if home.accepts_emergency is None:
        return Question(
            rule="emergency_admission",
            text="Whether the home admits a child at once is not recorded.",
            ask=who_knows(home),
        )
    return Exclusion(
        rule="emergency_admission",
        text="The placement is needed at once, and the home takes no emergency admissions.",
        instrument=law.ADMISSION,
    )


def place_to_avoid(case: Case, home: Home) -> Finding:
    """Exclude a home as near to a place to avoid as the referral says, the distance itself included."""
    unknown = False
    for place in case.referral.avoid:
        miles = miles_between(place.postcode, home.postcode)
        if miles is None or place.miles is None:
            unknown = True
        elif miles <= place.miles:
            return Exclusion(
                rule="place_to_avoid",
                text=f"Within {place.miles:g} miles of a place the child must keep away from.",
                instrument=law.WELFARE,
            )
    if unknown:
        return Question(
            rule="place_to_avoid",
            text="The child must keep away from a place, and how far the home is from it cannot be measured.",
            ask=who_knows(home) if case.referral.avoid and home.postcode is None else SOCIAL_WORKER,
        )
    return None


def required_features(case: Case, home: Home) -> Finding:
    """Exclude a home that says it lacks a required feature; ask when it has said nothing.

    A list of features is the home's whole statement: what is not in it is lacking. No list is no statement.
    """
    if not case.referral.requires:
        return None
    if home.features is None:
        return Question(
            rule="required_features",
            text=f"The child needs {_words(case.referral.requires)}; what the home has is not recorded.",
            ask=who_knows(home),
        )
    lacking = lacking_features(case, home)
    if lacking:
        return Exclusion(
            rule="required_features",
            text=f"The child needs {_words(lacking)}, which the home does not have.",
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
    excludes nowhere: only what the provider has put in writing does.
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
            return found
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
                f"The home does not take {_words((name,))}; the referral does not say.", SOCIAL_WORKER
            )
        hit = risk is RiskLevel.HIGH if level == "high" else risk is not RiskLevel.NONE
        return _written(name) if hit else None
    if name in set(NeedDomain):
        return _need_exclusion(case, NeedDomain(name), level)
    if name in set(PlacementPurpose):
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
        return _written(f"this need in {domain.words}")
    if limit is None and score > 0:
        return _unsure(
            f"The home excludes need in {domain.words} without saying how much. Would it take {score} of 100?",
            PROVIDER,
        )
    return None


def _purpose_words(purpose: str) -> str:
    return f"{purpose.replace('_', ' ')} placements"


def _written(what: str) -> Exclusion:
    return Exclusion(
        rule="written_exclusion",
        text=f"The provider has said in writing that it does not take {_words((what,))}.",
        instrument=law.WRITTEN_EXCLUSION,
    )


def _unsure(text: str, ask: str) -> Question:
    return Question(rule="written_exclusion", text=text, ask=ask)


def need_gap(case: Case, home: Home) -> Finding:
    """Exclude a home when a need exceeds what it says it can meet by more than the policy's gap.

    A gap of exactly the policy's number does not exclude: raters differ, and a small gap is no fact.
    """
    if home.type is PlacementType.WITH_PARENTS or isinstance(home.type, EmergencySetting):
        return None
    tolerance = case.context.policy.need_gap_points
    too_far, unscored, unstated = [], [], []
    for domain in NeedDomain:
        need, can_meet = case.referral.needs.get(domain), home.can_meet.get(domain)
        if need is None:
            unscored.append(domain)
        elif can_meet is None:
            if need > 0:
                unstated.append(domain)
        elif need - can_meet > tolerance[domain]:
            too_far.append(f"{domain.words} ({need} against {can_meet})")
    if too_far:
        return Exclusion(
            rule="need_gap",
            text=f"The need is beyond what the home says it can meet in {_and(too_far)}.",
            instrument=law.MOST_APPROPRIATE,
        )
    if unscored:
        return Question(
            rule="need_gap",
            text=f"The need is not scored in {_and([domain.words for domain in unscored])}.",
            ask=SOCIAL_WORKER,
        )
    if unstated:
        return Question(
            rule="need_gap",
            text=f"What the home can meet is not recorded in {_and([domain.words for domain in unstated])}.",
            ask=who_knows(home),
        )
    return None


def embargo(case: Case, home: Home) -> Finding:
    """Exclude a home under a partners' embargo; a note or a caution is a flag."""
    if home.partner_concern is PartnerConcern.EMBARGO:
        return Exclusion(
            rule="embargo",
            text="The partner councils have an embargo on this home.",
            instrument=law.PARTNERSHIP,
        )
    return None


def council_rules(case: Case, home: Home) -> Finding:
    """Exclude by the council's own rules in the policy; ask when the field is not recorded."""
    question: Question | None = None
    for rule in case.context.policy.rules:
        if rule.types is not None and home.type not in rule.types:
            continue
        value = home_value(home, rule.field)
        if value is None:
            question = question or Question(
                rule="council_rule",
                text=f"A rule of the council looks at {rule.field}, which is not recorded.",
                ask=COMMISSIONING,
            )
        elif _meets(value, rule):
            return Exclusion(rule="council_rule", text=rule.reason, instrument=law.COUNCIL_POLICY)
    return question


def home_value(home: Home, field: str) -> Any:
    """Return a field of a home by its name in the contract; pounds come back as pounds."""
    parent, _, leaf = field.rpartition(".")
    if leaf.endswith("_pounds"):
        pence = getattr(home, leaf.removesuffix("_pounds") + "_pence")
        return None if pence is None else pence / 100
    if parent == "can_meet":
        return home.can_meet.get(NeedDomain(leaf))
    return getattr(getattr(home, parent) if parent else home, leaf)


def _meets(value: Any, rule: CouncilRule) -> bool:
    wanted: Any = rule.value
    if rule.comparison in ("contains", "lacks"):
        held = {_folded(item) for item in value} if isinstance(value, tuple) else {_folded(value)}
        return (_folded(wanted) in held) == (rule.comparison == "contains")
    if rule.comparison in ("one_of", "not_one_of"):
        return (_folded(value) in {_folded(item) for item in wanted}) == (rule.comparison == "one_of")
    if rule.comparison in ("equals", "not_equals"):
        return bool(_folded(value) == _folded(wanted)) == (rule.comparison == "equals")
    if isinstance(value, date) != isinstance(wanted, date) or not isinstance(value, date | int | float):
        return False
    comparable: Any = value
    if rule.comparison == "at_least":
        return bool(comparable >= wanted)
    if rule.comparison == "at_most":
        return bool(comparable <= wanted)
    return bool(comparable > wanted) if rule.comparison == "above" else bool(comparable < wanted)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def scores_out_of_date(case: Case, home: Home) -> Finding:
    """Ask when the scores are older than the policy's days, or when nobody recorded how old they are."""
    referral = case.referral
    if not referral.needs:
        return None
    days = case.context.policy.scores_days
    if referral.needs_assessed_on is None:
        return Question(
            rule="scores_out_of_date", text="When the needs were scored is not recorded.", ask=SOCIAL_WORKER
        )
    if (case.context.as_of - referral.needs_assessed_on).days > days:
        return Question(
            rule="scores_out_of_date",
            text=f"The needs were scored more than {days} days ago. Do they still hold?",
            ask=SOCIAL_WORKER,
        )
    return None


def staffing(case: Case, home: Home) -> Finding:
    """Ask whether extra staff can be bought when the child needs more adults than a home has stated."""
    ratio = case.referral.adult_ratio
    if ratio is None or ratio == "standard" or home.type is PlacementType.WITH_PARENTS:
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


def continuity(case: Case, home: Home) -> Finding:
    """Ask who carries on schooling and health care when the school to be kept is far or cannot be measured."""
    prefers = case.referral.prefers
    protected = in_key_stage_4(case)
    if not prefers.keep_school and not (protected and prefers.school_postcode):
        return None
    miles = miles_between(prefers.school_postcode, home.postcode)
    if miles is not None and miles <= case.context.policy.school_miles:
        return None
    how_far = "how far it is cannot be measured" if miles is None else f"it is {miles} miles away"
    return Question(
        rule="continuity",
        text=f"The child should keep the present school, and {how_far}. How do schooling and health care go on?",
        ask=VIRTUAL_SCHOOL,
    )


def in_key_stage_4(case: Case) -> bool:
    """Say whether the child is in the fourth key stage on the start date, by age.

    It is the two school years in which a pupil turns 15 and 16; school years begin on 1 September.
    """
    born = case.referral.date_of_birth
    if born is None:
        return False
    fourteenth = birthday(born, 14)
    # Year 10 begins on the first 1 September on or after the fourteenth birthday, if born 1 September to 31 August.
    year = fourteenth.year if fourteenth <= date(fourteenth.year, 8, 31) else fourteenth.year + 1
    return date(year, 9, 1) <= case.start < date(year + 2, 7, 1)


def siblings_known(case: Case, home: Home) -> Finding:
    """Ask who the brothers and sisters are when they must stay together and none of them is in the list."""
    referral = case.referral
    if referral.siblings_together is not SiblingsTogether.MUST or case.group:
        return None
    group = referral.sibling_group
    if group is not None and any(resident.sibling_group == group for resident in home.residents or ()):
        return None
    return Question(
        rule="siblings_known",
        text="Brothers and sisters must stay together, and no other of the group is in this list, so room for all "
        "is not assessed.",
        ask=SOCIAL_WORKER,
    )


def _a(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}" if not words.endswith("accommodation") else words


def _words(codes: tuple[str, ...]) -> str:
    return _and([code.replace("_", " ") for code in codes])


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
