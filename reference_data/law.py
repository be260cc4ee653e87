"""Dated legal limits shipped as tables: the instrument, from when, and how certain we are of it.

The numbers stand in ``shipped/law/*.toml``. What a rule does with them stands with the rule.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from reference_data.problems import NotFound

LAW_FOLDER = Path(__file__).parent / "shipped" / "law"

Certainty = Literal["certain", "secondary", "from_memory"]
"""Read in the instrument; read in a manual or article about it; remembered. The last only warns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalLimit:
    """One limit, duty or bar.

    Parameters
    ----------
    name
        The name rules look it up by.
    instrument
        The instrument and its paragraph, as an answer shows it.
    value, unit
        The number and what it counts, where the limit is a number.
    in_force_from, in_force_to
        First and last day; ``None`` where no day of interest lies outside.
    certainty
        How the wording is known.
    says
        The limit in our own plain words.
    """

    name: str
    instrument: str
    value: int | None
    unit: str | None
    in_force_from: date | None
    in_force_to: date | None
    certainty: Certainty
    says: str

    def in_force_on(self, day: date) -> bool:
        """Say whether the limit holds on a day."""
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)


@cache
def legal_limits(topic: str) -> MappingProxyType[str, LegalLimit]:
    """Return the limits of one topic by name, in the order of the table.

    Raises
    ------
    NotFound
        If no table has that name.
    """
    path = LAW_FOLDER / f"{topic}.toml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in LAW_FOLDER.glob("*.toml")))
        raise NotFound("no_such_law_table", f"There is no table of law of that name. Known: {known}.")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    limits = {}
    for name, row in table.items():
        limits[name] = LegalLimit(
            name=name,
            instrument=row["instrument"],
            value=row.get("value"),
            unit=row.get("unit"),
            in_force_from=row.get("in_force_from"),
            in_force_to=row.get("in_force_to"),
            certainty=row["certainty"],
            says=row["says"],
        )
    return MappingProxyType(limits)
