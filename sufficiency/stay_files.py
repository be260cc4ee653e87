"""Stays from a caller's file, or from JSON-like values, with every problem listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from reference_data.problems import ImportIssue
from reference_data.tables import RecordTable, Row, read_records, records_from_values
from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency_stay import Setting, Stay, StayApproval, StayNotice

Warnings = tuple[ImportIssue, ...]


def read_stays(path: str | Path) -> tuple[tuple[Stay, ...], Warnings]:
    """Return the stays of a CSV, XLSX or JSON file, and what was noticed but did no harm.

    Raises
    ------
    ImportRejected
        If anything cannot be used: every problem is listed and nothing is returned.
    """
    return _stays(read_records(path, "stay", _contradictions))


def stays_from_values(
    records: Iterable[Mapping[str, object]], file: str = "stays"
) -> tuple[tuple[Stay, ...], Warnings]:
    """Return stays from JSON-like mappings, by the same rules as a file.

    Raises
    ------
    ImportRejected
        If anything cannot be used.
    """
    return _stays(records_from_values(file, records, "stay", _contradictions))


def _stays(table: RecordTable) -> tuple[tuple[Stay, ...], Warnings]:
    return tuple(stay_from_values(row.values) for row in table.rows), table.warnings


_AS_READ = (
    "stay_id",
    "child_id",
    "started_on",
    "ended_on",
    "date_of_birth",
    "authority",
    "home_id",
    "provider_registered",
    "in_care",
    "purpose",
    "section_20_offered_on",
    "advocate_offered_on",
    "max_stay_days",
    "onward_plan_on",
)
"""Fields that a stay keeps exactly as the reader typed them."""


def _contradictions(rows: Sequence[Row]) -> Iterable[ImportIssue]:
    return (issue for row in rows for issue in _row_issues(row))


def _row_issues(row: Row) -> Iterable[ImportIssue]:
    started: date | None = row.values.get("started_on")
    if started is None:
        return
    ended: date | None = row.values.get("ended_on")
    born: date | None = row.values.get("date_of_birth")
    if ended is not None and ended < started:
        yield row.issue("ended_on", "ended_before_started", "The stay ends before it starts: correct a date.")
    if born is not None and born > started:
        yield row.issue(
            "date_of_birth", "born_after_start", "The stay starts before the birth: correct a date."
        )


def stay_from_values(values: Mapping[str, Any]) -> Stay:
    """Return a stay from typed values, as ``Row.values`` holds them."""
    approvals = values.get("approvals")
    signed = tuple(StayApproval(**item) for item in approvals) if approvals is not None else None
    if "approved_by" in values or "approved_on" in values:
        single = StayApproval(code="approved", by=values.get("approved_by"), on=values.get("approved_on"))
        signed = (*(signed or ()), single)
    notices = values.get("notices")
    basis = values.get("legal_basis")
    return Stay(
        setting=_setting(values.get("setting")),
        legal_basis=LegalBasis(basis) if basis else None,
        approvals=signed,
        notices=tuple(StayNotice(**item) for item in notices) if notices is not None else None,
        **{name: values[name] for name in _AS_READ if name in values},
    )


def _setting(value: str | None) -> Setting | None:
    if value is None:
        return None
    if value in EmergencySetting.__members__.values():
        return EmergencySetting(value)
    return PlacementType(value)
