"""The pages of placing a child, as a browser without JavaScript uses them."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from sqlalchemy import insert, select, update

from api import clock
from api.auth.sessions import form_token
from api.database.placing_tables import placements, placing_duties
from api.database.tables import homes, users

PLACE = "/children/DEMO-R-879/enquiries"


class Browser:
    """Somebody who reads pages and sends their forms. Every page must be valid HTML."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.token = form_token(client.cookies["righthome_session"])

    def read(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        html5lib.HTMLParser(strict=True).parse(answer.text)
        return str(answer.text)

    def send(self, path: str, status: int = 303, **fields: str) -> str:
        answer = self.client.post(path, data={**fields, "csrf_token": self.token})
        assert answer.status_code == status, answer.text
        if status == 303:
            return str(answer.headers["location"])
        html5lib.HTMLParser(strict=True).parse(answer.text)
        return str(answer.text)

    def asked_and_offered(self, home: str = "DEMO-H-879") -> str:
        """Ask a home and write down its offer; return the address of the page that follows."""
        enquiry = self.send(PLACE, home_id=home, channel="phone", spoke_to="Deputy manager")
        return self.send(
            f"{enquiry}/answer",
            version="1",
            answer="offered",
            fee="£5,200.50",
            staffing="Two adults",
            expires_on="16/06/2026",
            expires_at="17:00",
            vacancies="1",
        )

    def hold(self, home: str = "DEMO-H-879") -> str:
        """Hold a bed on an offer; return the hold's address."""
        self.asked_and_offered(home)
        return self.send("/children/DEMO-R-879/holds", home_id=home)


@pytest.fixture
def manager(fresh_site: Any) -> Browser:
    return Browser(fresh_site.signed_in())


def duties(text: str) -> list[str]:
    return re.findall(r"/duties/([0-9a-f]{32})", text)


def test_a_child_is_placed_by_forms_alone_from_the_call_to_the_placement(
    fresh_site: Any, manager: Browser
) -> None:
    assert "Nobody has been asked yet" in manager.read(PLACE)
    manager.asked_and_offered()
    text = manager.read(PLACE)
    for said in ("Offered a place", "£5,200.50 a week", "Two adults", "offer ends 16 June 2026 at 17:00"):
        assert said in text
    hold = manager.send("/children/DEMO-R-879/holds", home_id="DEMO-H-879")
    text = manager.read(hold)
    assert "The hold runs out on" in text
    assert "A bed is held for this child at" in manager.read("/children/DEMO-R-879/options")
    assert re.search(r"<strong data-until=\"[^\"]+\">47 hours 59 minutes|48 hours", text)
    assert "This cannot be decided now" in manager.read(f"{hold}/decision")
    for duty in dict.fromkeys(duties(text)):
        manager.send(f"{hold}/duties/{duty}", done="yes")
    assert "Nothing is missing" in manager.read(hold)
    form = manager.read(f"{hold}/decision")
    assert "Number 1 in today" in form
    assert "£5,200.50 a week" in form
    manager.send(f"{hold}/decision", wishes_considered="She wants to stay.", reasons="Near.", fee="5200.50")
    assert "The bed is taken" in manager.read(hold)
    with fresh_site.database.reading() as connection:
        assert connection.execute(select(placements.c.home_id)).scalars().all() == ["DEMO-H-879"]
    assert "DEMO-C-879" not in manager.read("/waiting-list")
    # The options of a child who is placed can still be looked at.
    manager.read("/children/DEMO-R-879/options")


def test_an_answer_without_its_reason_is_shown_again_with_what_was_filled_in(manager: Browser) -> None:
    enquiry = manager.send(PLACE, home_id="DEMO-H-879")
    text = manager.send(f"{enquiry}/answer", 422, version="1", answer="declined", said="Not <now>")
    assert "There is a problem" in text
    assert 'href="#reason"' in text
    assert "Not &lt;now&gt;" in text
    text = manager.send(f"{enquiry}/answer", 422, version="1", answer="offered", vacancies="many")
    assert "Give a number of free places" in text
    text = manager.send(f"{enquiry}/answer", 422, version="1", answer="offered", expires_on="31/02/2026")
    assert 'href="#offer_expires_on"' in text
    text = manager.send(f"{enquiry}/answer", 422, version="1", answer="offered", expires_on="14/06/2026")
    assert "The offer would have ended already" in text
    text = manager.send(f"{enquiry}/answer", 422, version="1", answer="offered", reason="staffing")
    assert 'href="#reason"' in text


def test_changing_an_answer_loses_nothing_that_was_kept(manager: Browser) -> None:
    manager.asked_and_offered()
    enquiry = re.search(r"/enquiries/([0-9a-f]{32})", manager.read(PLACE))
    assert enquiry is not None
    text = manager.read(enquiry[0])
    for kept in ('value="5200.50"', 'value="Two adults"', 'value="16/06/2026"', 'value="17:00"'):
        assert kept in text


def test_an_answer_saved_by_a_colleague_meanwhile_is_a_conflict_page(manager: Browser) -> None:
    enquiry = manager.send(PLACE, home_id="DEMO-H-879")
    manager.send(f"{enquiry}/answer", version="1", answer="offered")
    assert "Somebody changed this after you opened it" in manager.send(
        f"{enquiry}/answer", 409, version="1", answer="no_answer"
    )


def test_a_home_asked_already_is_asked_again_only_after_its_answer(manager: Browser) -> None:
    enquiry = manager.send(PLACE, home_id="DEMO-H-879")
    told = manager.send(PLACE, 409, home_id="DEMO-H-879")
    assert re.search(
        r"manager\.879 asked this home for this child already, on \d+ \w+ \d{4} at \d\d:\d\d", told
    )
    manager.send(f"{enquiry}/answer", version="1", answer="no_answer")
    manager.send(PLACE, home_id="DEMO-H-879")


def test_what_cannot_be_done_is_not_told_as_a_change_and_leads_back(manager: Browser) -> None:
    sent = {"home_id": "DEMO-H-879", "csrf_token": manager.token}
    came = f"{manager.client.base_url}{PLACE}?part=2"
    answer = manager.client.post("/children/DEMO-R-879/holds", data=sent, headers={"referer": came})
    assert answer.status_code == 409
    text = answer.text
    html5lib.HTMLParser(strict=True).parse(text)
    for said in ("This cannot be done", "This home decides for itself", f'href="{PLACE}?part=2"'):
        assert said in text
    assert "changed" not in text
    enquiry = manager.send(PLACE, home_id="DEMO-H-879")
    manager.send(f"{enquiry}/answer", version="1", answer="offered")
    for elsewhere in ("https://elsewhere.example/help", f"{manager.client.base_url}{enquiry}/answer"):
        stale = manager.client.post(
            f"{enquiry}/answer",
            data={"version": "1", "answer": "no_answer", "csrf_token": manager.token},
            headers={"referer": elsewhere},
        )
        assert "Something changed first" in stale.text
        assert "Go back to where you were" not in stale.text


def test_a_bed_snatched_by_a_colleague_is_told_as_a_conflict(fresh_site: Any, manager: Browser) -> None:
    manager.hold()
    with fresh_site.database.writing() as connection:
        from api.database.records import Records, Scope

        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="importer"))
        first = records.kept("referrals", "879").one("DEMO-R-879").values
        records.kept("referrals", "879").add({**first, "referral_id": "DEMO-R-2", "child_id": "DEMO-C-2"})
        enquiry = records.kept("enquiries", "879").all()[0].values
        records.kept("enquiries", "879").add(
            {**enquiry, "enquiry_id": "e2", "referral_id": "DEMO-R-2", "child_id": "DEMO-C-2"}
        )
    text = manager.send("/children/DEMO-R-2/holds", 409, home_id="DEMO-H-879")
    assert "No bed is free there on that day any more" in text


