"""The provider's door: what a link shows, what it can do, and that it does nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import select, update

from api import clock
from api.auth.access import route_table
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.tables import audit, homes, provider_links, provider_messages, referrals
from api.kept import Kept
from api.services.provider_links import PURPOSE, decline_reasons
from reference_data.fields import FieldType, load_fields
from tests.site import SECRET

REFERRAL, HOME = "DEMO-R-879", "DEMO-H-879"


def post(client: Any, address: str, **fields: str) -> Any:
    secret = client.cookies.get("righthome_session") or client.cookies.get("righthome_visitor")
    return client.post(address, data={**fields, "csrf_token": form_token(secret)})


def invite(site: Any, role: str = "brokerage_officer") -> str:
    made = post(site.signed_in(role), f"/children/{REFERRAL}/providers", home_id=HOME)
    assert made.status_code == 200
    found = re.search(r"/provider/[\w.-]+", made.text)
    assert found is not None
    return found[0]


def provider(site: Any, link: str) -> Any:
    visitor = site.visitor()
    assert visitor.get(link).status_code == 200
    return visitor


def planted_referral() -> tuple[dict[str, Any], list[str]]:
    """Return a referral with a marker in every field that could say who a child is, and the markers."""
    markers: list[str] = []
    record: dict[str, Any] = {"authority": "879"}

    def marker() -> str:
        markers.append(f"MARK{len(markers):03d}X")
        return markers[-1]

    for field in load_fields("referral"):
        if field.type in {FieldType.TEXT, FieldType.TEXTS, FieldType.IDENTIFIER, FieldType.IDENTIFIERS}:
            value: Any = marker()
            if field.type in {FieldType.TEXTS, FieldType.IDENTIFIERS}:
                value = [value]
        elif field.type is FieldType.POSTCODE:
            value = "PL4 8AA"
        else:
            continue
        outer, _, inner = field.name.partition(".")
        if outer.endswith("[]"):
            record.setdefault(outer[:-2], [{}])[0][inner] = value
        elif inner:
            record.setdefault(outer, {})[inner] = value
        elif field.name not in {"authority", "referral_id", "child_id"}:
            record[outer] = value
    record |= {"referral_id": REFERRAL, "child_id": "DEMO-C-879", "date_of_birth": "2012-03-04"}
    record |= {"legal_status": "C2", "uasc": True}
    record["important_places"][0]["how_often"] = "weekly"
    return record, [*markers, REFERRAL, "DEMO-C-879", "2012-03-04", "4 March 2012", "PL4", "C2"]


def test_a_provider_is_told_what_it_needs_and_nothing_that_says_who(fresh_site: Any) -> None:
    record, markers = planted_referral()
    assert len(markers) > 30
    record |= {
        "sex": "F",
        "needs": {"behaviour": 62},
        "risks": {"missing": "high"},
        "communication": ["BSL", "Quenya"],
    }
    # Made before: no home has what the markers ask for.
    link = invite(fresh_site)
    with fresh_site.database.writing() as connection:
        connection.execute(update(referrals).where(referrals.c.authority == "879").values(record=record))
    page = provider(fresh_site, link).get(link)
    # Without the link and the forms' tokens, which may hold two letters by chance.
    shown = re.sub(r'name="csrf_token" value="\w+"', "", page.text.replace(link, ""))
    for marker in (*markers, "Quenya", "brokerage_officer.879"):
        assert marker not in shown, marker
    for told in (
        "14",
        "Female",
        "Behaviour: 62",
        "Going missing: high",
        "British Sign Language (BSL)",
        "Something else: ask the council",
        "Plymouth",
        "Larkbeare",
    ):
        assert told in page.text, told
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"


def test_a_question_a_reply_and_an_answer_go_over_the_link(fresh_site: Any) -> None:
    link = invite(fresh_site)
    theirs, officer = provider(fresh_site, link), fresh_site.signed_in("brokerage_officer")
    assert post(theirs, f"{link}/question", text="Is there a <b>dog</b>?").status_code == 303
    listed = officer.get(f"/children/{REFERRAL}/providers").text
    assert "Is there a &lt;b&gt;dog&lt;/b&gt;?" in listed
    link_id = re.search(r"/provider-links/(\w+)/reply", listed)
    assert link_id is not None
    assert post(officer, f"/provider-links/{link_id[1]}/reply", text="No pets.").status_code == 303
    assert "No pets." in theirs.get(link).text
    assert post(theirs, f"{link}/answer", answer="declined", reason="", text="").status_code == 422
    assert post(theirs, f"{link}/answer", answer="declined", reason="made_up").status_code == 422
    assert post(theirs, f"{link}/answer", answer="perhaps").status_code == 422
    assert "Your answer:" not in theirs.get(link).text
    assert post(theirs, f"{link}/answer", answer="declined", reason="staffing").status_code == 303
    assert "Your answer: declined, " in theirs.get(link).text
    both = post(theirs, f"{link}/answer", answer="offered", reason="staffing")
    assert (both.status_code, "choose no reason for declining" in both.text) == (422, True)
    assert post(theirs, f"{link}/answer", answer="offered", text="After all.").status_code == 303
    assert "Your answer: a place offered, " in theirs.get(link).text
    with fresh_site.database.reading() as connection:
        said = connection.execute(
            select(provider_messages.c.kind, provider_messages.c.reason).order_by(provider_messages.c.at)
        ).all()
        actions = set(connection.execute(select(audit.c.action)).scalars())
        details = repr(connection.execute(select(audit)).all())
    assert [tuple(one) for one in said] == [
        ("question", None),
        ("reply", None),
        ("declined", "staffing"),
        ("offered", None),
    ]
    assert {
        "provider_invited",
        "provider_link_opened",
        "provider_question",
        "provider_replied_to",
        "provider_declined",
        "provider_offered",
    } <= actions
    for words in ("dog", "No pets", "After all", link.rpartition("/")[2]):
        assert words not in details
    assert "no_reason_given" in decline_reasons()


@pytest.mark.parametrize(
    ("given", "status"), [("0", 303), ("3", 303), ("4", 422), ("-1", 422), ("x", 422), ("", 422)]
)
def test_confirmed_vacancies_are_those_of_the_one_home(fresh_site: Any, given: str, status: int) -> None:
    link = invite(fresh_site)
    assert (
        post(provider(fresh_site, link), f"{link}/vacancies", vacancies=given, places="9").status_code
        == status
    )
    with fresh_site.database.reading() as connection:
        kept = {
            row.authority: row.record for row in connection.execute(select(homes.c.authority, homes.c.record))
        }
    expected = int(given) if status == 303 else 1
    assert kept["879"]["vacancies"] == expected
    assert kept["879"].get("vacancies_confirmed_on") == ("2026-06-15" if status == 303 else None)
    assert (kept["879"]["places"], kept["878"]["vacancies"], kept["305"]["vacancies"]) == (3, 1, 1)


def serializer(secret: str = SECRET, salt: str = PURPOSE) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=salt, signer_kwargs={"digest_method": sha256})


def signed(*content: Any, secret: str = SECRET, salt: str = PURPOSE) -> str:
    return "/provider/" + str(serializer(secret, salt).dumps(list(content)))


@pytest.mark.parametrize(
    "spoiled",
    [
        "a letter",
        "another secret",
        "another purpose",
        "no such link",
        "time put off",
        "run out",
        "ended",
        "not a list",
        "empty",
    ],
)
def test_a_link_that_is_forged_or_over_opens_nothing_and_does_not_say_why(
    fresh_site: Any, spoiled: str
) -> None:
    link = invite(fresh_site)
    with fresh_site.database.writing() as connection:
        link_id = connection.execute(select(provider_links.c.link_id)).scalar_one()
        far = int((clock.now() + timedelta(days=999)).timestamp())
        past = clock.now() - timedelta(seconds=1)
        bad = {
            "a letter": link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:],
            "another secret": signed(link_id, far, secret="x" * 40),
            "another purpose": signed(link_id, far, salt="password reset"),
            "no such link": signed("0" * 32, far),
            "time put off": link.partition(".")[0] + "." + signed(link_id, far).rpartition(".")[2],
            "run out": link,
            "ended": link,
            "not a list": "/provider/" + str(serializer().dumps({"x": 1})),
            "empty": signed(),
        }[spoiled]
        if spoiled == "run out":
            connection.execute(update(provider_links).values(expires_at=past))
        if spoiled == "ended":
            connection.execute(update(provider_links).values(ended_at=past))
    visitor = fresh_site.visitor()
    visitor.get("/sign-in")
    answer = visitor.get(bad)
    assert answer.status_code == 404
    assert "works no longer" in answer.text
    for what in ("question", "answer", "vacancies"):
        given = {"text": "x", "answer": "offered", "vacancies": "1"}
        assert post(visitor, f"{bad}/{what}", **given).status_code == 404
    with fresh_site.database.reading() as connection:
        assert connection.execute(select(provider_messages)).all() == []


def test_the_council_ends_a_link_at_once_and_a_second_one_for_the_home_ends_the_first(
    fresh_site: Any,
) -> None:
    first = invite(fresh_site)
    second = invite(fresh_site)
    visitor = fresh_site.visitor()
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)
    officer = fresh_site.signed_in("brokerage_officer")
    link_id = re.search(r"/provider-links/(\w+)/end", officer.get(f"/children/{REFERRAL}/providers").text)
    assert link_id is not None
    assert (
        post(
            fresh_site.signed_in("brokerage_officer", "878"), f"/provider-links/{link_id[1]}/end"
        ).status_code
        == 404
    )
    assert post(officer, f"/provider-links/{link_id[1]}/end").status_code == 303
    assert visitor.get(second).status_code == 404


def test_a_link_opens_no_other_address(fresh_site: Any) -> None:
    link = invite(fresh_site)
    visitor = provider(fresh_site, link)
    token = link.rpartition("/")[2]
    for (method, path), access in route_table().items():
        if access.who not in {"anyone", "link"} and method == "GET":
            answer = visitor.get(path, headers={"authorization": f"Bearer {token}"}, params={"token": token})
            assert answer.status_code in {303, 401}, path


def test_a_link_for_a_child_or_home_of_another_council_cannot_be_made(fresh_site: Any) -> None:
    officer = fresh_site.signed_in("brokerage_officer")
    assert post(officer, f"/children/{REFERRAL}/providers", home_id="DEMO-H-878").status_code == 404
    assert post(officer, "/children/DEMO-R-878/providers", home_id=HOME).status_code == 404
    with fresh_site.database.reading() as connection:
        assert connection.execute(select(provider_links)).all() == []


def test_a_link_is_offered_and_made_only_for_a_home_that_may_take_the_child(fresh_site: Any) -> None:
    officer = fresh_site.signed_in("brokerage_officer")
    address = f"/children/{REFERRAL}/providers"
    assert f'value="{HOME}"' in officer.get(address).text
    with fresh_site.database.writing() as connection:
        found = homes.c.authority == "879"
        record = connection.execute(select(homes.c.record).where(found)).scalar_one()
        connection.execute(update(homes).where(found).values(record={**record, "registered": False}))
    fresh_site.app.state.kept = Kept()
    assert f'value="{HOME}"' not in officer.get(address).text
    refused = post(officer, address, home_id=HOME)
    assert refused.status_code == 409
    assert "may not take the child" in refused.text
    assert "regist" in refused.text
    with fresh_site.database.reading() as connection:
        assert connection.execute(select(provider_links)).all() == []


def test_without_a_secret_no_link_is_made(make_site: Any) -> None:
    site = make_site(secret=None)
    made = post(site.signed_in(Role.MANAGER), f"/children/{REFERRAL}/providers", home_id=HOME)
    assert made.status_code == 409
    assert "RIGHTHOME_SECRET" in made.text


def test_what_a_provider_said_cannot_be_changed_in_the_database(fresh_site: Any) -> None:
    link = invite(fresh_site)
    post(provider(fresh_site, link), f"{link}/question", text="Asked.")
    with pytest.raises(Exception, match="only ever added to"), fresh_site.database.writing() as connection:
        connection.exec_driver_sql("UPDATE provider_messages SET text = 'x'")
