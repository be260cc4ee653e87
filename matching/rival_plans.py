"""Other plans, and what each gives up: another order of what the Act leaves unordered, brothers and sisters the
other way, and plans that differ by some children at a small loss.

Every one gives a place to the same children: nobody loses a home for another child's nearness to school. A
person chooses; nothing here says which is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from matching.aim_words import TERM_WORDS, amount_in_words
from matching.allocation_budget import Budget
from matching.allocation_model import Row
from matching.allocation_problem import Stage, stage_value
from matching.joint import JointProblem
from matching.replanning import Replanning
from matching.words import listed
from reference_data.vocabulary import SiblingsTogether

Homes = tuple[int | None, ...]

RIVALS = ("near_home", "area", "school", "siblings", "access")
"""Terms of section 22C(8) and (9), which the Act gives no order: each is put first among them in turn."""

NOTHING_COUNTED = "nothing that is counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another plan for the same children: how it differs, what it gives up, and who would live where.

    ``kind`` is ``order`` (a term put first), ``siblings`` (together or apart) or ``differs`` (as many children
    elsewhere as was asked).
    """

    kind: str
    difference: str
    gives_up: tuple[str, ...]
    changes: tuple[tuple[str, str | None], ...]


class OtherPlans:
    """A proved plan, kept ready to be asked for others in which the same children have a place."""

    def __init__(
        self, joint: JointProblem, plan: Homes, *, tie_break: Stage, budget: Budget, seed: int
    ) -> None:
        self.joint, self.plan = joint, plan
        self.terms = {name: term for meaning in joint.meanings for name, term in meaning.terms.items()}
        self.put_first = [name for name in RIVALS if name in self.terms]
        stages = (*joint.stages, tie_break, *(self.terms[name].stage for name in self.put_first))
        self.again = Replanning(joint.problem, stages, plan, budget=budget, seed=seed)
        self.places = sum(meaning.most for meaning in joint.meanings)
        self.order = list(range(len(joint.stages) + 1))
        self._stay = [_has_a_place(self.again, u) for u, h in enumerate(plan) if h is not None]

    def best(
        self, order: Sequence[int], rows: Sequence[Row], *, loss_percent: int | None = None
    ) -> Homes | None:
        """Return the best plan in these aims under added rows, or ``None`` where there is none or it is not known.

        Parameters
        ----------
        loss_percent
            By how many hundredths each aim after the placing itself may be worse; as much as it takes if ``None``.
        """
        least = {k: self.again.values[k] for k in range(self.places)}
        if loss_percent is not None:
            for k, meaning in enumerate(self.joint.meanings):
                if not meaning.most:
                    value = self.again.values[k]
                    least[k] = value - meaning.told(value) * loss_percent // 100
        return self.again.best_in_order(order, [*self._stay, *rows], least=least)


def rival_plans(others: OtherPlans) -> tuple[Rival, ...]:
    """Return the rival arrangements of brothers and sisters, and plans that put one term of section 22C first.

    A term put first is shown where that changes who goes where and is better in something. The other
    arrangement of brothers and sisters is always shown: apart where the plan has them together, together
    where it has them apart, or that no home could take them all.
    """
    joint, plan = others.joint, others.plan
    seen: set[Homes] = {plan}
    found = []
    after = others.order[others.places :]
    for units in _families(joint, plan):
        together = len({plan[u] for u in units}) == 1
        rows = _apart(others.again, units) if together else _together(others.again, units)
        homes = others.best(after, rows)
        if homes is not None:
            seen.add(homes)
            found.append(_siblings_rival(others, homes, units))
        elif others.again.known_to_fail:
            found.append(_siblings_rival(others, None, units))
    for number, name in enumerate(others.put_first):
        term = others.terms[name]
        if not any(term.stage.scores.values()):
            continue
        # What the Act puts before these terms stays before them.
        at = next(k for k, meaning in enumerate(joint.meanings) if name in meaning.terms)
        first = len(joint.stages) + 1 + number
        homes = others.best([*others.order[others.places : at], first, *others.order[at:]], ())
        if homes is None or homes in seen:
            continue
        seen.add(homes)
        gain = stage_value(homes, term.stage, joint.problem) - stage_value(plan, term.stage, joint.problem)
        if gain > 0:
            what = f"Putting {TERM_WORDS[name]} first for the same children: better there by {gain} penalty points"
            found.append(_rival(others, homes, kind="order", what=what))
    return tuple(found)


def _has_a_place(again: Replanning, unit: int) -> Row:
    columns = again.columns_of(unit)
    return Row(variables=tuple(columns), coefficients=(-1,) * len(columns), limit=-1)


def _families(joint: JointProblem, plan: Homes) -> list[tuple[int, ...]]:
    """Return the units, two or more, of each family that is planned and may be together or apart."""
    families: dict[str, list[int]] = {}
    for u, unit in enumerate(joint.units):
        first = unit.members[0]
        if first.sibling_group is not None and any(
            member.siblings_together is not SiblingsTogether.NO for member in unit.members
        ):
            families.setdefault(first.sibling_group, []).append(u)
    conflicts = set(joint.problem.conflicts)
    return [
        tuple(units)
        for _, units in sorted(families.items())
        if len(units) > 1
        and all(plan[u] is not None for u in units)
        and not any((a, b) in conflicts for a in units for b in units)
    ]


