"""The proofs by weights of a joint plan, added up again from the records, with no solver.

For every child and home the weights must cover what the child is worth there: in the aim that is proved, and in the
earlier ones at their weights. Then no plan is worth more than the weights of all children and all beds together.
What is told is only compared: the worth of a child in a home, the beds of a home and who seeks company are counted
here, apart from ``weight_proofs.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Any

from matching.verify_rules import Check, stays

Penalties = Callable[[str, Mapping[str, str]], dict[str, int]]
"""From a child and where it and others would live to the child's penalties by name, as ``verify_stages`` counts."""

MOST_OTHERS = 10
"""Groups of brothers and sisters up to this are looked at in every company; a larger one has no proof."""


@dataclass(kw_only=True)
class _Ledger:
    """What every unit is worth in every home, in each aim, and the beds there are.

    Parameters
    ----------
    units
        The children placed as one, by the first of their ids.
    homes_of
        The homes open to each unit.
    aims
        Aims in order, each with the penalties it adds up; those that count children placed add up none.
    """

    check: Check
    units: Mapping[str, tuple[str, ...]]
    homes_of: Mapping[str, Sequence[str]]
    aims: Sequence[tuple[str, Sequence[str]]]
    penalties: Penalties
    beds: Callable[[str], int]
    worst: dict[str, dict[str, int]] = field(default_factory=dict)
    known: dict[tuple[str, str, tuple[str, ...]], dict[str, int]] = field(default_factory=dict)

    def worth(self, unit: str, home_id: str, others: tuple[str, ...]) -> dict[str, int]:
        """Return by aim what a unit is worth in a home with the others there: children, or penalties saved."""
        key = unit, home_id, others
        if key not in self.known:
            here = [child for one in (unit, *others) for child in self.units[one]]
            found = dict.fromkeys((aim for aim, _ in self.aims), 0)
            for child_id in self.units[unit]:
                costs = self.penalties(child_id, dict.fromkeys(here, home_id))
                for aim, names in self.aims:
                    if names:
                        found[aim] += sum(self.charged(child_id)[name] - costs[name] for name in names)
                    else:
                        found[aim] += f"{self.check.urgency(child_id) or 'planned'}_placed" == aim
            self.known[key] = found
        return self.known[key]

    def charged(self, child_id: str) -> dict[str, int]:
        """Return the penalties that leaving a child unplaced costs: the worst of the homes open to the child."""
        if child_id not in self.worst:
            moving = self.check.moving(child_id)
            worst: dict[str, int] = {}
            for home_id in self.homes_of[min(moving)]:
                for name, cost in self.penalties(child_id, dict.fromkeys(moving, home_id)).items():
                    worst[name] = max(worst.get(name, 0), cost)
            self.worst[child_id] = worst
        return self.worst[child_id]

    def reached(self, names: Sequence[str], value: int) -> int:
        """Return a value as it is told as worth: children placed, or penalties saved."""
        if not names:
            return value
        children = [child for unit, homes in self.homes_of.items() if homes for child in self.units[unit]]
        return sum(self.charged(child)[name] for child in children for name in names) - value

    def places(self, unit: str, home_id: str) -> int:
        """Return how many beds of a home that are held for nobody a unit takes."""
        held = {bed.held_for for bed in self.check.homes[home_id].beds or ()}
        return sum(child not in held for child in self.units[unit])

    def companies(self, unit: str, home_id: str) -> list[tuple[str, ...]]:
        """Return every company of brothers and sisters, nobody included, that a unit could have in a home."""
        family = {one for child in self.units[unit] for one in self.check.family(child)}
        kin = [
            other
            for other, homes in self.homes_of.items()
            if other != unit and home_id in homes and family & set(self.units[other])
        ]
        if len(kin) > MOST_OTHERS:
            return []
        subsets = chain.from_iterable(combinations(sorted(kin), size) for size in range(len(kin) + 1))
        return [others for others in subsets if self._fit(unit, others, home_id)]

    def _fit(self, unit: str, others: tuple[str, ...], home_id: str) -> bool:
        together = [child for one in (unit, *others) for child in self.units[one]]
        if any(self.check.apart(child) & set(together) for child in together):
            return False
        return sum(self.places(one, home_id) for one in (unit, *others)) <= self.beds(home_id)


