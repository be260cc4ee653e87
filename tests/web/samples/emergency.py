"""Nights in emergency settings: the watch, its alerts, the nights counted and the week."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.web.presenters.alerts import (
    NightsPage,
    WeekPage,
    present_nights,
    present_week,
)
from reference_data.vocabulary import (
    EmergencySetting,
)
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_figures import nights_between
from tests.web.samples.ranking import AS_OF, EVIDENCE


def sample_watch() -> dict[str, Any]:
    def rule(name: str, outcome: str, text: str, due_on: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "rule": name,
            "outcome": outcome,
            "text": text,
            "instrument": more.get("instrument"),
            "due_on": due_on,
            "missing": more.get("missing"),
        }

    return {
        "as_of": "2026-06-15",
        "evidence": EVIDENCE,
        "spells": [
            {
                "spell_id": "DEMO-P-1",
                "child_id": "DEMO-C-041",
                "started_on": "2026-05-28",
                "ended_on": None,
                "nights": 18,
                "unsuitable_nights_90_days": 21,
                "age": 16,
                "settings": ["hotel", "holiday_let"],
                "outcome": "RAISED",
                "rules": [
                    rule(
                        "over_14_nights",
                        "RAISED",
                        "18 nights, over the council's limit of 14",
                        "2026-06-12",
                        instrument="Council policy, from the inspection letter of 25 May 2018",
                    ),
                    rule("notices_missing", "NOT_ASSESSED", "notices cannot be checked", missing=["notices"]),
                    rule("turned_18", "CLEAR", "under 18 throughout"),
                ],
            },
            {
                "spell_id": "DEMO-P-2",
                "child_id": "DEMO-C-044",
                "started_on": "2026-04-02",
                "ended_on": "2026-04-05",
                "nights": 3,
                "unsuitable_nights_90_days": 3,
                "age": 17,
                "settings": ["bed_and_breakfast"],
                "outcome": "WARNING",
                "rules": [
                    rule("bed_and_breakfast", "WARNING", "bed and breakfast is unsuitable", "2026-06-16")
                ],
            },
            {
                "spell_id": "DEMO-P-3",
                "child_id": "DEMO-C-001",
                "started_on": "2018-04-14",
                "ended_on": "2018-05-02",
                "nights": 18,
                "unsuitable_nights_90_days": 0,
                "age": 16,
                "settings": ["hotel"],
                "outcome": "RAISED",
                "rules": [rule("over_14_nights", "RAISED", "18 nights, over the council's limit of 14")],
            },
        ],
    }


def sample_alerts() -> list[dict[str, Any]]:
    """Two alerts of a child that nobody answered and one that somebody did."""
    unanswered = {
        "alert_id": "spell-1.over_14_nights",
        "child_id": "DEMO-C-014",
        "rule": "over_14_nights",
        "outcome": "RAISED",
        "text": "Child DEMO-C-014 has spent 15 nights in unsuitable accommodation.",
        "instrument": "Council policy; not statute",
        "raised_at": "2026-06-15T08:00:00+00:00",
        "step_at": "2026-06-15T12:00:00+00:00",
        "escalation": 1,
        "step": "1-raised-escalated-1",
        "may_be_put_off": True,
        "untold_roles": ["director"],
        "acknowledged_at": None,
        "acknowledged_by": None,
        "snoozed_until": "2026-06-15T14:00:00+00:00",
        "notes": [
            {"at": "2026-06-15T09:00:00+00:00", "by": "manager", "kind": "snoozed", "note": "A visit."}
        ],
        "told": [
            {"role": "director", "status": "dead"},
            {"role": "brokerage", "status": "sent"},
            {"role": "brokerage", "status": "waiting"},
        ],
    }
    answered = unanswered | {
        "alert_id": "spell-2.turned_18",
        "rule": "turned_18",
        "outcome": "WARNING",
        "acknowledged_at": "2026-06-15T12:30:00+00:00",
        "acknowledged_by": "manager",
        "told": [],
    }
    second = unanswered | {
        "alert_id": "spell-1.unregistered",
        "rule": "unregistered",
        "told": [],
        "escalation": 0,
    }
    return [answered, unanswered, second]


def _sample_stays() -> list[Stay]:
    return [
        Stay(
            stay_id="DEMO-S1",
            child_id="DEMO-C-014",
            date_of_birth=date(2009, 3, 3),
            setting=EmergencySetting.HOTEL,
            started_on=date(2026, 6, 2),
            in_care=True,
        )
    ]


def sample_nights() -> NightsPage:
    first = date(2026, 6, 1)
    return present_nights(
        nights_between(_sample_stays(), first, AS_OF),
        watch(_sample_stays(), as_of=AS_OF),
        first=first,
        last=AS_OF,
    )


def sample_week() -> WeekPage:
    return present_week(
        watch(_sample_stays(), as_of=AS_OF),
        watch(_sample_stays(), as_of=date(2026, 6, 8)),
        sample_alerts(),
        roles={},
        late=True,
    )
