"""Somebody at work on placing children: their council's records, who they are, and by which policies and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.auth.roles import Role
from api.clock import day_of
from api.database.records import Records
from api.placing_policy import PlacingPolicy, placing_policy_of
from api.services.policy import policy_of
from api.settings import Settings
from reference_data.problems import ImportIssue, ImportRejected
from reference_data.tables import records_from_values

if TYPE_CHECKING:
    from matching.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whoever acts, on one transaction of one council's records."""

    records: Records
    authority: str
    username: str
    role: Role
    settings: Settings

    @property
    def today(self) -> date:
        """Return the day of the installation."""
        return day_of(self.settings)

    @property
    def policy(self) -> Policy:
        """Return the policy that ranks homes."""
        return policy_of(self.settings)

    @property
    def placing(self) -> PlacingPolicy:
        """Return the policy of holds, signatures and checklists."""
        return placing_policy_of(self.settings)


def typed(record: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values that somebody filled in, typed by the field table of their record.

    Raises
    ------
    ImportRejected
        With every problem by field, and no value repeated. A field that the record lacks is one of them.
    """
    unkeepable = [name for name, value in values.items() if not _can_be_kept(value)]
    if unkeepable:
        raise ImportRejected(
            ImportIssue(
                file="request",
                row=None,
                column=name if _can_be_kept(name) else None,
                rule="unusable_text",
                what_to_do="The text holds a character that cannot be kept. Type it again.",
            )
            for name in unkeepable
        )
    table = records_from_values("request", [values], record)
    if table.warnings:
        raise ImportRejected(
            ImportIssue(
                file="request",
                row=None,
                column=one.column,
                rule="unknown_field",
                what_to_do="The record has no such field. Check its name.",
            )
            for one in table.warnings
        )
    return table.rows[0].values


def _can_be_kept(value: Any) -> bool:
    """Say whether every text in a value is whole characters without a NUL."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(_can_be_kept(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return all(_can_be_kept(one) for one in value)
    return True


def missing(field: str, what_to_do: str) -> ImportRejected:
    """Return the refusal of a form in which one field is left empty."""
    return ImportRejected(
        [ImportIssue(file="request", row=None, column=field, rule="missing_value", what_to_do=what_to_do)]
    )
