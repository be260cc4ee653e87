"""The sums of a forecast that a reader asks for and cannot make: bands do not add, so each sum is summarised itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.stays import IntArray


def placement_rows(counts: IntArray, dates: Sequence[date]) -> list[dict[str, Any]]:
    """Return children of all ages by placement group and date, with their bands.

    Parameters
    ----------
    counts
        Children in care. Shape (runs, dates, age bands, details).
    """
    from sufficiency.forecast import summarised

    by_detail = counts.sum(axis=2)
    rows = []
    for group in GROUPS:
        members = [k for k, detail in enumerate(DETAILS) if detail.group is group]
        summary = summarised(by_detail[:, :, members].sum(axis=2))
        for d, day in enumerate(dates):
            figures = {name: values[d] for name, values in summary.items()}
            rows.append({"date": day.isoformat(), "placement": str(group), **figures})
    return rows


def age_rows(counts: IntArray, dates: Sequence[date]) -> list[dict[str, Any]]:
    """Return children in every kind of placement by age band and date, with their bands; ``counts`` as above."""
    from sufficiency.forecast import summarised

    by_age = counts.sum(axis=3)
    rows = []
    for a, band in enumerate(AGE_BANDS):
        summary = summarised(by_age[:, :, a])
        for d, day in enumerate(dates):
            figures = {name: values[d] for name, values in summary.items()}
            rows.append({"date": day.isoformat(), "age_band": band, **figures})
    return rows
