"""Choosing and ordering the waiting list: what each choice keeps, and that the address of a page holds it whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.services.waiting_choice import EVERYBODY, Only, Order, WaitingChoice
from api.services.waiting_list import WaitingListView
from api.web.presenters.waiting_list import present_waiting_list
from reference_data.vocabulary import Urgency
from tests.web.samples.ranking import AS_OF


@pytest.fixture
def listed(waiting: WaitingListView) -> WaitingListView:
    """The sample list, with notice for one child and a longer wait for another."""
    first, second, *others = waiting.entries
    return replace(
        waiting,
        entries=(
            replace(first, notice_ends_on=AS_OF - timedelta(days=1)),
            replace(second, days_waiting=9),
            *others,
        ),
    )


@pytest.mark.parametrize(
    ("choice", "children"),
    [
        (EVERYBODY, ["014", "021", "022", "031", "032"]),
        (WaitingChoice(urgency=Urgency.EMERGENCY), ["021", "022"]),
        (WaitingChoice(only=Only.NO_HOME), ["021"]),
        (WaitingChoice(only=Only.LATE), ["014"]),
        (WaitingChoice(only=Only.NOTICE), ["014"]),
        (WaitingChoice(only=Only.TOGETHER), ["021", "022"]),
        (WaitingChoice(urgency=Urgency.PLANNED, only=Only.LATE), []),
        (WaitingChoice(order=Order.LONGEST), ["021", "014", "022", "031", "032"]),
        # A child with no day, or with no count of homes, comes last.
        (WaitingChoice(order=Order.SOONEST), ["014", "021", "022", "032", "031"]),
        (WaitingChoice(order=Order.FEWEST_HOMES), ["021", "032", "022", "014", "031"]),
    ],
)
def test_a_choice_keeps_and_orders(
    listed: WaitingListView, choice: WaitingChoice, children: list[str]
) -> None:
    found = choice.of(listed.entries, listed.as_of)
    assert [one.child_id.removeprefix("DEMO-C-") for one in found] == children


def test_a_brother_hidden_by_the_choice_is_still_named(listed: WaitingListView) -> None:
    shown = present_waiting_list(listed, choice=WaitingChoice(only=Only.NO_HOME))
    (row,) = shown.rows
    assert row.siblings == "Must stay with DEMO-C-022"
    assert shown.chosen == "1 child shown."


def test_a_list_that_is_only_sorted_says_that_everybody_is_shown(listed: WaitingListView) -> None:
    shown = present_waiting_list(listed, choice=WaitingChoice(order=Order.LONGEST))
    assert shown.chosen == "Everybody is shown: waiting longest first."
    assert not shown.partly


def test_the_parts_of_a_long_choice_keep_it_in_their_addresses(listed: WaitingListView) -> None:
    many = tuple(replace(listed.entries[1], referral_id=f"R{n}", child_id=f"C{n}") for n in range(250))
    choice = WaitingChoice(only=Only.NO_HOME, order=Order.SOONEST)
    shown = present_waiting_list(replace(listed, entries=many), 2, choice)
    assert len(shown.parts) == 3
    assert parse_qs(urlsplit(f"?part=2{shown.asked}").query) == {
        "part": ["2"],
        "only": ["no_home"],
        "order": ["soonest"],
    }
    assert present_waiting_list(listed).asked == ""


def test_the_page_shows_what_its_address_chooses_and_refuses_what_it_does_not_know(site: Any) -> None:
    officer = site.signed_in()
    everybody = officer.get("/waiting-list").text
    chosen = officer.get("/waiting-list?urgency=crisis&only=&order=soonest").text
    assert "shown. <a" in chosen
    assert chosen.count("see options") < everybody.count("see options")
    assert 'value="crisis" selected' in chosen
    assert officer.get("/waiting-list?order=age").status_code == 422


def test_notice_that_runs_is_told_with_its_day(fresh_site: Any) -> None:
    from api.database.records import Records, Scope

    with fresh_site.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tests"))
        child = records.referrals()[0].child_id
        for number, outcome in enumerate(("open", "withdrawn")):
            notice = {"notice_id": f"DEMO-G{number}", "child_id": child, "given_on": date(2026, 6, 1)}
            kept = records.kept("notices", "879")
            kept.add({**notice, "ends_on": date(2026, 6, 20 - number), "outcome": outcome})
    page = fresh_site.signed_in().get("/waiting-list?only=notice").text
    assert "1 child shown" in page
    assert "Notice ends 20 June 2026" in page
