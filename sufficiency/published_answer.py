"""What of a forecast may be published: its figures with small numbers withheld, or rounded, and its cautions.

Left out are the counts of referrals, of repairs, and everything by age of beds short. Which series are withheld is
decided in ``disclosure.py``; writing files is in ``reference_data/writing.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS
from sufficiency.disclosure import AddsUp, withheld_series
from sufficiency.episodes import DETAILS, GROUPS, SUPPORTED_FROM_AGE
from sufficiency.shortfall import BRING_THEIR_OWN_BED, SHORTFALL_GROUPS

ALL = "all"
MARK = "c"
"""What stands in place of a number withheld, as in the department's own tables."""
FIGURES = ("mean", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5")
HEADER = (
    "date",
    "placement",
    "detail",
    "age_band",
    *FIGURES,
    "beds_short_p50",
    "beds_short_p90",
    "p_short",
    "note",
)

Key = tuple[str, str, str]
"""Placement, detail and age band of a series; ``all`` where it is not divided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A forecast that may leave the council.

    Parameters
    ----------
    answer
        The document for JSON.
    grid
        The same figures as rows, the heading first.
    series, withheld
        How many series there are, and how many of them are withheld.
    """

    answer: dict[str, Any]
    grid: tuple[tuple[Any, ...], ...]
    series: int
    withheld: int


def published_answer(
    answer: Mapping[str, Any], *, smallest_shown: int, round_to: int | None = None
) -> Published:
    """Return what of a forecast may be published.

    Parameters
    ----------
    answer
        What ``Forecast.as_dict`` returns.
    smallest_shown
        Numbers from 1 to one less than this are withheld, and with them what would give them away.
    round_to
        Instead of withholding: the first number by placement and age, and its changes, are rounded to a multiple of
        this, and every sum is the sum of the rounded numbers, so that it tells no more than they do. Kinds within
        a placement and beds short are then left out, because they count the same children another way.

    Raises
    ------
    InvalidInput
        If ``round_to`` is so small that rounded numbers would show small ones.
    """
    series = _series(answer)
    if round_to is None:
        shown, withheld, rule = _withheld(series, smallest_shown)
        short = _beds_short(answer, withheld)
    else:
        shown, withheld, rule = _rounded(series, smallest_shown, round_to)
        short = {}
    record = answer.get("track_record") or {}
    # The change tells the exact total, so it is left out where the total is not shown exactly.
    change = None if round_to is not None or (ALL, ALL, ALL) in withheld else answer.get("change")
    note = str(record.get("caution") or "")
    dates = [row["date"] for row in answer["totals"]]
    rows = [
        {
            "date": day,
            "placement": key[0],
            "detail": key[1],
            "age_band": key[2],
            **{name: MARK if key in withheld else shown[key][name][d] for name in FIGURES},
            **short.get((key, day), {}),
        }
        for d, day in enumerate(dates)
        for key in shown
    ]
    document = {
        "from": answer["from"],
        "months": answer["months"],
        "figures": rows,
        "mark": f"{MARK} stands for a number withheld",
        "rule": rule,
        "track_record": {
            name: record.get(name)
            for name in ("status", "verdict", "text", "caution", "origins", "definition")
        },
        "scenario": answer["scenario"],
        "definition": answer["definition"],
        "change": {"text": change["text"], "total": change["total"]} if change else None,
        # What else the council was warned of may name homes.
        "evidence": {**answer["evidence"], "warnings": [rule, *record.get("text", ())]},
    }
    grid = [HEADER, *((*(row.get(name) for name in HEADER[:-1]), note) for row in rows)]
    return Published(
        answer=document, grid=tuple(grid), series=len(shown), withheld=len(withheld & set(shown))
    )


def _series(answer: Mapping[str, Any]) -> dict[Key, dict[str, list[float]]]:
    """Return every series of children that an answer holds, by its key."""
    found: dict[Key, dict[str, list[float]]] = defaultdict(lambda: {name: [] for name in FIGURES})
    parts = (
        ("totals", lambda row: (ALL, ALL, ALL)),  # noqa: ARG005  one form for every part
        ("placements", lambda row: (row["placement"], ALL, ALL)),
        ("age_bands", lambda row: (ALL, ALL, row["age_band"])),
        ("bins", lambda row: (row["placement"], ALL, row["age_band"])),
        ("detail", lambda row: (row["placement"], row["detail"], ALL)),
    )
    for part, key_of in parts:
        if part not in answer:
            raise InvalidInput(
                "older_forecast", "The forecast was made by an older version; make it again to publish it."
            )
        for row in answer[part]:
            for name in FIGURES:
                found[key_of(row)][name].append(float(row[name]))
    return dict(found)


def _withheld(
    series: Mapping[Key, Mapping[str, Sequence[float]]], smallest_shown: int
) -> tuple[dict[Key, dict[str, list[int]]], set[Key], str]:
    keys = list(series)
    at = {key: place for place, key in enumerate(keys)}
    values = [np.asarray(series[key]["mean"]) for key in keys]
    sums = [AddsUp(total=at[total], parts=tuple(at[part] for part in parts)) for total, parts in _sums()]
    for group in SHORTFALL_GROUPS:
        # Beds short tell the children who need a bed: those of the group but for some kinds.
        bedded = [
            at[str(group), str(detail), ALL]
            for detail in DETAILS
            if detail.group is group and detail not in BRING_THEIR_OWN_BED
        ]
        values.append(np.sum([values[place] for place in bedded], axis=0))
        at[str(group), NEED, ALL] = len(values) - 1
        sums.append(AddsUp(total=len(values) - 1, parts=tuple(bedded)))
    table = np.array(values)
    # The median is shown too, and may be small where the mean is not.
    medians = np.array([np.asarray(series[key]["p50"]) for key in keys])
    small_median = ((np.rint(medians) >= 1) & (np.rint(medians) < smallest_shown)).any(axis=1)
    nought = {at[key] for key in _impossible() if not table[at[key]].any()}
    hidden = withheld_series(
        table,
        sums,
        smallest_shown=smallest_shown,
        worth=np.array([_worth(key) for key in at]),
        also=np.flatnonzero(small_median).tolist(),
        known_zero=nought,
    )
    withheld = {key for key, place in at.items() if hidden[place]}
    shown = {
        key: {name: [round(number) for number in figures[name]] for name in FIGURES}
        for key, figures in series.items()
    }
    rule = (
        f"Figures are whole numbers. A series in which a number is from 1 to {smallest_shown - 1} is withheld ({MARK}) "
        "on every date, and so are others from which it could be worked out."
    )
    return shown, withheld, rule


NEED = "children who need a bed of ours"


def _worth(key: Key) -> float:
    """Return how much a reader would miss a series: sums more than what they are made of."""
    placement, detail, ages = key
    if detail != ALL:
        return 30.0 if detail == NEED else 3.0
    return {0: 1.0, 1: 30.0 if placement == ALL else 300.0, 2: 10_000.0}[(placement, ages).count(ALL)]


def _sums() -> list[tuple[Key, list[Key]]]:
    """Return which series add up to which."""
    groups = [str(group) for group in GROUPS]
    return [
        *(((group, ALL, ALL), [(group, ALL, band) for band in AGE_BANDS]) for group in groups),
        *(((ALL, ALL, band), [(group, ALL, band) for group in groups]) for band in AGE_BANDS),
        ((ALL, ALL, ALL), [(group, ALL, ALL) for group in groups]),
        ((ALL, ALL, ALL), [(ALL, ALL, band) for band in AGE_BANDS]),
        *(
            ((str(group), ALL, ALL), [(str(group), str(one), ALL) for one in DETAILS if one.group is group])
            for group in GROUPS
        ),
    ]


def _impossible() -> list[Key]:
    """Return the series that everybody knows to be nought: supported accommodation is for 16 and 17."""
    young = [band for band in AGE_BANDS if int(band.split("-")[-1]) < SUPPORTED_FROM_AGE]
    return [("supported", ALL, band) for band in young]


def _beds_short(
    answer: Mapping[str, Any], withheld: set[Key]
) -> dict[tuple[Key, str], dict[str, float | str | None]]:
    """Return the beds short of all ages together, where the children who need one may be shown."""
    found: dict[tuple[Key, str], dict[str, float | str | None]] = {}
    for row in answer["shortfall"]:
        if row["age_band"] != ALL or row["p_short"] is None:
            continue
        key = (row["placement"], ALL, ALL)
        hidden = (row["placement"], NEED, ALL) in withheld
        found[key, row["date"]] = {
            name: MARK if hidden else row[name] for name in ("beds_short_p50", "beds_short_p90", "p_short")
        }
    return found


def _rounded(
    series: Mapping[Key, Mapping[str, Sequence[float]]], smallest_shown: int, round_to: int
) -> tuple[dict[Key, dict[str, list[int]]], set[Key], str]:
    if round_to < smallest_shown - 1:
        raise InvalidInput(
            "round_to",
            f"Rounding to {round_to} would show numbers below {smallest_shown}. Round to {smallest_shown - 1} or more.",
        )
    means: dict[Key, Any] = {
        # The first number is rounded, and then the change since it: a number that passes from one multiple to the
        # next would otherwise tell where between them it stood.
        key: _to_multiples(figures["mean"][0], round_to)
        + _to_multiples(np.subtract(figures["mean"], figures["mean"][0]), round_to)
        for key, figures in series.items()
        if key[1] == ALL and ALL not in (key[0], key[2])
    }
    for total, parts in _sums():
        if total[1] == ALL and all(part in means for part in parts):
            means.setdefault(total, np.sum([means[part] for part in parts], axis=0))
    shown = {
        key: {
            # A band is told by how far it lies from the mean, so that it tells no more of the mean than is shown.
            name: [
                int(number)
                for number in np.maximum(
                    means[key]
                    + _to_multiples(
                        np.subtract(figures[name], figures["mean"]) if name != "mean" else np.zeros(1),
                        round_to,
                    ),
                    0,
                )
            ]
            for name in FIGURES
        }
        for key, figures in series.items()
        if key in means
    }
    rule = (
        f"Numbers by placement and age are rounded to multiples of {round_to}: the first number, and the change since "
        "it. Sums are sums of rounded numbers, so they may differ from the children there are."
    )
    return shown, set(), rule


def _to_multiples(numbers: Any, of: int) -> Any:
    return np.asarray(np.floor(np.asarray(numbers, dtype=float) / of + 0.5) * of, dtype=np.int64)
