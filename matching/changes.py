"""What a person may change so that a rule no longer excludes a home, and who that person is.

One named function, one change. What the law or a registration forbids has no function here and is never offered
as a change; nor is the age of a child, a named approval, or living with somebody a child may not live with. The
search for the smallest changes is in ``relax.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from matching.findings import Case
from matching.home import Home, is_fostering
from matching.places import authority_name, authority_of, miles_between
from matching.room import usual_limit
from matching.statements import lacking_features
from matching.words import feature_words, listed, number_word
from reference_data.vocabulary import (
    FOSTERING_TYPES,
    RESIDENTIAL_TYPES,
    LimitSource,
    NeedDomain,
    PlacementType,
)

STAFF_FEATURES = frozenset(
    {"waking_night_staff", "sleep_in_staff", "1:1", "2:1", "extra_staff", "male_staff", "female_staff"}
)
"""Features that are people, and so can be bought."""

SHORTEST_RADIUS_SHARE = 0.5
"""A radius shorter than this share of the recorded one is never named. Professional judgement."""

RADIUS_STEP_MILES = 5
"""Shorter radii are named in steps of so many miles, so that no answer gives an exact distance."""


class Change(NamedTuple):
    """One change: a code that is the same for every home it opens, and what it takes."""

    code: str
    text: str


def _accept_type(case: Case, home: Home) -> Change | None:
    if not isinstance(home.type, PlacementType):
        return None
    return Change(
        f"accept_type:{home.type.value}",
        f"The social worker accepts this type too: {home.type.words}.",
    )


def _reconsider_suitability(case: Case, home: Home) -> Change | None:
    # The code says which kind, so that two kinds are never counted as one change.
    if home.type in FOSTERING_TYPES:
        kind, words = "fostering", "fostering"
    elif home.type in RESIDENTIAL_TYPES:
        kind, words = "residential", "residential care"
    else:
        kind, words = "supported", "supported accommodation"
    return Change(
        f"reconsider_suitability:{kind}",
        f"The social worker reconsiders the view that {words} is unsuitable.",
    )


def _exemption(case: Case, home: Home) -> Change | None:
    code = authority_of(home)
    who = "The authority where the carer lives" if code is None else authority_name(code)
    limit = number_word(usual_limit(case.context.policy))
    whom = "the child" if not case.group else f"each of the {len(case.child_ids)} brothers and sisters"
    return Change(
        f"fostering_exemption:{code or 'unknown'}",
        f"{who} grants a written exemption from the usual fostering limit of {limit} that names {whom}: only the "
        "authority where the carer lives may do so.",
    )


def _statement(case: Case, home: Home) -> Change | None:
    # Terms of a carer's approval are no statement of purpose, and a registration is fixed.
    if is_fostering(home) or home.limit_source is not LimitSource.STATEMENT:
        return None
    return Change(
        "statement_revised",
        "The provider revises its statement of purpose, within its registration, and tells the inspectorate.",
    )


def _features(case: Case, home: Home) -> Change | None:
    lacking = lacking_features(case, home)
    if not lacking or not set(lacking) <= STAFF_FEATURES:
        return None
    return Change(
        f"staffing:{'+'.join(sorted(lacking))}",
        f"The home staffs it and the council agrees the fee: {feature_words(lacking)}.",
    )


def _support(case: Case, home: Home) -> Change | None:
    needed = too_far_beyond(case, home)
    if not needed:
        return None
    return Change(
        f"support:{'+'.join(needed)}",
        f"Support is added that brings the gap within the policy's limit, in "
        f"{listed([domain.words for domain in needed])}, and the provider agrees in writing that it can meet the "
        "need with it.",
    )


def too_far_beyond(case: Case, home: Home) -> list[NeedDomain]:
    """Return the domains in which the need is beyond the home by more than the policy's gap."""
    return [
        domain
        for domain, need, tolerance in case.scored
        if need is not None and domain in home.can_meet and need - home.can_meet[domain] > tolerance
    ]


