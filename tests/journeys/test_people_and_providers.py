"""An administrator adds somebody, an officer asks a provider, the provider answers: in a real browser, checked by axe."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Site
from tests.journeys.test_an_officer_at_night import look_at


def signed_in(browser: Browser, site: Site, role: str) -> Page:
    page = browser.new_context(base_url=site.address).new_page()
    page.goto("/sign-in")
    page.get_by_label("Username").fill(role)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def test_somebody_is_added_and_sets_a_password(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, "administrator")
    look_at(page)
    page.get_by_label("Username", exact=True).fill("new.officer")
    page.get_by_label("Name", exact=True).fill("New Officer")
    page.get_by_role("button", name="Add and make a password link").click()
    look_at(page)
    link = re.search(r"/password/[\w-]{43}", page.content())
    assert link is not None
    theirs = browser.new_context(base_url=site.address).new_page()
    theirs.goto(link[0])
    look_at(theirs)
    for label in ("New password", "New password again"):
        theirs.get_by_label(label, exact=True).fill("three random words")
    theirs.get_by_role("button", name="Set password").click()
    theirs.get_by_label("Username").fill("new.officer")
    theirs.get_by_label("Password").fill("three random words")
    theirs.get_by_role("button", name="Sign in").click()
    theirs.wait_for_url("**/waiting-list")
    theirs.get_by_role("link", name="New Officer").click()
    look_at(theirs)
    theirs.get_by_role("button", name="Sign out everywhere").click()
    theirs.wait_for_url("**/sign-in")


def test_a_provider_is_asked_and_declines_with_a_reason(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, "brokerage-officer")
    page.goto("/children/DEMO-R01/providers")
    page.get_by_role("button", name="Make a link").click()
    look_at(page)
    link = re.search(r"/provider/[\w.-]+", page.content())
    assert link is not None
    theirs = browser.new_context(base_url=site.address).new_page()
    theirs.goto(link[0])
    look_at(theirs)
    theirs.get_by_role("button", name="Send answer").click()
    assert "There is a problem" in theirs.content()
    look_at(theirs)
    theirs.get_by_label("We cannot", exact=True).check()
    theirs.get_by_label("If you cannot, why").select_option("staffing")
    theirs.get_by_role("button", name="Send answer").click()
    theirs.get_by_text("The provider declined").wait_for()
    page.goto("/children/DEMO-R01/providers")
    page.get_by_text("The provider declined").wait_for()
    page.get_by_role("button", name="End this link").first.click()
    theirs.reload()
    theirs.get_by_text("works no longer").wait_for()


def test_a_manager_restricts_and_reads_the_audit(browser: Browser, site: Site) -> None:
    page = signed_in(browser, site, "manager")
    for address in ("/restricted", "/partners", "/audit"):
        page.goto(address)
        look_at(page)
