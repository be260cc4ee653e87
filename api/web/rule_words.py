"""A short heading for each rule of the engines, so that no page shows a code to a person.

The sentence that explains a finding comes from the engine; these are only the words it is filed under. A
council's own rules bring their own names.
"""

from __future__ import annotations

from api.web.words import capital, plain
from matching.rule_headings import RULE_HEADINGS

RULE_WORDS: dict[str, str] = {
    **RULE_HEADINGS,
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