def test_an_item_left_out_without_a_reason_is_refused_beside_its_field(manager: Browser) -> None:
    hold = manager.hold()
    duty = duties(manager.read(hold))[0]
    text = manager.send(f"{hold}/duties/{duty}", 422, done="skip")
    assert f'href="#note-{duty}"' in text
    manager.send(f"{hold}/duties/{duty}", done="skip", note="Comes tomorrow")
    assert "Comes tomorrow" in manager.read(hold)


def test_a_hold_let_go_says_so_and_offers_the_options_again(manager: Browser) -> None:
    hold = manager.hold()
    manager.send(f"{hold}/extension")
    manager.send(f"{hold}/release")
    assert "This hold was let go" in manager.read(hold)
    manager.send(f"{hold}/release", 409)


def test_a_second_hold_for_the_same_child_is_told_on_both(fresh_site: Any, manager: Browser) -> None:
    with fresh_site.database.writing() as connection:
        row = connection.execute(select(homes).where(homes.c.authority == "879")).mappings().one()
        other = {"home_id": "DEMO-H-OTHER", "name": "Other Lane"}
        connection.execute(
            insert(homes).values({**row, "home_id": other["home_id"], "record": row["record"] | other})
        )
    first = manager.hold()
    assert "A second bed is held" not in manager.read(first)
    second = manager.hold("DEMO-H-OTHER")
    for hold, beside, name in ((first, second, "Other Lane"), (second, first, "Larkbeare")):
        text = manager.read(hold)
        assert "A second bed is held" in text
        assert re.search(f'<a href="{beside}">[^<]*{name}', text)
        (told,) = manager.client.get(f"/api/v1{hold}").json()["other_holds"]
        assert f"/holds/{told['hold_id']}" == beside
    manager.send(f"{second}/release")
    assert "A second bed is held" not in manager.read(first)
    assert manager.client.get(f"/api/v1{first}").json()["other_holds"] == []


