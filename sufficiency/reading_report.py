"""What was read of a folder of returns and what was mended, as whoever keeps the data would want to be told."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sufficiency.repair import CareHistory
from sufficiency.returns import Returns


def reading_report(returns: Returns, history: CareHistory) -> dict[str, Any]:
    """Return which files were read as what, the years they cover, and how many rows each rule mended or told.

    It names files and rules, never a child.
    """
    rows = Counter(row.file for row in history.report.rows)
    return {
        "files": [
            {
                "file": table.raw.file,
                "table": table.kind,
                "authority": table.authority,
                "rows": len(table.raw.rows),
                "mended_or_told": rows[table.raw.file],
            }
            for table in returns.tables
        ],
        "authorities": list(returns.authorities),
        "year_ends": [day.isoformat() for day in returns.year_ends],
        "first_day": returns.first_day.isoformat(),
        "last_day": returns.last_day.isoformat(),
        "episodes": len(returns.episodes),
        "children": len({row.child_id for row in returns.episodes if row.child_id}),
        "children_counted": len({stay.child_id for stay in history.stays}),
        "placements": len(history.stays),
        # Rules on codes say which column, so each column of them is a line.
        "repairs": [
            {"rule": rule, "rows": count, "done": done}
            for (rule, done), count in sorted(
                Counter((row.rule, row.done) for row in history.report.rows).items()
            )
        ],
        "warnings": _about_files(returns),
    }


def warnings_of_reading(returns: Returns, history: CareHistory) -> list[str]:
    """Return what was overlooked in whole files, and how many rows were mended, as sentences to go with an answer."""
    mended = len(history.report.rows) - history.report.counts.get("carried_over", 0)
    return _about_files(returns) + (
        [f"{mended:,} rows of the returns were mended or set aside; the repair report lists each."]
        if mended
        else []
    )


def _about_files(returns: Returns) -> list[str]:
    return [
        f"{issue.file}: {issue.what_to_do}" + (f" (column {issue.column})" if issue.column else "")
        for issue in returns.warnings
    ]
