"""An officer plans the list, looks why, rules a home out, compares, and names the plan; again without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .looking import look_at, sign_in

READY_MS = 120_000
"""A plan of the sample takes a second or two; a busy machine may take longer."""


def wait_for_the_plan(page: Page) -> None:
    expect(page.get_by_role("heading", name="Who goes where")).to_be_visible(timeout=READY_MS)


def test_from_no_plan_to_two_plans_compared(page: Page, site, complaints) -> None:
    sign_in(page, site)
    page.goto("/plan")
    if page.get_by_text("No plan has been made yet").count():
        look_at(page)
        page.get_by_role("button", name="Plan the list").click()
        wait_for_the_plan(page)
    look_at(page)
    expect(page.get_by_role("heading", name="How sure it is")).to_be_visible()
    expect(page.get_by_role("heading", name="Brothers and sisters the other way")).to_be_visible()

    first = page.locator("tbody tr").first
    child = first.get_by_role("rowheader").get_by_role("link").first.inner_text()
    first.get_by_role("link", name="Change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"What should the plan keep for {child}?")
    look_at(page)
    page.get_by_label(re.compile("^Any home but")).check()
    page.get_by_role("button", name="Plan the list again").click()
    wait_for_the_plan(page)
    expect(page.get_by_label(re.compile(f"^{child} is not placed in"))).to_be_checked()
    look_at(page)

    page.get_by_role("link", name="What changed from the plan before").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two plans compared")
    expect(page.get_by_role("rowheader", name=child)).to_be_visible()
    look_at(page)

    page.go_back()
    page.get_by_label("Name of this plan").fill("After the refusal")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_role("link", name="Earlier plans").click()
    expect(page.get_by_role("link", name="After the refusal")).to_be_visible()
    look_at(page)
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look_at(page)
    page.locator("input[name=first]").last.check()
    page.locator("input[name=second]").first.check()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two plans compared")
    assert [line for line in complaints if "422" not in line and "/plan/compare" not in line] == []


def test_the_list_is_planned_without_scripts(browser, site) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site.address)
    try:
        page = context.new_page()
        sign_in(page, site)
        page.goto("/plan")
        # What another test planned already is asked for again as another question.
        if page.get_by_label("Further plans to look for").count():
            page.get_by_label("Further plans to look for").fill("1")
            page.get_by_role("button", name="Plan the list again").click()
        else:
            page.get_by_role("button", name="Plan the list").click()
        for _ in range(60):
            if page.get_by_role("heading", name="Who goes where").count():
                break
            page.get_by_role("button", name="See if it is ready").click()
        wait_for_the_plan(page)
    finally:
        context.close()
