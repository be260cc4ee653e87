"""Rules of fit: what the referral says about this child, and what is known against a home.

One named function, one rule. What the home has stated is in ``statements.py``, the council's own rules
are in ``council_rules.py``, and what is only better or worse is in ``aims.py``.
"""

from __future__ import annotations

from matching import instruments as law
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home, is_fostering
from matching.lawful import COMMISSIONING, SOCIAL_WORKER, who_knows
from matching.places import miles_between
from matching.referral import TEMPORARY_PURPOSES, stays_put
from matching.words import miles_words, with_article
from reference_data import school_years
from reference_data.vocabulary import (
    FOSTERING_TYPES,
    OFFERED_ONLY_WHEN_NAMED,
    RESIDENTIAL_TYPES,
    SUPPORTED_TYPES,
    EmergencySetting,
    PartnerConcern,
    PlacementPurpose,
    PlacementType,
    SiblingsTogether,
    Suitability,
    Urgency,
)

VIRTUAL_SCHOOL = "the virtual school head"

_GROUP_WORDS = {
    "fostering": "fostering",
    "residential": "residential care",
    "supported": "supported accommodation",
}


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


def lives_here_already(case: Case, home: Home) -> Finding:
    """Exclude the child's own home for a stay elsewhere that keeps it open, or once a move from it is decided."""
    if case.lives_in(home) and case.referral.placement_purpose in TEMPORARY_PURPOSES:
        return Exclusion(
            rule="lives_here_already",
            text="The child lives here already, and the stay is to be elsewhere while this place is kept open.",
            instrument=law.SOCIAL_WORKER,
        )
    if case.lives_in(home) and not case.settled_in(home):
        return Exclusion(
            rule="lives_here_already",
            text=f"The child is to leave this home: {_reason_and_review(case)}. Only if the child is to stay after all, "
            "take the move off the record.",
            instrument=law.SETTLED,
        )
    return None


def _reason_and_review(case: Case) -> str:
    reviewed = case.referral.move_review_on
    if reviewed is None:
        return "a reason for the move is recorded"
    when = f"{reviewed.day} {reviewed:%B %Y}"
    review = f"the review of {when}" if reviewed <= case.context.as_of else f"a review that follows on {when}"
    return f"a reason for the move and {review} are recorded"


def type_acceptable(case: Case, home: Home) -> Finding:
    """Exclude a type that the referral does not accept, where it says which types it accepts.

    What is accepted is what is looked for: of the home a child is settled in, it is asked and bars nothing.
    """
    accepted = case.referral.acceptable_types
    if accepted is None or home.type in accepted or home.type in OFFERED_ONLY_WHEN_NAMED:
        return None
    if isinstance(home.type, EmergencySetting):
        return None
    if case.settled_in(home):
        return Question(
            rule="type_acceptable",
            text=f"The child is settled in {with_article(home.type.words)}, which the referral does not accept: which "
            "holds?",
            ask=SOCIAL_WORKER,
        )
    return Exclusion(
        rule="type_acceptable",
        text=f"The referral does not accept {with_article(home.type.words)}.",
        instrument=law.SOCIAL_WORKER,
    )


_GROUP_OF_TYPE: dict[str, str] = {
    **dict.fromkeys(FOSTERING_TYPES, "fostering"),
    **dict.fromkeys(RESIDENTIAL_TYPES, "residential"),
    **dict.fromkeys(SUPPORTED_TYPES, "supported"),
}


def suitability_group(home: Home) -> str | None:
    """Return the broad kind of home a social worker judges: fostering, residential or supported."""
    return _GROUP_OF_TYPE.get(home.type)


def purpose_needs_foster_carers(case: Case, home: Home) -> Finding:
    """Exclude every home without foster carers for a child to be fostered for adoption.

    The bar is the purpose that the social worker recorded; the Act's words on it are from memory and bar nothing.
    Adopters whom the referral names stay possible: they may be approved to foster too.
    """
    if case.referral.placement_purpose is not PlacementPurpose.FOSTERING_FOR_ADOPTION:
        return None
    if is_fostering(home) or home.type is PlacementType.ADOPTION or isinstance(home.type, EmergencySetting):
        return None
    return Exclusion(
        rule="purpose_needs_foster_carers",
        text=f"The purpose is fostering for adoption, and {with_article(home.type.words)} has no foster carers who may "
        "also adopt.",
        instrument=law.SOCIAL_WORKER,
    )


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
    if not case.needed_at_once:
        if case.urgency is not None or home.accepts_emergency is None:
            return None
        return Question(
            rule="emergency_admission",
            text="The home admits nobody at once, and the urgency is not recorded.",
            ask=SOCIAL_WORKER,
        )
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


def embargo(case: Case, home: Home) -> Finding:
    """Exclude a home under a partners' embargo; a note or a caution is a flag.

    Partners under an embargo place nobody new; what it means for a child who is settled there is asked.
    """
    if home.partner_concern is PartnerConcern.EMBARGO:
        if case.settled_in(home) and not case.group:
            return Question(
                rule="embargo",
                text="The partner councils have an embargo on this home, where the child is settled: what does it mean "
                "for the child?",
                ask=COMMISSIONING,
            )
        return Exclusion(
            rule="embargo",
            text="The partner councils have an embargo on this home.",
            instrument=law.PARTNERSHIP,
        )
    return None


def scores_out_of_date(case: Case, home: Home) -> Finding:
    """Ask when the scores are older than the policy's days, or when nobody recorded how old they are."""
    text = scores_are_old(case)
    return None if text is None else Question(rule="scores_out_of_date", text=text, ask=SOCIAL_WORKER)


def scores_are_old(case: Case) -> str | None:
    """Return why the scores have to be asked about, or ``None`` when they are new enough or there are none."""
    referral = case.referral
    if not referral.needs:
        return None
    days = case.context.policy.scores_days
    if referral.needs_assessed_on is None:
        return "When the needs were scored is not recorded."
    if (case.context.as_of - referral.needs_assessed_on).days > days:
        return f"The needs were scored more than {days} days ago. Do they still hold?"
    return None


def continuity(case: Case, home: Home) -> Finding:
    """Ask who carries on schooling and health care when the school to be kept is far or cannot be measured."""
    if not continuity_matters(case):
        return None
    miles = miles_between(case.referral.prefers.school_postcode, home.postcode)
    if miles is not None and miles <= case.context.policy.school_miles:
        return None
    how_far = "how far it is cannot be measured" if miles is None else f"it is {miles_words(miles)} away"
    return Question(
        rule="continuity",
        text=f"The child should keep the present school, and {how_far}. Who arranges school and health care from there?",
        ask=VIRTUAL_SCHOOL,
    )


def continuity_matters(case: Case) -> bool:
    """Say whether the referral names a school to keep, or one attended in the fourth key stage."""
    prefers = case.referral.prefers
    return bool(prefers.keep_school) or (prefers.school_postcode is not None and in_key_stage_4(case))


def in_key_stage_4(case: Case) -> bool:
    """Say whether the child is in the fourth key stage on the start date, by age.

    What the key stage is, is known from memory, so it may warn and never bars.
    """
    born = case.referral.date_of_birth
    return born is not None and school_years.in_key_stage_4(born, case.start)


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
