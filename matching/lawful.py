"""Rules of law and registration: may this kind of home, and this home, take a child of this age at all?

One named function, one rule. Room in the home is in ``room.py``; what the referral says is in ``fit.py``
and what the home states in ``statements.py``.
"""

from __future__ import annotations

from matching import instruments as law
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home, is_fostering
from matching.words import capital, with_article
from reference_data.vocabulary import (
    OFFERED_ONLY_WHEN_NAMED,
    SUPPORTED_TYPES,
    AgeBasis,
    EmergencySetting,
    HomeStatus,
    LimitSource,
    PlacementType,
    Sex,
)

SOCIAL_WORKER = "the child's social worker"
MANAGER = "the home's manager"
FOSTERING_SERVICE = "the fostering service"
COMMISSIONING = "the commissioning team"


def who_knows(home: Home) -> str:
    """Return the role that can answer a question about the home."""
    if is_fostering(home):
        return FOSTERING_SERVICE
    return SOCIAL_WORKER if home.type is PlacementType.WITH_PARENTS else MANAGER


def never_offered(case: Case, home: Home) -> Finding:
    """Exclude hotels and other emergency settings: they may be recorded and are never offered."""
    if isinstance(home.type, EmergencySetting):
        return Exclusion(
            rule="never_offered",
            text=f"{capital(with_article(home.type.words))} is not a placement and is never offered.",
            instrument=law.PLACEMENTS,
        )
    return None


def type_named(case: Case, home: Home) -> Finding:
    """Exclude secure homes, family centres, parents and adopters unless the referral names the type.

    A child who is settled with parents or adopters lives there though nobody named it.
    """
    if case.settled_in(home):
        return None
    named = case.referral.acceptable_types or ()
    if home.type in OFFERED_ONLY_WHEN_NAMED and home.type not in named:
        return Exclusion(
            rule="type_named",
            text=f"{capital(with_article(home.type.words))} is an option only where the referral names it.",
            instrument=law.SOCIAL_WORKER,
        )
    return None


def lawful_age(case: Case, home: Home) -> Finding:
    """Exclude types that are unlawful at the child's age on the start date; later birthdays are flags."""
    if case.age is None:
        return Question(
            rule="lawful_age",
            text="The date of birth is not recorded, so no rule about age is assessed."
            if case.referral.date_of_birth is None
            else "The date of birth is after the start date: check both. No rule about age is assessed.",
            ask=SOCIAL_WORKER,
        )
    limits = case.context.policy.limits
    if case.age >= law.legal_number("child_until", limits):
        return Exclusion(
            rule="lawful_age",
            text="The young person is 18 or over on the start date and no longer a child.",
            instrument=law.CHILD,
        )
    if home.type not in SUPPORTED_TYPES:
        return None
    if case.age < law.legal_number("supported_from", {}):
        return Exclusion(
            rule="lawful_age",
            text=f"{home.type.words.capitalize()} is lawful at 16 and 17 only; "
            f"the child is {case.age} on the start date.",
            instrument=law.UNDER_SIXTEEN,
        )
    own = law.legal_number("supported_from", limits)
    if case.age < own:
        return Exclusion(
            rule="lawful_age",
            text=f"The council uses {home.type.words} from the age of {own} only; "
            f"the child is {case.age} on the start date.",
            instrument=law.COUNCIL_POLICY,
        )
    return None


def age_disputed(case: Case, home: Home) -> Finding:
    """Ask which age to work with when it is disputed; the recorded birth date is used meanwhile."""
    if case.referral.age_basis is AgeBasis.DISPUTED and case.age is not None:
        return Question(
            rule="age_disputed",
            text="The child's age is disputed. The recorded birth date is used until it is decided.",
            ask=SOCIAL_WORKER,
        )
    return None


def registered(case: Case, home: Home) -> Finding:
    """Exclude a home that is not registered, or a carer who is not approved; ask when it is not known."""
    if isinstance(home.type, EmergencySetting) or home.type is PlacementType.WITH_PARENTS:
        return None
    carers = is_fostering(home) or home.type is PlacementType.ADOPTION
    if home.registered is False:
        what = "approved" if carers else "registered"
        return Exclusion(
            rule="registered",
            text=f"Not {what}: a child may not be placed here.",
            instrument=law.FOSTER_CARER if carers else law.REGISTRATION,
        )
    if home.registered is None and not (carers and _approval_is_recorded(home)):
        what = "Approval" if carers else "Registration"
        return Question(
            rule="registered",
            text=f"{what} is not recorded.",
            ask=FOSTERING_SERVICE if carers else COMMISSIONING,
        )
    return None


