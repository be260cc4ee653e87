"""Plain sentences for a person who decides: why an option stands where it does, and what to watch.

Nothing here decides anything: rules are in ``eligibility.py``, aims in ``aims.py``, approvals in
``approvals.py``; what to ask oneself first is in ``prompts.py``. No sentence holds a birth date, a postcode or a name.
"""

from __future__ import annotations

from datetime import timedelta

from matching import aims
from matching.assumed import age_alone
from matching.early_ends import early_ends, ending_here, expected_end
from matching.findings import Case
from matching.home import Home, control_of, is_in_house, other_residents
from matching.important_places import places_gone_to
from matching.places import Where, authority_name, authority_of, miles_between, where_is, why_no_distance
from matching.referral import age_at
from matching.statements import scores_come_from, unstated_communication
from matching.words import capital, day_words, feature_words, miles_words, number_word
from reference_data.ages import birthday
from reference_data.law import legal_limits
from reference_data.vocabulary import (
    SUPPORTED_TYPES,
    AgeBasis,
    Control,
    HomeStatus,
    NeedDomain,
    PartnerConcern,
    PlacementType,
    SiblingsTogether,
)

SUPPORT = {
    NeedDomain.BEHAVIOUR: "behaviour support and a named worker for the carers",
    NeedDomain.EMOTIONAL: "therapeutic support for the child and advice to the carers",
    NeedDomain.RELATIONSHIPS: "attachment-informed support and planned contact",
    NeedDomain.RISK: "a safety plan and extra staff at the times of risk",
    NeedDomain.INDICATORS: "a specialist health assessment and advice",
}
"""Support that would close a gap, by domain. Professional judgement: a person decides what fits."""


def reasons(case: Case, home: Home) -> list[str]:
    """Return why the home stands where it does, what speaks for it first."""
    found = [
        _current(case, home),
        _held(case, home),
        _connected(case, home),
        where_and_how_far(case, home),
        _siblings(case, home),
    ]
    found += _needs(case, home)
    found += [_preferred(case, home), _school(case, home)]
    found += places_gone_to(case, home)
    found.append(_access(case, home))
    found += _identity(case, home)
    found += [_pets(case, home), _cost(case, home), _control(case, home)]
    return [text for text in found if text]


def _current(case: Case, home: Home) -> str | None:
    if case.settled_in(home):
        return "Lives here now, and stays put"
    return "Lives here now" if case.lives_in(home) else None


def _held(case: Case, home: Home) -> str | None:
    held = any(bed.held_for == case.referral.child_id for bed in home.beds or ())
    return "A bed is held for this child" if held else None


def where_and_how_far(case: Case, home: Home) -> str:
    """Return where the home is and how far from the child's home, or why that is unknown."""
    code = authority_of(home)
    where = where_is(case.referral.authority, code)
    place = "Where it is, is not recorded" if code is None else f"In {authority_name(code)}"
    if where is Where.ADJOINING:
        place += ", an adjoining authority"
    elif where is Where.AT_A_DISTANCE:
        place += ", at a distance: not an adjoining authority"
    miles = miles_between(case.referral.home_postcode, home.postcode)
    if miles is None:
        return f"{place}. {why_no_distance(case.referral.home_postcode, home.postcode)}"
    far = case.referral.prefers.max_miles
    beyond = f", further than the {far:g} miles wished for" if far is not None and miles > far else ""
    return f"{place}, {miles_words(miles)} from home in a straight line{beyond}"


def _connected(case: Case, home: Home) -> str | None:
    if aims.connected_carer(case, home, case.context.policy.aim("connected_carer")):
        return None
    return "Connected carer approved for this child: the Act gives this preference over all others"


def _siblings(case: Case, home: Home) -> str | None:
    if aims.siblings_living_there(case, home):
        return "Brother or sister already there"
    if case.group:
        together = len(case.group) + 1
        return f"Room for {'both' if together == 2 else f'all {together}'} children of the group"
    if case.referral.sibling_group is None or case.referral.siblings_together is not SiblingsTogether.PREFER:
        return None
    units = aims.siblings(case, home, case.context.policy.aim("siblings"))
    return {
        0: "Room for all the brothers and sisters on the list",
        1: "Room for some of the brothers and sisters",
    }.get(units, "No brother or sister could be together here")


def _needs(case: Case, home: Home) -> list[str]:
    gaps = aims.need_gaps(case, home)
    known = [domain for domain, gap in gaps.items() if gap is not None]
    met = [domain for domain in known if gaps[domain] == 0]
    found = []
    if len(met) == len(NeedDomain):
        found.append("Meets all five needs")
    elif met:
        found.append(
            f"Meets {number_word(len(met))} of the five needs: {_and([domain.words for domain in met])}"
        )
    for domain in known:
        gap = gaps[domain]
        if gap:
            found.append(
                f"Need in {domain.words} is {gap} point{'' if gap == 1 else 's'} above what the home says it can meet; "
                f"it would take {SUPPORT[domain]}"
            )
    if any(gaps[domain] for domain in known):
        found.append(f"These points are raters' numbers: {scores_come_from(case, home)}")
    return found


