"""The events of ``following.py``, one child after another, compiled to machine code by numba (the extra ``fast``).

Every operation on a float is the same one in the same order as there, nothing is fused or reordered, and what is
summed are whole numbers: the answer is the same to the byte. Random numbers are drawn outside, by NumPy.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from sufficiency.following import CUTS_DAYS, LEAST_RATE, YEAR_DAYS, Children, Drawn, Whereabouts
from sufficiency.stays import FloatArray, IntArray


@cache
def is_installed() -> bool:
    """Return whether numba is there; without it everything works, more slowly."""
    return find_spec("numba") is not None


def one_after_another(
    children: Children,
    drawn: Drawn,
    at: Whereabouts,
    active: IntArray,
    waits: FloatArray,
    choices: FloatArray,
    snapshots: FloatArray,
    horizon: float,
    change: IntArray,
) -> IntArray:
    """Carry the active children through one block of events; return who is still active.

    Children and whereabouts change as in the plain version.
    """
    left = _compiled()(
        active,
        waits,
        choices,
        children.run,
        children.turns,
        children.care_start,
        children.pace,
        at.time,
        at.detail,
        at.stay_start,
        at.age,
        at.in_care,
        at.in_stay,
        at.year,
        drawn.exit_rates,
        drawn.move_rates,
        drawn.exit_drift,
        drawn.move_drift,
        drawn.odds,
        snapshots,
        horizon,
        CUTS_DAYS,
        change,
    )
    return np.asarray(left)


@cache
def _compiled() -> Any:
    import numba

    # Without fastmath LLVM may neither reorder nor fuse, so a float is what NumPy would have made of it.
    return numba.njit(cache=True, error_model="numpy")(_carry)


def _carry(  # type: ignore[no-untyped-def]
    active,
    waits,
    choices,
    of_run,
    turns,
    care_start,
    pace,
    time,
    detail,
    stay_start,
    age,
    in_care,
    in_stay,
    of_year,
    exit_rates,
    move_rates,
    exit_drift,
    move_drift,
    odds,
    snapshots,
    horizon,
    cuts,
    change,
):
    n_ages, n_details = change.shape[2], change.shape[3]
    n_durations = len(cuts)
    years = exit_drift.shape[1]
    still = np.empty_like(active)
    n_still = 0
    for i in active:
        run, kind, band, care, stay, year = of_run[i], detail[i], age[i], in_care[i], in_stay[i], of_year[i]
        now, entered, began = time[i], care_start[i], stay_start[i]
        goes_on = True
        first = np.searchsorted(snapshots, now)
        for event in range(waits.shape[1]):
            to_age = turns[i, band]
            to_care = entered + cuts[care]
            to_stay = began + cuts[stay]
            year_ends = (year + 1) * YEAR_DAYS
            bound = min(min(to_age, to_care), min(to_stay, min(year_ends, horizon)))
            cell = (((run * n_details + kind) * n_ages + band) * n_durations + care) * n_durations + stay
            of_drift = min(year, years - 1)
            leaving = exit_rates[cell] * exit_drift[run, of_drift, kind, band]
            total = leaving + move_rates[cell] * move_drift[run, of_drift, kind, band] * pace[i]
            happens_at = now + waits[i, event] / max(total, LEAST_RATE)
            happens = happens_at < bound
            until = happens_at if happens else bound
            after = first
            while after < len(snapshots) and snapshots[after] < until:
                after += 1
            if after > first:
                change[run, first, band, kind] += 1
                change[run, after, band, kind] -= 1
            now, first = until, after
            if happens:
                choice = choices[i, event] * total
                if choice < leaving:
                    goes_on = False
                    break
                picked = (choice - leaving) / (total - leaving)
                to = 0
                for other in range(n_details):
                    to += picked >= odds[run, of_drift, kind, band, other]
                kind = min(to, n_details - 1)
                began = until
                stay = 0
            else:
                band += until >= to_age
                care += until >= to_care and care < n_durations - 1
                stay += until >= to_stay and stay < n_durations - 1
                year += until >= year_ends
            if band >= n_ages or until >= horizon:
                goes_on = False
                break
        if goes_on:
            detail[i], age[i], in_care[i], in_stay[i], of_year[i] = kind, band, care, stay, year
            time[i], stay_start[i] = now, began
            still[n_still] = i
            n_still += 1
    return still[:n_still]