def _approval_is_recorded(home: Home) -> bool:
    # A carer whose approving authority, named children or temporary approval is recorded has been approved.
    return bool(home.approved_by_authority or home.approved_for or home.temporary_approval_until)


def restriction_notice(case: Case, home: Home) -> Finding:
    """Exclude a home whose accommodation is restricted by notice on the start date.

    The notice shuts the home to children who were not there when it was served, and to nobody who was.
    """
    first, last = home.restriction_notice_from, home.restriction_notice_to
    if first is None and last is None:
        return None
    if (first is not None and first > case.start) or (last is not None and case.start > last):
        return None
    if case.lives_in(home):
        return _placed_before_the_notice(case, home)
    return Exclusion(
        rule="restriction_notice",
        text="A notice restricting accommodation is in force on the start date.",
        instrument=law.RESTRICTION_NOTICE,
    )


def _placed_before_the_notice(case: Case, home: Home) -> Finding:
    served, moved_in = home.restriction_notice_from, case.referral.current_placement_started_on
    if served is None or moved_in is None:
        return Question(
            rule="restriction_notice",
            text="A notice restricting accommodation is in force, and whether the child was here when it was served is "
            "not recorded.",
            ask=SOCIAL_WORKER if moved_in is None else who_knows(home),
        )
    if moved_in <= served:
        return None
    return Exclusion(
        rule="restriction_notice",
        text="The child moved in after a notice restricting accommodation was served, and it is in force.",
        instrument=law.RESTRICTION_NOTICE,
    )


def open_on_start(case: Case, home: Home) -> Finding:
    """Exclude a home that is suspended, closed, or not open yet on the start date; ask when not known."""
    if home.status is HomeStatus.CLOSED:
        return _not_open("The home is closed.")
    if home.status is HomeStatus.SUSPENDED:
        return _not_open("The home is suspended and takes no child now.")
    if home.closes_on is not None and home.closes_on <= case.start:
        return _not_open("The home closes on or before the start date.")
    if home.opens_on is not None and home.opens_on > case.start:
        return _not_open("The home opens only after the start date.")
    if home.status is HomeStatus.PLANNED and home.opens_on is None:
        return Question(
            rule="open_on_start",
            text="The home is planned and its opening date is not recorded.",
            ask=COMMISSIONING,
        )
    if home.status is None and home.type is not PlacementType.WITH_PARENTS:
        return Question(
            rule="open_on_start",
            text="Whether the home is open is not recorded.",
            ask=who_knows(home),
        )
    return None


def _not_open(text: str) -> Exclusion:
    return Exclusion(rule="open_on_start", text=text, instrument=law.HOME_RECORD)


def registered_age(case: Case, home: Home) -> Finding:
    """Exclude a child outside the registered ages; the oldest age lasts until the next birthday."""
    age, youngest, oldest = case.age, home.min_age, home.max_age
    if age is not None and youngest is not None and oldest is not None and youngest <= age <= oldest:
        return None
    if not _has_limits(case, home):
        return None
    if case.age is not None:
        too_young = home.min_age is not None and case.age < home.min_age
        too_old = home.max_age is not None and case.age > home.max_age
        if too_young or too_old:
            return Exclusion(
                rule="registered_age",
                text=f"For children {_ages(home)}; the child is {case.age} on the start date.",
                instrument=limits_instrument(home),
            )
    if home.min_age is None or home.max_age is None:
        return Question(
            rule="registered_age",
            text="The ages the home is registered or approved for are not all recorded.",
            ask=who_knows(home),
        )
    if case.age is None:
        return Question(
            rule="registered_age",
            text="Without a date of birth the registered ages are not assessed.",
            ask=SOCIAL_WORKER,
        )
    return None


def _ages(home: Home) -> str:
    if home.min_age is not None and home.max_age is not None:
        return f"aged {home.min_age} to {home.max_age}"
    return f"aged {home.min_age} or over" if home.min_age is not None else f"up to {home.max_age}"


