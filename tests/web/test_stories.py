"""The pages of one child and of one home: what is recorded, in the order of days, and nobody else's."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest

from api.auth.roles import Role
from api.database.records import Records, Scope
from api.services.stories import story_of_child
from tests.web.sample_placing import make_placing


@pytest.fixture(scope="module")
def placed(roles_site: Any) -> Any:
    for authority in ("879", "878"):
        make_placing(roles_site, authority, said="Said by the home.")
    return roles_site


def test_a_childs_page_tells_needs_over_time_and_what_happened_the_newest_first(placed: Any) -> None:
    with placed.database.reading() as connection:
        scope = Scope(authorities=frozenset({"879"}), actor="tests")
        desk: Any = SimpleNamespace(records=Records(connection, scope), authority="879")
        story = story_of_child(desk, "DEMO-C-879")
    assert [one.on for one in story] == sorted((one.on or date.min for one in story), reverse=True)
    assert {one.kind for one in story} == {
        *(
            "needs_assessments",
            "enquiries",
            "nominations",
            "notices",
            "stability_meetings",
            "decisions",
            "moves",
        ),
    }
    text = placed.signed_in().get("/children/DEMO-R-879").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.index("15 June 2026: A home was asked") < text.index("10 June 2026: Stability meeting")
    assert "social worker" in text
    assert 'href="/records/enquiries/DEMO-E-879"' in text
    assert "-878" not in text


def test_a_homes_page_tells_what_it_is_and_its_concerns_and_names_no_child(placed: Any) -> None:
    text = placed.signed_in(Role.CONTRACT_MANAGER).get("/homes/DEMO-H-879").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert "1 June 2026: A concern was raised" in text
    assert "DEMO-C-" not in text


def test_another_councils_child_and_home_are_not_there(placed: Any) -> None:
    officer = placed.signed_in()
    for path in ("/children/DEMO-R-878", "/homes/DEMO-H-878", "/children/none", "/homes/none"):
        assert officer.get(path).status_code == 404
