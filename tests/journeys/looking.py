"""What every journey does at every page: sign in, look at it at a desk and on a telephone, folded and unfolded."""

from __future__ import annotations

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
