"""A proof by adding up that an aim of the plan cannot be better: weights for children, beds, company and earlier aims.

The weights are the prices of a linear programme, rounded to whole numbers. Whoever holds them needs no solver: where
each child placed in any home is worth no more than the weights of the child and of the beds it takes, no plan is
worth more than all the weights together (weak duality). Where that equals what the plan reaches, the plan is proved
best in that aim. ``verify_weights.py`` adds them up again from the records. Where only a search can prove an aim,
because halves of children would do better than whole ones, there are no such weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.allocation_problem import Pair, Stage
from matching.joint import JointProblem, beds_of, held_beds
from reference_data.vocabulary import SiblingsTogether

PARTS = (1, 2, 6, 60, 2**10, 2**20)
"""Weights are tried in whole units of the aim, then in ever finer parts of one."""

Real = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightProof:
    """Weights that prove how good one aim can be at most, while earlier aims keep their values.

    Every number is a count of ``1 / parts`` of a unit of the aim. A group that must stay together goes by the first of
    its ids. Weights of 0 are left out.

    Parameters
    ----------
    children
        By child id.
    beds
        By home id, the weight of each bed there that is held for nobody.
    company
        ``(child, home, other, weight)``: so much of what company is worth to the child there is charged to the other,
        who has to be there too.
    earlier_aims
        By aim, the weight of each unit of it.
    total
        The weights of all children and beds, less those of the units that earlier aims reach.
    """

    parts: int
    children: Mapping[str, int] = field(hash=False)
    beds: Mapping[str, int] = field(hash=False)
    company: tuple[tuple[str, str, str, int], ...]
    earlier_aims: Mapping[str, int] = field(hash=False)
    total: int

    def as_dict(self) -> dict[str, Any]:
        """Return the weights ready for JSON."""
        return {
            "parts": self.parts,
            "children": dict(self.children),
            "beds": dict(self.beds),
            "company": [
                {"child_id": child, "home_id": home, "with": other, "weight": weight}
                for child, home, other, weight in self.company
            ],
            "earlier_aims": dict(self.earlier_aims),
            "total": self.total,
        }


def weight_proofs(joint: JointProblem, values: Sequence[int]) -> list[WeightProof | None]:
    """Return for each aim weights that prove it, or ``None`` where no weights do.

    Parameters
    ----------
    values
        What the plan reaches in each aim, as the allocation counts it: more is better.

    References
    ----------
    Gale, Kuhn and Tucker (1951), Linear programming and the theory of games: the duality theorem.
    """
    proofs = _Proofs(joint)
    return [proofs.of_aim(values[: k + 1]) for k in range(len(values))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gain:
    """What company is worth to one unit in one home: with any of the others there, or with all of them."""

    stage: int
    pair: int
    others: tuple[int, ...]
    with_all: bool
    bonus: int


class _Proofs:
    """The pairs of a list in columns, and what each is worth in each aim without company and with."""

    def __init__(self, joint: JointProblem) -> None:
        """Lay out the pairs."""
        self.joint = joint
        self.pairs: list[Pair] = [(u, h) for u, h, _ in joint.problem.pairs]
        self.number = {pair: number for number, pair in enumerate(self.pairs)}
        self.unit = np.array([u for u, _ in self.pairs], dtype=np.int64)
        self.home = np.array([h for _, h in self.pairs], dtype=np.int64)
        held, beds = held_beds(joint), beds_of(joint)
        ids = [home.home_id for home in joint.homes]
        self.places = np.array(
            [
                sum((child_id, ids[h]) not in held for child_id in joint.units[u].child_ids)
                for u, h in self.pairs
            ],
            dtype=np.int64,
        )
        self.rivals = frozenset(joint.problem.conflicts)
        self.room = np.array([beds[home_id] for home_id in ids], dtype=np.int64)
        self.alone = [
            np.array([stage.scores.get(pair, 0) for pair in self.pairs], dtype=np.int64)
            for stage in joint.stages
        ]
        self.gains = [gain for k, stage in enumerate(joint.stages) for gain in self._gains(k, stage)]

    def _gains(self, k: int, stage: Stage) -> list[_Gain]:
        found = []
        for u, h, others, bonus in stage.companions:
            near = tuple(other for other in others if self._fit_together((u, other), h))
            if near:
                pair = self.number[u, h]
                found.append(_Gain(stage=k, pair=pair, others=near, with_all=False, bonus=bonus))
        for h, units, bonus in stage.gatherings:
            if not self._fit_together(units, h):
                continue
            sought = {u: _who_seek_company(self.joint, u) for u in units}
            each = bonus // max(1, sum(sought.values()))
            found += [
                _Gain(
                    stage=k,
                    pair=self.number[u, h],
                    others=tuple(other for other in units if other != u),
                    with_all=True,
                    bonus=each * sought[u],
                )
                for u in units
                if sought[u]
            ]
        return found

    def _fit_together(self, units: Sequence[int], h: int) -> bool:
        beds = sum(int(self.places[self.number[unit, h]]) for unit in units)
        return beds <= self.room[h] and not any(two in self.rivals for two in combinations(sorted(units), 2))

    def of_aim(self, values: Sequence[int]) -> WeightProof | None:
        """Return weights that prove the last of these aims while those before keep their values."""
        gains = [gain for gain in self.gains if gain.stage < len(values)]
        prices = self._prices(gains, values)
        if prices is None:
            return None
        for parts in PARTS:
            proof = self._added_up(parts, gains, values, *prices)
            if proof.total // parts <= values[-1]:
                return proof
        return None

    def _prices(
        self, gains: Sequence[_Gain], values: Sequence[int]
    ) -> tuple[Real, Real, dict[tuple[int, int], float]] | None:
        """Return the prices of beds, of earlier aims and of company, in units of the aim; ``None`` if not solved.

        Company is priced by the number of the pair that has it and the number of the pair that gives it.
        """
        from scipy import optimize
        from scipy.sparse import csr_array

        earlier, count, homes = len(values) - 1, len(self.pairs), len(self.room)
        if not count:
            return np.zeros(homes), np.zeros(earlier), {}
        units = int(self.unit.max()) + 1
        worths = [
            np.concatenate([self.alone[k], [gain.bonus if gain.stage == k else 0 for gain in gains]]).astype(
                np.float64
            )
            for k in range(len(values))
        ]
        sizes = [max(1.0, float(np.abs(worth).max())) for worth in worths]
        entries: list[tuple[int, int, float]] = [(u, n, 1.0) for n, u in enumerate(self.unit.tolist())]
        entries += [
            (units + h, n, float(places))
            for n, (h, places) in enumerate(zip(self.home.tolist(), self.places.tolist(), strict=True))
        ]
        limits = [1.0] * units + [float(beds) for beds in self.room]
        for k in range(earlier):
            entries += [(len(limits), n, -w / sizes[k]) for n, w in enumerate(worths[k].tolist()) if w]
            limits.append(-values[k] / sizes[k])
        charged: list[tuple[int, int, list[int]]] = []
        for g, gain in enumerate(gains):
            entries += [(len(limits), count + g, 1.0), (len(limits), gain.pair, -1.0)]
            limits.append(0.0)
            there = [self.number[other, int(self.home[gain.pair])] for other in gain.others]
            for group in [[one] for one in there] if gain.with_all else [there]:
                charged.append((len(limits), gain.pair, group))
                entries += [
                    (len(limits), count + g, 1.0),
                    *((len(limits), other, -1.0) for other in group),
                ]
                limits.append(0.0)
        rows, columns, numbers = zip(*entries, strict=True)
        linprog: Any = optimize.linprog
        answer = linprog(
            -worths[-1] / sizes[-1],
            A_ub=csr_array((numbers, (rows, columns)), shape=(len(limits), count + len(gains))),
            b_ub=np.array(limits),
            bounds=(0.0, 1.0),
            method="highs",
        )
        if answer.status != 0:
            return None
        duals = np.maximum(0.0, -np.asarray(answer.ineqlin.marginals)) * sizes[-1]
        company: dict[tuple[int, int], float] = {}
        for row, pair, group in charged:
            for other in group:
                company[pair, other] = company.get((pair, other), 0.0) + float(duals[row])
        first = units + homes
        of_aims = duals[first : first + earlier] / np.array(sizes[:-1])
        return duals[units:first], of_aims, company

    def _added_up(
        self,
        parts: int,
        gains: Sequence[_Gain],
        values: Sequence[int],
        of_beds: Real,
        of_aims: Real,
        of_company: Mapping[tuple[int, int], float],
    ) -> WeightProof:
        """Return the prices rounded to whole parts, and the smallest weights of children that go with them."""
        beds, weights = _whole(of_beds, parts), [*_whole(of_aims, parts).tolist(), parts]
        company = {key: weight for key, price in of_company.items() if (weight := round(price * parts))}
        left = sum(
            (weight * self.alone[k] for k, weight in enumerate(weights)),
            start=np.zeros(len(self.pairs), np.int64),
        )
        left = left - beds[self.home] * self.places
        for pair, kept in self._kept_of_company(gains, weights, company).items():
            left[pair] += kept
        for (_, other), weight in company.items():
            left[other] += weight
        children = np.zeros(len(self.joint.units), dtype=np.int64)
        np.maximum.at(children, self.unit, left)
        total = sum(children.tolist())
        total += sum(weight * free for weight, free in zip(beds.tolist(), self.room.tolist(), strict=True))
        total -= sum(weight * value for weight, value in zip(weights[:-1], values, strict=False))
        first = [unit.child_ids[0] for unit in self.joint.units]
        ids = [home.home_id for home in self.joint.homes]
        return WeightProof(
            parts=parts,
            children={first[u]: int(children[u]) for u in np.flatnonzero(children)},
            beds={ids[h]: int(beds[h]) for h in np.flatnonzero(beds)},
            company=tuple(
                (first[self.pairs[pair][0]], ids[self.pairs[pair][1]], first[self.pairs[other][0]], weight)
                for (pair, other), weight in sorted(company.items())
            ),
            earlier_aims={
                self.joint.meanings[k].aim: weight for k, weight in enumerate(weights[:-1]) if weight
            },
            total=int(total),
        )

    def _kept_of_company(
        self,
        gains: Sequence[_Gain],
        weights: Sequence[int],
        company: Mapping[tuple[int, int], int],
    ) -> dict[int, int]:
        """Return the most that company is worth to each pair beyond what is charged to those who give it."""
        of_pair: dict[int, list[_Gain]] = {}
        for gain in gains:
            of_pair.setdefault(gain.pair, []).append(gain)
        kept = {}
        for pair, mine in of_pair.items():
            others = sorted({other for gain in mine for other in gain.others})
            home = int(self.home[pair])
            charge = {other: company.get((pair, self.number[other, home]), 0) for other in others}
            kept[pair] = max(
                sum(weights[gain.stage] * gain.bonus for gain in mine if _is_had(gain, there))
                - sum(charge[other] for other in there)
                for size in range(len(others) + 1)
                for there in combinations(others, size)
            )
        return kept


def _whole(prices: Real, parts: int) -> Whole:
    return np.rint(prices * parts).astype(np.int64)


def _is_had(gain: _Gain, there: Sequence[int]) -> bool:
    return (all if gain.with_all else any)(other in there for other in gain.others)


def _who_seek_company(joint: JointProblem, unit: int) -> int:
    """Return how many children of a unit are to be with their brothers and sisters."""
    return sum(
        member.sibling_group is not None and member.siblings_together is not SiblingsTogether.NO
        for member in joint.units[unit].members
    )