def _admission(case: Case, home: Home) -> Change | None:
    if is_fostering(home):
        return Change(
            "admission_at_once",
            "The fostering service and the carers agree to take the child at once.",
        )
    return Change(
        "admission_at_once",
        "The provider agrees to admit the child at once; where its statement of purpose rules out emergency "
        "admissions it revises the statement first.",
    )


def _exclusion_withdrawn(case: Case, home: Home) -> Change | None:
    if is_fostering(home):
        return None
    return Change(
        "written_exclusion_withdrawn",
        "The provider withdraws or narrows its written exclusion, in its statement of purpose where it stands "
        "there, and says how it would keep this child and the others safe.",
    )


def _shorter_radius(case: Case, home: Home) -> Change | None:
    within = [
        (miles, place.miles)
        for place in case.referral.avoid
        if place.miles is not None
        and (miles := miles_between(place.postcode, home.postcode)) is not None
        and miles <= place.miles
    ]
    if len(within) != 1:
        return None
    miles, recorded = within[0]
    # In whole steps below the distance: told to the mile, it would say how far a home is from somebody dangerous.
    enough = RADIUS_STEP_MILES * math.ceil(miles / RADIUS_STEP_MILES - 1)
    if enough < max(1, SHORTEST_RADIUS_SHARE * recorded):
        return None
    return Change(
        f"shorter_radius:{enough}",
        f"The social worker, with the child and whoever knows the danger, finds that at most {enough} miles from the "
        f"place to avoid is far enough; {recorded:g} are recorded. A radius is set by the danger and never shortened to "
        "find a bed.",
    )


def _review_recorded(case: Case, home: Home) -> Change | None:
    # Nobody is moved to find a bed: offered only where somebody recorded why the child moves, or that it is urgent.
    if not (case.referral.move_reason or case.is_urgent):
        return None
    return Change(
        "move_review_recorded",
        "The review of the move is recorded, and its reason where that is missing; or, where there was an immediate "
        "risk, the day on which the review follows (regulation 14). The responsible authority decides, with the "
        "independent reviewing officer and what the child wishes; until it is recorded the child stays put.",
    )


def _own_rule(case: Case, home: Home) -> Change | None:
    return Change(
        "council_rule", "The council makes an exception from its own rule; nothing in law forbids it."
    )


CHANGES: dict[str, Callable[[Case, Home], Change | None]] = {
    "settled_placement": _review_recorded,
    "type_acceptable": _accept_type,
    "type_suitable": _reconsider_suitability,
    "usual_fostering_limit": _exemption,
    "registered_age": _statement,
    "registered_sex": _statement,
    "registered_number": _statement,
    "required_features": _features,
    "need_gap": _support,
    "emergency_admission": _admission,
    "written_exclusion": _exclusion_withdrawn,
    "place_to_avoid": _shorter_radius,
    "council_rule": _own_rule,
}
"""Rules that a person may change, and how. A rule that is missing here is never offered as a change."""

PASSES_WITH_TIME = frozenset({"place_free", "open_on_start"})
"""Rules that a later start may satisfy: a bed that becomes free, a home that opens."""


def later_start(case: Case, on: date) -> Change:
    """Return the change that the placement starts on a later date."""
    days = (on - case.start).days
    allowed = case.referral.may_wait_days
    may_wait = f"the referral may wait {allowed} day{'' if allowed == 1 else 's'}"
    wait = may_wait if allowed else "the referral does not say that it may wait"
    return Change(
        f"later_start:{on.isoformat()}",
        f"The placement starts on {on.day} {on:%B %Y}, {days} day{'' if days == 1 else 's'} later; {wait}.",
    )


SPLIT_SIBLINGS = Change(
    "split_siblings",
    "The brothers and sisters are placed apart: the council decides that after it has heard the children and consulted "
    "the independent reviewing officer, records why they cannot be together, and plans contact first (Children Act "
    "1989, section 22C(8)(c): together so far as reasonably practicable).",
)


def together_with(company: list[str], apart: list[str]) -> Change:
    """Return the change that the child moves in with some of the brothers and sisters, and without the others."""
    return Change(
        f"split_siblings:with:{'+'.join(company)}",
        f"The child is placed here with {listed(company)} and apart from {listed(apart)}: it is decided "
        "as placing all of them apart is.",
    )
