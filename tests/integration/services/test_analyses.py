"""What a commissioner has worked out: asked for, made from stored records, kept, shown and taken away, on both databases."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import html5lib
import pytest
from sqlalchemy import insert, update

from api import clock
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.analysis_records import KEPT_OF_A_KIND, AnalysisRecords
from api.database.analysis_tables import analyses
from api.database.records import Records, Scope
from api.database.tables import restrictions
from api.services.analyses import (
    BedsSettings,
    IndicatorSettings,
    ReportSettings,
    ask_for_analysis,
    make_analysis,
)
from api.services.analysis_inputs import beds_inputs, report_year
from api.services.importing import import_file
from api.services.jobs import cancel, put_back, steps_of
from matching.policy import default_policy
from reference_data.problems import InvalidInput, NotEnoughData, NotFound
from reference_data.sample import SAMPLE_DATE, SAMPLE_RETURNS, sample_path
from sufficiency.beds_plan import plan_beds
from sufficiency.beds_tables import beds_tables
from sufficiency.report import report_from_values
from tests.site import Site

OWN = "879"
QUICK = BedsSettings(months=6, runs=20)


def with_the_sample(site: Site) -> Site:
    """Give the first council the sample's returns, homes, referrals and stays."""
    url = site.app.state.settings.database_url
    for kind in ("homes", "referrals", "stays"):
        import_file(url, kind, sample_path(kind), OWN, "tester", as_of=SAMPLE_DATE)
    import_file(url, "returns", SAMPLE_RETURNS, OWN, "tester", as_of=SAMPLE_DATE)
    return site


@pytest.fixture
def known(fresh_site: Site) -> Site:
    return with_the_sample(fresh_site)


@pytest.fixture
def worked_out(working_site: Site) -> Site:
    """A site for the tests in which an analysis is really made."""
    return with_the_sample(working_site)


def records_in(connection: Any, **scope: Any) -> Records:
    return Records(connection, Scope(authorities=frozenset({OWN}), actor="tester", **scope))


def asked(site: Site, settings: Any, name: str | None = None) -> str:
    with site.database.writing() as connection:
        return ask_for_analysis(
            records_in(connection), OWN, SAMPLE_DATE, settings, policy=default_policy(), name=name
        )


def made(site: Site, settings: Any, name: str | None = None) -> str:
    """Ask for an analysis, make it here, and return its id."""
    analysis_id = asked(site, settings, name)
    with site.database.reading() as connection:
        job = records_in(connection).jobs_of(OWN).that_makes(analysis_id)
    steps: list[str] = []
    make_analysis(site.database, OWN, analysis_id, policy=default_policy(), actor="tester", step=steps.append)
    assert job is not None
    assert len(steps) == steps_of(job), "as many as whoever waits was told"
    return analysis_id


def kept(site: Site, analysis_id: str) -> Any:
    with site.database.reading() as connection:
        return AnalysisRecords(connection, OWN).analysis(analysis_id)


def send(client: Any, path: str, **fields: Any) -> Any:
    token = form_token(client.cookies["righthome_session"])
    return client.post(path, data={"csrf_token": token, **fields})


