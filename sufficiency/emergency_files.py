"""Stays from a caller's file, or from JSON-like values, with every problem listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reference_data.problems import ImportIssue, ImportRejected
from reference_data.tables import RecordTable, Row, read_records, records_from_values
from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency_stay import Setting, Stay, StayApproval, StayNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class StayFile:
    """The stays of one file, and what was noticed but did no harm."""

    stays: tuple[Stay, ...]
    warnings: tuple[ImportIssue, ...]


def read_stays(path: Path) -> StayFile:
    """Return the stays of a CSV, XLSX or JSON file.

    Raises
    ------
    ImportRejected
        If anything cannot be used: every problem is listed and nothing is returned.
    """
    return _stays(read_records(path, "stay"))


def stays_from_values(records: Iterable[Mapping[str, object]], *, file: str = "stays") -> StayFile:
    """Return stays from mappings with the contract's names, by the same rules as a file.

    Raises
    ------
    ImportRejected
        If anything cannot be used.
    """
    return _stays(records_from_values(file, records, "stay"))


def _stays(table: RecordTable) -> StayFile:
    issues = [issue for row in table.rows for issue in _row_issues(row)]
    if issues:
        raise ImportRejected(issues)
    return StayFile(stays=tuple(_stay(row.values) for row in table.rows), warnings=table.warnings)


def _row_issues(row: Row) -> Iterable[ImportIssue]:
    started: date = row.values["started_on"]
    ended: date | None = row.values.get("ended_on")
    born: date | None = row.values.get("date_of_birth")
    if ended is not None and ended < started:
        yield row.issue("ended_on", "ended_before_started", "The stay ends before it starts: correct a date.")
    if born is not None and born > started:
        yield row.issue(
            "date_of_birth", "born_after_start", "The stay starts before the birth: correct a date."
        )


def _stay(values: Mapping[str, Any]) -> Stay:
    approvals = values.get("approvals")
    signed = tuple(StayApproval(**item) for item in approvals) if approvals is not None else None
    if "approved_by" in values or "approved_on" in values:
        single = StayApproval(code="approved", by=values.get("approved_by"), on=values.get("approved_on"))
        signed = (*(signed or ()), single)
    notices = values.get("notices")
    basis = values.get("legal_basis")
    plain = (
        "stay_id child_id started_on ended_on date_of_birth authority home_id provider_registered in_care purpose "
        "section_20_offered_on advocate_offered_on max_stay_days onward_plan_on"
    ).split()
    return Stay(
        setting=_setting(values.get("setting")),
        legal_basis=LegalBasis(basis) if basis else None,
        approvals=signed,
        notices=tuple(StayNotice(**item) for item in notices) if notices is not None else None,
        **{name: values[name] for name in plain if name in values},
    )


def _setting(value: str | None) -> Setting | None:
    if value is None:
        return None
    if value in EmergencySetting.__members__.values():
        return EmergencySetting(value)
    return PlacementType(value)