def check_weights(
    check: Check,
    answer: Mapping[str, Any],
    eligible: Set[tuple[str, str]],
    *,
    aims: Sequence[tuple[str, Sequence[str]]],
    penalties: Penalties,
    beds: Callable[[str], int],
) -> None:
    """Hold every proof by weights to what is counted here; an aim without one is not looked at."""
    if not any(stage.get("weights") for stage in answer["stages"]):
        return
    waiting = sorted(one for one, referral in check.referrals.items() if not stays(referral))
    units = {min(check.moving(one)): tuple(sorted(check.moving(one))) for one in waiting}
    homes_of = {unit: sorted(home for one, home in eligible if one == unit) for unit in units}
    ledger = _Ledger(check=check, units=units, homes_of=homes_of, aims=aims, penalties=penalties, beds=beds)
    for number, stage in enumerate(answer["stages"]):
        told = stage.get("weights")
        if told is not None:
            fault = _fault(ledger, told, answer["stages"], number)
            if fault:
                check.wrong("weights", f"The weights of {stage['aim']} {fault}.")


def _fault(
    ledger: _Ledger, told: Mapping[str, Any], stages: Sequence[Mapping[str, Any]], number: int
) -> str | None:
    """Return what is wrong with the weights of one aim, or ``None``."""
    aim, names = ledger.aims[number]
    earlier = {name for name, _ in ledger.aims[:number]}
    company = {(one["child_id"], one["home_id"], one["with"]): one["weight"] for one in told["company"]}
    numbers = [*told["children"].values(), *told["beds"].values(), *told["earlier_aims"].values()]
    numbers += [*company.values(), told["parts"] - 1]
    if any(not isinstance(one, int) or one < 0 for one in numbers):
        return "are not all whole numbers of at least 0"
    if not told["earlier_aims"].keys() <= earlier:
        return "are for an aim that is not an earlier one"
    if (
        not told["children"].keys() <= ledger.units.keys()
        or not told["beds"].keys() <= ledger.check.homes.keys()
    ):
        return "are for a child or a home that is not there"
    for child, home_id, other in company:
        if child == other or any(home_id not in ledger.homes_of.get(one, ()) for one in (child, other)):
            return "charge company that could not be there"
    weights = {**told["earlier_aims"], aim: told["parts"]}
    for unit, homes in ledger.homes_of.items():
        for home_id in homes:
            covered = told["children"].get(unit, 0)
            covered += told["beds"].get(home_id, 0) * ledger.places(unit, home_id)
            if _most(ledger, unit, home_id, weights, company) > covered:
                return "do not cover a child in a home"
    total = sum(told["children"].values())
    total += sum(weight * ledger.beds(home_id) for home_id, weight in told["beds"].items())
    for (before, its_names), stage in zip(ledger.aims[:number], stages, strict=False):
        total -= weights.get(before, 0) * ledger.reached(its_names, stage["value"])
    if total != told["total"]:
        return "do not add up"
    if total // told["parts"] > ledger.reached(names, stages[number]["value"]):
        return "do not prove what the plan reaches"
    return None


def _most(
    ledger: _Ledger,
    unit: str,
    home_id: str,
    weights: Mapping[str, int],
    company: Mapping[tuple[str, str, str], int],
) -> int:
    """Return what a unit is worth in a home at most: what it is charged there, and what the best company leaves it."""
    companies = ledger.companies(unit, home_id)
    if not companies:
        # Too large a family to look at: no weights can be said to cover it.
        return max(1, *weights.values()) * 10**12
    best = max(
        sum(weight * ledger.worth(unit, home_id, others)[aim] for aim, weight in weights.items())
        - sum(company.get((unit, home_id, other), 0) for other in others)
        for others in companies
    )
    return best + sum(
        weight for (_, where, other), weight in company.items() if where == home_id and other == unit
    )
