"""Percentages that were printed, held to the fractions printed beside them, with target, colour and direction of travel.

A figure that does not follow from its own fraction is reported and changed by nobody here. Indicators worked out from
returns are in ``indicators.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from reference_data.problems import ImportIssue
from reference_data.tables import RecordTable, read_records, records_from_values
from sufficiency.rag import AMBER_PERCENT, Rag, rag, travel

DECIMALS = 1
WHOLE_PERCENT_BASIS = "lait"
"""The Local Authority Interactive Tool prints an authority's percentages as whole numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFigure:
    """One printed percentage. ``None`` means not printed.

    Parameters
    ----------
    row
        The row of its file.
    numerator, denominator
        The fraction printed beside it.
    """

    row: int
    indicator: str
    period: str
    basis: str
    numerator: Decimal | None
    denominator: Decimal | None
    printed: Decimal | None
    decimals: int
    target: Decimal | None
    better_when: str | None

    @property
    def computed(self) -> Decimal | None:
        """Return the percentage that follows from the fraction, unrounded; ``None`` where there is none."""
        if self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator

    @property
    def rounded(self) -> Decimal | None:
        """Return the same with as many decimals as were printed."""
        value = self.computed
        return None if value is None else value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    @property
    def follows(self) -> bool | None:
        """Say whether the printed figure follows from its fraction; ``None`` where either is missing."""
        if self.printed is None or self.rounded is None:
            return None
        return self.printed == self.rounded


def read_printed_figures(path: str | Path) -> tuple[tuple[PrintedFigure, ...], tuple[ImportIssue, ...]]:
    """Return the printed figures of a CSV, XLSX or JSON file, and what was noticed but did no harm.

    Raises
    ------
    ImportRejected
        If anything cannot be used: every problem is listed and nothing is returned.
    """
    return _figures(read_records(path, "printed_figure"))


def printed_figures_from_values(
    records: Iterable[Mapping[str, object]], file: str = "figures"
) -> tuple[tuple[PrintedFigure, ...], tuple[ImportIssue, ...]]:
    """Return printed figures from JSON-like mappings, by the same rules as a file."""
    return _figures(records_from_values(file, records, "printed_figure"))


def checked(
    figures: Iterable[PrintedFigure], *, amber_percent: Decimal = AMBER_PERCENT, points: bool = False
) -> dict[str, Any]:
    """Return every printed figure beside what its fraction gives, and those that do not follow.

    Returns
    -------
    ``figures``: for each ``indicator``, ``period``, ``basis``, ``numerator``, ``denominator``, ``printed_pct``,
    ``computed_pct`` (with as many decimals as printed), ``follows``, ``target_pct``, ``rag`` (of what was printed),
    ``rag_of_fraction`` and ``travel`` (of the fractions, or of what was printed where there is none, since the figure
    before it of the same indicator and basis); ``do_not_follow``: those that do not; ``counts``.
    """
    rows: list[dict[str, Any]] = []
    before: dict[tuple[str, str], Decimal | None] = {}
    for one in figures:
        colours = {"amber_percent": amber_percent, "points": points}
        value = one.printed if one.printed is not None else one.rounded
        known = one.rounded if one.rounded is not None else one.printed
        series = (one.indicator, one.basis)
        rows.append(
            {
                "row": one.row,
                "indicator": one.indicator,
                "period": one.period,
                "basis": one.basis,
                "numerator": _number(one.numerator),
                "denominator": _number(one.denominator),
                "printed_pct": _number(one.printed),
                "computed_pct": _number(one.rounded),
                "follows": one.follows,
                "target_pct": _number(one.target),
                "rag": str(rag(value, one.target, one.better_when, **colours)),  # type: ignore[arg-type]
                "rag_of_fraction": str(rag(one.computed, one.target, one.better_when, **colours)),  # type: ignore[arg-type]
                "travel": str(travel(before.get(series), known, one.better_when)),
            }
        )
        before[series] = known
    wrong = [row for row in rows if row["follows"] is False]
    return {
        "figures": rows,
        "do_not_follow": wrong,
        "counts": {
            "figures": len(rows),
            "checked": sum(row["follows"] is not None for row in rows),
            "do_not_follow": len(wrong),
            **{f"{colour.lower()}": sum(row["rag"] == colour for row in rows) for colour in Rag},
        },
    }


def _figures(table: RecordTable) -> tuple[tuple[PrintedFigure, ...], tuple[ImportIssue, ...]]:
    found = []
    for row in table.rows:
        values = row.values
        basis = str(values.get("basis") or "")
        whole = WHOLE_PERCENT_BASIS in basis.casefold().split()
        found.append(
            PrintedFigure(
                row=row.number,
                indicator=str(values["indicator"]),
                period=str(values["period"]),
                basis=basis,
                numerator=_decimal(values.get("numerator")),
                denominator=_decimal(values.get("denominator")),
                printed=_decimal(values.get("printed_pct")),
                decimals=int(values.get("decimals", 0 if whole else DECIMALS)),
                target=_decimal(values.get("target_pct")),
                better_when=values.get("better_when"),
            )
        )
    return tuple(found), table.warnings


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
