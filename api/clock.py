"""The one clock. Engines never read it; they are told the date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from api.settings import Settings


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """Return the day in England at an instant, the present one when absent."""
    return (at or now()).astimezone(ZoneInfo("Europe/London")).date()


def moment_of(settings: Settings) -> datetime:
    """Return the present time of day in England on the installation's day: the present instant where none is set."""
    if settings.as_of is None:
        return now()
    london = ZoneInfo("Europe/London")
    return datetime.combine(settings.as_of, now().astimezone(london).time(), london)


def day_of(settings: Settings, asked: date | None = None) -> date:
    """Return the date to answer for: the one asked for, else the installation's, else today."""
    return asked or settings.as_of or today()