def test_beds_short_are_those_of_the_engine_on_the_stored_records(worked_out: Site) -> None:
    analysis_id = made(worked_out, QUICK)
    found = kept(worked_out, analysis_id)
    assert found.status == "done"
    with worked_out.database.reading() as connection:
        records = records_in(connection)
        returns, question = beds_inputs(records, OWN, SAMPLE_DATE, QUICK, policy=default_policy())
        direct = plan_beds(returns, records.homes(), question)
    # Kept as JSON, so compared as JSON; what the service adds is one warning.
    for part in ("answers", "capacity", "shortfall", "fit", "crisis", "costs", "block", "leaving"):
        assert found.answer[part] == json.loads(json.dumps(direct[part])), part

    client = worked_out.signed_in(Role.ANALYST)
    page = client.get("/sufficiency/beds")
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Which beds fit whom" in page.text
    # No birth date, postcode or child stands in an answer that is kept for weeks.
    text = json.dumps(found.answer)
    assert not re.search(r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", text)
    with worked_out.database.reading() as connection:
        assert not any(one.child_id in text for one in records_in(connection).referrals())

    tables = beds_tables(found.answer)
    files = re.findall(rf'href="(/sufficiency/analyses/{analysis_id}/files/[^"]+)"', page.text)
    assert len(files) == sum(map(len, tables.values()))
    answer = client.get(next(one for one in files if one.endswith("capacity-1.csv")))
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[1][1] == str(found.answer["capacity"]["places"])
    assert rows[-1][1] == str(found.answer["capacity"]["usable"])
    assert client.get(f"/sufficiency/analyses/{analysis_id}/files/none.csv").status_code == 404


def test_crisis_beds_are_counted_since_the_day_that_the_council_writes(worked_out: Site) -> None:
    with worked_out.database.reading() as connection:
        _, question = beds_inputs(records_in(connection), OWN, SAMPLE_DATE, QUICK)
    assert question.stays
    assert question.stays_from is None
    client = worked_out.signed_in(Role.COMMISSIONER)
    address = "/sufficiency/report/parts"
    assert send(client, address, part="council", stays_complete_since="01/05/2026").status_code == 303
    assert 'value="2026-05-01"' in client.get(address).text
    with worked_out.database.reading() as connection:
        _, question = beds_inputs(records_in(connection), OWN, SAMPLE_DATE, QUICK)
        _, before = beds_inputs(records_in(connection), OWN, date(2026, 4, 1), QUICK)
    assert question.stays_from == date(2026, 5, 1)
    assert before.stays_from is None
    found = kept(worked_out, made(worked_out, QUICK)).answer
    assert any("complete since" in one for one in found["evidence"]["warnings"])


def test_the_same_question_is_answered_once_until_a_record_or_a_part_changes(known: Site) -> None:
    first = asked(known, QUICK)
    assert asked(known, QUICK) == first
    assert asked(known, BedsSettings(months=6, runs=20, starts_percent=10)) != first
    with known.database.writing() as connection:
        AnalysisRecords(connection, OWN).write_part("targets", {"occupancy": "80"}, written_by="tester")
    assert asked(known, QUICK) != first
    report = asked(known, ReportSettings(runs=20))
    with known.database.writing() as connection:
        connection.execute(update(analyses).where(analyses.c.analysis_id == report).values(status="done"))
    # A report is made anew each time it is asked for.
    assert asked(known, ReportSettings(runs=20)) != report


def test_one_server_makes_it_and_what_is_there_is_never_overwritten(known: Site) -> None:
    analysis_id = made(known, IndicatorSettings())
    before = kept(known, analysis_id)
    make_analysis(known.database, OWN, analysis_id, policy=default_policy(), actor="another server")
    with known.database.writing() as connection:
        AnalysisRecords(connection, OWN).finish(analysis_id, {"other": 1}, {})
    assert kept(known, analysis_id) == before


def test_without_returns_nothing_is_asked_for_and_a_fault_is_kept_without_a_word_of_a_record(
    fresh_site: Site,
) -> None:
    with pytest.raises(NotEnoughData):
        asked(fresh_site, QUICK)
    url = fresh_site.app.state.settings.database_url
    import_file(url, "returns", SAMPLE_RETURNS, OWN, "tester", as_of=SAMPLE_DATE)
    analysis_id = asked(fresh_site, IndicatorSettings(at=date(1999, 1, 1)))
    with pytest.raises(InvalidInput):
        make_analysis(fresh_site.database, OWN, analysis_id, policy=default_policy(), actor="tester")
    assert kept(fresh_site, analysis_id).status == "failed"
    page = fresh_site.signed_in().get(f"/sufficiency/analyses/{analysis_id}")
    assert "The returns tell of" in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)


