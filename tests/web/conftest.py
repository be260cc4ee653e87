"""Sample answers in the contract's shapes, for the tests of presenters and templates."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from api.services.waiting_list import WaitingListView
from api.web.pages import navigation, rendered
from matching.home import Home
from matching.referral import Referral
from tests.web.samples.emergency import sample_watch
from tests.web.samples.forecasts import sample_forecast
from tests.web.samples.pages import sample_pages
from tests.web.samples.plans import sample_plan
from tests.web.samples.ranking import AS_OF, sample_homes, sample_ranking, sample_referral, sample_waiting


@pytest.fixture(scope="session")
def sample_markup() -> dict[str, str]:
    """Every page in its states, made from sample answers."""
    user = SimpleNamespace(name="Sam Sample")
    return {
        name: rendered(
            template,
            user=user,
            role="brokerage officer",
            csrf_token="0" * 64,
            navigation=navigation("/waiting-list"),
            demo=True,
            **told,
        )
        for name, (template, told) in sample_pages().items()
    }


@pytest.fixture
def referral() -> Referral:
    return sample_referral()


@pytest.fixture
def homes() -> dict[str, Home]:
    return sample_homes()


@pytest.fixture
def ranking() -> dict[str, Any]:
    return sample_ranking()


@pytest.fixture
def waiting() -> WaitingListView:
    return sample_waiting()


@pytest.fixture
def plan() -> dict[str, Any]:
    return sample_plan()


@pytest.fixture
def forecast() -> dict[str, Any]:
    return sample_forecast()


@pytest.fixture
def forecast_without_homes() -> dict[str, Any]:
    return sample_forecast(with_homes=False)


@pytest.fixture
def watch_report() -> dict[str, Any]:
    return sample_watch()


@pytest.fixture
def as_of() -> date:
    return AS_OF
