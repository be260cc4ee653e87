"""A short heading for each rule of the engines, so that no page shows a code to a person.

The sentence that explains a finding comes from the engine; these are only the words it is filed under. A
council's own rules bring their own names.
"""

from __future__ import annotations

from api.web.words import capital, plain

RULE_WORDS: dict[str, str] = {
    # Whether a home may be offered to a child.
    "never_offered": "A setting that is never offered",
    "type_named": "A kind of home the referral would have to name",
    "lawful_age": "Not lawful at the child's age",
    "age_disputed": "The child's age is disputed",
    "registered": "Not registered",
    "restriction_notice": "A notice restricts the home",
    "open_on_start": "Not open on the day",
    "registered_age": "Outside the ages the home takes",
    "registered_sex": "Does not take the child's sex",
    "registered_number": "More children than the home may have",
    "named_approval": "Approved for other, named children",
    "temporary_approval": "Temporary approval",
    "secure_authority": "Nothing permits secure accommodation",
    "settled_placement": "The child is settled where they are",
    "lives_here_already": "The child lives there already",
    "type_acceptable": "Not a kind of home the referral accepts",
    "purpose_needs_foster_carers": "Fostering for adoption needs foster carers",
    "type_suitable": "Marked unsuitable for the child",
    "support_or_care": "The child needs care, not support",
    "crisis_use": "Crisis beds are for ages 16 and 17",
    "emergency_admission": "Does not admit in an emergency",
    "place_to_avoid": "Too near a place to avoid",
    "required_features": "Lacks something the child must have",
    "written_exclusion": "The home's own written exclusion",
    "need_gap": "Needs far beyond what the home can meet",
    "not_with": "A child there whom this child may not live with",
    "alongside": "Whom the child can live alongside",
    "peers_and_impact": "The other children there",
    "scores_out_of_date": "The needs scores are old",
    "staffing": "Staffing",
    "communication": "How the child communicates",
    "special_purpose": "A special purpose",
    "continuity": "Health and education going on",
    "place_free": "No place free on the day",
    "usual_fostering_limit": "Over the usual fostering limit",
    "embargo": "Under embargo",
    "council_rules": "The council's own rule",
    "council_rule": "The council's own rule",
    "siblings_known": "Brothers and sisters",
    # The watch over emergency accommodation.
    "unsuitable_at_all": "An unsuitable place",
    "over_14_nights": "Over 14 nights",
    "approaching_14_nights": "Near 14 nights",
    "cumulative_nights": "Nights adding up over 90 days",
    "looked_after_unlawful_setting": "Not lawful for a child in care",
    "unregistered": "An unregistered provider",
    "bed_and_breakfast": "Bed and breakfast",
    "crisis_stay_over": "Crisis stay run over",
    "temporary_approval_over": "Temporary approval run out",
    "approvals_missing": "Approvals missing",
    "notices_missing": "Notices missing",
    "homeless_duties": "Duties to a homeless young person",
    "turned_18": "Turned 18",
    # The watch over the watch itself.
    "watch_not_run": "The watch has not run",
    "restricted_opened": "Restricted records were opened",
    "message_undelivered": "A message that could not be delivered",
    "history_recorded": "Spells of the past recorded",
}


def rule_words(rule: str) -> str:
    """Return the heading of a rule; an unknown one, such as a council's, is said as it is named."""
    return RULE_WORDS.get(rule) or capital(plain(rule))
