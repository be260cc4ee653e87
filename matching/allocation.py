"""The pure core of the joint plan: units, homes, whole-number scores, and a proof.

A *unit* is what is placed as one: a child, or brothers and sisters who must stay together. This
module solves a problem for one score (`solve`) or for several aims in strict order
(`solve_in_order`). It knows nothing of children, so public instances run on it.

Elsewhere: what a problem and an answer are is said in ``allocation_problem.py`` and
``allocation_result.py``; what a child's aims are worth is built in ``plan.py``. A problem without side rules is solved
in ``allocation_matching.py``. Any other is written as a linear model (``allocation_model.py``), priced
(``allocation_pricing.py``, with the rows of ``allocation_cuts.py``) and searched where prices leave a doubt
(``allocation_search.py``, by ``allocation_cpsat.py``), aim after aim (``allocation_order.py``). The quick floor under
every answer is in ``allocation_greedy.py``; what tells equals apart is in ``allocation_ties.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from matching.allocation_budget import Budget
from matching.allocation_greedy import floor
from matching.allocation_matching import is_plain_assignment, plain_work, solve_plain_assignment
from matching.allocation_problem import AllocationProblem, Stage, stage_value
from matching.allocation_result import AllocationResult, OrderedResult, StageResult, relative_gap
from matching.allocation_search import load_solver, search_in_order
from matching.allocation_ties import tie_breaks
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlanStatus

__all__ = [
    "AllocationProblem",
    "AllocationResult",
    "OrderedResult",
    "Stage",
    "StageResult",
    "relative_gap",
    "solve",
    "solve_in_order",
    "stage_value",
    "tie_breaks",
]


def solve(problem: AllocationProblem, *, time_limit_seconds: float, seed: int = 0) -> AllocationResult:
    """Return the allocation with the largest total score, with its bound.

    Use `solve_in_order` when one aim must never be traded for another. Among allocations of equal score
    the one with the best hashed tie-break is returned, so that the order of the input does not decide.

    Parameters
    ----------
    problem
        Units, homes, scores and side rules.
    time_limit_seconds
        At least 0. It sets a limit of deterministic work; the clock is only a guard. At 0 the answer is the
        greedy one.
    seed
        Any whole number. It changes nothing: the search has one worker, draws nothing at random and stops by
        work, so that the same limit gives the same answer unless the clock stopped it.

    Raises
    ------
    InvalidInput
        If the limit is negative or not a number.

    References
    ----------
    Beasley (1990), OR-Library: distributing test problems by electronic mail. Journal of the Operational
    Research Society 41(11): its assignment instances are among the tests.
    """

    load_solver()
    budget = Budget.of(time_limit_seconds)
    if is_plain_assignment(problem) and plain_work(problem) <= budget.work_left:
        homes = solve_plain_assignment(problem)
        if homes is None:
            return _nothing(problem, PlanStatus.INFEASIBLE, "proof", budget)
        value = sum(score for unit, home, score in problem.pairs if homes[unit] == home)
        return _answer(homes, value, value, "proof", budget)
    score = Stage(
        aim="score",
        scores={(u, h): s for u, h, s in problem.pairs},
        bonuses={(a, b): bonus for a, b, bonus in problem.pair_bonuses},
        reserves=problem.reserves,
    )
    ties = tie_breaks(problem) if not budget.spent() else ()
    found = search_in_order(
        problem,
        (score, *ties),
        budget=budget,
        seed=seed,
        until_unproved=True,
        start=floor(problem, score),
    )
    if not found.stages:
        return _nothing(problem, found.status, found.stopped_by, budget)
    reached = found.stages[0]
    return _answer(found.home_of_unit, reached.value, reached.bound, found.stopped_by, budget)


def _answer(
    homes: tuple[int | None, ...], value: int, bound: int, stopped_by: str, budget: Budget
) -> AllocationResult:
    return AllocationResult(
        status=PlanStatus.OPTIMAL if value == bound else PlanStatus.FEASIBLE,
        home_of_unit=homes,
        value=value,
        bound=bound,
        gap=relative_gap(value, bound),
        seconds=budget.seconds_used(),
        stopped_by=stopped_by,
    )


def _nothing(
    problem: AllocationProblem, status: PlanStatus, stopped_by: str, budget: Budget
) -> AllocationResult:
    return AllocationResult(
        status=status,
        home_of_unit=(None,) * len(problem.unit_sizes),
        value=None,
        bound=None,
        gap=None,
        seconds=budget.seconds_used(),
        stopped_by=stopped_by,
    )


def solve_in_order(
    problem: AllocationProblem,
    stages: Sequence[Stage],
    *,
    time_limit_seconds: float,
    seed: int = 0,
    compare_with: Sequence[int] | None = None,
) -> OrderedResult:
    """Return the allocation that is best in the first aim, then in the second among those, and so on.

    The scores, bonuses and reserves of ``problem`` itself are not used: only its pairs and side rules. After
    the first aim that is not proved, every later one is reported as not proved. Add `tie_breaks` as the last
    stages to make the answer unique.

    Parameters
    ----------
    compare_with
        Values of the same aims in another allocation. The search then stops as soon as an aim is known to
        reach another value, and the later aims are left out of the result.

    Raises
    ------
    InvalidInput
        If there is no stage, a stage scores a pair that is not eligible, or the limit is negative.
    """

    if not stages:
        raise InvalidInput("no_stage", "An ordered allocation needs at least one aim.")
    eligible = {(u, h) for u, h, _ in problem.pairs}
    for stage in stages:
        if not eligible.issuperset(stage.scores):
            raise InvalidInput(
                "pair_not_eligible", f"The aim {stage.aim} scores a pair that is not eligible."
            )
    load_solver()
    return search_in_order(
        problem,
        tuple(stages),
        budget=Budget.of(time_limit_seconds),
        seed=seed,
        compare_with=compare_with,
    )
