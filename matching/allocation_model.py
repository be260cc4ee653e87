"""An allocation written as a linear model in whole numbers: one column per eligible pair.

The same rows feed the search (CP-SAT) and the pricing (a linear programme), so neither can forget a rule.
A group that must stay together is one column per home, never a chain of implications.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.allocation_problem import AllocationProblem, Pair, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``sum(coefficients * variables) <= limit``."""

    variables: tuple[int, ...]
    coefficients: tuple[int, ...]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Variables 0..n-1 with whole values from 0 to their upper bound, rows, and one objective per aim.

    The first ``len(pairs)`` variables are the pairs, in order of unit and home; the first rows say, for each unit with
    a pair in turn, that it takes at most one. ``objectives`` holds, per aim, the worth of
    each variable by its number; all are maximised.
    """

    pairs: tuple[Pair, ...]
    upper: tuple[int, ...]
    rows: tuple[Row, ...]
    objectives: tuple[dict[int, int], ...]


def usable_pairs(problem: AllocationProblem) -> tuple[Pair, ...]:
    """Return the eligible pairs whose unit fits the home when it is otherwise empty."""
    taken = problem.places_taken()
    shut = {
        (unit, home)
        for home, shares, limit in problem.part_limits
        for unit, places in shares
        if places > limit
    }
    for home, limit, families in problem.usual_limits:
        inside = {unit for family in families for unit in family}
        shut |= {
            (unit, home)
            for unit, size in enumerate(problem.unit_sizes)
            if size > limit and unit not in inside
        }
    return tuple(
        pair for pair, places in taken.items() if places <= problem.capacities[pair[1]] and pair not in shut
    )


def write_model(problem: AllocationProblem, stages: Sequence[Stage], pairs: Iterable[Pair]) -> Model:
    """Return the linear model of a problem over the pairs given; the others are left out of it."""
    pairs = tuple(sorted(pairs))
    column = {pair: number for number, pair in enumerate(pairs)}
    taken = problem.places_taken()
    upper = [1] * len(pairs)
    rows: list[Row] = []
    objectives: list[dict[int, int]] = [{} for _ in stages]
    homes_of: dict[int, list[int]] = {}
    units_in: dict[int, list[int]] = {}
    columns_in: dict[int, list[int]] = {}
    for number, (unit, home) in enumerate(pairs):
        homes_of.setdefault(unit, []).append(home)
        units_in.setdefault(home, []).append(unit)
        columns_in.setdefault(home, []).append(number)

    def at_most(terms: Sequence[tuple[int, int]], limit: int) -> None:
        rows.append(
            Row(variables=tuple(v for v, _ in terms), coefficients=tuple(c for _, c in terms), limit=limit)
        )

    for unit, homes in homes_of.items():
        # The columns of a unit stand side by side.
        first = column[unit, homes[0]]
        columns = tuple(range(first, first + len(homes)))
        rows.append(Row(variables=columns, coefficients=(1,) * len(homes), limit=1))
    for unit in problem.required_units:
        # A required unit without a column leaves "0 <= -1", which no allocation satisfies.
        at_most([(column[unit, home], -1) for home in homes_of.get(unit, ())], -1)
    for home, units in units_in.items():
        places = tuple(taken[unit, home] for unit in units)
        if sum(places) > problem.capacities[home]:
            rows.append(
                Row(variables=tuple(columns_in[home]), coefficients=places, limit=problem.capacities[home])
            )
    large: dict[int, list[int]] = {}
    for a, b in problem.conflicts:
        for home in sorted(set(homes_of.get(a, ())) & set(homes_of.get(b, ()))):
            capacity = problem.capacities[home]
            if taken[a, home] + taken[b, home] > capacity:
                continue
            if home not in large:
                large[home] = [unit for unit in units_in[home] if 2 * taken[unit, home] > capacity]
            # Nobody who fits beside neither of the two, nor beside another such unit, can be there with them.
            least = min(taken[a, home], taken[b, home])
            alone = [u for u in large[home] if u not in (a, b) and taken[u, home] + least > capacity]
            at_most([(column[unit, home], 1) for unit in (a, b, *alone)], 1)
    for home, shares, limit in problem.part_limits:
        part = [(column[unit, home], places) for unit, places in shares if (unit, home) in column and places]
        if sum(n for _, n in part) > limit:
            at_most(part, limit)
    for home, limit, families in problem.usual_limits:
        _write_usual_limit(
            problem, home, limit, families, units_in.get(home, ()), column, taken, upper, at_most
        )

    rivals = set(problem.conflicts)

    def fit_together(units: Sequence[int], home: int) -> bool:
        # A bonus that no allocation can earn is left out, or the linear programme would count halves of it.
        if any((unit, home) not in column for unit in units):
            return False
        if sum(taken[unit, home] for unit in units) > problem.capacities[home]:
            return False
        return not any((a, b) in rivals for a in units for b in units)

    # A variable is 1 when two units are together; its rows hold it down for a bonus and up for a malus.
    together: dict[tuple[int, int, int], int] = {}
    rewarded = {two for stage in stages for two, bonus in stage.bonuses.items() if bonus > 0}
    penalised = {two for stage in stages for two, bonus in stage.bonuses.items() if bonus < 0}
    for a, b in sorted(rewarded | penalised):
        for home in (home for home in homes_of.get(a, ()) if fit_together((a, b), home)):
            both = together[a, b, home] = len(upper)
            upper.append(1)
            if (a, b) in rewarded:
                at_most([(both, 1), (column[a, home], -1)], 0)
                at_most([(both, 1), (column[b, home], -1)], 0)
            if (a, b) in penalised:
                at_most([(column[a, home], 1), (column[b, home], 1), (both, -1)], 1)

    for number, stage in enumerate(stages):
        objective = objectives[number]
        for pair, score in stage.scores.items():
            if score and pair in column:
                objective[column[pair]] = score
        for (a, b, _home), both in together.items():
            if bonus := stage.bonuses.get((a, b), 0):
                objective[both] = bonus
        for unit, home, others, bonus in stage.companions:
            near = [column[other, home] for other in others if fit_together((unit, other), home)]
            if bonus and near and (unit, home) in column:
                accompanied = len(upper)
                upper.append(1)
                at_most([(accompanied, 1), (column[unit, home], -1)], 0)
                at_most([(accompanied, 1), *((other, -1) for other in near)], 0)
                objective[accompanied] = bonus
        for home, kin, bonus in stage.gatherings:
            if bonus and fit_together(kin, home):
                gathered = len(upper)
                upper.append(1)
                for unit in kin:
                    at_most([(gathered, 1), (column[unit, home], -1)], 0)
                objective[gathered] = bonus
        for home, kept, price in stage.reserves:
            at_home = [(column[unit, home], taken[unit, home]) for unit in units_in.get(home, ())]
            kept = min(kept, problem.capacities[home])
            if price and kept and at_home:
                over = len(upper)
                upper.append(kept)
                at_most([*at_home, (over, -1)], problem.capacities[home] - kept)
                objective[over] = -price
    return Model(pairs=pairs, upper=tuple(upper), rows=tuple(rows), objectives=tuple(objectives))


def _write_usual_limit(
    problem: AllocationProblem,
    home: int,
    limit: int,
    families: Sequence[Sequence[int]],
    units: Sequence[int],
    column: Mapping[Pair, int],
    taken: Mapping[Pair, int],
    upper: list[int],
    at_most: Callable[[Sequence[tuple[int, int]], int], None],
) -> None:
    """Add "at most so many children, unless they are all of one family" for one home."""
    sizes = problem.unit_sizes
    children = [(column[unit, home], sizes[unit]) for unit in units]
    as_counted = all(taken[unit, home] >= sizes[unit] for unit in units)
    if sum(n for _, n in children) <= limit or (as_counted and problem.capacities[home] <= limit):
        return
    switches = []
    for family in families:
        kin = [unit for unit in units if unit in family]
        total = sum(sizes[unit] for unit in kin)
        if total <= limit:
            continue
        only_kin = len(upper)
        upper.append(1)
        switches.append((only_kin, -(total - limit)))
        for unit in units:
            if unit not in family:
                at_most([(column[unit, home], 1), (only_kin, 1)], 1)
    if len(switches) > 1:
        at_most([(switch, 1) for switch, _ in switches], 1)
    at_most([*children, *switches], limit)
