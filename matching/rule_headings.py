"""A short heading for each rule of eligibility, so that no sentence shows a code to a person.

The sentence that explains a finding comes from the rule; these are only the words it is counted under. A council's
own rules bring their own names.
"""

from __future__ import annotations

from matching.words import uncapital

RULE_HEADINGS: dict[str, str] = {
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
}


def counted_under(rule: str) -> str:
    """Return the heading of a rule inside a sentence; a council's own rule is said as it is named.

    Examples
    --------
    >>> counted_under("place_free"), counted_under("no_inadequate_homes")
    ('no place free on the day', 'no inadequate homes')
    """
    heading = RULE_HEADINGS.get(rule)
    return rule.replace("_", " ") if heading is None else uncapital(heading)
