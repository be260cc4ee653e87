"""The settings of an installation, each with its default and its meaning.

Settings come from environment variables, read once by ``settings_from_environment``. What a
council may tune about placing children is policy, not a setting, and stands in the policy file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from reference_data.problems import InvalidInput

DEFAULT_DATABASE_URL = "sqlite:///righthome.sqlite3"


def _said(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an installation may set. ``SETTING_VARIABLES`` lists the names for the documentation."""

    database_url: str = field(
        default=DEFAULT_DATABASE_URL,
        metadata=_said(
            "RIGHTHOME_DATABASE_URL",
            "Where the records are kept: sqlite:///FILE or postgresql://USER@HOST/NAME.",
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_said("RIGHTHOME_HOST", "The address the web application listens on.")
    )
    port: int = field(
        default=8000, metadata=_said("RIGHTHOME_PORT", "The port the web application listens on.")
    )
    https: bool = field(
        default=False,
        metadata=_said(
            "RIGHTHOME_HTTPS",
            "Set to true when people come in over https: cookies become Secure and HSTS is sent.",
        ),
    )
    idle_minutes: int = field(
        default=60,
        metadata=_said(
            "RIGHTHOME_IDLE_MINUTES", "Minutes without a request after which a person must sign in again."
        ),
    )
    session_hours: int = field(
        default=12,
        metadata=_said(
            "RIGHTHOME_SESSION_HOURS", "Hours after which a person must sign in again in any case."
        ),
    )
    body_limit_bytes: int = field(
        default=10_000_000,
        metadata=_said("RIGHTHOME_BODY_LIMIT_BYTES", "The largest request body accepted, in bytes."),
    )
    policy_path: str | None = field(
        default=None,
        metadata=_said("RIGHTHOME_POLICY", "The council's policy file; the shipped default when absent."),
    )
    as_of: date | None = field(
        default=None,
        metadata=_said("RIGHTHOME_AS_OF", "The date to answer for, for a demonstration; today when absent."),
    )
    demo: bool = field(
        default=False,
        metadata=_said("RIGHTHOME_DEMO", "Says on every page that the children and homes are invented."),
    )


SETTING_VARIABLES: tuple[tuple[str, str, str], ...] = tuple(
    (item.metadata["variable"], "" if item.default is None else str(item.default), item.metadata["meaning"])
    for item in fields(Settings)
)
"""Each variable with its default and meaning, in order."""


def settings_from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings that environment variables ask for.

    Raises
    ------
    InvalidInput
        If a variable cannot be read.
    """
    by_variable = {item.metadata["variable"]: item for item in fields(Settings)}
    chosen: dict[str, object] = {}
    for variable, item in by_variable.items():
        text = environment.get(variable, "").strip()
        if text:
            chosen[item.name] = _read(variable, item.name, text)
    return Settings(**chosen)  # type: ignore[arg-type]


def _read(variable: str, name: str, text: str) -> object:
    reader = _READERS.get(name, str)
    try:
        return reader(text)
    except ValueError:
        raise InvalidInput(
            "unreadable_setting",
            f"{variable} cannot be read. {_EXPECTED.get(name, 'Give a whole number above 0.')}",
        ) from None


def _flag(text: str) -> bool:
    lowered = text.lower()
    if lowered in {"true", "yes", "1", "on"}:
        return True
    if lowered in {"false", "no", "0", "off"}:
        return False
    raise ValueError("not a flag")


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("not above 0")
    return number


_READERS: dict[str, Callable[[str], object]] = {
    "port": _positive,
    "https": _flag,
    "idle_minutes": _positive,
    "session_hours": _positive,
    "body_limit_bytes": _positive,
    "as_of": date.fromisoformat,
    "demo": _flag,
}
_EXPECTED = {
    "https": "Give true or false.",
    "demo": "Give true or false.",
    "as_of": "Give a date as YYYY-MM-DD.",
}