def _apart(again: Replanning, units: Sequence[int]) -> list[Row]:
    """Return "no two of these in one home"."""
    rows = []
    for a, b in combinations(units, 2):
        homes_of_b = {again.model.pairs[column][1]: column for column in again.columns_of(b)}
        for column in again.columns_of(a):
            other = homes_of_b.get(again.model.pairs[column][1])
            if other is not None:
                rows.append(Row(variables=(column, other), coefficients=(1, 1), limit=1))
    return rows


def _together(again: Replanning, units: Sequence[int]) -> list[Row]:
    """Return "where one of these is, the next one is", all round."""
    rows = []
    for a, b in zip(units, (*units[1:], units[0]), strict=True):
        homes_of_b = {again.model.pairs[column][1]: column for column in again.columns_of(b)}
        for column in again.columns_of(a):
            other = homes_of_b.get(again.model.pairs[column][1])
            variables = (column,) if other is None else (column, other)
            rows.append(Row(variables=variables, coefficients=(1, -1)[: len(variables)], limit=0))
    return rows


def _siblings_rival(others: OtherPlans, homes: Homes | None, units: Sequence[int]) -> Rival:
    joint, plan = others.joint, others.plan
    who = listed(sorted(child_id for u in units for child_id in joint.units[u].child_ids))
    if homes is None:
        way = "apart" if len({plan[u] for u in units}) == 1 else "together"
        return Rival(
            kind="siblings",
            difference=f"{who}, who are brothers and sisters, cannot be {way} while the same children have a place: "
            "there is no room for that in the homes that could take them.",
            gives_up=(),
            changes=(),
        )
    together = len({homes[u] for u in units}) == 1
    gains = [
        amount_in_words(name, gain)
        for name, term in others.terms.items()
        if (gain := term.penalty(plan, joint.problem) - term.penalty(homes, joint.problem)) > 0
    ]
    better = f"better by {listed(gains)}" if gains else "better in nothing that is counted"
    what = f"Placing {who}, who are brothers and sisters, {'together' if together else 'apart'}: {better}"
    return _rival(others, homes, kind="siblings", what=what)


def further_plans(others: OtherPlans, *, count: int, differ_by: int, loss_percent: int) -> tuple[Rival, ...]:
    """Return further plans that each differ from the plan and from one another by some children.

    Each is the best there is under that condition, aim by aim. The same children have a place, and no later aim is
    worse than the loss stated; fewer plans come back where no more exist or the work allowed ends.

    Parameters
    ----------
    differ_by
        The least number of children who would live elsewhere; at least 1.
    loss_percent
        By how many hundredths each aim after the placing itself may be worse.
    """
    found: list[Rival] = []
    known = [others.plan]
    sizes = [unit.size for unit in others.joint.units]
    for _ in range(count):
        rows = [_differs(others.again, sizes, homes, differ_by) for homes in known]
        homes = others.best(others.order[others.places :], rows, loss_percent=loss_percent)
        if homes is None:
            break
        known.append(homes)
        what = f"A plan with no aim worse by more than {loss_percent}%"
        found.append(_rival(others, homes, kind="differs", what=what))
    return tuple(found)


def _differs(again: Replanning, sizes: Sequence[int], homes: Homes, differ_by: int) -> Row:
    """Return "no more children than all but so many live where they live in this plan"."""
    same = [(again.column((u, h)), sizes[u]) for u, h in enumerate(homes) if h is not None]
    kept = [(column, size) for column, size in same if column is not None]
    return Row(
        variables=tuple(column for column, _ in kept),
        coefficients=tuple(size for _, size in kept),
        limit=sum(size for _, size in kept) - differ_by,
    )


def _rival(others: OtherPlans, homes: Homes, *, kind: str, what: str) -> Rival:
    joint, plan = others.joint, others.plan
    changes = [
        (child_id, None if (h := homes[u]) is None else joint.homes[h].home_id)
        for u, unit in enumerate(joint.units)
        if homes[u] != plan[u]
        for child_id in unit.child_ids
    ]
    gives_up = []
    for name, term in others.terms.items():
        lost = term.penalty(homes, joint.problem) - term.penalty(plan, joint.problem)
        if lost > 0:
            unit = "pounds a week" if name == "cost" else "penalty points"
            gives_up.append(f"{TERM_WORDS.get(name, name)}: worse by {lost} {unit}")
    where = f"{len(changes)} {'child' if len(changes) == 1 else 'children'} would live elsewhere"
    return Rival(
        kind=kind,
        difference=f"{what}; {where}.",
        gives_up=tuple(gives_up) or (NOTHING_COUNTED,),
        changes=tuple(changes),
    )