def test_a_decision_taken_is_read_where_it_was_taken(manager: Browser) -> None:
    hold = manager.hold()
    for duty in dict.fromkeys(duties(manager.read(hold))):
        manager.send(f"{hold}/duties/{duty}", done="yes")
    quoted = manager.read(hold)
    assert "£5,200.50 a week" in quoted
    assert "Two adults" in quoted
    said = {"reasons": "Near her nan", "wishes_considered": "She asked for a garden", "staffing": "One adult"}
    manager.send(f"{hold}/decision", **said, fee="5100")
    for address in (hold, f"{hold}/decision"):
        agreed = manager.read(address)
        assert "£5,100 a week" in agreed
        assert "One adult" in agreed
    text = manager.read(f"{hold}/decision")
    html5lib.HTMLParser(strict=True).parse(text)
    assert "This is decided" in text
    assert "15 June 2026, by manager.879" in text
    for one in said.values():
        assert one in text
    assert "<form" not in text.split("<main")[1]


def test_a_decision_without_wishes_is_shown_again_with_the_reasons_kept(manager: Browser) -> None:
    hold = manager.hold()
    for duty in dict.fromkeys(duties(manager.read(hold))):
        manager.send(f"{hold}/duties/{duty}", done="yes")
    text = manager.send(f"{hold}/decision", 422, reasons="Near her nan")
    assert 'href="#wishes_considered"' in text
    assert "Near her nan" in text


def test_a_mistyped_fee_is_told_at_its_field_with_the_other_problems_and_nothing_is_lost(
    manager: Browser,
) -> None:
    hold = manager.hold()
    for duty in dict.fromkeys(duties(manager.read(hold))):
        manager.send(f"{hold}/duties/{duty}", done="yes")
    for fee in ("-5", "1e9", "555.555", "999999999999"):
        text = manager.send(f"{hold}/decision", 422, reasons="Near her nan", staffing="Two adults", fee=fee)
        assert "This cannot be decided now" not in text
        assert 'href="#weekly_fee_pounds"' in text
        assert 'href="#wishes_considered"' in text
        for typed in (f'value="{fee}"', 'value="Two adults"', "Near her nan"):
            assert typed in text
    assert "The bed is taken" not in manager.read(hold)


def test_the_anonymous_sheet_names_nobody(manager: Browser) -> None:
    text = manager.read("/children/DEMO-R-879/sheet").split("<main")[1].split("</main")[0]
    text = re.sub(r'href="[^"]*"', "", text)
    assert "14 years" in text
    for hidden in ("DEMO-", "PL4", "2012"):
        assert hidden not in text


def signature(site: Any, who: str = "Director of Children's Services") -> str:
    """Let something of the hold wait for a signature."""
    with site.database.writing() as connection:
        duty = connection.execute(select(placing_duties.c.duty_id)).scalars().first()
        connection.execute(
            update(placing_duties)
            .where(placing_duties.c.duty_id == duty)
            .values(kind="approval", code="at_a_distance", who=who)
        )
        if connection.execute(select(users).where(users.c.role == "director")).first() is None:
            connection.execute(
                insert(users).values(
                    user_id="d",
                    username="director.879",
                    name="The Director",
                    role="director",
                    authority="879",
                    password_hash="-",
                    active=True,
                    created_at=clock.now(),
                )
            )
    return str(duty)


def test_the_queue_shows_the_director_what_waits_and_takes_the_signature(
    fresh_site: Any, manager: Browser
) -> None:
    hold = manager.hold()
    duty = signature(fresh_site)
    director = Browser(fresh_site.signed_in("director"))
    assert "Waiting for others" in manager.read("/approvals")
    assert "Waiting for you" in director.read("/approvals")
    assert "Say why it is refused" in director.send(f"/approvals/{duty}", 422, answer="refuse")
    manager.send(f"/approvals/{duty}", 403, answer="sign")
    director.send(f"/approvals/{duty}", answer="sign")
    assert "Nothing waits for a signature" in director.read("/approvals")
    assert "Done by director.879" in manager.read(hold)


