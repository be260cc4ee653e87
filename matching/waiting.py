"""The waiting list as the joint plan sees it: who is placed as one, and who stays where they are.

A *unit* is a child, or the brothers and sisters who must stay together. A settled child is no unit: the
placement goes on, keeps its bed, and counts as company for whoever moves in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from matching.findings import Case, Context, case_of, has_to_be_weighed
from matching.policy import Policy
from matching.referral import Referral, most_urgent, must_siblings, stays_put
from reference_data.vocabulary import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Children placed as one.

    Parameters
    ----------
    cases
        One case per member, in order of child id; the first speaks for the unit.
    urgency
        That of the most urgent member; ``planned`` where none is recorded.
    """

    cases: tuple[Case, ...]
    urgency: Urgency

    @property
    def members(self) -> tuple[Referral, ...]:
        """Return the children of the unit."""
        return tuple(case.referral for case in self.cases)

    @property
    def child_ids(self) -> tuple[str, ...]:
        """Return the ids of the children of the unit, in order."""
        return tuple(case.referral.child_id for case in self.cases)

    @property
    def size(self) -> int:
        """Return how many children are placed as one."""
        return len(self.cases)


def contradicts_itself(unit: Unit) -> bool:
    """Say whether children who must live together, settled ones included, may not live together."""
    return any(case.apart & case.child_ids for case in unit.cases)


def waiting_units(referrals: Iterable[Referral], *, as_of: date, policy: Policy) -> tuple[Unit, ...]:
    """Return the units to plan, in order of their first child id; settled children are left out."""
    listed = sorted(referrals, key=lambda one: one.child_id)
    groups: dict[str, list[Referral]] = {}
    named_by: dict[str, list[Referral]] = {}
    by_id = {one.child_id: one for one in listed}
    # For that question alone: whom they may not live with is settled where they live.
    weighed = [
        replace(one, not_with=())
        for one in listed
        if one.current_home_id is not None and has_to_be_weighed(one)
    ]
    for one in listed:
        if one.sibling_group is not None:
            groups.setdefault(one.sibling_group, []).append(one)
        for child_id in one.not_with:
            named_by.setdefault(child_id, []).append(one)

    def case(referral: Referral) -> Case:
        # A rule looks only at brothers and sisters, at those who may not live with one who moves in with them, and at
        # children who have to be weighed where they live.
        family = groups.get(referral.sibling_group or "", ())
        movers = [referral, *(one for one in must_siblings(referral, family) if not stays_put(one))]
        around = [*weighed, *family, *(other for one in movers for other in named_by.get(one.child_id, ()))]
        around += [by_id[name] for one in movers for name in one.not_with if name in by_id]
        others = {one.child_id: one for one in around if one.child_id != referral.child_id}
        in_order = tuple(others[child_id] for child_id in sorted(others))
        return case_of(referral, Context(as_of=as_of, policy=policy, others=in_order))

    units: list[Unit] = []
    done: set[str] = set()
    for one in listed:
        if one.child_id in done or stays_put(one):
            continue
        kin = must_siblings(one, groups.get(one.sibling_group or "", ()))
        members = sorted(
            [one, *(other for other in kin if not stays_put(other))], key=lambda member: member.child_id
        )
        done |= {member.child_id for member in members}
        units.append(
            Unit(
                cases=tuple(case(member) for member in members),
                urgency=most_urgent((one, *kin)) or Urgency.PLANNED,
            )
        )
    return tuple(units)
