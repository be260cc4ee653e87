"""Why the number of children changes: growing up, new children, leaving care, and moves, adding up exactly.

The same futures are played again with parts of life stopped, on the same luck, so that what differs is that part
and not chance. The forecast itself is in ``forecast.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import FloatArray, IntArray
from sufficiency.uncertainty import FULL, Uncertainty

PARTS = ("ageing", "starts", "leaving", "moves", "interaction")
"""What a change is divided into, in order.

``ageing``: today's children grow older, and leave at 18, if nothing else happens. ``starts``, ``leaving`` (before
18: length of stay) and ``moves``: what each adds to that alone. ``interaction``: what they do together and none does
alone, such as new children who leave again.
"""
_WORDS = {
    "ageing": "today's children growing up and coming of age",
    "starts": "children who start to be looked after",
    "leaving": "today's children leaving care before 18",
    "moves": "today's children moving between kinds of placement",
    "interaction": "new children who leave again or move, and other effects of these together",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The mean change of the number of children between the first and last date, in parts.

    Parameters
    ----------
    first, last
        The two dates.
    before, after
        Mean children by age band and group on each. Shape (age bands, groups).
    parts
        For each of ``PARTS``, its part of the mean change, by age band and group. They add up to after less before.
    """

    first: date
    last: date
    before: FloatArray
    after: FloatArray
    parts: dict[str, FloatArray]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: the total, each group, each age band, and a sentence for a commissioner."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "total": self._row(slice(None), slice(None)),
            "placements": [
                {"placement": str(group), **self._row(slice(None), [k])} for k, group in enumerate(GROUPS)
            ],
            "age_bands": [
                {"age_band": band, **self._row([a], slice(None))} for a, band in enumerate(AGE_BANDS)
            ],
            "text": self.text(),
        }

    def text(self) -> str:
        """Return the change of the total in words."""
        before, after = float(self.before.sum()), float(self.after.sum())
        reasons = [
            f"{_WORDS[name]}: {values.sum():+.1f}"
            for name, values in self.parts.items()
            if abs(values.sum()) >= 0.05
        ]
        return (
            f"On average over all futures the number goes from {before:.1f} on {_spoken(self.first)} to "
            f"{after:.1f} on {_spoken(self.last)}, {after - before:+.1f}: " + "; ".join(reasons) + "."
        )

    def _row(self, ages: Any, groups: Any) -> dict[str, Any]:
        def summed(values: FloatArray) -> float:
            return float(values[ages][:, groups].sum())

        return {
            "before": summed(self.before),
            "after": summed(self.after),
            **{name: summed(values) for name, values in self.parts.items()},
        }


def change_explained(
    world: World,
    counts: IntArray,
    *,
    dates: Sequence[date],
    runs: int,
    seed: int,
    scenario: Scenario = UNCHANGED,
    uncertainty: Uncertainty = FULL,
    executor: Executor | None = None,
) -> Change:
    """Return why the mean number of children changes between the first and last date.

    Parameters
    ----------
    world, runs, seed, scenario, uncertainty, executor
        As given to ``simulate``.
    counts
        What ``simulate`` returned for ``dates``. Shape (runs, dates, age bands, details).
    dates
        The dates of ``counts``. Where the first lies after the world's start, it is what the parts count from
        in the forecast itself; what happened before it is then in each part that it belongs to.

    References
    ----------
    The one-at-a-time change with an explicit interaction term follows the NHS demand model (nhp_model).
    """
    snapshots = [(dates[0] - world.start).days, (dates[-1] - world.start).days]
    nothing = replace(
        scenario, starts=dict.fromkeys(AGE_BANDS, 0.0), starts_from=None, exits=_STOPPED, moves=0.0
    )

    def played(**going: Any) -> FloatArray:
        some = simulate(
            world,
            snapshot_days=snapshots,
            runs=runs,
            seed=seed,
            scenario=replace(nothing, **going),
            uncertainty=uncertainty,
            executor=executor,
        )
        return _by_group(some)

    before, after = _by_group(counts[:, [0, -1]])
    stock, aged = played()
    ageing = aged - stock
    alone = {
        "starts": played(starts=scenario.starts, starts_from=scenario.starts_from),
        "leaving": played(exits=scenario.exits),
        "moves": played(moves=scenario.moves),
    }
    parts = {"ageing": ageing}
    parts |= {name: (last - first) - ageing for name, (first, last) in alone.items()}
    parts["interaction"] = (after - before) - sum(parts.values(), np.zeros_like(ageing))
    return Change(first=dates[0], last=dates[-1], before=before, after=after, parts=parts)


def together(changes: Sequence[Change]) -> Change:
    """Return the change of several worlds that are counted together, at least one, on the same dates."""
    return Change(
        first=changes[0].first,
        last=changes[0].last,
        before=np.sum([change.before for change in changes], axis=0),
        after=np.sum([change.after for change in changes], axis=0),
        parts={name: np.sum([change.parts[name] for change in changes], axis=0) for name in PARTS},
    )


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


_STOPPED = dict.fromkeys(map(str, PlacementGroup), 0.0)


def _by_group(counts: IntArray) -> FloatArray:
    """Return mean children. Shape (dates, age bands, groups)."""
    mean = counts.mean(axis=0)
    members = [[k for k, detail in enumerate(DETAILS) if detail.group is group] for group in GROUPS]
    return np.stack([mean[:, :, kinds].sum(axis=2) for kinds in members], axis=2)
