"""What a commissioner may ask to be changed in a forecast: starts, leaving care, moves, and where children go.

A scenario never redraws luck: every run meets the same children as its base, so that a difference between the
two is the scenario's and not chance. Reading a scenario from a file's values is in
``scenario_values.py``; the page ``docs/reference/scenarios.md`` describes the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.episodes import DETAILS, PlacementDetail

FloatArray = NDArray[np.float64]

LARGEST_FACTOR = 10.0
PLACEMENTS = tuple(dict.fromkeys([*map(str, PlacementGroup), *map(str, DETAILS)]))
"""What a scenario may call a placement: a group, or one kind of it. A kind's own factor wins over its group's."""
_ADULTHOOD_BAND = AGE_BANDS[-1]
_DETAIL_NAMES = frozenset(map(str, DETAILS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Moves from one placement to another that happen more or less often: a step-down, for example.

    Parameters
    ----------
    origin, to
        Group or kind of placement.
    factor
        On how often such moves happen; other moves stay as they are.
    """

    origin: str
    to: str
    factor: float

    def __post_init__(self) -> None:
        _check_names("routes", (self.origin, self.to), PLACEMENTS)
        _check_number("factor", self.factor, LARGEST_FACTOR)

    def factors(self) -> FloatArray:
        """Return the factors on moves from and to each kind. Shape (details, details)."""
        table = np.ones((len(DETAILS), len(DETAILS)))
        table[np.ix_(_of(self.origin), _of(self.to))] = self.factor
        return table


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversion:
    """A share of the children who would start in one placement start in another, from a date.

    Parameters
    ----------
    origin
        Group or kind of placement in which they would start.
    to
        The kind in which they start.
    share
        0 to 1.
    ages
        Age bands at the start; all by default.
    begins_on
        The first day; from the start of the forecast by default.

    Raises
    ------
    InvalidInput
        If a name is unknown, the share is no share, or children under 16 would start in supported accommodation.
    """

    origin: str
    to: str
    share: float
    ages: tuple[str, ...] = AGE_BANDS
    begins_on: date | None = None

    def __post_init__(self) -> None:
        _check_names("divert.from", (self.origin,), PLACEMENTS)
        _check_names("divert.to", (self.to,), tuple(map(str, DETAILS)))
        _check_names("divert.ages", self.ages, AGE_BANDS)
        _check_number("share", self.share, 1.0)
        if self.to == PlacementDetail.SUPPORTED and set(self.ages) != {_ADULTHOOD_BAND}:
            raise InvalidInput(
                "supported_under_16",
                f"Supported accommodation is for 16 and 17: write ages = ['{_ADULTHOOD_BAND}'] beside it.",
            )

    def redirected(
        self, detail: NDArray[np.int64], *, band: str, on_or_after: NDArray[np.bool_], luck: FloatArray
    ) -> NDArray[np.int64]:
        """Return the first placements of children who start in an age band, diverted where their luck has it."""
        if band not in self.ages:
            return detail
        diverted = np.isin(detail, _of(self.origin)) & on_or_after & (luck < self.share)
        return np.where(diverted, DETAILS.index(PlacementDetail(self.to)), detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Changes to what the returns show; a factor of 1 and a share of 0 change nothing.

    Parameters
    ----------
    name
        What to call it.
    starts
        Factor on starts by age band; a band left out is 1.
    starts_from
        The day from which ``starts`` holds; from the start of the forecast by default.
    exits
        Factor on the rate of leaving care, by group or kind of placement; one left out is 1. Below 1 stays are longer.
    moves
        Factor on the rate of moving, for all or by group or kind of placement moved from.
    routes
        Factors on moves between two placements.
    divert
        Starts diverted to another placement; of several, each applies to what those before it have left.

    Raises
    ------
    InvalidInput
        If a name is unknown, or a factor is not a number from 0 to ``LARGEST_FACTOR``.
    """

    name: str = "unchanged"
    starts: Mapping[str, float] = field(default_factory=dict)
    starts_from: date | None = None
    exits: Mapping[str, float] = field(default_factory=dict)
    moves: float | Mapping[str, float] = 1.0
    routes: tuple[Route, ...] = ()
    divert: tuple[Diversion, ...] = ()

    def __post_init__(self) -> None:
        moves = self.moves if isinstance(self.moves, Mapping) else {}
        for part, given, known in (
            ("starts", self.starts, AGE_BANDS),
            ("exits", self.exits, PLACEMENTS),
            ("moves", moves, PLACEMENTS),
        ):
            _check_names(part, tuple(given), known)
            for factor in given.values():
                _check_number(part, factor, LARGEST_FACTOR)
        if not isinstance(self.moves, Mapping):
            _check_number("moves", self.moves, LARGEST_FACTOR)

    def start_factors(self, month_middles: Sequence[date]) -> FloatArray:
        """Return the factors on starts of each month. Shape (age bands, months).

        A month is changed whole where its middle lies on ``starts_from`` or after it.
        """
        factors = np.array([self.starts.get(band, 1.0) for band in AGE_BANDS])[:, None]
        begun = np.array([self.starts_from is None or day >= self.starts_from for day in month_middles])
        return np.where(begun[None, :], factors, 1.0)

    def exit_factors(self) -> FloatArray:
        """Return the factors on leaving care, to multiply a table of rates. Shape (details, 1, 1, 1)."""
        return _by_detail(self.exits)

    def move_factors(self) -> FloatArray:
        """Return the factors on moving, to multiply a table of rates. Shape (details, 1, 1, 1)."""
        moves = self.moves
        return _by_detail(moves if isinstance(moves, Mapping) else dict.fromkeys(PLACEMENTS, moves))

    def route_factors(self) -> FloatArray:
        """Return the factors on moves from and to each kind. Shape (details, details)."""
        factors = np.ones((len(DETAILS), len(DETAILS)))
        for route in self.routes:
            factors *= route.factors()
        return factors

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON, in the form of a scenario file."""
        return {
            "name": self.name,
            "starts": dict(self.starts),
            "starts_from": self.starts_from and self.starts_from.isoformat(),
            "exits": dict(self.exits),
            "moves": dict(self.moves) if isinstance(self.moves, Mapping) else self.moves,
            "routes": [{"from": r.origin, "to": r.to, "factor": r.factor} for r in self.routes],
            "divert": [
                {
                    "from": d.origin,
                    "to": d.to,
                    "share": d.share,
                    "ages": list(d.ages),
                    "begins_on": d.begins_on and d.begins_on.isoformat(),
                }
                for d in self.divert
            ],
        }


def together(scenarios: Sequence[Scenario], name: str) -> Scenario:
    """Return several scenarios at once: factors multiply, and each diversion applies to what those before it have left.

    Raises
    ------
    InvalidInput
        If two change starts from different days, or the factors multiply to more than ``LARGEST_FACTOR``.
    """
    begin = {one.starts_from for one in scenarios if one.starts}
    if len(begin) > 1:
        raise InvalidInput(
            "scenarios_together",
            "Scenarios put together must change starts from the same day. Give one starts_from.",
        )
    return Scenario(
        name=name,
        starts=_multiplied([one.starts for one in scenarios], AGE_BANDS),
        starts_from=next(iter(begin), None),
        exits=_multiplied([one.exits for one in scenarios], PLACEMENTS),
        moves=_multiplied(
            [
                one.moves if isinstance(one.moves, Mapping) else dict.fromkeys(PLACEMENTS, one.moves)
                for one in scenarios
            ],
            PLACEMENTS,
        ),
        routes=tuple(route for one in scenarios for route in one.routes),
        divert=tuple(diversion for one in scenarios for diversion in one.divert),
    )


def _multiplied(tables: Sequence[Mapping[str, float]], names: Sequence[str]) -> dict[str, float]:
    """Return the product by name. A kind that one table names alone keeps the factor its group has in another."""
    found: dict[str, float] = {}
    for name in names:
        if any(name in table for table in tables):
            group = str(PlacementDetail(name).group) if name in _DETAIL_NAMES else name
            found[name] = float(np.prod([table.get(name, table.get(group, 1.0)) for table in tables]))
    return found


def _of(placement: str) -> list[int]:
    return [i for i, detail in enumerate(DETAILS) if placement in (str(detail), str(detail.group))]


def _by_detail(factors: Mapping[str, float]) -> FloatArray:
    found = [factors.get(str(detail), factors.get(str(detail.group), 1.0)) for detail in DETAILS]
    return np.array(found).reshape(-1, 1, 1, 1)


def _check_names(part: str, names: Sequence[str], known: Sequence[str]) -> None:
    if any(name not in known for name in names):
        raise InvalidInput(
            "unknown_scenario_name", f"A scenario's {part} are by: {', '.join(known)}.", {"part": part}
        )


def _check_number(part: str, number: float, largest: float) -> None:
    # Written so that a NaN is refused too.
    if isinstance(number, bool) or not 0 <= number <= largest:
        raise InvalidInput("scenario_factor", f"A scenario's {part} is a number from 0 to {largest:g}.")


UNCHANGED = Scenario()
