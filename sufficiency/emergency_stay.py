"""One stay of a child somewhere, as the emergency watch sees it.

Reading stays from a file is in ``stay_files.py``; joining stays into spells is in ``spells.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType

Setting = EmergencySetting | PlacementType

HOLIDAY_PURPOSES = frozenset({"holiday", "holiday with carers"})
"""A holiday let booked in a hurry is no holiday, so only these exact words count."""


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
