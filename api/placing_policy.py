"""How long a bed is held, who gives which signature, and what a provider must have before a start: policy as data.

The shipped default is ``reference_data/shipped/policy/placing.toml``; a council's own file gives whole
tables in place of the default's. Which signatures a placement needs is the engine's policy, and not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import reference_data
from api.auth.roles import Role
from reference_data.problems import InvalidInput
from reference_data.vocabulary import ContractKind, PlacementType, Urgency

if TYPE_CHECKING:
    from api.settings import Settings
    from matching.home import Home

DEFAULT_FILE = Path(reference_data.__file__).parent / "shipped" / "policy" / "placing.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Which roles give a signature. ``on_behalf``: it is given elsewhere, and written down here."""

    roles: frozenset[Role]
    on_behalf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One thing a provider must have before a placement starts."""

    code: str
    text: str
    who: str
    instrument: str
    contracts: frozenset[str] | None
    types: frozenset[str] | None

    def is_for(self, home: Home) -> bool:
        """Say whether a home needs it. What is not known of a home does not excuse it."""
        bought = self.contracts is None or home.contract is None or str(home.contract) in self.contracts
        return bought and (self.types is None or str(home.type) in self.types)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingPolicy:
    """The policy of placing, whole."""

    hold_minutes: Mapping[str, int]
    signers: Mapping[str, Signer]
    checklist: tuple[ChecklistItem, ...]

    def signer(self, who: str) -> Signer:
        """Return which roles sign as somebody.

        Raises
        ------
        InvalidInput
            If the policy names nobody: no role could ever sign.
        """
        if who not in self.signers:
            raise InvalidInput(
                "no_signer",
                f"The placing policy names no role that signs as {who}. Add a table [signers] for it.",
            )
        return self.signers[who]

    def checklist_for(self, home: Home) -> tuple[ChecklistItem, ...]:
        """Return what the provider of a home must have before a start."""
        return tuple(item for item in self.checklist if item.is_for(home))


def placing_policy_of(settings: Settings) -> PlacingPolicy:
    """Return the placing policy that the settings name."""
    path = settings.placing_policy_path
    return default_placing_policy() if path is None else read_placing_policy(Path(path))


@cache
def default_placing_policy() -> PlacingPolicy:
    """Return the shipped default."""
    return _policy(_tables(DEFAULT_FILE))


def read_placing_policy(path: Path) -> PlacingPolicy:
    """Return a council's policy: its tables in place of the default's.

    Raises
    ------
    InvalidInput
        If the file cannot be read, names an unknown table, role, type or contract, or lacks a setting.
    """
    default = _tables(DEFAULT_FILE)
    try:
        own = _tables(path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _unusable("the file cannot be read as TOML") from None
    unknown = sorted(set(own) - set(default))
    if unknown:
        raise _unusable(f"unknown table {unknown[0]}")
    try:
        return _policy({**default, **own})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _unusable("a setting is missing, unknown or of the wrong kind") from None


def _tables(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _policy(tables: Mapping[str, Any]) -> PlacingPolicy:
    minutes = {str(urgency): tables["hold_minutes"][str(urgency)] for urgency in Urgency}
    if any(type(value) is not int or value <= 0 for value in minutes.values()):
        raise ValueError("not a whole number above 0")
    return PlacingPolicy(
        hold_minutes=minutes,
        signers={
            who: Signer(
                roles=frozenset(Role(role) for role in signer["roles"]), on_behalf=signer["on_behalf"]
            )
            for who, signer in tables["signers"].items()
        },
        checklist=tuple(_item(code, item) for code, item in tables["checklist"].items()),
    )


def _item(code: str, item: Mapping[str, Any]) -> ChecklistItem:
    contracts, types = item.get("contracts"), item.get("types")
    return ChecklistItem(
        code=code,
        text=item["text"],
        who=item["who"],
        instrument=item["instrument"],
        contracts=None if contracts is None else frozenset(str(ContractKind(one)) for one in contracts),
        types=None if types is None else frozenset(str(PlacementType(one)) for one in types),
    )


def _unusable(what: str) -> InvalidInput:
    return InvalidInput(
        "unusable_placing_policy", f"The placing policy cannot be used: {what}. See the shipped placing.toml."
    )
