"""The worlds in which the invented children may live: the base world, and others of a different structure.

A forecast tuned to one generator learns that generator. In the base world moves have rates; in ``CAPACITY`` they
come from beds that are full and fall free; in ``SHOCK`` the rules change on a day; in ``GROWTH`` more children come
every year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How a world differs from the one held to the published figures.

    Parameters
    ----------
    name
        How it is called in the truth file.
    growth_a_year
        Share by which starts grow every year from ``changes_on``.
    starts_from_change
        Factor on all starts from ``changes_on``.
    changes_on
        The day from which things are different; ``None`` where nothing changes on a day.
    exits_factor, moves_factor
        Factors on every rate of leaving care and of moving.
    supported_closes
        From ``changes_on`` no new placement is in supported accommodation: foster carers and children's homes
        take the young people.
    bed_shares
        Beds by kind of placement, as a share of the children in that kind in March 2021; empty where beds are not
        limited. Children for whom there is none wait in a place meant to be short and move when one falls free.
    """

    name: str
    growth_a_year: float = 0.0
    starts_from_change: float = 1.0
    changes_on: date | None = None
    exits_factor: float = 1.0
    moves_factor: float = 1.0
    supported_closes: bool = False
    bed_shares: Mapping[str, float] = field(default_factory=dict)

    def starts_factor(self, year: int) -> float:
        """Return the factor on the starts of the year ending 31 March."""
        if self.changes_on is None:
            return 1.0
        years = year - (self.changes_on.year + (self.changes_on.month >= 4))
        if years < 0:
            return 1.0
        # The year of the change is changed from its day on only.
        share = 1.0
        if years == 0:
            share = (date(year, 4, 1) - self.changes_on).days / 365
        return float(
            (1 + (self.starts_from_change - 1) * share) * (1 + self.growth_a_year) ** (years + share / 2)
        )

    def kind_instead(self, kind: str, day: int) -> str:
        """Return the kind of placement made where another was meant."""
        if self.supported_closes and kind == "G" and self.changes_on and day >= self.changes_on.toordinal():
            return "H" if day % 3 == 0 else "F"
        return kind

    def beds(self, children_by_kind: Mapping[str, float]) -> dict[str, int]:
        """Return the beds by kind of placement; empty where they are not limited.

        Parameters
        ----------
        children_by_kind
            Children in each kind in March 2021.
        """
        return {kind: round(share * children_by_kind[kind]) for kind, share in self.bed_shares.items()}

    def waits_in(self, kind: str, band: int) -> str:
        """Return the kind in which a child waits for a bed of another kind.

        Parameters
        ----------
        band
            Position of the child's age band: only those of 10 and over wait in unregulated places.
        """
        if band >= 3:
            return "Z"
        return "K" if kind == "F" else "F"


BASE = World(name="base")
GROWTH = World(name="growth", growth_a_year=0.06, changes_on=date(2022, 4, 1))
SHOCK = World(
    name="shock",
    changes_on=date(2024, 10, 1),
    starts_from_change=0.8,
    supported_closes=True,
)
CAPACITY = World(
    name="capacity",
    moves_factor=0.4,
    bed_shares={"F": 0.97, "H": 1.0, "G": 1.0},
)
WORLDS = {world.name: world for world in (BASE, GROWTH, SHOCK, CAPACITY)}