def test_a_council_keeps_the_newest_and_all_that_are_named(known: Site) -> None:
    named = asked(known, BedsSettings(months=1), name="Board of May")
    for months in range(2, KEPT_OF_A_KIND + 4):
        asked(known, BedsSettings(months=months))
    with known.database.reading() as connection:
        found = AnalysisRecords(connection, OWN).all("beds")
    assert named in {one.analysis_id for one in found}
    assert sum(one.name is None for one in found) <= KEPT_OF_A_KIND + 1


def test_a_scenario_is_compared_with_what_the_records_have(worked_out: Site) -> None:
    base = made(worked_out, QUICK)
    more = made(worked_out, BedsSettings(months=6, runs=20, more_fostering=30), name="Thirty carers")
    fewer = made(worked_out, BedsSettings(months=6, runs=20, starts_percent=-50))
    rows = [
        {
            (row["date"], row["placement"], row["age_band"]): row["short_any"]
            for row in kept(worked_out, each).answer["shortfall"]
        }
        for each in (base, more, fewer)
    ]
    # More beds, and fewer children who start, never leave more without one.
    assert all(rows[1][key] <= rows[0][key] for key in rows[0])
    assert sum(rows[2].values()) <= sum(rows[0].values())
    client = worked_out.signed_in(Role.AUDITOR)
    page = client.get(f"/sufficiency/compare?first={base}&second={more}")
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "30 more foster beds" in page.text
    assert "made from the same records" in page.text
    assert "govuk-warning-text" not in page.text
    assert "Thirty carers" in client.get("/sufficiency/scenarios").text
    # The page of beds short stays that of the records.
    assert "as the records have it" in client.get("/sufficiency/beds").text
    assert client.get("/sufficiency/compare?first=x").status_code == 422
    # A record changes between two calculations, and the page says so.
    with worked_out.database.writing() as connection:
        AnalysisRecords(connection, OWN).write_part("actions", "", written_by="tester")
    later = made(worked_out, BedsSettings(months=6, runs=20, more_fostering=30))
    page = client.get(f"/sufficiency/compare?first={base}&second={later}")
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "made from different records" in page.text
    assert page.text.index("govuk-warning-text") < page.text.index("govuk-table")
    assert "difference is the scenario" not in page.text


@pytest.mark.parametrize("year", ["2031", "abc", "99999999999999999999", "2022.5"])
def test_a_report_of_a_year_without_a_return_is_refused_at_once(known: Site, year: str) -> None:
    client = known.signed_in(Role.COMMISSIONER)
    refused = send(client, "/sufficiency/report", year=year)
    assert refused.status_code == 422
    html5lib.HTMLParser(strict=True).parse(refused.text)
    assert 'id="year-error"' in refused.text
    assert f'value="{year}"' in refused.text
    assert "Write one of: 2018, 2019, 2020, 2021, 2022." in refused.text
    with known.database.reading() as connection:
        assert not AnalysisRecords(connection, OWN).all("report")


def test_the_newest_year_that_has_closed_is_reported_where_none_is_named(known: Site) -> None:
    with known.database.reading() as connection:
        returns = records_in(connection).returns()
    begun = replace(returns, year_ends=(*returns.year_ends, date(2022, 9, 30)))
    assert report_year(" ", begun) == 2022
    with pytest.raises(InvalidInput, match="31 March"):
        report_year("", replace(returns, year_ends=(date(2022, 9, 30),)))


