"""The forecast's pages on records: made once and kept, a change tried out, adopted, and beside what happened."""

from __future__ import annotations

import copy
import io
import pickle
import re
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import pytest
from sqlalchemy import func, select

from api.auth.roles import Permission, Role, may
from api.auth.sessions import form_token
from api.database import tables
from api.database.forecast_records import MOST_KEPT, ForecastRecords
from api.services import forecast as service
from api.services.importing import import_file
from api.web import sufficiency_routes
from reference_data.sample import SAMPLE_RETURNS


def import_returns(site: Any, folder: Path, last_year: int) -> None:
    """Import the sample returns of the years up to one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(SAMPLE_RETURNS.iterdir()):
            if path.name[:4].isdigit() and int(path.name[:4]) <= last_year:
                archive.write(path, path.name)
    target = folder / "returns.zip"
    target.write_bytes(packed.getvalue())
    import_file(site.app.state.settings.database_url, "returns", target, "879", "tester")


def kept(site: Any) -> int:
    with site.database.reading() as connection:
        found: int = connection.execute(select(func.count()).select_from(tables.forecasts)).scalar_one()
    return found


_answers: dict[bytes, Any] = {}
"""What was answered to a question, by the question: tests ask the same of the same records."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Few futures for speed, one answer to the same question of all tests, and a count of how often one is made."""
    made: list[int] = []
    real = service.answer_of

    def fewer(*arguments: Any, **options: Any) -> Any:
        made.append(1)
        asked = pickle.dumps((arguments, sorted(options.items())))
        if asked not in _answers:
            _answers[asked] = real(*arguments, **{**options, "runs": 12})
        return copy.deepcopy(_answers[asked])

    monkeypatch.setattr(service, "answer_of", fewer)
    return made


def post(client: Any, path: str, **fields: str) -> Any:
    token = form_token(client.cookies.get("righthome_session"))
    return client.post(path, data={"csrf_token": token, **fields})


def test_a_forecast_is_made_once_and_again_only_when_a_record_changes(
    fresh_site: Any, quick: list[int], tmp_path: Path
) -> None:
    import_returns(fresh_site, tmp_path, 2019)
    client = fresh_site.signed_in()
    first = client.get("/sufficiency").text
    assert "How far past forecasts were out" in first
    assert "Why the number changes" in first
    assert client.get("/sufficiency").text.count("Made ") == 1
    assert fresh_site.signed_in("auditor").get("/sufficiency").status_code == 200
    assert (len(quick), kept(fresh_site)) == (1, 1)
    client.get("/sufficiency?from=2020-06-01")
    assert (len(quick), kept(fresh_site)) == (2, 2)
    import_returns(fresh_site, tmp_path, 2020)
    again = client.get("/sufficiency").text
    assert "April 2021" in again
    assert len(quick) == 3


def test_a_forecast_that_takes_long_is_made_elsewhere_while_its_page_says_how_far_it_is(
    working_site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sufficiency_routes, "WAITS_SECONDS", 0.0)
    import_returns(working_site, tmp_path, 2019)
    client = working_site.work().signed_in("analyst")
    first = client.get("/sufficiency?from=2020-06-01").text
    assert "The forecast is being made" in first
    assert 'href="/sufficiency?from=2020-06-01"' in first
    html5lib.HTMLParser(strict=True).parse(first)
    for _ in range(1200):
        page = client.get("/sufficiency?from=2020-06-01").text
        if "data-rh-waiting" not in page:
            break
        time.sleep(0.1)
    assert "How far past forecasts were out" in page
    assert kept(working_site) == 1
    with working_site.database.reading() as connection:
        asked = connection.execute(select(tables.jobs.c.asked_by, tables.jobs.c.status)).all()
    # Looked at again and again, it was asked for once.
    assert [tuple(row) for row in asked] == [("analyst.879", "done")]
    assert "The forecast is being made" in client.get("/sufficiency/what-if?starts=10").text


def test_an_uncalibrated_forecast_says_so_on_the_page(
    fresh_site: Any, quick: list[int], tmp_path: Path
) -> None:
    import_returns(fresh_site, tmp_path, 2021)
    text = fresh_site.signed_in().get("/sufficiency").text
    assert re.search(r">(Too narrow|Not proved yet)<", text)
    assert "own past" in text.split("Know this about the answer")[1]
    assert quick