def registered_sex(case: Case, home: Home) -> Finding:
    """Exclude a child of a sex the home is not registered for; ask when either is not known."""
    if not _has_limits(case, home) or home.sexes == "any":
        return None
    if home.sexes is None:
        return Question(
            rule="registered_sex",
            text="Whether the home takes boys, girls or both is not recorded.",
            ask=who_knows(home),
        )
    if case.referral.sex in (None, Sex.UNKNOWN):
        return Question(
            rule="registered_sex",
            text="The child's sex is not recorded, and the home takes one sex only.",
            ask=SOCIAL_WORKER,
        )
    if case.referral.sex != home.sexes:
        return Exclusion(
            rule="registered_sex",
            text=f"For {'girls' if home.sexes == Sex.FEMALE else 'boys'} only.",
            instrument=limits_instrument(home),
        )
    return None


def _has_limits(case: Case, home: Home) -> bool:
    if isinstance(home.type, EmergencySetting) or home.type is PlacementType.WITH_PARENTS:
        return False
    # A carer approved for this very child is approved for that child's age and sex, unless a limit is written.
    named = home.approved_for is not None and case.referral.child_id in home.approved_for
    written = home.min_age is not None or home.max_age is not None or home.sexes is not None
    return written or not named


def limits_instrument(home: Home) -> str:
    """Return where the home's limits of age, number and sex come from."""
    if is_fostering(home):
        return law.APPROVAL_TERMS
    if home.limit_source is LimitSource.STATEMENT:
        return law.SUPPORTED_STATEMENT if home.type in SUPPORTED_TYPES else law.STATEMENT_OF_PURPOSE
    return law.CONDITIONS


def named_approval(case: Case, home: Home) -> Finding:
    """Exclude carers who are approved for other named children only.

    A connected carer is approved for named children and for no others, so a connected carer without a
    recorded approval of this child is never offered: a stranger is not placed with somebody's grandmother.
    """
    child_id = case.referral.child_id
    if home.type is PlacementType.CONNECTED_FOSTER_CARER:
        if child_id in (home.approved_for or ()):
            return None
        if home.approved_for is None:
            recorded = "whom it names is not recorded; if it names this child, record that"
        elif home.approved_for:
            recorded = "recorded as approved for other named children only"
        else:
            recorded = "recorded as naming nobody"
        return Exclusion(
            rule="named_approval",
            text=f"A connected carer may take only the children named in the approval; {recorded}.",
            instrument=law.CONNECTED_CARER,
        )
    if home.approved_for and child_id not in home.approved_for:
        return Exclusion(
            rule="named_approval",
            text="Approved for other named children only.",
            instrument=law.APPROVAL_TERMS,
        )
    return None


def temporary_approval(case: Case, home: Home) -> Finding:
    """Exclude a connected carer whose temporary approval has ended by the start date."""
    until = home.temporary_approval_until
    if until is not None and until < case.start:
        return Exclusion(
            rule="temporary_approval",
            text="The carer's temporary approval has ended before the start date.",
            instrument=law.TEMPORARY_APPROVAL,
        )
    return None


def secure_authority(case: Case, home: Home) -> Finding:
    """Exclude a secure home without authority to use it: an order, the age, and approval under 13.

    An order permits and never obliges, so it makes a secure home possible and nothing more.
    """
    if home.type is not PlacementType.SECURE_CHILDRENS_HOME:
        return None
    referral = case.referral
    if not referral.secure_order:
        return _no_authority("No secure accommodation order is recorded.")
    if referral.secure_order_until is not None and referral.secure_order_until < case.start:
        return _no_authority("The secure accommodation order has ended before the start date.")
    limits = case.context.policy.limits
    if case.age is not None and case.age < law.legal_number("secure_from", limits):
        return _no_authority(
            f"The child is {case.age} on the start date, and secure homes are for 10 and over."
        )
    approval_under = law.legal_number("secure_without_approval_from", limits)
    if case.age is not None and case.age < approval_under:
        approved = referral.sos_approval_on
        if approved is None or approved > case.start:
            return _no_authority(
                f"A child under {approval_under} needs the Secretary of State's approval, and none is recorded by the "
                "start date."
            )
    if referral.secure_order_until is None:
        return Question(
            rule="secure_authority",
            text="The last day of the secure accommodation order is not recorded.",
            ask=SOCIAL_WORKER,
        )
    return None


def _no_authority(text: str) -> Exclusion:
    return Exclusion(rule="secure_authority", text=text, instrument=law.SECURE)
