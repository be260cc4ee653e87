"""The council's policy: order and weights of aims, tolerances, who approves, and its own rules.

The shipped default in ``reference_data/shipped/policy/default.toml`` explains every number and names
every key there is; a council's file changes some of them. What is law is not here and cannot be
loosened here.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import reference_data
from reference_data.problems import InvalidInput
from reference_data.stricter_limits import stricter_limits
from reference_data.vocabulary import NeedDomain, PlacementType

DEFAULT_POLICY_PATH = Path(reference_data.__path__[0]) / "shipped" / "policy" / "default.toml"

COMPARISONS = (
    "equals",
    "not_equals",
    "at_least",
    "at_most",
    "above",
    "below",
    "one_of",
    "not_one_of",
    "contains",
    "lacks",
)

# Keys that a policy may hold although the default leaves them out.
_OPTIONAL: dict[str, dict[str, type]] = {
    "approval": {"in_force_from": date, "authority": str},
    "gaps": {str(domain): int for domain in NeedDomain},
}
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """One soft aim: its place in the order, its weight, and its own parameters.

    Parameters
    ----------
    stage
        Stages come strictly one after another, the lowest first.
    weight
        Penalty points for one unit of the aim; 0 switches it off.
    parameters
        Whole numbers such as ``step_miles``, as the policy file names them.
    """

    name: str
    stage: int
    weight: int
    parameters: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilRule:
    """A council's own rule: a home whose field meets the comparison is excluded, with the reason."""

    name: str
    field: str
    comparison: str
    value: object
    reason: str
    types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPolicy:
    """The numbers of the emergency watch that are council policy.

    Parameters
    ----------
    over_14_nights
        More unsuitable nights in one spell than this are raised.
    approaching_nights
        From this many on, a spell is said to be approaching that limit.
    bridge_nights
        A spell goes on over this many nights spent elsewhere.
    cumulative_nights, cumulative_window_days
        More unsuitable nights than this within so many days are raised, however they are spread.
    temporary_approval_warning_days
        How long before a connected person's temporary approval ends the watch starts to warn.
    limits
        The council's own numbers for limits of law, by provision: stricter than the law or the same.
    """

    over_14_nights: int
    approaching_nights: int
    bridge_nights: int
    cumulative_nights: int
    cumulative_window_days: int
    temporary_approval_warning_days: int
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One council's policy, whole: the default with the council's changes.

    Parameters
    ----------
    version
        The first 12 hexadecimal digits of the content's SHA-256, and the day it came into force.
    need_gap_points
        By domain: the gap that still does not exclude, in points of 100.
    floor_unmet_need_points
        Most unmet need, added over domains, of a pair the joint plan may use.
    aims
        In strict order of stage, then as the file has them.
    approvers
        Code of an approval to the role that gives it.
    smallest_shown
        In what is published, numbers of children from 1 to one less than this are withheld.
    limits
        The council's own numbers for limits of law, by provision: stricter than the law or the same.
    """

    version: str
    approved_by: str
    in_force_from: date | None
    need_gap_points: Mapping[NeedDomain, int] = field(hash=False)
    written_exclusion_points: int
    scores_days: int
    vacancies_days: int
    school_miles: int
    floor_unmet_need_points: int
    aims: tuple[Aim, ...]
    approvers: Mapping[str, str] = field(hash=False)
    rules: tuple[CouncilRule, ...]
    emergency: EmergencyPolicy
    smallest_shown: int
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)

    def aim(self, name: str) -> Aim:
        """Return an aim by name.

        Raises
        ------
        KeyError
            If no aim has that name.
        """
        for aim in self.aims:
            if aim.name == name:
                return aim
        raise KeyError(name)

    @property
    def stages(self) -> tuple[int, ...]:
        """Return the stages in use, first to last."""
        return tuple(sorted({aim.stage for aim in self.aims}))


@cache
def default_policy() -> Policy:
    """Return the policy that comes with the product."""
    return _policy(_default())


def read_policy(path: str | Path) -> Policy:
    """Return the policy of a council's TOML file laid over the default.

    Raises
    ------
    InvalidInput
        If the file cannot be read as TOML, holds a key that is unknown, or a value of the wrong kind.
    """
    path = Path(path)
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("policy_unreadable", f"The policy file cannot be read: {path.name}.") from error
    return policy_from_text(content)


def policy_from_text(content: str) -> Policy:
    """Return the policy of a TOML text laid over the default; see ``read_policy``."""
    try:
        changes = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput("policy_not_toml", f"The policy is not valid TOML: {error}.") from error
    _check(changes)
    return _policy(_laid_over(_default(), changes))


def _default() -> dict[str, Any]:
    return tomllib.loads(DEFAULT_POLICY_PATH.read_text(encoding="utf-8"))


def _laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _laid_over(base[key], value) if both else value
    return merged


def _check(changes: Mapping[str, Any]) -> None:
    default = _default()
    sections = {*default, "rules", "limits"}
    for section, values in changes.items():
        if section not in sections:
            raise _unknown(section, sections)
        if not isinstance(values, dict):
            raise _wrong(section, "a table")
        if section == "rules":
            for name, rule in values.items():
                _check_rule(name, rule)
        elif section == "limits":
            stricter_limits(values)
        elif section in ("aims", "approvals"):
            for name, table in values.items():
                if name not in default[section]:
                    raise _unknown(f"{section}.{name}", default[section])
                if not isinstance(table, dict):
                    raise _wrong(f"{section}.{name}", "a table")
                _check_table(f"{section}.{name}", table, default[section][name], {})
        else:
            _check_table(section, values, default[section], _OPTIONAL.get(section, {}))


def _check_table(
    place: str, values: Mapping[str, Any], default: Mapping[str, Any], optional: Mapping[str, type]
) -> None:
    known = {name: type(value) for name, value in default.items()} | dict(optional)
    for name, value in values.items():
        if name not in known:
            raise _unknown(f"{place}.{name}", known)
        # A TOML date and time is a datetime, which Python counts as a date; a truth value counts as an int.
        if type(value) is not known[name]:
            raise _wrong(f"{place}.{name}", _KINDS[known[name]])
        if isinstance(value, int) and not _lowest(name) <= value <= _LARGEST:
            raise _wrong(f"{place}.{name}", f"a whole number from {_lowest(name)} to {_LARGEST:,}")
        if isinstance(value, str) and not value.strip():
            raise _wrong(f"{place}.{name}", "a text that is not empty")


_KINDS = {int: "a whole number", str: "a text", date: "a date such as 2026-04-01"}


def _lowest(name: str) -> int:
    # A step of nothing would divide by it, stages are counted from 1, and below 2 nothing would be withheld.
    if name == "smallest_shown":
        return 2
    return 1 if name in ("step_miles", "step_days", "stage", "cumulative_window_days") else 0


_RULE_KEYS = {"field", "comparison", "value", "reason", "types"}


def _check_rule(name: str, rule: object) -> None:
    place = f"rules.{name}"
    if not isinstance(rule, dict):
        raise _wrong(place, "a table")
    for key in rule:
        if key not in _RULE_KEYS:
            raise _unknown(f"{place}.{key}", _RULE_KEYS)
    for key in ("field", "comparison", "value", "reason"):
        if key not in rule:
            raise InvalidInput("policy_missing_key", f"The policy's {place} needs the key {key}.")
    for key in ("field", "comparison", "reason"):
        if not isinstance(rule[key], str) or not rule[key].strip():
            raise _wrong(f"{place}.{key}", "a text that is not empty")
    if rule["comparison"] not in COMPARISONS:
        raise _wrong(f"{place}.comparison", "one of " + ", ".join(COMPARISONS))
    if rule["field"] not in _rule_fields():
        raise _unknown(f"{place}.field = {rule['field']}", ())
    lists = rule["comparison"] in ("one_of", "not_one_of")
    if lists != isinstance(rule["value"], list):
        raise _wrong(f"{place}.value", "a list" if lists else "a single value")
    if rule["comparison"] in ("at_least", "at_most", "above", "below") and (
        isinstance(rule["value"], bool) or not isinstance(rule["value"], int | float | date)
    ):
        raise _wrong(f"{place}.value", "a number or a date")
    if "types" in rule:
        known = set(PlacementType)
        types = rule["types"]
        if not isinstance(types, list) or not types or any(kind not in known for kind in types):
            raise _wrong(f"{place}.types", "a list of types of home")


@cache
def _rule_fields() -> frozenset[str]:
    from reference_data.fields import load_fields

    return frozenset(field.column for field in load_fields("home") if not field.in_list)


def _unknown(place: str, known: object) -> InvalidInput:
    names = ", ".join(sorted(known)) if isinstance(known, set | dict) else ""
    hint = f" Known here: {names}." if names else ""
    return InvalidInput("policy_unknown_key", f"The policy holds an unknown key: {place}.{hint}")


def _wrong(place: str, expected: str) -> InvalidInput:
    return InvalidInput("policy_wrong_value", f"The policy's {place} must be {expected}.")


def _policy(content: Mapping[str, Any]) -> Policy:
    gaps = content["gaps"]
    in_force = content["approval"].get("in_force_from")
    limits = stricter_limits(content.get("limits", {}))
    return Policy(
        version=_version(content, in_force),
        approved_by=content["approval"]["approved_by"],
        in_force_from=in_force,
        need_gap_points={domain: gaps.get(str(domain), gaps["need_points"]) for domain in NeedDomain},
        written_exclusion_points=gaps["written_exclusion_points"],
        scores_days=gaps["scores_days"],
        vacancies_days=gaps["vacancies_days"],
        school_miles=gaps["school_miles"],
        floor_unmet_need_points=content["floor"]["unmet_need_points"],
        aims=_aims(content["aims"]),
        approvers={code: table["who"] for code, table in content["approvals"].items()},
        rules=tuple(_rule(name, rule) for name, rule in sorted(content.get("rules", {}).items())),
        emergency=EmergencyPolicy(**content["emergency"], limits=limits),
        smallest_shown=content["disclosure"]["smallest_shown"],
        limits=limits,
    )


def _aims(tables: Mapping[str, Mapping[str, int]]) -> tuple[Aim, ...]:
    aims = [
        Aim(
            name=name,
            stage=table["stage"],
            weight=table["weight"],
            parameters={key: value for key, value in table.items() if key not in ("stage", "weight")},
        )
        for name, table in tables.items()
    ]
    return tuple(sorted(aims, key=lambda aim: aim.stage))


def _rule(name: str, rule: Mapping[str, Any]) -> CouncilRule:
    value = rule["value"]
    return CouncilRule(
        name=name,
        field=rule["field"],
        comparison=rule["comparison"],
        value=tuple(value) if isinstance(value, list) else value,
        reason=rule["reason"],
        types=tuple(rule["types"]) if "types" in rule else None,
    )


def _version(content: Mapping[str, Any], in_force: date | None) -> str:
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"{digest} in force from {in_force.isoformat()}" if in_force else f"{digest} not approved"
