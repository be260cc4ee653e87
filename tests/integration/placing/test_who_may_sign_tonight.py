"""A delegation for a night runs from the evening to the morning, by the clock of London, and for no other time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from api.alert_policy import LONDON
from api.services import signing

from .conftest import Office

TUESDAY = date(2026, 11, 24)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("hours", "moment", "covered"),
    [
        ("any", at(24, 0, 30), True),
        ("any", at(24, 12), True),
        ("any", at(25, 3), True),
        ("any", at(25, 12), False),
        ("any", at(23, 23), False),
        ("out_of_hours", at(24, 3), False),
        ("out_of_hours", at(24, 12), False),
        ("out_of_hours", at(24, 20), True),
        ("out_of_hours", at(25, 3), True),
        ("out_of_hours", at(25, 20), False),
        ("office", at(24, 12), True),
        ("office", at(24, 20), False),
        ("office", at(25, 3), False),
        ("office", at(25, 12), False),
    ],
)
def test_a_delegation_covers_its_hours_and_no_others(
    office: Office, hours: str, moment: datetime, covered: bool
) -> None:
    given: dict[str, Any] = {
        "given_to": "manager",
        "codes": ("at_a_distance",),
        "from_on": TUESDAY,
        "until_on": TUESDAY,
        "hours": hours,
        "reason": "Away",
    }
    office.does("director", signing.delegate, **given)
    assert bool(office.does("manager", signing.in_force, moment)) is covered
