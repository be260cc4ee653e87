"""One stay of a child somewhere, as the emergency watch sees it, and the policy it is judged by.

Reading stays from a file is in ``emergency_files.py``; joining stays into spells is in ``spells.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from reference_data.law import legal_limits
from reference_data.problems import InvalidInput
from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType

Setting = EmergencySetting | PlacementType

HOLIDAY_PURPOSES = frozenset({"holiday", "holiday with carers"})
"""A holiday let booked in a hurry is no holiday, so only these exact words count."""

FOURTEEN_NIGHTS = legal_limits("emergency")["fourteen_nights"].value or 14


@dataclass(frozen=True, slots=True, kw_only=True)
class StayApproval:
    """A signature. Its code says for what: ``director``, ``nominated_officer``, ``temporary_approval`` ..."""

    code: str | None = None
    by: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayNotice:
    """A written notice of the placement: to whom, and when."""

    to: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stay. ``None`` means unknown throughout; an empty tuple means known to be none.

    Parameters
    ----------
    started_on
        The day of the first night.
    ended_on
        The day the child left; the last night is the night before. ``None`` is still there.
    """

    stay_id: str
    child_id: str
    started_on: date
    ended_on: date | None = None
    date_of_birth: date | None = None
    authority: str | None = None
    setting: Setting | None = None
    home_id: str | None = None
    provider_registered: bool | None = None
    in_care: bool | None = None
    legal_basis: LegalBasis | None = None
    purpose: str | None = None
    approvals: tuple[StayApproval, ...] | None = None
    notices: tuple[StayNotice, ...] | None = None
    section_20_offered_on: date | None = None
    advocate_offered_on: date | None = None
    max_stay_days: int | None = None
    onward_plan_on: date | None = None

    @property
    def is_holiday(self) -> bool:
        """Say whether the stay is a holiday with carers, which is no spell."""
        words = (self.purpose or "").casefold().replace("_", " ").split()
        return " ".join(words) in HOLIDAY_PURPOSES


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPolicy:
    """What a council may set for itself about emergency accommodation. None of it is statute.

    Parameters
    ----------
    nights_limit
        More nights than this in one spell are raised.
    warn_from_nights
        From this many nights on, a spell is said to be approaching the limit. 1 to ``nights_limit``.
    bridge_nights
        A spell goes on over this many nights spent elsewhere, at least 0.
    window_days, window_nights_limit
        More unsuitable nights than the limit within the window are raised, however they are spread.
    approvals_required
        Codes of the signatures wanted before the first night; empty asks for any one signature.
    approval_ends_warning_days
        How long before a temporary approval ends the watch starts to warn.
    """

    nights_limit: int = FOURTEEN_NIGHTS
    warn_from_nights: int = 7
    bridge_nights: int = 3
    window_days: int = 90
    window_nights_limit: int = 14
    approvals_required: tuple[str, ...] = ()
    approval_ends_warning_days: int = 28

    def __post_init__(self) -> None:
        numbers = {
            "nights_limit": self.nights_limit >= 1,
            "warn_from_nights": 1 <= self.warn_from_nights <= self.nights_limit,
            "bridge_nights": self.bridge_nights >= 0,
            "window_days": self.window_days >= 1,
            "window_nights_limit": 0 <= self.window_nights_limit <= self.window_days,
            "approval_ends_warning_days": self.approval_ends_warning_days >= 0,
        }
        wrong = sorted(name for name, holds in numbers.items() if not holds)
        if wrong:
            raise InvalidInput(
                "emergency_policy",
                f"These settings of [emergency] are out of range: {', '.join(wrong)}.",
                {"count": len(wrong)},
            )


def emergency_policy(settings: Mapping[str, object] | EmergencyPolicy | None) -> EmergencyPolicy:
    """Return the emergency policy of a mapping, such as the ``[emergency]`` table of a policy file.

    Raises
    ------
    InvalidInput
        If a key is unknown, a value is of the wrong kind, or a number is out of range.
    """
    if settings is None:
        return EmergencyPolicy()
    if isinstance(settings, EmergencyPolicy):
        return settings
    known = {field.name for field in fields(EmergencyPolicy)}
    unknown = sorted(set(settings) - known)
    if unknown:
        raise InvalidInput("emergency_policy", f"[emergency] has unknown keys: {', '.join(unknown)}.")
    values: dict[str, object] = {}
    for name, value in settings.items():
        if name == "approvals_required":
            if isinstance(value, str) or not isinstance(value, Iterable):
                raise InvalidInput("emergency_policy", "approvals_required is a list of codes.")
            values[name] = tuple(str(code) for code in value)
        elif isinstance(value, bool) or not isinstance(value, int):
            raise InvalidInput("emergency_policy", f"{name} is a whole number.")
        else:
            values[name] = value
    return EmergencyPolicy(**values)  # type: ignore[arg-type]
