"""Pages that grow with a council's records: each shows a part, and the parts together show everything once."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import html5lib
from sqlalchemy import insert, select

from api.auth.sessions import form_token
from api.database.tables import homes
from api.web.pages import rendered
from api.web.presenters.alerts import present_alerts
from api.web.presenters.emergency_watch import present_watch
from tests.web.samples.emergency import sample_alerts, sample_watch


def test_the_audit_is_read_from_its_newest_entry_to_its_first(roles_site: Any, monkeypatch: Any) -> None:
    client = roles_site.signed_in("auditor")
    monkeypatch.setattr("api.web.audit_routes.SHOWN", 4)
    seen: list[int] = []
    over_the_api = client.get("/api/v1/audit?actor=tester").json()
    address = "/audit?actor=tester"
    while address:
        text = client.get(address).text
        html5lib.HTMLParser(strict=True).parse(text)
        seen += [
            int(one) for one in re.findall(r'<th scope="row" class="govuk-table__header">(\d+)</th>', text)
        ]
        older = re.search(r'href="([^"]+)">Older entries', text)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert len(seen) > 8
    assert seen == [one["sequence"] for one in over_the_api]
    assert client.get("/audit?before=0").status_code == 422


def test_homes_of_a_partner_and_our_own_are_shown_in_parts(roles_site: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("api.web.restricted_routes.HOMES_SHOWN", 2)
    with roles_site.database.writing() as connection:
        row = connection.execute(select(homes).where(homes.c.authority == "879")).mappings().first()
        connection.execute(
            insert(homes),
            [
                dict(row)
                | {
                    "home_id": f"DEMO-H-P{number}",
                    "record": row["record"] | {"home_id": f"DEMO-H-P{number}", "name": f"Long Lane {number}"},
                }
                for number in range(4)
            ],
        )
    own, partner = roles_site.signed_in("contract_manager"), roles_site.signed_in("manager", "878")
    token = form_token(own.cookies["righthome_session"])
    for number in range(4):
        sent = {"shared": "yes", "own": "2", "csrf_token": token}
        answer = own.post(f"/partners/homes/DEMO-H-P{number}", data=sent)
        assert answer.headers["location"] == "/partners?own=2#own"
    for client, name, count in ((partner, "part", 4), (own, "own", 4)):
        parts = [client.get(f"/partners?{name}={number}").text for number in (1, 2, 3)]
        for text in parts:
            html5lib.HTMLParser(strict=True).parse(text)
        found = [re.findall(r'row" class="govuk-table__header">(Long Lane \d)', text) for text in parts]
        assert max(map(len, found)) == 2
        assert sorted({one for part in found for one in part}) == [
            f"Long Lane {number}" for number in range(count)
        ]


def test_the_part_of_the_alerts_that_a_link_names_is_shown() -> None:
    one = sample_alerts()[0]
    many = [one | {"alert_id": f"a{n:02}", "child_id": f"DEMO-C-{n:02}"} for n in range(45)]
    parts = [present_alerts(many, roles={}, late=False, part=part) for part in range(1, 6)]
    shown = [child.child_id for page in parts for child in page.children]
    assert sorted(shown) == sorted(alert["child_id"] for alert in many)
    assert len(set(shown)) == len(shown)
    for alert in (many[0], many[30], many[44]):
        for of in (alert["alert_id"], alert["child_id"]):
            page = present_alerts(many, roles={}, late=False, of=of)
            assert alert["child_id"] in [child.child_id for child in page.children]
    assert present_alerts(many, roles={}, late=False, of="none").children == parts[0].children
    assert "45 alerts" in parts[2].in_brief
    # The watch itself is no child: with it there are no more parts, and it stands on the first.
    with_watch = [*many[:20], one | {"alert_id": "late", "child_id": None}]
    first, second = (present_alerts(with_watch, roles={}, late=False, part=part) for part in (1, 2))
    assert [part.words for part in first.parts] == ["1 to 10", "11 to 20"]
    assert [sum(not child.child_id for child in page.children) for page in (first, second)] == [1, 0]
    assert "of 20 children" in first.in_brief
    assert present_alerts(with_watch, roles={}, late=False, of="late").children == first.children


def test_the_watch_has_a_line_for_each_child_it_counts_and_others_under_a_heading_of_their_own() -> None:
    report = sample_watch()
    open_one = next(spell for spell in report["spells"] if spell["ended_on"] is None)
    in_carer = {"settings": ["connected_foster_carer"], "rules": []}
    spells = [
        open_one | {"spell_id": f"s{n}", "child_id": f"DEMO-C-{n}"} | (in_carer if n == 0 else {})
        for n in range(3)
    ]
    page = present_watch(report | {"spells": spells})
    text = rendered(
        "emergency_watch.html",
        user=SimpleNamespace(name="Sam Sample"),
        role="manager",
        csrf_token="0" * 64,
        demo=True,
        navigation=(),
        page=page,
    )
    counted, watched = text.split("In emergency accommodation tonight, ")[1].split("Also watched")
    assert page.in_brief.startswith("2 children are")
    assert re.findall(r"#spell-(s\d)", counted) == ["s1", "s2"]
    assert re.findall(r"#spell-(s\d)", watched) == ["s0"]


def test_everybody_tonight_is_a_line_that_leads_to_the_part_with_the_child_in_full() -> None:
    report = sample_watch()
    open_one = next(spell for spell in report["spells"] if spell["ended_on"] is None)
    spells = [open_one | {"spell_id": f"s{n}", "child_id": f"DEMO-C-{n}"} for n in range(45)]
    shown = {
        part: rendered(
            "emergency_watch.html",
            user=SimpleNamespace(name="Sam Sample"),
            role="manager",
            csrf_token="0" * 64,
            demo=True,
            navigation=(),
            page=present_watch(report | {"spells": spells}, part=part),
        )
        for part in (1, 2, 3)
    }
    for part, text in shown.items():
        links = re.findall(r'href="(?:\?part=(\d))?#spell-(s\d+)"', text)
        assert len(links) == 45
        for other, spell_id in links:
            assert f'id="spell-{spell_id}"' in shown[int(other or part)]
