"""How long things are kept: the shipped default, or a council's file with some numbers of its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from reference_data.problems import InvalidInput

DEFAULT_FILE = Path(__file__).parents[1] / "reference_data" / "shipped" / "policy" / "retention.toml"
SHORTEST_DAYS = 30
"""A shorter time is a misprint: a month is the least in which somebody notices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Days after which each kind of record is deleted."""

    referrals: int
    stays: int
    provider_links: int


def retention_policy_of(settings: Settings) -> RetentionPolicy:
    """Return the retention policy that the settings name.

    Raises
    ------
    InvalidInput
        If the file cannot be read, or names something unknown or too short a time.
    """
    default = tomllib.loads(DEFAULT_FILE.read_text(encoding="utf-8"))["days"]
    if settings.retention_path is None:
        return RetentionPolicy(**default)
    try:
        given = tomllib.loads(Path(settings.retention_path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise _unusable("the file cannot be read as TOML") from None
    days = given.get("days")
    if set(given) != {"days"} or not isinstance(days, dict):
        raise _unusable("it must have one table, [days]")
    for name, value in days.items():
        if name not in default:
            raise _unusable(f"unknown setting {name}")
        if type(value) is not int or value < SHORTEST_DAYS:
            raise _unusable(f"{name} must be a whole number of at least {SHORTEST_DAYS}")
    return RetentionPolicy(**default | days)


def _unusable(what: str) -> InvalidInput:
    return InvalidInput(
        "unusable_retention", f"The retention rules cannot be used: {what}. See the shipped retention.toml."
    )
