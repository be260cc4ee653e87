"""Rules of room and company: places, free beds, the usual fostering limit, and who may not live together.

One named function, one rule. Brothers and sisters who must stay together are counted as one here:
a home has room for all of them or for none.
"""

from __future__ import annotations

from matching import instruments as law
from matching.alongside import IN_WORDS, company_wanted, high_risks_to_others, may_not_suit
from matching.findings import Case, Exclusion, Finding, Question
from matching.home import Home, Resident, beds_open_to, enough_beds_on, is_fostering, other_residents
from matching.lawful import FOSTERING_SERVICE, MANAGER, SOCIAL_WORKER, limits_instrument, who_knows
from matching.policy import Policy
from matching.referral import age_at
from matching.words import number_word
from reference_data.vocabulary import Alongside, EmergencySetting, PlacementType

_SOLO_QUESTION = "The child is to live alone with the carers"


def counts_places(home: Home) -> bool:
    """Say whether a home is counted in places at all; a parent's home is not."""
    return not isinstance(home.type, EmergencySetting) and home.type is not PlacementType.WITH_PARENTS


def registered_number(case: Case, home: Home) -> Finding:
    """Exclude a home in which more children would live than it is registered or approved for."""
    if not counts_places(home):
        return None
    if home.places is None:
        return Question(
            rule="registered_number",
            text="The number of places the home is registered or approved for is not recorded.",
            ask=who_knows(home),
        )
    moving_in = len(case.child_ids)
    if len(home.residents or ()) + moving_in <= home.places:
        return None
    living_there = other_residents(home, case.child_ids) or ()
    if len(living_there) + moving_in > home.places:
        return Exclusion(
            rule="registered_number",
            text=_too_many(home.places, len(living_there), moving_in),
            instrument=limits_instrument(home),
        )
    return None


def _too_many(places: int, living_there: int, moving_in: int) -> str:
    who = "the child" if moving_in == 1 else f"the {moving_in} brothers and sisters"
    if not living_there:
        return f"{_places(places)} in all, too few for {who}."
    live = "lives" if living_there == 1 else "live"
    return (
        f"{_places(places)} in all, and {_children(living_there)} {live} there already: with {who} there would be "
        f"{living_there + moving_in}."
    )


def place_free(case: Case, home: Home) -> Finding:
    """Exclude a home without a usable place on the start date for all who must move in together."""
    if not counts_places(home):
        return None
    if home.beds is None and home.vacancies is not None and home.vacancies >= len(case.starts):
        return None
    moving = [
        (child_id, start)
        for child_id, start, current_home_id in case.starts
        if not _lives_in(home, child_id, current_home_id)
    ]
    if not moving:
        return None
    enough = enough_beds_on(home, moving)
    if enough is None:
        return Question(
            rule="place_free",
            text="Whether a place is free on the start date is not recorded.",
            ask=who_knows(home),
        )
    if enough:
        return None
    return Exclusion(rule="place_free", text=_no_room(case, home, len(moving)), instrument=law.HOME_RECORD)


def _lives_in(home: Home, child_id: str, current_home_id: str | None) -> bool:
    # A child who lives there already keeps the bed and needs no free one.
    return current_home_id == home.home_id or any(
        resident.child_id == child_id for resident in home.residents or ()
    )


def _no_room(case: Case, home: Home, wanted: int) -> str:
    free = beds_open_to(home, case.child_ids, case.start) or 0
    if wanted > 1:
        room = f"Room for {_children(free)}" if free else "No place is free"
        return f"{room} on the start date; {wanted} brothers and sisters must be placed together."
    held = [bed for bed in home.beds or () if bed.held_for is not None]
    later = [bed for bed in home.beds or () if bed.held_for is None]
    if later:
        return "No place is free on the start date; one is free later."
    if held:
        return "No place is free on the start date: what is empty is held for another child."
    return "No place is free."


def usual_limit(policy: Policy) -> int:
    """Return the children who may live in one foster home, unless all are siblings."""
    return law.legal_number("usual_fostering_limit", policy.limits)


