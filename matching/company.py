"""Who would move into one home at the same time, and what has to be weighed because of it.

Rules look at the children who live in a home already; that several children arrive together exists only in a
joint plan. It excludes nothing: people who know the children weigh it. Whom a child can live alongside counts in the plan
like any other question about a home.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching.findings import Case
from matching.referral import RISKS_TO_OTHERS
from matching.waiting import Unit
from matching.words import listed
from reference_data.vocabulary import Alongside, RiskLevel


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
            if unsuited:
                found.append(
                    f"To be asked: {case.referral.child_id} is recorded as needing to live {_wanted(case)}, "
                    f"which {listed(unsuited)} may not suit"
                )
    risky = sorted(child_id for one in (unit, *others) for child_id in _with_high_risk(one))
    if risky:
        found.append(
            f"To be asked: a high risk to others is recorded for {listed(risky)}; the impact on all who would move "
            "in together must be weighed first"
        )
    return found


_WANTED = {
    Alongside.SOLO: "without other children",
    Alongside.ONLY_OLDER: "with older children only",
    Alongside.ONLY_YOUNGER: "with younger children only",
}


def _wants(case: Case) -> Alongside | None:
    return Alongside.SOLO if case.needs_solo else case.referral.alongside


def _wanted(case: Case) -> str | None:
    """Return with whom a child is to live, in words; ``None`` where it is anybody or not recorded."""
    wanted = _wants(case)
    return None if wanted is None else _WANTED.get(wanted)


def does_not_suit(case: Case, other: Case) -> bool:
    """Say whether it has to be asked if a child could live with another one: by whom it can live alongside.

    Brothers and sisters are never asked about. An age that is not known has to be asked too.
    """
    group, wanted = case.referral.sibling_group, _wants(case)
    if _wanted(case) is None or (group is not None and group == other.referral.sibling_group):
        return False
    if wanted is Alongside.SOLO or case.age is None or other.age is None:
        return True
    return other.age <= case.age if wanted is Alongside.ONLY_OLDER else other.age >= case.age


def company_to_ask_about(
    units: Sequence[Unit], known: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Return, by two units that could share a home, how many times a child of one may not suit one of the other."""
    homes_of: dict[int, set[int]] = {}
    for u, h in known:
        homes_of.setdefault(u, set()).add(h)
    choosy = [u for u, unit in enumerate(units) if any(_wanted(case) is not None for case in unit.cases)]
    found = {}
    for a, b in sorted(
        {(min(u, v), max(u, v)) for u in choosy for v in homes_of if u != v and u in homes_of}
    ):
        if homes_of[a] & homes_of[b]:
            asked = sum(
                does_not_suit(one, other) + does_not_suit(other, one)
                for one in units[a].cases
                for other in units[b].cases
            )
            if asked:
                found[a, b] = asked
    return found


def _with_high_risk(unit: Unit) -> list[str]:
    return [
        member.child_id
        for member in unit.members
        if any(member.risks.get(name) is RiskLevel.HIGH for name in RISKS_TO_OTHERS)
    ]
