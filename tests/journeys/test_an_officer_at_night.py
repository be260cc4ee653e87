"""An officer signs in, looks at who waits, at one child's options, at beds short and at the hotels."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .looking import check_accessibility, look_at, sign_in


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
        ("/waiting-list?only=together&order=soonest", "Children who need a home"),
        ("/children/DEMO-R01", "DEMO-C01"),
        ("/homes/DEMO-H04", "Household"),
        ("/plan", "Joint plan"),
        ("/tonight", "Find a home tonight"),
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
    expect(page.get_by_role("link", name="see the homes from four answers")).to_be_focused()
    # Views, the choice and the column headings come before the first child; nothing on the way keeps the focus.
    stops = []
    while not stops or "/children/" not in (stops[-1] or ""):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.getAttribute('href')"))
        assert len(stops) < 30, stops
    expect(page.locator("tbody a").first).to_be_focused()


def test_four_answers_at_night_lead_to_homes_to_ring(page: Page, site, complaints) -> None:
    sign_in(page, site)
    page.get_by_role("link", name="see the homes from four answers").click()
    page.get_by_label("How old is the child?").fill("sixteen")
    page.get_by_role("button", name="Show the homes").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look_at(page)
    page.get_by_role("link", name="Enter an age in whole years").click()
    expect(page.get_by_label("How old is the child?")).to_be_focused()
    page.get_by_label("How old is the child?").fill("16")
    page.get_by_label("Going missing").select_option("High")
    page.get_by_role("button", name="Show the homes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Homes possible tonight")
    expect(page.get_by_role("heading", name="What this answer assumed")).to_be_visible()
    expect(page.locator("article.rh-option").first).to_be_visible()
    look_at(page)
    assert [line for line in complaints if "422" not in line and "/tonight" not in line] == []


def test_what_excludes_a_home_is_one_click_from_the_childs_options(page: Page, site) -> None:
    sign_in(page, site)
    page.goto("/children/DEMO-R01/options")
    group = page.locator("#excluded ~ .rh-close details", has=page.get_by_text("Show every home")).first
    group.locator("summary").click()
    group.get_by_role("link", name="Show every home").click()
    look_at(page)
    page.get_by_role("link", name="Options for DEMO-C01").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Options for DEMO-C01")