def usual_fostering_limit(case: Case, home: Home) -> Finding:
    """Exclude a foster home of more than three children, unless all are siblings or an exemption names them.

    The exemption belongs to the authority where the carer lives, whoever places the child. Whether
    residents of whom only the id is known are siblings is not assessed.
    """
    if not is_fostering(home):
        return None
    moving_in = len(case.child_ids)
    residents = other_residents(home, case.child_ids)
    if residents is None:
        return _limit_without_residents(case, home, moving_in)
    limit = usual_limit(case.context.policy)
    if len(residents) + moving_in <= limit:
        return None
    siblings = _all_siblings(case.referral.sibling_group, moving_in, residents)
    if siblings:
        return None
    exempt = _exempted(case, home)
    if exempt:
        return None
    if siblings is None:
        return Question(
            rule="usual_fostering_limit",
            text=f"{len(residents) + moving_in} children would live there. Whether all are brothers and sisters, "
            f"who are excepted from the usual limit of {number_word(limit)}, is not recorded.",
            ask=FOSTERING_SERVICE,
        )
    if exempt is None:
        return Question(
            rule="usual_fostering_limit",
            text=f"An exemption from the usual limit of {number_word(limit)} is recorded, but not who granted it, or not "
            "where the carer lives; only the authority where the carer lives may grant it.",
            ask=FOSTERING_SERVICE,
        )
    beyond_the_law = len(residents) + moving_in > law.legal_number("usual_fostering_limit", {})
    return Exclusion(
        rule="usual_fostering_limit",
        text=f"{len(residents) + moving_in} children who are not all brothers and sisters would live there; the "
        f"usual limit is {number_word(limit)}, and no exemption by the authority where the carer lives names the child.",
        instrument=law.USUAL_FOSTERING_LIMIT if beyond_the_law else law.COUNCIL_POLICY,
    )


def _limit_without_residents(case: Case, home: Home, moving_in: int) -> Finding:
    limit = usual_limit(case.context.policy)
    if home.places is not None and home.places <= limit:
        # The number of places already keeps such a home within the limit.
        return None
    if _exempted(case, home):
        return None
    free = beds_open_to(home, case.child_ids, case.start)
    if home.places is not None and free is not None:
        living_there = max(0, home.places - free)
        if living_there + moving_in <= limit:
            return None
    return Question(
        rule="usual_fostering_limit",
        text=f"Who lives there is not recorded, so the usual limit of {number_word(limit)} children is not assessed.",
        ask=FOSTERING_SERVICE,
    )


def _all_siblings(group: str | None, moving_in: int, residents: tuple[Resident, ...]) -> bool | None:
    bare = any(resident.is_bare for resident in residents)
    strangers = any(
        not resident.is_bare and (group is None or resident.sibling_group != group) for resident in residents
    )
    if strangers:
        return False
    if bare:
        return None
    return group is not None or (moving_in == 1 and not residents)


def _exempted(case: Case, home: Home) -> bool | None:
    unknown = False
    for child_id in case.child_ids:
        granted = [exemption for exemption in home.exemptions if exemption.child_id == child_id]
        granted = [one for one in granted if one.granted_on is None or one.granted_on <= case.start]
        if any(one.authority is not None and one.authority == home.authority for one in granted):
            continue
        if not any(one.authority is None or home.authority is None for one in granted):
            return False
        unknown = True
    return None if unknown else True


def not_with(case: Case, home: Home) -> Finding:
    """Exclude a home where a child lives with whom this child may not live, whichever of the two says so."""
    apart = case.apart
    if not apart:
        return None
    if apart & case.child_ids:
        return Exclusion(
            rule="not_with",
            text="The referrals say that brothers and sisters must, and must not, live together: ask which holds.",
            instrument=law.WELFARE,
        )
    residents = other_residents(home, case.child_ids)
    living_here = {resident.child_id for resident in residents or ()}
    # A child of the list who is placed here lives here, even where nobody recorded who else does.
    if home.home_id in case.apart_live_in or apart & living_here:
        return Exclusion(
            rule="not_with",
            text="A child lives here with whom this child is recorded as not to live.",
            instrument=law.WELFARE,
        )
    if residents is None or any(resident.child_id is None for resident in residents):
        return Question(
            rule="not_with",
            text="This child may not live with certain children, and who lives here is not fully recorded.",
            ask=who_knows(home),
        )
    return None


def alongside(case: Case, home: Home) -> Finding:
    """Ask when the children already there may not be those the child can live alongside, or the child not theirs."""
    of_the_child, of_residents = _residents_may_not_suit(case, home), _may_not_suit_residents(case, home)
    if of_the_child is None or of_residents is None:
        return of_the_child or of_residents
    return of_the_child._replace(text=f"{of_the_child.text} {of_residents.text}")


