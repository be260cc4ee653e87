"""One of each record of placing for a council, under ids that a test can name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from api import clock
from api.database.duties import Duty
from api.database.forecast_records import ForecastRecords
from api.database.placing_tables import bed_claims, beds
from api.database.records import Records, Scope
from api.database.tables import jobs

KINDS_OF_CHILDREN = (
    *("needs_assessments", "nominations", "notices", "stability_meetings", "enquiries", "decisions", "moves"),
)


def make_placing(
    site: Any, authority: str, *, said: str = "A sample.", signer: str = "nominated officer"
) -> None:
    """Give a council one record of each kind, a hold of one bed, something to be ticked and something to be signed."""
    child, referral, home = (f"DEMO-{letter}-{authority}" for letter in "CRH")
    of_child = {"child_id": child, "referral_id": referral, "home_id": home}
    hold = f"hold-{authority}"
    duty: dict[str, Any] = {
        "authority": authority,
        "claim_id": hold,
        "text": "A sample",
        "instrument": "Council policy",
        "due_on": None,
        "before_start": True,
    }
    with site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({authority}), actor="somebody"))

        def keep(kind: str, **values: Any) -> None:
            records.kept(kind, authority).add(values)

        keep(
            "concerns",
            concern_id=f"DEMO-K-{authority}",
            home_id=home,
            level="note",
            raised_on=date(2026, 6, 1),
            raised_by="contract manager",
            evidence=said,
        )
        keep("enquiries", enquiry_id=f"DEMO-E-{authority}", asked_on=date(2026, 6, 15), said=said, **of_child)
        keep(
            "needs_assessments",
            assessment_id=f"DEMO-N-{authority}",
            child_id=child,
            referral_id=referral,
            assessed_on=date(2026, 6, 1),
            rater="social worker",
            note=said,
        )
        keep(
            "nominations",
            nomination_id=f"DEMO-O-{authority}",
            nominated_on=date(2026, 6, 1),
            note=said,
            **of_child,
        )
        keep("notices", notice_id=f"DEMO-G-{authority}", child_id=child, given_on=date(2026, 6, 1), said=said)
        keep(
            "stability_meetings",
            meeting_id=f"DEMO-Y-{authority}",
            child_id=child,
            due_on=date(2026, 6, 10),
            agreed=said,
        )
        keep(
            "moves",
            move_id=f"DEMO-M-{authority}",
            child_id=child,
            moved_on=date(2026, 6, 1),
            from_home_id=home,
            said=said,
        )
        keep(
            "decisions",
            decision_id=f"DEMO-D-{authority}",
            decided_on=date(2026, 6, 15),
            decided_by="somebody",
            rank=1,
            reasons=said,
            wishes_considered=said,
            outcome="placed",
            **of_child,
        )
        bed_number = connection.execute(
            insert(beds).values(authority=authority, bed_id=f"DEMO-B-{authority}", home_id=home)
        ).inserted_primary_key[0]
        connection.execute(
            insert(bed_claims).values(
                claim_id=hold,
                bed_number=bed_number,
                authority=authority,
                kind="hold",
                from_on=date(2026, 6, 20),
                made_at=clock.now(),
                made_by="somebody",
                expires_at=clock.now() + timedelta(hours=1),
                version=1,
                **of_child,
            )
        )
        # A job and a forecast of each council, so that every address of one has what it names.
        connection.execute(
            insert(jobs).values(
                authority=authority,
                job_id=f"job-{authority}",
                kind="report",
                question="0" * 64,
                asked_at=clock.now(),
                asked_by="somebody",
                settings={"year": 2026, "format": "json"},
                status="done",
                finished_at=clock.now(),
                attempts=1,
                file=b"{}",
            )
        )
        ForecastRecords(connection, authority).keep(
            authority * 16, {"from": "2026-06-01", "months": 0, "rows": []}
        )
        records.duties_of(authority).add(
            [
                Duty(duty_id=f"{hold}-duty", kind="checklist", code="health", who="social worker", **duty),
                Duty(duty_id=f"{hold}-sign", kind="approval", code="at_a_distance", who=signer, **duty),
            ]
        )
