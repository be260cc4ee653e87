"""The forms of analyses: what cannot be used is shown again as it was typed, beside what is wrong with it."""

from __future__ import annotations

import html5lib
import pytest

from api.auth.roles import Role
from api.auth.sessions import form_token
from api.services.analyses import BedsSettings
from api.services.analysis_inputs import carers_of
from api.web.analysis_forms import BEDS_FIELDS, beds_form
from sufficiency.carers import LOSS_A_YEAR
from tests.site import Site

WRONG = {
    "/sufficiency/beds": (
        {
            "name": "Ten more homes",
            "months": "abc",
            "more_residential": "10",
            "late_openings": "true",
            "starts_percent": "900",
        },
        {"months", "starts_percent"},
    ),
    "/sufficiency/indicators": (
        {"at": "31/02/2020", "period": "rolling", "amber": "points", "count_temporary": "true"},
        {"at"},
    ),
}


@pytest.mark.parametrize("path", WRONG)
def test_a_form_that_cannot_be_used_keeps_what_was_typed(site: Site, path: str) -> None:
    typed, wrong = WRONG[path]
    client = site.signed_in(Role.COMMISSIONER)
    token = form_token(client.cookies["righthome_session"])
    refused = client.post(path, data={"csrf_token": token, **typed})
    assert refused.status_code == 422
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(refused.text)
    form = next(one for one in tree.iter("form") if one.get("action") == path)
    shown = {one.get("name"): one.get("value") for one in form.iter("input") if one.get("type") == "text"}
    shown |= {one.get("name"): "true" for one in form.iter("input") if one.get("checked") is not None}
    for choice in form.iter("select"):
        shown |= {choice.get("name"): one.get("value") for one in choice if one.get("selected") is not None}
    assert {name: shown[name] for name in typed} == typed
    errors = {one.get("id") for one in form.iter("p") if "govuk-error-message" in one.get("class", "")}
    assert errors == {f"{name}-error" for name in wrong}


def test_what_a_field_may_be_is_what_the_settings_take() -> None:
    for field in BEDS_FIELDS:
        for number in (field.least, field.most):
            assert beds_form({field.name: str(number)}).settings is not None, field.name
        for number in (field.least - 1, field.most + 1):
            assert [one.name for one in beds_form({field.name: str(number)}).problems] == [field.name]
    assert beds_form({}).settings == BedsSettings()
    assert beds_form({"starts_percent": "\N{MINUS SIGN}10 %"}).settings == BedsSettings(starts_percent=-10)


def test_foster_carers_of_a_scenario_come_stop_and_are_kept_as_asked() -> None:
    settings = BedsSettings(
        carer_enquiries=100, carer_loss_percent=5, constellations=2, kept_by_constellation_percent=30
    )
    flow = carers_of(settings)
    assert flow is not None
    assert (flow.enquiries_a_year, flow.loss_a_year, flow.constellations) == (100, 0.05, 2)
    assert flow.kept_by_constellation == 0.3
    assert BedsSettings.of(settings.as_dict()) == settings
    assert carers_of(BedsSettings()) is None
    as_in_england = carers_of(BedsSettings(carer_enquiries=1))
    assert as_in_england is not None
    assert as_in_england.loss_a_year == LOSS_A_YEAR
