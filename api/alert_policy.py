"""Who is told of an alert, how soon somebody must answer, and how often a message is tried: policy as data.

The shipped default is ``reference_data/shipped/policy/alerts.toml``; a council's own file gives whole
tables in place of the default's. What is raised at all is the engine's policy, and not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import reference_data
from reference_data.problems import InvalidInput
from reference_data.vocabulary import WatchOutcome

if TYPE_CHECKING:
    from api.settings import Settings

LONDON = ZoneInfo("Europe/London")
DEFAULT_FILE = Path(reference_data.__file__).parent / "shipped" / "policy" / "alerts.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who hears of an outcome first, and who next when nobody answers in time."""

    first: tuple[str, ...]
    acknowledge_within_hours: int
    escalate_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How often a message is tried and how long one process keeps it to itself."""

    first_retry_seconds: int
    retry_factor: int
    longest_retry_seconds: int
    attempts: int
    timeout_seconds: int
    lease_seconds: int
    undelivered_told: tuple[str, ...]

    def wait_seconds(self, attempts: int) -> int:
        """Return how long to wait after so many failed attempts."""
        grown: int = self.first_retry_seconds * self.retry_factor ** min(attempts - 1, 20)
        return min(grown, self.longest_retry_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPolicy:
    """The policy of alerts, whole."""

    roles: Mapping[str, str]
    told: Mapping[str, Told]
    told_as: Mapping[str, str]
    also_told: Mapping[str, tuple[str, ...]]
    director_rules: frozenset[str]
    told_again: Mapping[str, tuple[int, ...]]
    office_from: time
    office_to: time
    longest_snooze_hours: int
    ended_days: int
    late_after_hours: int
    late_told: tuple[str, ...]
    restricted_opened_told: tuple[str, ...]
    history_told: tuple[str, ...]
    most_alerts_in_a_message: int
    delivery: Delivery

    def outcome_told(self, outcome: str, rule: str) -> str:
        """Return the outcome that an alert is told as: nights that are perhaps over a limit go out as if they were."""
        return self.told_as.get(rule, outcome) if outcome == WatchOutcome.NOT_ASSESSED else outcome

    def roles_told(self, *, outcome: str, rule: str, standing: str, escalation: int) -> tuple[str, ...]:
        """Return the roles that hear of an alert at one step; step 0 is when it is raised."""
        outcome = self.outcome_told(outcome, rule)
        told = self.told[outcome]
        if escalation:
            return told.escalate_to[escalation - 1 : escalation]
        roles = list(told.first)
        if outcome == WatchOutcome.RAISED:
            roles += self.also_told[standing]
            if rule in self.director_rules:
                roles.append("director")
        return tuple(dict.fromkeys(roles))

    def told_again_at(self, rule: str, outcome: str, nights: int) -> int:
        """Return the latest night, of those at which an alert is told again, that a spell has reached; or 0."""
        if outcome != WatchOutcome.RAISED:
            return 0
        return max((night for night in self.told_again.get(rule, ()) if night <= nights), default=0)

    def roles_used(self) -> tuple[str, ...]:
        """Return every role that must be told of something, in the order of the table of roles."""
        used = {
            *self.late_told,
            *self.history_told,
            *self.restricted_opened_told,
            *self.delivery.undelivered_told,
            *(role for told in self.told.values() for role in (*told.first, *told.escalate_to)),
            *(role for roles in self.also_told.values() for role in roles),
            *(("director",) if self.director_rules else ()),
        }
        return (*(role for role in self.roles if role in used), *sorted(used - set(self.roles)))

    def in_office_hours(self, at: datetime) -> bool:
        """Say whether an instant lies in the council's office hours, by the clock of London."""
        from reference_data.working_days import is_working_day

        local = at.astimezone(LONDON)
        return is_working_day(local.date()) and self.office_from <= local.time() < self.office_to


def alert_policy_of(settings: Settings) -> AlertPolicy:
    """Return the alert policy that the settings name."""
    path = settings.alert_policy_path
    return default_alert_policy() if path is None else read_alert_policy(Path(path))


@cache
def default_alert_policy() -> AlertPolicy:
    """Return the shipped default."""
    return _policy(tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8")))


def read_alert_policy(path: Path) -> AlertPolicy:
    """Return a council's policy: its tables in place of the default's.

    Raises
    ------
    InvalidInput
        If the file cannot be read, names an unknown table, setting or role, or lacks a setting.
    """
    default = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _unusable("the file cannot be read as TOML") from None
    unknown = [name for name in own if name not in default]
    if unknown:
        raise _unusable(f"unknown table {unknown[0]}")
    for name, table in own.items():
        if name not in {"roles"} and (not isinstance(table, dict) or set(table) != set(default[name])):
            raise _unusable(f"table {name} must have exactly the settings of the default's")
    try:
        return _policy({**default, **own})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _unusable("a setting is missing or of the wrong kind") from None


def _policy(tables: Mapping[str, Any]) -> AlertPolicy:
    policy = AlertPolicy(
        roles=dict(tables["roles"]),
        told={
            outcome: Told(
                first=tuple(told["first"]),
                acknowledge_within_hours=_positive(told["acknowledge_within_hours"]),
                escalate_to=tuple(told["escalate_to"]),
            )
            for outcome, told in tables["told"].items()
        },
        told_as={
            **dict.fromkeys(tables["nights_not_known"]["as_warning"], "WARNING"),
            **dict.fromkeys(tables["nights_not_known"]["as_raised"], "RAISED"),
        },
        also_told={standing: tuple(roles) for standing, roles in tables["also_told"].items()},
        director_rules=frozenset(tables["director_at_once"]["rules"]),
        told_again={
            rule: tuple(sorted(map(_positive, nights))) for rule, nights in tables["told_again"].items()
        },
        office_from=time.fromisoformat(tables["office_hours"]["from"]),
        office_to=time.fromisoformat(tables["office_hours"]["to"]),
        longest_snooze_hours=_positive(tables["snooze"]["longest_hours"]),
        ended_days=_positive(tables["scan"]["ended_days"]),
        late_after_hours=_positive(tables["scan"]["late_after_hours"]),
        late_told=tuple(tables["scan"]["late_told"]),
        restricted_opened_told=tuple(tables["restricted"]["opened_told"]),
        history_told=tuple(tables["history"]["told"]),
        most_alerts_in_a_message=_positive(tables["digest"]["most_alerts"]),
        delivery=_delivery(tables["delivery"]),
    )
    strangers = sorted(set(policy.roles_used()) - set(policy.roles))
    if strangers:
        raise _unusable(f"role {strangers[0]} is not in the table of roles")
    if policy.delivery.lease_seconds <= policy.delivery.timeout_seconds:
        raise _unusable("lease_seconds must be longer than timeout_seconds")
    return policy


def _delivery(table: Mapping[str, Any]) -> Delivery:
    return Delivery(
        first_retry_seconds=_positive(table["first_retry_seconds"]),
        retry_factor=_positive(table["retry_factor"]),
        longest_retry_seconds=_positive(table["longest_retry_seconds"]),
        attempts=_positive(table["attempts"]),
        timeout_seconds=_positive(table["timeout_seconds"]),
        lease_seconds=_positive(table["lease_seconds"]),
        undelivered_told=tuple(table["undelivered_told"]),
    )


def _positive(value: object) -> int:
    if type(value) is not int or value <= 0:
        raise ValueError("not a whole number above 0")
    return value


def _unusable(what: str) -> InvalidInput:
    return InvalidInput(
        "unusable_alert_policy", f"The alert policy cannot be used: {what}. See the shipped alerts.toml."
    )
