"""How far a home is from the places a child goes to most often, in the referral's own words for them.

How much each counts in the ranking is the aim ``contact`` of ``aims.py``. A postcode that somebody typed
into the words is left out: postcodes never leave an engine.
"""

from __future__ import annotations

import re

from matching.aims import times_counted
from matching.findings import Case
from matching.home import Home
from matching.places import is_located, miles_between
from matching.referral import ImportantPlace
from matching.words import capital, miles_words

MOST_NAMED = 3

_POSTCODE = re.compile(
    r"[\s,(]*(?:\b(?:at|in|near)\s+)?\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b\)?", re.IGNORECASE
)
_DETERMINERS = ("the", "a", "an", "her", "his", "their", "my", "our")


def places_gone_to(case: Case, home: Home) -> list[str]:
    """Return a sentence for each of the places gone to most often, up to three.

    A school that is measured as the present school is not said again.
    """
    school = case.referral.prefers.school_postcode
    places = [
        place
        for place in case.referral.important_places
        if place.postcode is None or place.postcode != school or not is_located(school)
    ]
    # Sorting is stable: places gone to equally often stay in the referral's order.
    often = sorted(places, key=lambda place: -times_counted(place))[:MOST_NAMED]
    if often and not is_located(home.postcode):
        return ["How far it is from the child's important places cannot be measured"]
    return [_sentence(place, home) for place in often]


def _sentence(place: ImportantPlace, home: Home) -> str:
    miles = miles_between(place.postcode, home.postcode)
    what = _named(place)
    if miles is None:
        return f"How far it is from {what} cannot be measured"
    return capital(f"{miles_words(miles)} from {what}")


def _named(place: ImportantPlace) -> str:
    words = _POSTCODE.sub("", place.what or "").strip(" ,.;:")
    often = f" ({_POSTCODE.sub('', place.how_often).strip()})" if place.how_often else ""
    if not words:
        return f"a place important to the child{often}"
    first, _, rest = words.partition(" ")
    if rest and first.casefold() in _DETERMINERS:
        return f"{first.casefold()} {rest}{often}"
    return f"the child's {words}{often}"
