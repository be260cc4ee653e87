"""The rates the invented children live by: shared shapes, times each authority's own factors.

Shapes (``rates/shapes.json``) say how a hazard depends on age, kind of placement and time; factors
(``rates/authorities.json``) are what ``calibrate.py`` found. A factor that is not there is 1.

Kinds of placement are letters here: K kinship, F foster carer, H children's home, S secure, G supported
accommodation, P parents, A placed for adoption, R other residential, B residential school, Y custody, Z other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reference_data.synthetic.draws import running

KINDS = ("K", "F", "H", "S", "G", "P", "A", "R", "B", "Y", "Z")
EXITS = (
    "home",
    "special_guardianship_order",
    "child_arrangements_order",
    "relatives",
    "adopted",
    "other_authority",
    "other",
    "independent",
    "custody",
)
_FOLDER = Path(__file__).parent / "rates"
_FIRST_ANCHOR, _LAST_ANCHOR = 2021, 2025

Factors = Mapping[str, Mapping[str, float]]
"""Factors of one authority: by lever, by key."""


@cache
def shapes() -> dict[str, Any]:
    """Return the shared shapes."""
    found: dict[str, Any] = json.loads((_FOLDER / "shapes.json").read_text(encoding="utf-8"))
    return found


@cache
def calibrated_factors() -> dict[str, dict[str, dict[str, float]]]:
    """Return the calibrated factors of every authority."""
    found: dict[str, dict[str, dict[str, float]]] = json.loads(
        (_FOLDER / "authorities.json").read_text(encoding="utf-8")
    )
    return found


class Rates:
    """The rates of one authority, ready to be looked up while its children live.

    Parameters
    ----------
    factors
        Its calibrated factors.
    """

    def __init__(self, factors: Factors) -> None:
        self.factors = factors
        self.shape = shapes()
        self.care_days: tuple[int, ...] = tuple(self.shape["care_days"])
        self.stay_days: tuple[int, ...] = tuple(self.shape["stay_days"])
        self._choices: dict[tuple[object, ...], tuple[tuple[str, ...], list[float]]] = {}
        self._exits: dict[tuple[str, str, str, int, int], tuple[float, ...]] = {}
        self._moves: dict[tuple[str, str, int, int], float] = {}

    def factor(self, lever: str, key: str) -> float:
        """Return one factor."""
        return self.factors.get(lever, {}).get(key, 1.0)

    def anchored(self, lever: str, key: str, year: int) -> float:
        """Return a factor that goes from its 2021 to its 2025 value, even steps by ratio, and is flat outside."""
        first = self.factor(f"{lever}_2021", key)
        last = self.factor(f"{lever}_2025", key)
        along = (min(max(year, _FIRST_ANCHOR), _LAST_ANCHOR) - _FIRST_ANCHOR) / (_LAST_ANCHOR - _FIRST_ANCHOR)
        return float(first ** (1 - along) * last**along)

    def exits(self, band: str, kind: str, status: str, care: int, year: int) -> tuple[float, ...]:
        """Return the yearly rates of leaving care, in the order of ``EXITS``.

        Parameters
        ----------
        band, kind, status
            Age band, kind of placement and legal status.
        care
            Position of the time in care among ``care_days``.
        year
            The year ending 31 March.
        """
        key = (band, kind, status, care, year)
        found = self._exits.get(key)
        if found is None:
            found = self._exits[key] = self._leaving(band, kind, status, care, year)
        return found

    def _leaving(self, band: str, kind: str, status: str, care: int, year: int) -> tuple[float, ...]:
        s = self.shape
        era = "exit_before_2021" if year <= _FIRST_ANCHOR else "exit_from_2021"
        pace = self.factor(era, band) * self.factor("exit_in_year", str(min(max(year, 2017), _LAST_ANCHOR)))
        # Care positions: up to half a year, the second half, and later.
        pace *= self.factor("exit_after", "early" if care < 3 else "second_half" if care == 3 else "later")
        order = (
            pace
            * s["family_order_by_care"][care]
            * s["family_order_by_band"][band]
            * s["family_order_by_status"].get(status, 0.0)
        )
        home = s["home_a_year"][band][care] * s["home_by_kind"][kind] * s["home_by_status"].get(status, 0.0)
        detained = status in ("L1", "L2", "L3", "J2")
        rates = (
            pace * home,
            order * s["special_guardianship_by_kind"].get(kind, 0.0),
            order * s["child_arrangements_by_kind"].get(kind, 0.0),
            0.0 if detained else pace * s["relatives_by_kind"].get(kind, 0.0),
            0.0,
            0.0 if detained else s["other_authority_a_year"],
            0.0 if detained else s["other_reason_a_year"][band],
            s["independent_a_year"].get(kind, 0.0) if band == "16-17" and status == "V2" else 0.0,
            0.0 if detained or kind in "PA" else s["custody_a_year"].get(band, 0.0),
        )
        return tuple(rate * self.factor("exit_to", to) for rate, to in zip(rates, EXITS, strict=True))

    def move(self, kind: str, band: str, stay: int, year: int) -> float:
        """Return the yearly rate of moves of a child whose frailty is 1 and who got what was needed.

        Parameters
        ----------
        stay
            Position of the time in the placement among ``stay_days``.
        """
        key = (kind, band, stay, year)
        found = self._moves.get(key)
        if found is None:
            pace = "first" if stay < 2 else "early" if stay < 4 else "late"
            rate = self.shape["move_a_year"][kind][stay] * self.shape["move_by_band"][band]
            found = self._moves[key] = rate * self.anchored("move", pace, year)
        return found

    def status_change(self, kind: str, stay: int, year: int) -> float:
        """Return the yearly rate of changes of a placement's status with the same carer."""
        of_kind = self.shape["status_change_a_year"].get(kind)
        return float(of_kind[stay]) * self.anchored("move", "status", year) if of_kind else 0.0

    def weights(self, name: str, key: str) -> Mapping[str, float]:
        """Return a table of weights of the shapes: what is got, whose provision, which locality."""
        found: Mapping[str, float] = self.shape[name][key]
        return found

    def choice(
        self, name: str, key: str, year: int, allowed: tuple[str, ...] | None = None
    ) -> tuple[tuple[str, ...], list[float]]:
        """Return options and running weights of a table whose factors are anchored in 2021 and 2025.

        Parameters
        ----------
        name
            ``got``, ``provider_by_kind`` or ``locality_by_kind``.
        key
            The row: what was needed, or the kind got.
        year
            The year ending 31 March.
        allowed
            Only these options; ``None`` for all.
        """
        asked = (name, key, min(max(year, _FIRST_ANCHOR), _LAST_ANCHOR), allowed)
        found = self._choices.get(asked)
        if found is None:
            lever = {"got": "kind", "provider_by_kind": "provider", "locality_by_kind": "locality"}[name]
            table = self.shape[name][key]
            options = tuple(option for option in table if allowed is None or option in allowed)
            weights = [table[option] * self.anchored(lever, option, year) for option in options]
            if not options or sum(weights) <= 0:
                options, weights = ("F",), [1.0]
            found = self._choices[asked] = (options, running(weights))
        return found

    def by_band(self, name: str, lever: str, band: str) -> tuple[tuple[str, ...], list[float]]:
        """Return options and running weights of a table by age band: status, need or reason at a start or move."""
        asked = (name, band)
        found = self._choices.get(asked)
        if found is None:
            table = self.shape[name]
            options = tuple(table)
            found = self._choices[asked] = (
                options,
                running([table[option][band] * self.factor(lever, option) for option in options]),
            )
        return found

    def at_18(self, kind: str) -> tuple[tuple[str, ...], list[float]]:
        """Return the reasons for which care ends on the eighteenth birthday, and running weights."""
        asked = ("at_18", kind)
        found = self._choices.get(asked)
        if found is None:
            table = self.shape["at_18_by_kind"]
            options = tuple(table)
            weights = [table[option].get(kind, 0.0) * self.factor("at_18", option) for option in options]
            if sum(weights) <= 0:
                weights = [1.0 if option == "E8" else 0.0 for option in options]
            found = self._choices[asked] = (options, running(weights))
        return found


@cache
def rates_of(authority: str) -> Rates:
    """Return the calibrated rates of an authority."""
    return Rates(calibrated_factors().get(authority, {}))