def _preferred(case: Case, home: Home) -> str | None:
    views = set(case.referral.suitability.values())
    if "preferred" not in views:
        return None
    unit = aims.preferred_type(case, home, case.context.policy.aim("preferred_type"))
    return (
        "The social worker prefers another kind of home"
        if unit
        else "The kind of home the social worker prefers"
    )


def _school(case: Case, home: Home) -> str | None:
    postcode = case.referral.prefers.school_postcode
    miles = miles_between(postcode, home.postcode)
    return None if miles is None else capital(f"{miles_words(miles)} from school in a straight line")


def _access(case: Case, home: Home) -> str | None:
    if not case.referral.requires and not case.referral.communication:
        return None
    missing = (*aims.unstated_features(case, home), *unstated_communication(case, home))
    if missing:
        return f"Not stated by the home: {feature_words(missing)}"
    return (
        f"Has what the child needs: {feature_words((*case.referral.requires, *case.referral.communication))}"
    )


_IDENTITY = {
    "language": ("speaks", "speak", "the wished-for language"),
    "religion": ("offers", "offer", "the wished-for religion"),
    "ethnicity": ("matches", "match", "the wished-for ethnic background"),
    "gender of carer": ("has", "have", "a carer of the wished-for gender"),
}


def _identity(case: Case, home: Home) -> list[str]:
    found = []
    for name, met in aims.identity_met(case, home).items():
        does, do, what = _IDENTITY[name]
        if met is None:
            found.append(f"Has not said whether it {does} {what}")
        elif met:
            found.append(capital(f"{does} {what}"))
        else:
            found.append(f"Does not {do} {what}")
    return found


def _pets(case: Case, home: Home) -> str | None:
    if not case.referral.prefers.pets:
        return None
    unit = aims.pets(case, home, case.context.policy.aim("pets"))
    return "The wish about pets is not known to be met" if unit else "Meets the wish about pets"


def _cost(case: Case, home: Home) -> str | None:
    if case.lives_in(home):
        return None
    net = aims.net_weekly_pence(home)
    if net is None:
        return "The fee is not recorded"
    fee = home.weekly_fee_pence
    if net == 0 and fee:
        return "The bed is paid for already and costs nothing more"
    return f"{_pounds(net)} a week more than the council pays already"


def _control(case: Case, home: Home) -> str | None:
    if case.lives_in(home):
        return None
    authority = case.referral.authority
    control = control_of(home, authority=authority)
    if control is Control.NOMINATE:
        return "The provider may refuse for stated reasons"
    if control is Control.DIRECT:
        return None
    connected = home.type is PlacementType.CONNECTED_FOSTER_CARER and home.contract is None
    if (connected or is_in_house(home)) and home.approved_by_authority not in (None, authority):
        return "The council that approved the carers decides whether to offer the place"
    # No provider stands behind a connected carer.
    who = "carers decide" if connected else "provider decides"
    return f"The {who} whether to offer the place"


def flags(case: Case, home: Home) -> list[str]:
    """Return what to watch with this option; a flag neither ranks nor excludes."""
    found = [
        *_unlawful_tonight(case, home),
        *_birthdays(case),
        *_ends(case, home),
        *_provider(case, home),
        *_carer(case, home),
    ]
    if age_alone(case.referral, case.context.as_of):
        found.append("Only an age is known, and it is not confirmed")
    elif case.referral.age_basis is AgeBasis.CLAIMED:
        found.append("The birth date is as claimed and not confirmed")
    until = case.referral.dol_order_until
    if until is not None:
        found.append(
            "A deprivation of liberty order permits and never obliges"
            if until >= case.start
            else "The deprivation of liberty order ends before the start: what needs it takes a new one"
        )
    moving_in = not case.lives_in(home)
    company = other_residents(home, case.child_ids)
    if company and moving_in and home.type is not PlacementType.WITH_PARENTS:
        found.append("Weigh the impact on the children who live there before anything is agreed")
    if "solo" in (home.features or ()) and moving_in and not case.needs_solo:
        found.append("A solo place, which is scarce: nothing recorded says that this child has to live alone")
    if not aims.above_floor(case, home):
        found.append("Below the council's suitability floor: the joint plan would not use this home")
    return found


def _unlawful_tonight(case: Case, home: Home) -> list[str]:
    today = age_at(case.referral, case.context.as_of)
    youngest = legal_limits("placement")["supported_from"].value
    if home.type not in SUPPORTED_TYPES or not case.is_urgent or today is None or youngest is None:
        return []
    return [f"Lawful from the start date only: tonight the child is {today}"] if today < youngest else []


def _birthdays(case: Case) -> list[str]:
    born, until = case.referral.date_of_birth, expected_end(case)
    if born is None:
        return []
    # Without an expected stay a year is looked ahead, so that a birthday is not missed in silence.
    last = until or case.start + timedelta(days=365)
    during = "during the expected stay" if until else "within a year of the start"
    return [
        f"Turns {age} {during}: {what}"
        for age, what in (
            (16, "the lawful types of home change"),
            (18, "the young person stops being looked after"),
        )
        if case.start < birthday(born, age) <= last
    ]


