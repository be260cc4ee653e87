"""An officer signs in, looks at who waits, at one child's options, at beds short and at the hotels."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


def sign_in(page: Page, site) -> None:
    page.goto("/")
    page.get_by_label("Username").fill(site.username)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Children who need a home")


def check_accessibility(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def check_fits(page: Page) -> None:
    """The page itself never scrolls sideways; only a table's own box may."""
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of: a blocked script or style, a missing file, a fault in a script."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    page.on("response", lambda answer: heard.append(answer.url) if answer.status >= 400 else None)
    return heard


def look_at(page: Page) -> None:
    """Check the page as it stands and unfolded, at a desk and on a telephone."""
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        check_accessibility(page)
        check_fits(page)
    if page.locator("details:not([open])").count():
        # Folded parts are hidden from the check, so everything is unfolded for it.
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        check_accessibility(page)
        check_fits(page)
    page.set_viewport_size(DESKTOP)


def test_from_signing_in_to_the_hotels_every_page_is_accessible(page: Page, site, complaints) -> None:
    page.goto("/sign-in")
    look_at(page)
    sign_in(page, site)
    look_at(page)

    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Options for")
    page.locator("summary").first.click()
    look_at(page)
    page.get_by_role("link", name="Waiting list", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Children who need a home")

    for path, heading in (
        ("/plan", "Joint plan"),
        ("/sufficiency", "beds short"),
        ("/sufficiency/what-if", "Try a change"),
        ("/sufficiency/adopted", "Adopted forecast"),
        ("/emergency-watch", "Emergency watch"),
        ("/emergency-watch/nights", "Night by night"),
        ("/emergency-watch/week", "The week"),
        ("/alerts", "Alerts"),
        ("/help", "Help"),
        ("/accessibility-statement", "Accessibility statement"),
        ("/nowhere", "Page not found"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        look_at(page)
    assert [line for line in complaints if "404" not in line and "/nowhere" not in line] == []


def test_the_way_from_page_to_page_is_in_the_navigation(page: Page, site) -> None:
    sign_in(page, site)
    for name, heading in (
        ("Emergency watch", "Emergency watch"),
        ("Waiting list", "Children who need a home"),
    ):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        current = page.locator("[aria-current=page]")
        expect(current).to_have_text(name)


def test_a_wrong_password_is_said_where_it_is_wrong_and_the_summary_takes_the_focus(page: Page, site) -> None:
    page.goto("/sign-in")
    page.get_by_label("Username").fill(site.username)
    page.get_by_label("Password").fill("not the password at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title("Error: Sign in – Righthome")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    check_accessibility(page)


def test_signing_out_ends_the_session(page: Page, site) -> None:
    sign_in(page, site)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/waiting-list")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_everything_can_be_read_without_scripts(browser, site) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site.address)
    try:
        page = context.new_page()
        sign_in(page, site)
        page.locator("tbody a").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Options for")
        expect(
            page.get_by_role("navigation", name="Main").get_by_role("link", name="Sufficiency")
        ).to_be_visible()
    finally:
        context.close()


def test_the_keyboard_alone_reaches_the_content(page: Page, site) -> None:
    sign_in(page, site)
    page.goto("/waiting-list")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("tbody a").first).to_be_focused()