def test_what_was_given_elsewhere_is_written_down_with_who_gave_it_and_how(
    fresh_site: Any, manager: Browser
) -> None:
    hold = manager.hold()
    duty = signature(fresh_site, "the child's social worker")
    assert "Who gave or refused it" in manager.read("/approvals")
    for given, wrong in (
        ({}, "given_by"),
        ({"note": "Seen.", "how": "By email"}, "given_by"),
        ({"given_by": "B. Worker"}, "how"),
        ({"given_by": "B. Worker", "answer": "refuse", "how": "By email"}, "note"),
    ):
        text = manager.send(f"/approvals/{duty}", 422, **{"answer": "sign", **given})
        html5lib.HTMLParser(strict=True).parse(text)
        assert f'href="#{wrong}-{duty}"' in text
        assert f'id="{wrong}-{duty}-error"' in text
        assert all(f'value="{one}"' in text for name, one in given.items() if name != "answer")
    manager.send(
        f"/approvals/{duty}", answer="sign", given_by="B. Worker", how="By email on 15 June, in the file"
    )
    text = manager.read(hold)
    assert "Done by manager.879" in text
    assert "From B. Worker: By email on 15 June, in the file." in text


def test_the_director_hands_a_signature_on_for_tonight_and_takes_it_back(
    fresh_site: Any, manager: Browser
) -> None:
    manager.hold()
    duty = signature(fresh_site)
    director = Browser(fresh_site.signed_in("director"))
    today = "15/06/2026"  # The site's own day, whatever the real one is.
    given = {
        "code": "at_a_distance",
        "given_to": "manager.879",
        "from_on": today,
        "hours": "any",
        "reason": "Away",
    }
    assert "Say what may be signed" in director.send("/delegations", 422, **{**given, "code": ""})
    assert "somebody else who signs in" in director.send(
        "/delegations", 422, **{**given, "given_to": "nobody"}
    )
    assert 'href="#from_on"' in director.send("/delegations", 422, **{**given, "from_on": "31/02/2026"})
    manager.send("/delegations", 403, **given)
    director.send("/delegations", **given)
    text = director.read("/approvals")
    assert "manager.879 may sign for director.879" in text
    # Who promised the bed does not sign for it, handed on or not.
    manager.send(f"/approvals/{duty}", 403, answer="sign")
    withdrawal = re.search(r"/delegations/[0-9a-f]{32}/withdrawal", text)
    assert withdrawal is not None
    director.send(withdrawal[0])
    assert "Nobody has handed a signature on" in director.read("/approvals")
    director.send("/delegations", **{**given, "from_on": "01/07/2026"})
    assert "Handed on for another time" in director.read("/approvals")


def test_an_auditor_reads_every_page_and_finds_no_form(fresh_site: Any, manager: Browser) -> None:
    hold = manager.hold()
    auditor = Browser(fresh_site.signed_in("auditor"))
    for path in (PLACE, hold, f"{hold}/decision", "/approvals"):
        assert "<form" not in auditor.read(path).split("<main")[1]


def test_when_a_child_is_placed_nobody_is_asked_any_more_and_who_was_is_told_that_a_home_is_found(
    fresh_site: Any, manager: Browser
) -> None:
    providers = "/children/DEMO-R-879/providers"
    ended, link = (
        re.search(r"/provider/[\w.-]+", manager.send(providers, 200, home_id="DEMO-H-879")) for _ in range(2)
    )
    assert ended is not None
    assert link is not None
    hold = manager.hold()
    for duty in dict.fromkeys(duties(manager.read(hold))):
        manager.send(f"{hold}/duties/{duty}", done="yes")
    manager.send(f"{hold}/decision", wishes_considered="She wants to stay.", reasons="Near.")
    for address in (PLACE, providers):
        assert "This child is placed already" in manager.send(address, 409, home_id="DEMO-H-879")
    visitor = fresh_site.visitor()
    told = visitor.get(link[0])
    assert told.status_code == 410
    assert "A home has been found" in told.text
    for hidden in ("Larkbeare", "Plymouth", "14 years"):
        assert hidden not in told.text
    secret = form_token(visitor.cookies["righthome_visitor"])
    answer = visitor.post(f"{link[0]}/answer", data={"answer": "offered", "csrf_token": secret})
    assert answer.status_code == 410
    # A link that the council ended before says what it said before.
    assert visitor.get(ended[0]).status_code == 404