def _ends(case: Case, home: Home) -> list[str]:
    if case.lives_in(home):
        return ending_here(case, home)
    words = {
        "longest_stay": "The home's longest stay is shorter than the expected stay"
        if expected_end(case)
        else "The home keeps a child for a time only, and how long the stay will be is not recorded",
        "closes": _closes(case, home),
        "temporary_approval": "The carer's temporary approval ends before the expected stay does"
        if expected_end(case)
        else "The carer is approved for a time only, and how long the stay will be is not recorded",
    }
    return [*_longest_stay(case, home), *(words[end.what] for end in early_ends(case, home))]


def _closes(case: Case, home: Home) -> str:
    if home.closes_on is None:
        return ""
    last = (home.closes_on - case.start).days
    after = f"{last} day{'' if last == 1 else 's'} after the start"
    until = expected_end(case)
    if until is None:
        return (
            f"The home is to close on {day_words(home.closes_on)}, {after}, and how long the stay will be is not "
            "recorded: agree the onward home before the child moves in"
        )
    return (
        f"The home is to close on {day_words(home.closes_on)}, {after}, and the stay is expected to last until "
        f"{day_words(until)}: agree the onward home before the child moves in"
    )


def _longest_stay(case: Case, home: Home) -> list[str]:
    most = home.max_stay_days
    if most is None or case.lives_in(home):
        return []
    days = f"{most} day{'' if most == 1 else 's'} at most"
    # Half of the stay leaves the other half to find the next home: professional judgement.
    return [
        f"{days}; plan the onward home by day {most // 2}"
        if most > 1
        else f"{days}; plan the onward home now"
    ]


def _provider(case: Case, home: Home) -> list[str]:
    found = []
    days = case.context.policy.vacancies_days
    if home.beds is None and home.vacancies is not None and not case.lives_in(home):
        if home.vacancies_confirmed_on is None:
            found.append("Nobody recorded when the vacancy was confirmed")
        elif home.vacancies_confirmed_on > case.context.as_of:
            found.append("The vacancy's confirmation is dated after today: check it")
        elif (case.context.as_of - home.vacancies_confirmed_on).days > days:
            found.append(f"The vacancy was confirmed more than {days} days ago")
    if home.judgement:
        found.append(f"Ofsted judged the home: {home.judgement}. No outcome is a bar by law")
    if home.partner_concern in (PartnerConcern.NOTE, PartnerConcern.CAUTION):
        reply = "" if home.partner_concern_reply else "; no reply of the provider is recorded"
        found.append(f"A partner council shared a {home.partner_concern.value}{reply}")
    found += _notice(case, home)
    if home.status is HomeStatus.PLANNED:
        found.append("A planned home: its opening date may slip")
    return found


def _notice(case: Case, home: Home) -> list[str]:
    served, ends = home.restriction_notice_from, home.restriction_notice_to
    if served is not None and served > case.start:
        return [
            f"A notice restricting accommodation starts on {day_words(served)}, after the placement is to start: ask the "
            "provider and the regulator what led to it and whether a child placed before may stay"
        ]
    in_force = (served is not None or ends is not None) and (ends is None or case.start <= ends)
    if in_force and case.lives_in(home):
        return [
            "A notice restricting accommodation is in force: ask what led to it and what it means for the child"
        ]
    return []


def _carer(case: Case, home: Home) -> list[str]:
    found = [f"Terms of approval: {term}" for term in home.approval_terms]
    if any(one.child_id in case.child_ids and one.authority is None for one in home.exemptions):
        found.append("See that the exemption was given by the authority where the carer lives")
    return found


def assumptions(case: Case, *, options_not_shown: int = 0) -> list[str]:
    """Return what was taken for granted in an answer about one child."""
    referral, as_of = case.referral, case.context.as_of
    found = [f"The placement starts on {day_words(case.start)}."]
    if referral.needed_by is None:
        found.append("No date is recorded by which it is needed, so the day asked about is used.")
    elif referral.needed_by < as_of:
        found.append("The day it was needed by has passed, so the day asked about is used.")
    if case.group:
        found.append(
            f"{len(case.group) + 1} brothers and sisters must be placed together; each has to pass every rule."
        )
    if referral.age_basis in (AgeBasis.CLAIMED, AgeBasis.DISPUTED) and not age_alone(referral, as_of):
        found.append(f"The birth date is {referral.age_basis.value}; the recorded one is used.")
    if case.group and any(one.child_id in referral.not_with for one in case.group):
        found.append(
            "The referrals say that brothers and sisters must, and must not, live together: ask which holds."
        )
    found.append("Distances are straight lines by the Department for Education's formula, not by road.")
    if options_not_shown:
        plural = "s are" if options_not_shown > 1 else " is"
        found.append(f"{options_not_shown} more option{plural} ranked below those shown.")
    return found


def _pounds(pence: int) -> str:
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}.{rest:02}" if rest else f"£{pounds:,}"


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