def test_a_report_is_kept_and_taken_as_every_kind_of_file(worked_out: Site) -> None:
    client = worked_out.signed_in(Role.COMMISSIONER)
    said = "They said: near my nan.\n\nWe changed where we look first."
    assert send(client, "/sufficiency/report/parts", part="section-voices", text=said).status_code == 303
    assert (
        send(
            client, "/sufficiency/report/parts", part="council", council="Invented Council", colour="#123456"
        ).status_code
        == 303
    )
    milestone = {
        "number": "3.1",
        "text": "Open a home",
        "owner": "Head",
        "due": "31/03/2027",
        "status": "on_track",
    }
    assert send(client, "/sufficiency/report/parts", part="milestones", **milestone).status_code == 303
    analysis_id = made(worked_out, ReportSettings(runs=20))
    report = report_from_values(kept(worked_out, analysis_id).answer)
    assert (report.council, report.colour) == ("Invented Council", "#123456")
    voices = next(section for section in report.sections if section.key == "voices")
    assert voices.written == ("They said: near my nan.", "We changed where we look first.")
    assert any(table.caption == "Action plan" for _, table in report.tables())
    assert report_from_values(report.as_dict()) == report

    files = f"/sufficiency/analyses/{analysis_id}/files/report"
    pdf = client.get(f"{files}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "attachment" in pdf.headers["content-disposition"]
    for kind, part in ((".docx", "word/document.xml"), (".xlsx", "xl/workbook.xml")):
        assert part in zipfile.ZipFile(io.BytesIO(client.get(f"{files}{kind}").content)).namelist()
    assert "near my nan" in client.get(f"{files}.html").text
    assert client.get(f"{files}.json").json()["council"] == "Invented Council"
    assert client.get(f"{files}.exe").status_code == 404
    page = client.get(f"/sufficiency/analyses/{analysis_id}")
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Invented Council" in page.text
    assert "near my nan" in page.text
    # What is written afterwards leaves the kept report as it is.
    send(client, "/sufficiency/report/parts", part="section-voices", text="Something else.")
    assert "near my nan" in client.get(f"/sufficiency/analyses/{analysis_id}").text
    assert "changed since" in client.get(f"/sufficiency/analyses/{analysis_id}").text


def test_every_version_of_a_part_is_kept_and_a_wrong_one_changes_nothing(known: Site) -> None:
    client = known.signed_in(Role.COMMISSIONER)
    address = "/sufficiency/report/parts"
    assert send(client, address, part="section-voices", text="One.").status_code == 303
    assert send(client, address, part="section-voices", text="One.").status_code == 303
    assert send(client, address, part="section-voices", text="Two.").status_code == 303
    for part, fields in (
        ("targets", {"short_term_stability": "many"}),
        ("targets", {"short_term_stability": "NaN"}),
        ("actions", {"text": "[[beds]]\nname = 3"}),
        ("council", {"colour": "red"}),
        ("council", {"yearly_budget_pounds": "-3"}),
        ("council", {"stays_complete_since": "lately"}),
        ("council", {"stays_complete_since": "2099-01-01"}),
        ("milestones", {"number": "1", "text": "x", "owner": "y", "due": "some day", "status": "on_track"}),
        ("milestones", {"number": "1", "text": "x", "owner": "", "due": "31/03/2027", "status": "on_track"}),
    ):
        assert send(client, address, part=part, **fields).status_code == 422, part
    assert send(client, address, part="section-none", text="x").status_code == 404
    assert send(client, address, part="none", text="x").status_code == 404
    with known.database.reading() as connection:
        parts = AnalysisRecords(connection, OWN).parts()
    assert {name: (part.version, part.content) for name, part in parts.items()} == {
        "section:voices": (2, "Two.")
    }
    for number in ("3.10", "3.2"):
        send(
            client,
            address,
            part="milestones",
            number=number,
            text="t",
            owner="o",
            due="31/03/2027",
            status="late",
        )
    page = client.get(address).text
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.index("3.2 t") < page.index("3.10 t")
    send(client, address, part="milestones", number="3.2", remove="yes")
    assert "3.2 t" not in client.get(address).text


def test_children_behind_a_figure_are_shown_to_those_allowed_and_no_restricted_one(known: Site) -> None:
    send(
        known.signed_in(Role.COMMISSIONER),
        "/sufficiency/report/parts",
        part="targets",
        three_or_more_in_2_years="1%",
    )
    analysis_id = made(known, IndicatorSettings())
    answer = kept(known, analysis_id).answer
    far = next(one for one in answer["indicators"] if one["id"] == "three_or_more_in_2_years")
    assert far["numerator"]
    assert far["rag"] == "RED"
    assert far["children"] is None
    address = f"/sufficiency/analyses/{analysis_id}/children/three_or_more_in_2_years"
    page = known.signed_in(Role.OUT_OF_HOURS).get(address)
    html5lib.HTMLParser(strict=True).parse(page.text)
    ids = re.findall(r'<th scope="row" class="govuk-table__header">([^<]+)</th>', page.text)
    assert len(ids) == far["numerator"]
    assert known.signed_in(Role.CONTRACT_MANAGER).get(address).status_code == 403
    # An analyst is told pseudonyms.
    told = known.signed_in(Role.ANALYST).get(address).text
    assert not any(child_id in told for child_id in ids)
    with known.database.writing() as connection:
        connection.execute(
            insert(restrictions).values(
                authority=OWN,
                child_id=ids[0],
                reason="A sample.",
                restricted_at=clock.now(),
                restricted_by="tester",
            )
        )
    after = known.signed_in(Role.OUT_OF_HOURS).get(address).text
    assert f">{ids[0]}<" not in after
    assert "1 more is restricted" in after
    assert known.signed_in().get(address.replace("three_or_more_in_2_years", "none")).status_code == 404
    overview = known.signed_in(Role.CONTRACT_MANAGER).get("/sufficiency/indicators").text
    html5lib.HTMLParser(strict=True).parse(overview)
    assert "/children/" not in overview
    assert ">Red<" in overview
    assert re.search(r"(Better than|Worse than|The same as) [0-9.]+% a year before", overview)


def test_another_councils_analysis_is_not_there(known: Site) -> None:
    analysis_id = made(known, IndicatorSettings())
    other = known.signed_in(Role.DIRECTOR, "878")
    for address in ("", "/files/indicators.csv", "/children/three_or_more_in_2_years"):
        assert other.get(f"/sufficiency/analyses/{analysis_id}{address}").status_code == 404
    with known.database.reading() as connection, pytest.raises(NotFound):
        AnalysisRecords(connection, "878").analysis(analysis_id)


def test_an_analysis_broken_off_waits_again_and_one_cancelled_says_so(known: Site) -> None:
    analysis_id = asked(known, IndicatorSettings())
    with known.database.writing() as connection:
        records = records_in(connection)
        job = records.jobs_of(OWN).that_makes(analysis_id)
        assert job is not None
        claim = records.jobs_of(OWN).claim(job.job_id)
        assert claim is not None
        records.jobs_of(OWN).at_step(job.job_id, claim, "Counting", 2, 2)
        assert records.analyses_of(OWN).claim(analysis_id)
    client = known.signed_in(Role.COMMISSIONER)
    address = f"/sufficiency/analyses/{analysis_id}"
    assert "Step 2 of 2: Counting." in client.get(address).text
    with known.database.writing() as connection:
        put_back(records_in(connection), OWN, job.job_id, claim, counted=False)
    assert kept(known, analysis_id).status == "waiting"
    assert "It waits its turn." in client.get(address).text
    with known.database.writing() as connection:
        cancel(records_in(connection), OWN, job.job_id)
    assert "The analysis was cancelled." in client.get(address).text


def test_asking_on_a_page_has_it_made_in_another_process(worked_out: Site) -> None:
    worked_out.work()
    client = worked_out.signed_in(Role.COMMISSIONER)
    answer = send(client, "/sufficiency/indicators", at="31/03/2020", period="rolling", amber="points")
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    for _ in range(600):
        page = client.get(address)
        if "data-rh-waiting" not in page.text:
            break
        time.sleep(0.2)
    assert "Indicators, 1 April 2019 to 31 March 2020" in page.text
    assert client.get("/sufficiency/indicators").text.count("Definition") > 5