def _may_not_suit_residents(case: Case, home: Home) -> Question | None:
    if case.lives_in(home):
        return None
    for resident in case.to_be_weighed_in.get(home.home_id, ()):
        wanted = company_wanted(resident)
        if wanted is not None and may_not_suit(wanted, age_at(resident, case.start), case.age):
            return Question(
                rule="alongside",
                text=f"A child who lives here is recorded as needing to live {IN_WORDS[wanted]}, which the child who "
                "moves in may not suit.",
                ask=who_knows(home),
            )
    return None


def _residents_may_not_suit(case: Case, home: Home) -> Question | None:
    wanted = case.referral.alongside
    if wanted not in (Alongside.SOLO, Alongside.ONLY_OLDER, Alongside.ONLY_YOUNGER):
        return None
    residents = _company(case, home)
    if residents is None:
        return Question(
            rule="alongside",
            text="Whom the child can live alongside is recorded, but not who lives here.",
            ask=who_knows(home),
        )
    if not residents:
        return None
    if wanted is Alongside.SOLO:
        return Question(
            rule="alongside",
            text=f"{_SOLO_QUESTION}, and {_children(len(residents))} would be there. Can the home keep them apart?",
            ask=who_knows(home),
        )
    if case.age is None or any(resident.age is None for resident in residents):
        return Question(
            rule="alongside",
            text="The ages needed to say whether the children here are older or younger are not all recorded.",
            ask=who_knows(home),
        )
    older = wanted is Alongside.ONLY_OLDER
    wrong = sum(
        (resident.age <= case.age) if older else (resident.age >= case.age)
        for resident in residents
        if resident.age is not None
    )
    if wrong:
        return Question(
            rule="alongside",
            text=f"The child is to live with {'older' if older else 'younger'} children only; "
            f"{_who_is_not(wrong, len(residents))}.",
            ask=SOCIAL_WORKER,
        )
    return None


def peers_and_impact(case: Case, home: Home) -> Finding:
    """Ask for an impact assessment where the child is a high risk to others who live there, or one of them is.

    Of residents only those are known to be who are on the list themselves. A low risk is no question: it would be
    asked of every home with residents and would put the empty ones first. Weighing the impact is a flag on every home
    where others live.
    """
    if not counts_places(home) or case.lives_in(home):
        return None
    texts = [text for text in (_risk_of_the_child(case, home), _risk_of_residents(case, home)) if text]
    if not texts:
        return None
    ask = MANAGER if not is_fostering(home) else FOSTERING_SERVICE
    return Question(rule="peers_and_impact", text=" ".join(texts), ask=ask)


def _risk_of_the_child(case: Case, home: Home) -> str | None:
    if not high_risks_to_others(case.referral):
        return None
    residents = _company(case, home)
    if residents is not None and not residents:
        return None
    if residents is None:
        company, whom = "others may live", "each of them"
    elif len(residents) == 1:
        company, whom = "one child lives", "that child"
    else:
        company, whom = f"{len(residents)} children live", "each of them"
    return (
        f"The referral records a high risk to others and {company} here: what would the move mean for {whom}?"
    )


def _risk_of_residents(case: Case, home: Home) -> str | None:
    risky = sum(bool(high_risks_to_others(one)) for one in case.to_be_weighed_in.get(home.home_id, ()))
    if not risky:
        return None
    who = "a child who lives" if risky == 1 else f"{risky} children who live"
    return f"A high risk to others is recorded of {who} here: what would it mean for the child who moves in?"


def _company(case: Case, home: Home) -> tuple[Resident, ...] | None:
    """Return the residents who are no brothers or sisters of the child; ``None`` when unknown."""
    residents = other_residents(home, case.child_ids)
    if residents is None:
        return None
    group = case.referral.sibling_group
    return tuple(one for one in residents if group is None or one.sibling_group != group)


def _who_is_not(wrong: int, there: int) -> str:
    if there == 1:
        return "the one child here is not"
    if wrong == there:
        return f"none of the {there} children here is"
    return f"{wrong} of the {there} children here {'is' if wrong == 1 else 'are'} not"


def _places(count: int) -> str:
    return {0: "No place", 1: "One place"}.get(count, f"{count} places")


def _children(count: int) -> str:
    return {0: "no child", 1: "one child"}.get(count, f"{count} children")
