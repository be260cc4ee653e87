"""Four answers at night: what is filled in, what comes out, and that nothing of it stays."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from api.auth.sessions import form_token
from api.database.tables import metadata
from api.services.four_answers import FourAnswers, UnusableAnswer, offered_statuses, referral_of
from matching.referral import age_at
from reference_data.vocabulary import AgeBasis, RiskLevel, Urgency

AS_OF = date(2026, 6, 15)


def answers(**changes: Any) -> FourAnswers:
    return FourAnswers(**({"age": "15", "urgency": "crisis", "legal_status": "L1", "risks": {}} | changes))


def referral(**changes: Any) -> Any:
    return referral_of(answers(**changes), authority="879", as_of=AS_OF)


def send(client: Any, **fields: str) -> Any:
    token = form_token(client.cookies["righthome_session"])
    return client.post("/tonight", data={"csrf_token": token, **fields})


def test_an_age_in_years_is_taken_as_claimed_and_a_birth_date_as_it_is() -> None:
    claimed, known, unknown = referral(age=" 15 "), referral(age="27/3/2011"), referral(age="")
    assert (age_at(claimed, AS_OF), claimed.age_basis) == (15, AgeBasis.CLAIMED)
    assert (known.date_of_birth, known.age_basis) == (date(2011, 3, 27), None)
    assert unknown.date_of_birth is None
    assert (known.urgency, known.legal_status, known.authority) == (Urgency.CRISIS, "L1", "879")


@pytest.mark.parametrize(
    ("age", "usable"),
    [("0", True), ("17", True), ("18", False), ("15/6/2008", False), ("16/6/2008", True)]
    + [("16/6/2026", False), ("15/6/2026", True), ("fifteen", False), ("-1", False), ("1e1", False)]
    + [("31/2/2011", False), ("\u0661\u0665", False)],
)
def test_only_the_ages_of_children_can_be_given(age: str, usable: bool) -> None:
    if usable:
        assert referral(age=age)
        return
    with pytest.raises(UnusableAnswer) as refused:
        referral(age=age)
    assert refused.value.field == "age"
    # What was filled in is not repeated; 18 is the limit itself.
    assert age == "18" or age not in refused.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [("urgency", ""), ("urgency", "planned"), ("legal_status", "ZZ"), ("risks", {"missing": "some"})],
)
def test_an_answer_that_was_not_offered_is_refused_by_its_field(field: str, value: Any) -> None:
    with pytest.raises(UnusableAnswer) as refused:
        referral(**{field: value})
    assert refused.value.field == field


def test_a_risk_that_nobody_asked_about_stays_unknown() -> None:
    told = referral(risks={"missing": "high", "fire_setting": "none", "self_harm": ""})
    assert told.risks == {"missing": RiskLevel.HIGH, "fire_setting": RiskLevel.NONE}


def test_every_status_offered_may_be_recorded_on_the_day() -> None:
    offered = dict(offered_statuses(AS_OF))
    assert {"L1", "V2", "C2"} <= set(offered)
    for code in offered:
        assert referral(legal_status=code).legal_status == code


def test_the_answer_says_what_to_ask_first_and_what_it_assumed_and_stores_nothing(
    site: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = site.signed_in()
    before = everything_in(site)
    with caplog.at_level(logging.DEBUG):
        answer = send(client, age="27/3/2011", urgency="crisis", missing="high")
    assert answer.status_code == 200
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert answer.text.index("Ask first, before any home is rung") < answer.text.index("Ranked homes")
    assert answer.text.index("What this answer assumed") < answer.text.index("Ranked homes")
    assert "Going missing: high" in answer.text
    assert "DEMO-H-879" in answer.text
    assert "DEMO-H-878" not in answer.text
    assert everything_in(site) == before
    for told in (answer.text, caplog.text):
        assert "27/3/2011" not in told
        assert "2011-03-27" not in told


def test_risks_that_nobody_answered_are_not_said_to_be_none(site: Any) -> None:
    page = send(site.signed_in(), age="15", urgency="crisis").text
    assert "Not answered: no risk is known or ruled out" in page
    assert "None of them" not in page
    assert "The birth date is claimed" not in page


def test_what_is_wrong_is_said_beside_its_question_and_the_rest_is_kept(site: Any) -> None:
    answer = send(site.signed_in(), age="soon", urgency="emergency", legal_status="L1", self_harm="high")
    assert answer.status_code == 422
    assert 'href="#age"' in answer.text
    assert 'id="age-error"' in answer.text
    assert '<option value="L1" selected>' in answer.text
    assert '<option value="high" selected>' in answer.text


def test_whoever_may_not_place_a_child_is_not_shown_the_form_and_has_no_link_to_it(site: Any) -> None:
    analyst = site.signed_in("analyst")
    assert analyst.get("/tonight").status_code == 403
    auditor = site.signed_in("auditor")
    assert "/tonight" not in auditor.get("/waiting-list").text
    assert "/tonight" in site.signed_in().get("/waiting-list").text


def everything_in(site: Any) -> dict[str, list[tuple[Any, ...]]]:
    with site.database.reading() as connection:
        return {
            name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in {"sessions"}
        }
