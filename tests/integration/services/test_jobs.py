"""Long work from the asking to its result: in a process of its own, cancelled, broken off, taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api import clock
from api.auth.sessions import form_token
from api.database.job_records import ABANDONED_AFTER, FINISHED_KEPT, MOST_ATTEMPTS, JobRecords
from api.database.tables import audit, jobs, plans
from api.services.importing import import_file
from reference_data.sample import SAMPLE_RETURNS, sample_path
from tests.conftest import Site

MORE_STARTS = {"name": "a tenth more starts", "starts": 1.1}
"""A scenario is forecast without the track record of its base, which takes longest."""
LONG = {"months": 120, "runs": 10_000, "scenario": MORE_STARTS}
QUICK = {"months": 6, "runs": 5, "scenario": MORE_STARTS}
PATIENCE_SECONDS = 900


@pytest.fixture
def told(working_site: Site) -> Site:
    """A site where the first council has the sample's homes, children and returns."""
    url = working_site.app.state.settings.database_url
    for kind in ("homes", "referrals"):
        import_file(url, kind, sample_path(kind), "879", "tester")
    import_file(url, "returns", SAMPLE_RETURNS, "879", "tester")
    return working_site.work()


def ask(client: Any, what: str, body: Any, status: int = 202) -> Any:
    headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
    answer = client.post(f"/api/v1/{what}", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer


def until(look: Callable[[], Any], fits: Callable[[Any], bool]) -> Any:
    """Look again and again until what is seen fits."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not fits(found := look()):
        assert time.monotonic() < patience, found
        time.sleep(0.05)
    return found


def ended(client: Any, address: str) -> dict[str, Any]:
    def look() -> Any:
        return client.get(address).json()

    found: dict[str, Any] = until(look, lambda job: job["status"] not in ("waiting", "running"))
    return found


def row_of(site: Site, job_id: str) -> dict[str, Any]:
    with site.database.reading() as connection:
        return dict(connection.execute(select(jobs).where(jobs.c.job_id == job_id)).mappings().one())


def running(site: Site, job_id: str) -> None:
    row = until(lambda: row_of(site, job_id), lambda row: row["step"] == "Simulating futures")
    assert (row["step_number"], row["step_count"]) == (2, 2)


def test_a_forecast_is_asked_for_made_elsewhere_and_the_same_question_is_done_already(told: Site) -> None:
    client = told.signed_in()
    answer = ask(client, "forecasts", QUICK)
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['job_id']}"
    assert answer.json()["status"] == "waiting"
    assert answer.json()["result"] is None
    job = ended(client, answer.headers["location"])
    assert (job["status"], job["attempts"], job["problem"]) == ("done", 1, None)
    forecast = client.get(job["result"]).json()
    assert forecast["answer"]["months"] == 6
    assert job["asked_by"] == "manager.879"
    again = ask(client, "forecasts", QUICK).json()
    assert (again["job_id"], again["status"]) == (job["job_id"], "done")
    assert client.get("/api/v1/forecasts").json()[0]["forecast_id"] == forecast["forecast_id"]
    changed = ask(client, "forecasts", {**QUICK, "scenario": {"starts": 1.5}}).json()
    assert ended(client, f"/api/v1/jobs/{changed['job_id']}")["status"] == "done"
    with told.database.reading() as connection:
        noted = connection.execute(
            select(audit.c.actor, audit.c.subject_id).where(audit.c.action == "forecast_asked_for")
        ).all()
    assert ("manager.879", job["job_id"]) in [tuple(row) for row in noted]


def test_a_report_is_written_and_fetched_as_a_file(told: Site) -> None:
    client = told.signed_in("commissioner")
    year = max(int(path.name[:4]) for path in SAMPLE_RETURNS.iterdir() if path.name[:4].isdigit())
    answer = ask(client, "reports", {"year": year, "format": "html", "runs": 5})
    early = client.get(f"/api/v1/reports/{answer.json()['job_id']}")
    assert early.status_code == 409
    job = ended(client, answer.headers["location"])
    assert job["status"] == "done", job
    report = client.get(job["result"])
    assert report.headers["content-type"].startswith("text/html")
    assert f"sufficiency-report-{year}.html" in report.headers["content-disposition"]
    assert "Beds" in report.text
    # Figures for the public: no id of a child or home is among them.
    assert "DEMO-C" not in report.text
    with told.database.reading() as connection:
        exported = connection.execute(select(audit.c.subject_id).where(audit.c.action == "exported"))
        assert "/api/v1/reports/{job_id}" in set(exported.scalars())
    assert told.signed_in(authority="878").get(job["result"]).status_code == 404


def test_a_plan_asked_for_over_the_api_is_the_plan_of_the_page(told: Site) -> None:
    client = told.signed_in("brokerage_officer")
    job = ended(client, ask(client, "plans", {}).headers["location"])
    plan = client.get(job["result"]).json()
    assert plan["answer"]["status"] == "OPTIMAL"
    assert plan["plan_id"] in client.get("/plan/all").text
    assert client.get("/api/v1/plans").json()[0]["plan_id"] == plan["plan_id"]
    first = plan["answer"]["assignments"][0]
    ban = {"child_id": first["child_id"], "home_id": first["home_id"], "ban": True}
    other = ended(client, ask(client, "plans", {"decisions": [ban]}).headers["location"])
    placed = client.get(other["result"]).json()["answer"]["assignments"]
    assert (first["child_id"], first["home_id"]) not in {(p["child_id"], p["home_id"]) for p in placed}


def test_what_cannot_be_made_is_refused_or_told_and_repeats_nothing(fresh_site: Site) -> None:
    client = fresh_site.signed_in()
    assert ask(client, "forecasts", {}, 422).json()["code"] == "no_returns"
    assert ask(client, "reports", {"year": 2026}, 422).json()["code"] == "no_returns"
    for body in ({"scenario": {"MARKER": 1}}, {"months": 121}, {"from": "MARKER"}):
        assert "MARKER" not in ask(client, "forecasts", body, 422).text


def test_work_that_runs_is_cancelled_and_the_next_is_done(told: Site) -> None:
    client = told.signed_in()
    slow = ask(client, "forecasts", LONG).json()["job_id"]
    next_one = ask(client, "forecasts", QUICK).json()["job_id"]
    running(told, slow)
    # A quick request does not wait for the work.
    assert client.get("/api/v1/homes").status_code == 200
    assert row_of(told, slow)["status"] == "running"
    asked_to = ask(client, f"jobs/{slow}/cancellation", {}, 200).json()
    assert (asked_to["status"], asked_to["cancel_asked"]) == ("running", True)
    assert ended(client, f"/api/v1/jobs/{slow}")["status"] == "cancelled"
    assert ended(client, f"/api/v1/jobs/{next_one}")["status"] == "done"
    assert ask(client, f"jobs/{slow}/cancellation", {}, 409).json()["code"] == "job_ended"


def test_work_that_waits_is_cancelled_at_once_and_its_plan_says_so(fresh_site: Site) -> None:
    client = fresh_site.signed_in()
    job = ask(client, "plans", {}).json()
    cancelled = ask(client, f"jobs/{job['job_id']}/cancellation", {}, 200).json()
    assert cancelled["status"] == "cancelled"
    with fresh_site.database.reading() as connection:
        plan_id = row_of(fresh_site, job["job_id"])["result_id"]
        plan = connection.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().one()
    assert (plan["status"], plan["in_brief"]) == ("failed", {"message": "The plan was cancelled."})
    # Asked for again, it is another plan.
    assert ask(client, "plans", {}).json()["job_id"] != job["job_id"]


def test_work_outlives_a_server_that_is_killed(told: Site) -> None:
    url = told.app.state.settings.database_url
    told.app.state.workers.close()
    job_id = ask(told.signed_in(), "forecasts", {**LONG, "runs": 200}).json()["job_id"]
    server = subprocess.Popen([sys.executable, "-c", SERVER, url])
    try:
        running(told, job_id)
    finally:
        server.kill()
        server.wait()
    assert row_of(told, job_id)["status"] == "running"
    second_server = Site(url, workers=1)
    try:
        second_server.app.state.workers.start()
        time.sleep(0.5)
        assert row_of(told, job_id)["attempts"] == 1, "taken up only when nobody speaks for it"
        with told.database.writing() as connection:
            connection.execute(
                update(jobs).values(seen_at=clock.now() - ABANDONED_AFTER - timedelta(seconds=1))
            )
        job = ended(second_server.signed_in(), f"/api/v1/jobs/{job_id}")
    finally:
        second_server.close()
    assert (job["status"], job["attempts"]) == ("done", 2)


SERVER = """
import sys, time
from api.app import create_app
from api.settings import Settings

if __name__ == "__main__":
    create_app(Settings(database_url=sys.argv[1])).state.workers.start()
    time.sleep(600)
"""


def test_work_whose_process_dies_is_begun_again_but_not_for_ever(told: Site) -> None:
    client = told.signed_in()
    job_id = ask(client, "forecasts", LONG).json()["job_id"]
    for attempt in range(1, MOST_ATTEMPTS + 1):

        def begun(attempt: int = attempt) -> bool:
            row = row_of(told, job_id)
            return row["attempts"] == attempt and row["step"] == "Simulating futures"

        until(begun, bool)
        for child in children_at_work():
            os.kill(child, signal.SIGKILL)
    job = ended(client, f"/api/v1/jobs/{job_id}")
    assert (job["status"], job["problem"]["code"]) == ("failed", "broken_off")


def children_at_work() -> list[int]:
    """Return the processes of the workers of this one."""
    import multiprocessing

    return [child.pid for child in multiprocessing.active_children() if child.name == "work" and child.pid]


def test_a_server_that_stops_gives_its_work_back_and_the_attempt_does_not_count(told: Site) -> None:
    job_id = ask(told.signed_in(), "forecasts", LONG).json()["job_id"]
    running(told, job_id)
    told.app.state.workers.close()
    row = row_of(told, job_id)
    assert (row["status"], row["attempts"], row["claimed_by"]) == ("waiting", 0, None)


def test_what_a_worker_writes_after_it_lost_its_claim_counts_for_nothing(fresh_site: Site) -> None:
    with fresh_site.database.writing() as connection:
        kept = JobRecords(connection, "879")
        job = kept.add("forecast", question="0" * 64, asked_by="tester", settings={})
        first = kept.claim(job.job_id)
        assert first is not None
        assert kept.claim(job.job_id) is None
        assert JobRecords(connection, "878").claim(job.job_id) is None
        kept.put_back(job.job_id, first, counted=True)
        second = kept.claim(job.job_id)
        assert second is not None
        assert not kept.finish(job.job_id, first, "done", result_id="1" * 64)
        kept.at_step(job.job_id, first, "Late", 1, 2)
        assert kept.job(job.job_id).step is None
        assert kept.finish(job.job_id, second, "done", result_id="2" * 64)
        assert (kept.job(job.job_id).result_id, kept.job(job.job_id).attempts) == ("2" * 64, 2)


def test_two_servers_do_each_piece_of_work_once(told: Site) -> None:
    client = told.signed_in()
    second_server = Site(told.app.state.settings.database_url, workers=1)
    try:
        second_server.app.state.workers.start()
        asked = [ask(client, "forecasts", {**QUICK, "seed": seed}).json()["job_id"] for seed in range(4)]
        for job_id in asked:
            job = ended(client, f"/api/v1/jobs/{job_id}")
            assert (job["status"], job["attempts"]) == ("done", 1)
    finally:
        second_server.close()


def test_another_council_sees_no_job_and_cancels_none(fresh_site: Site) -> None:
    job_id = ask(fresh_site.signed_in(), "plans", {}).json()["job_id"]
    theirs = fresh_site.signed_in(authority="878")
    assert theirs.get(f"/api/v1/jobs/{job_id}").status_code == 404
    ask(theirs, f"jobs/{job_id}/cancellation", {}, 404)
    assert theirs.get("/api/v1/jobs").json() == []
    assert row_of(fresh_site, job_id)["status"] == "waiting"


def test_the_oldest_finished_work_is_dropped_and_none_that_waits(fresh_site: Site) -> None:
    with fresh_site.database.writing() as connection:
        kept = JobRecords(connection, "879")
        waiting = kept.add("report", question="w", asked_by="tester", settings={})
        for number in range(FINISHED_KEPT + 5):
            kept.add("report", question=str(number), asked_by="tester", settings={}, done=True)
        left = kept.all()
    assert len(left) <= FINISHED_KEPT + 2
    assert waiting.job_id in {one.job_id for one in left}
