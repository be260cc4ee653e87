"""The linear programme of a joint problem, kept so that each next question starts from the last answer.

Each aim is a variable of its own, so that an earlier aim is kept by one bound and the next one sought by one
coefficient. Answers are floating point: ``shadow_prices.py`` turns them into claims.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.allocation_model import Model, Row

Real = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """An answer of the linear programme.

    Parameters
    ----------
    value
        Worth of the aim.
    variables
        Value of each variable of the model. Shape (variables,); ``None`` where it was not asked for.
    rows, floors, extra
        Prices of the model's rows that have variables, of the floors in their order, and of the added rows.
    steps
        Steps of the simplex method taken.
    """

    value: float
    variables: Real | None
    rows: Real
    floors: Real
    extra: Real
    steps: int


class WarmProgramme:
    """A model with its aims, solved again and again from where the last answer left it."""

    def __init__(self, model: Model) -> None:
        from ortools.linear_solver import pywraplp

        solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        # Preprocessing would throw the last answer away.
        solver.SetSolverSpecificParametersAsString("use_preprocessing: false use_dual_simplex: true")
        self._solver = solver
        self._optimal = pywraplp.Solver.OPTIMAL
        self._endless = solver.infinity()
        self._upper = model.upper
        self._variables = [solver.NumVar(0, upper, "") for upper in model.upper]
        self._rows = [self._add(row) for row in model.rows if row.variables]
        self._aims, self._aim_rows = [], []
        for objective in model.objectives:
            aim = solver.NumVar(-self._endless, self._endless, "")
            row = solver.Constraint(0, 0)
            row.SetCoefficient(aim, -1)
            for variable, worth in objective.items():
                row.SetCoefficient(self._variables[variable], worth)
            self._aims.append(aim)
            self._aim_rows.append(row)

    def _add(self, row: Row) -> Any:
        added = self._solver.Constraint(-self._endless, row.limit)
        for variable, coefficient in zip(row.variables, row.coefficients, strict=True):
            added.SetCoefficient(self._variables[variable], coefficient)
        return added

    def best(
        self,
        goal: int,
        floors: Mapping[int, int],
        *,
        shut: Collection[int] = (),
        taken: Collection[int] = (),
        idle: Collection[int] = (),
        extra: Sequence[Row] = (),
        only_above: float = -math.inf,
    ) -> Relaxed | None:
        """Return the best of one aim in fractions, or ``None`` where the programme finds none.

        Parameters
        ----------
        goal
            The aim that is sought, by number.
        floors
            What other aims must reach, by number.
        shut, taken
            Variables that are 0, and variables that are 1.
        idle
            Rows that do not count, by their number among those with variables.
        extra
            Rows that hold besides the model's.
        only_above
            Variables are not read out where the aim is worth no more than this, which saves half the time.
        """
        solver = self._solver
        for variable in shut:
            self._variables[variable].SetUb(0)
        for variable in taken:
            self._variables[variable].SetLb(1)
        limits: Mapping[int, float] = {row: self._rows[row].Ub() for row in idle}
        for row in idle:
            self._rows[row].SetUb(self._endless)
        for number, aim in enumerate(self._aims):
            aim.SetLb(floors.get(number, -self._endless))
        objective = solver.Objective()
        objective.Clear()
        objective.SetCoefficient(self._aims[goal], 1)
        objective.SetMaximization()
        added = [self._add(row) for row in extra]
        status = solver.Solve()
        found = None
        if status == self._optimal:
            value = float(objective.Value())
            read = value > only_above
            found = Relaxed(
                value=value,
                variables=np.array([variable.solution_value() for variable in self._variables])
                if read
                else None,
                rows=np.array([row.dual_value() for row in self._rows]),
                floors=np.array([-self._aim_rows[number].dual_value() for number in floors]),
                extra=np.array([row.dual_value() for row in added]),
                steps=int(solver.iterations()),
            )
        for row in added:
            # A row cannot be taken out again; without a limit it says nothing.
            row.SetUb(self._endless)
        for number, limit in limits.items():
            self._rows[number].SetUb(limit)
        for variable in taken:
            self._variables[variable].SetLb(0)
        for variable in shut:
            self._variables[variable].SetUb(self._upper[variable])
        return found
