"""The pages of one child and of one home: what is recorded, in the order of days, and nobody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from sqlalchemy import insert, update

from api import clock
from api.auth.roles import Role
from api.database.placing_tables import bed_claims, beds
from api.database.provider_records import say
from api.database.records import Records, Scope
from api.services.stories import Entry, story_of_child
from api.web.presenters.stories import present_needs
from matching.referral import Referral
from reference_data.vocabulary import NeedDomain
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
            "stays",
        ),
    }
    text = placed.signed_in().get("/children/DEMO-R-879").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.index("15 June 2026: Decided") < text.index("15 June 2026: A home was asked")
    assert "A stay began" in text
    assert "From: " in text[text.index(": Moved") :]
    assert 'href="/children/DEMO-R-879/providers"' in text
    assert text.index("15 June 2026: A home was asked") < text.index("10 June 2026: Stability meeting")
    assert "social worker" in text
    assert 'href="/records/enquiries/DEMO-E-879"' in text
    assert "-878" not in text


def test_a_childs_page_tells_which_homes_were_asked_by_link_and_what_they_answered(placed: Any) -> None:
    with placed.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tests"))
        link = records.links_of("879").add("DEMO-R-879", "DEMO-H-879", clock.now() + timedelta(hours=1))
        say(connection, link, "provider", {"kind": "declined", "reason": "full", "text": "Words of theirs."})
    officer = placed.signed_in()
    text = officer.get("/children/DEMO-R-879").text
    answered = text.index(": The provider declined")
    assert answered < text.index(": A home was asked by link")
    assert "Reason: Full" in text[answered:]
    assert "Words of theirs." not in text
    enquiries = officer.get("/children/DEMO-R-879/enquiries").text
    assert "1 home was asked by link" in enquiries


def test_the_referrals_own_scores_stand_among_the_judgements_of_needs_once() -> None:
    judged = Entry(
        on=date(2026, 6, 10),
        at=None,
        kind="needs_assessments",
        record_id="n",
        values={"rater": "social worker", "behaviour": 40},
    )
    own = Referral(
        referral_id="r",
        child_id="c",
        needs={NeedDomain.BEHAVIOUR: 65},
        needs_assessed_on=date(2026, 6, 15),
        needs_source="First view",
    )
    assert [(one.on, one.rater, one.scores[0]) for one in present_needs([judged], own)] == [
        ("15 June 2026", "First view", "65"),
        ("10 June 2026", "social worker", "40"),
    ]
    same = replace(own, needs={NeedDomain.BEHAVIOUR: 40}, needs_assessed_on=date(2026, 6, 10))
    assert [one.rater for one in present_needs([judged], same)] == ["social worker"]
    assert present_needs([], Referral(referral_id="r", child_id="c")) == ()


def test_the_page_of_a_placed_child_says_where_and_no_more_how_soon(placed: Any) -> None:
    officer = placed.signed_in()
    assert "<dt>How soon</dt>" in officer.get("/children/DEMO-R-879").text
    where = {"authority": "879", "home_id": "DEMO-H-879"}
    of_child = {"child_id": "DEMO-C-879", "referral_id": "DEMO-R-879"}
    with placed.database.writing() as connection:
        bed = connection.execute(insert(beds).values(bed_id="DEMO-B2", **where)).inserted_primary_key[0]
        connection.execute(
            insert(bed_claims).values(
                claim_id="placed-879",
                bed_number=bed,
                kind="hold",
                expires_at=clock.now() + timedelta(hours=1),
                from_on=date(2026, 6, 12),
                made_at=clock.now(),
                made_by="somebody",
                version=1,
                **where,
                **of_child,
            )
        )
        begun = update(bed_claims).where(bed_claims.c.claim_id == "placed-879")
        connection.execute(begun.values(kind="placement", expires_at=None))
    text = officer.get("/children/DEMO-R-879").text
    assert "<dt>How soon</dt>" not in text
    assert re.search(r"<dt>Placed at</dt><dd>[^<]+ from 12 June 2026</dd>", text)


def test_a_homes_page_tells_what_it_is_and_its_concerns_and_names_no_child(placed: Any) -> None:
    text = placed.signed_in(Role.CONTRACT_MANAGER).get("/homes/DEMO-H-879").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert "1 June 2026: A concern was raised" in text
    assert "DEMO-C-" not in text


def test_another_councils_child_and_home_are_not_there(placed: Any) -> None:
    officer = placed.signed_in()
    for path in ("/children/DEMO-R-878", "/homes/DEMO-H-878", "/children/none", "/homes/none"):
        assert officer.get(path).status_code == 404