def test_an_adopted_forecast_stays_and_what_happened_stands_beside_it(
    fresh_site: Any, quick: list[int], tmp_path: Path
) -> None:
    import_returns(fresh_site, tmp_path, 2019)
    client = fresh_site.signed_in()
    assert "No forecast has been adopted" in client.get("/sufficiency/adopted").text
    forecast_id = re.search(r'name="forecast_id" value="([0-9a-f]{64})"', client.get("/sufficiency").text)[1]  # type: ignore[index]
    answer = post(client, "/sufficiency/adoption", forecast_id=forecast_id)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "Nothing to set beside it yet" in page
    assert post(client, "/sufficiency/adoption", forecast_id=forecast_id).status_code == 409
    import_returns(fresh_site, tmp_path, 2021)
    page = client.get("/sufficiency/adopted").text
    assert "Over 23 months the forecast was out by" in page
    assert "Happened" in page
    assert page.count("<circle") == 23
    with fresh_site.database.reading() as connection:
        actions = connection.execute(
            select(tables.audit.c.action, tables.audit.c.subject_id).where(tables.audit.c.action == "adopted")
        ).all()
    assert [tuple(row) for row in actions] == [("adopted", forecast_id)]
    assert client.get(f"/sufficiency/adopted?forecast={'0' * 64}").status_code == 404
    assert fresh_site.signed_in(authority="878").get("/sufficiency/adopted").text.count(forecast_id) == 0
    assert len(quick) == 1


def test_who_may_not_adopt_sees_no_button_and_is_refused(
    fresh_site: Any, quick: list[int], tmp_path: Path
) -> None:
    import_returns(fresh_site, tmp_path, 2019)
    auditor = fresh_site.signed_in("auditor")
    text = auditor.get("/sufficiency").text
    assert "Adopt this forecast" not in text
    assert post(auditor, "/sufficiency/adoption", forecast_id="0" * 64).status_code == 403
    manager = fresh_site.signed_in()
    assert "Adopt this forecast" in manager.get("/sufficiency").text
    assert post(manager, "/sufficiency/adoption", forecast_id="0" * 64).status_code == 404
    assert post(manager, "/sufficiency/adoption", forecast_id="<script>").status_code == 422
    assert {role for role in Role if may(role, Permission.ADOPT_FORECAST)} == {
        Role.COMMISSIONER,
        Role.MANAGER,
        Role.DIRECTOR,
    }
    assert quick


def test_a_change_is_tried_on_the_same_luck(fresh_site: Any, quick: list[int], tmp_path: Path) -> None:
    import_returns(fresh_site, tmp_path, 2021)
    client = fresh_site.signed_in()
    assert "With the change" not in client.get("/sufficiency/what-if").text
    assert quick == []
    same = client.get("/sufficiency/what-if?starts=0&leaving=0%25").text
    assert "on average as many children" in same
    more = client.get("/sufficiency/what-if?starts=+50").text
    assert re.search(r"on average [1-9]\d* more child", more)
    fewer = client.get("/sufficiency/what-if?starts=-50&leaving=20").text
    assert re.search(r"on average [1-9]\d* fewer child", fewer)
    made = len(quick)
    client.get("/sufficiency/what-if?starts=-50&leaving=20")
    assert len(quick) == made
    for wrong in ("starts=many", "leaving=1000", "starts=-95", "starts=1.5"):
        answer = client.get(f"/sufficiency/what-if?{wrong}")
        assert answer.status_code == 422
        assert "There is a problem" in answer.text


def test_only_the_newest_are_kept_and_the_adopted_for_ever(fresh_site: Any) -> None:
    answer = {"from": "2026-04-01", "totals": []}
    with fresh_site.database.writing() as connection:
        records = ForecastRecords(connection, "879")
        records.keep("a" * 64, answer)
        records.adopt("a" * 64, "tester")
        for n in range(MOST_KEPT + 5):
            assert records.keep(f"{n:064d}", answer).starts_on == date(2026, 4, 1)
        assert records.keep(f"{MOST_KEPT + 4:064d}", {"from": "2030-01-01"}).answer == answer
        assert records.found("a" * 64) is not None
        assert records.found(f"{0:064d}") is None
        assert ForecastRecords(connection, "878").found("a" * 64) is None
        assert ForecastRecords(connection, "878").adopted() == ()
    assert kept(fresh_site) == MOST_KEPT + 1
