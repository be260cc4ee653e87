"""The stability watch: notices as they ran on the night, and stability meetings held, overdue and to come."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sufficiency.episodes import EpisodeRow
from sufficiency.indicator import Asked
from sufficiency.looked_after import LookedAfter
from sufficiency.stability_watch import PlacementNotice, StabilityMeeting, notice_of, stability_watch

NIGHT = date(2026, 3, 31)


def child(child_id: str, *starts: date) -> LookedAfter:
    """Return a child with one placement from each day to the next."""
    rows = tuple(
        EpisodeRow(
            **dict.fromkeys(EpisodeRow.__dataclass_fields__)
            | {
                "file": "e.csv",
                "row": n,
                "child_id": child_id,
                "started_on": start,
                "ended_on": until,
                "place": "U4",
                "provider": f"PR{n}",
                "reason_started": "P" if n else "S",
            }
        )
        for n, (start, until) in enumerate(zip(starts, [*starts[1:], None], strict=True))
    )
    return LookedAfter(
        child_id=child_id,
        date_of_birth=date(2014, 1, 1),
        rows=rows,
        rows_as_returned=rows,
        unaccompanied=False,
    )


CHILDREN = (
    child("SETTLED", date(2022, 1, 1)),
    child("MOVED", date(2025, 5, 1), date(2026, 1, 10)),
    child("ONCE", date(2025, 5, 1)),
)


def watch(**given: Any) -> dict[str, Any]:
    asked = Asked(
        records=SimpleNamespace(looked_after_on=lambda _: [(one, one.rows[-1]) for one in CHILDREN]),  # type: ignore[arg-type]
        at=NIGHT,
        year_from=date(2025, 4, 1),
        authority="879",
        count_temporary=False,
    )
    return stability_watch(asked, with_children=True, **given)


def ids(found: dict[str, Any]) -> list[str]:
    return [row["child_id"] for row in found["children"]]


@pytest.mark.parametrize(
    ("outcome", "outcome_on", "runs"),
    [
        (None, None, True),
        ("open", None, True),
        ("moved", date(2026, 3, 31), False),
        ("moved", date(2026, 4, 1), True),
        ("withdrawn", None, False),
    ],
)
def test_a_notice_counts_while_it_ran_on_the_night(
    outcome: str | None, outcome_on: date | None, runs: bool
) -> None:
    notice = notice_of(
        {"child_id": "SETTLED", "given_on": NIGHT, "outcome": outcome, "outcome_on": outcome_on, "said": "x"}
    )
    assert ids(watch(notices=[notice])["settled_under_notice"]) == (["SETTLED"] if runs else [])
    later = PlacementNotice(child_id="SETTLED", given_on=date(2026, 4, 1))
    assert ids(watch(notices=[later])["settled_under_notice"]) == []


def test_meetings_are_held_overdue_or_to_come_and_who_is_watched_has_one() -> None:
    notice = PlacementNotice(child_id="SETTLED", given_on=NIGHT)
    meetings = [
        StabilityMeeting(child_id="MOVED", due_on=date(2025, 12, 1), held_on=date(2026, 1, 9)),
        StabilityMeeting(child_id="ONCE", due_on=date(2026, 3, 31)),
        StabilityMeeting(child_id="ONCE", due_on=date(2026, 3, 1), held_on=date(2026, 4, 2)),
        StabilityMeeting(child_id="ONCE", due_on=date(2025, 3, 1), held_on=date(2025, 3, 31)),
        StabilityMeeting(child_id="SETTLED", due_on=date(2026, 4, 1)),
        StabilityMeeting(child_id="GONE", due_on=date(2026, 1, 1)),
    ]
    found = watch(notices=[notice], meetings=meetings)
    assert found["meetings"] == {"status": "ASSESSED", "reason": "", "held": 1, "overdue": 2, "to_come": 1}
    assert [row["since"] for row in found["meetings_overdue"]["children"]] == ["2026-03-01", "2026-03-31"]
    # The meeting was held the day before the child moved to where it lives now.
    assert ids(found["without_a_meeting"]) == ["MOVED"]
    on_the_day = StabilityMeeting(child_id="MOVED", due_on=NIGHT, held_on=date(2026, 1, 10))
    assert ids(watch(notices=[notice], meetings=[*meetings, on_the_day])["without_a_meeting"]) == []


def test_without_any_meeting_recorded_nothing_is_said_of_meetings() -> None:
    found = watch()
    assert ids(found["one_move_away"]) == ["MOVED"]
    assert found["meetings"]["status"] == "NOT_ASSESSED"
    assert found["without_a_meeting"]["number"] is None
