"""Who would move into one home at the same time, and what has to be weighed because of it.

Rules look at the children who live in a home already; that several children arrive together exists only in a
joint plan. It excludes nothing: people who know the children weigh it. Whom a child can live alongside, and a high
risk to others, count in the plan like any other question about a home.
"""

from __future__ import annotations

from collections.abc import Sequence

from matching.allocation_problem import AllocationProblem, Pair
from matching.alongside import IN_WORDS, are_kin, company_wanted, high_risks_to_others, may_not_suit
from matching.findings import TO_BE_ASKED, Case
from matching.waiting import Unit
from matching.words import listed


def arriving_together(unit: Unit, others: Sequence[Unit]) -> list[str]:
    """Return what to tell about the other units that would move into the same home; nothing without any.

    Children of one unit must live together in any case and are not told apart.
    """
    if not others:
        return []
    with_whom = sorted(child_id for other in others for child_id in other.child_ids)
    found = [f"Would move in at the same time as {listed(with_whom)}"]
    asked: list[tuple[Unit, Sequence[Unit]]] = [(unit, others), *((other, [unit]) for other in others)]
    for one, company in asked:
        for case in one.cases:
            unsuited = sorted(c.referral.child_id for o in company for c in o.cases if does_not_suit(case, c))
            wanted = company_wanted(case.referral)
            if wanted is not None and unsuited:
                found.append(
                    f"{TO_BE_ASKED}{case.referral.child_id} is recorded as needing to live {IN_WORDS[wanted]}, "
                    f"which {listed(unsuited)} may not suit"
                )
            exposed = sorted(c.referral.child_id for o in company for c in o.cases if is_a_risk_to(case, c))
            if exposed:
                found.append(
                    f"{TO_BE_ASKED}a high risk to others is recorded for {case.referral.child_id}: what would it mean "
                    f"for {listed(exposed)}, who would move in too?"
                )
    return found


def does_not_suit(case: Case, other: Case) -> bool:
    """Say whether it has to be asked if a child could live with another one: by whom it can live alongside.

    Brothers and sisters are never asked about. An age that is not known has to be asked too.
    """
    if are_kin(case.referral, other.referral):
        return False
    return may_not_suit(company_wanted(case.referral), case.age, other.age)


def is_a_risk_to(case: Case, other: Case) -> bool:
    """Say whether it has to be asked what a high risk of this child to others would mean for another child.

    It is the question the ranking asks where others live already (``room.peers_and_impact``), so brothers and sisters
    are not asked about here either.
    """
    return bool(high_risks_to_others(case.referral)) and not are_kin(case.referral, other.referral)


def company_to_ask_about(units: Sequence[Unit], problem: AllocationProblem) -> dict[Pair, int]:
    """Return, by two units that could share a home, how many questions it raises if they do.

    Each child raises one about each child of the other unit whom it may not suit or to whom it is a risk.
    """
    taken = problem.places_taken()
    units_at: dict[int, list[int]] = {}
    for u, h in taken:
        units_at.setdefault(h, []).append(u)
    raises = {
        u
        for u, unit in enumerate(units)
        if any(company_wanted(one) is not None or high_risks_to_others(one) for one in unit.members)
    }
    share = {
        (min(a, b), max(a, b))
        for h, here in units_at.items()
        for a in raises.intersection(here)
        for b in here
        if a != b and taken[a, h] + taken[b, h] <= problem.capacities[h]
    }
    found = {(a, b): _questions_between(units[a], units[b]) for a, b in sorted(share)}
    return {two: asked for two, asked in found.items() if asked}


def _questions_between(one: Unit, other: Unit) -> int:
    return sum(
        _raises_a_question(mine, its) + _raises_a_question(its, mine)
        for mine in one.cases
        for its in other.cases
    )


def _raises_a_question(case: Case, other: Case) -> bool:
    return does_not_suit(case, other) or is_a_risk_to(case, other)
