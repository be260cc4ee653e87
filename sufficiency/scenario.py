"""What a commissioner may ask to be changed in a forecast: starts, leaving care and moving, by a factor.

A scenario never redraws luck: every run meets the same children as its base, so that a difference between the
two is the scenario's and not chance. Reading scenario files is in ``files.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.episodes import DETAILS

LARGEST_FACTOR = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Factors on what the returns show; 1 changes nothing.

    Parameters
    ----------
    name
        What to call it.
    starts
        Factor on starts by age band; a band left out is 1.
    exits
        Factor on the rate of leaving care by placement group; a group left out is 1. Below 1 stays are longer.
    moves
        Factor on the rate of moving.

    Raises
    ------
    InvalidInput
        If a band or group is unknown, or a factor is not a number from 0 to ``LARGEST_FACTOR``.
    """

    name: str = "unchanged"
    starts: Mapping[str, float] = field(default_factory=dict)
    exits: Mapping[str, float] = field(default_factory=dict)
    moves: float = 1.0

    def __post_init__(self) -> None:
        groups = tuple(str(group) for group in PlacementGroup)
        for part, names, known in (("starts", self.starts, AGE_BANDS), ("exits", self.exits, groups)):
            for name in names:
                if name not in known:
                    raise InvalidInput(
                        "unknown_scenario_name",
                        f"A scenario's {part} are by: {', '.join(known)}.",
                        {"part": part},
                    )
        for factor in (*self.starts.values(), *self.exits.values(), self.moves):
            if isinstance(factor, bool) or not 0 <= factor <= LARGEST_FACTOR:
                raise InvalidInput(
                    "scenario_factor", f"A scenario's factors are numbers from 0 to {LARGEST_FACTOR:g}."
                )

    @property
    def move_factor(self) -> float:
        """Return the factor on moves."""
        return self.moves

    def start_factors(self) -> NDArray[np.float64]:
        """Return the factors on starts. Shape (age bands,)."""
        return np.array([self.starts.get(band, 1.0) for band in AGE_BANDS])

    def exit_factors(self) -> NDArray[np.float64]:
        """Return the factors on leaving care, to multiply a table of rates. Shape (details, 1, 1, 1)."""
        factors = np.array([self.exits.get(str(detail.group), 1.0) for detail in DETAILS])
        return factors.reshape(-1, 1, 1, 1)

    def as_dict(self) -> dict[str, object]:
        """Return plain values for JSON."""
        return asdict(self)


UNCHANGED = Scenario()


def scenario_from_values(values: Mapping[str, object]) -> Scenario:
    """Return a scenario from the values of a file.

    Raises
    ------
    InvalidInput
        If a name is unknown or a factor is not a number in range.
    """
    known = ("name", "starts", "exits", "moves")
    for name in values:
        if name not in known:
            raise InvalidInput("unknown_key", f"A scenario has only: {', '.join(known)}.")
    groups = tuple(str(group) for group in PlacementGroup)
    moves = values.get("moves", 1.0)
    return Scenario(
        name=str(values.get("name", "scenario")),
        starts=_factors(values.get("starts", {}), AGE_BANDS),
        exits=_factors(values.get("exits", {}), groups),
        moves=_number(moves),
    )


def _factors(value: object, names: tuple[str, ...]) -> dict[str, float]:
    if isinstance(value, Mapping):
        return {str(name): _number(factor) for name, factor in value.items()}
    return dict.fromkeys(names, _number(value))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("scenario_factor", "Give a factor as a number; 1 changes nothing.")
    return float(value)
