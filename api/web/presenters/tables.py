"""A table of figures as a page shows it, and as a CSV file: the same cells in both."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from reference_data.formula_guard import guarded
from sufficiency.report import Table, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """One table in words, and the address of its file."""

    caption: str
    columns: tuple[str, ...]
    of_numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str
    note: str
    file: str


def present_table(table: Table, file: str) -> TableView:
    """Return a table in words."""
    return TableView(
        caption=table.caption,
        columns=table.columns,
        of_numbers=table.of_numbers,
        rows=tuple(tuple(shown(cell) for cell in row) for row in table.rows),
        source=table.source,
        note=table.note,
        file=file,
    )


def table_csv(table: Table) -> str:
    """Return a table as CSV, its figures unrounded; no text in it can be a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()
