"""The pages of people, access and providers, as they are served: what holds for every page's markup holds for them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.auth.roles import Role
from tests.web import test_markup_of_pages as of_every_page
from tests.web.test_people import post

CHECKS = (
    of_every_page.test_a_page_is_valid_html_with_one_heading_and_a_skip_link_that_leads_somewhere,
    of_every_page.test_a_page_has_no_inline_style_or_script_and_loads_nothing_from_elsewhere,
    of_every_page.test_a_page_shows_no_markup_as_text,
    of_every_page.test_every_table_has_a_caption_and_header_cells_with_a_scope,
    of_every_page.test_a_page_with_everything_it_loads_stays_small,
)


@pytest.fixture(scope="module")
def markup(roles_site: Any) -> dict[str, str]:
    """Return each page in the states that matter, from a site where something has happened."""
    manager, officer = roles_site.signed_in(Role.MANAGER), roles_site.signed_in(Role.BROKERAGE_OFFICER)
    administrator = roles_site.signed_in(Role.ADMINISTRATOR)
    visitor = roles_site.visitor()
    invited = post(officer, "/children/DEMO-R-879/providers", home_id="DEMO-H-879")
    link = re.search(r"/provider/[\w.-]+", invited.text)
    added = post(administrator, "/people", username="new", name="New", role="analyst")
    password = re.search(r"/password/[\w-]{43}", added.text)
    assert link is not None
    assert password is not None
    post(manager, "/partners/homes/DEMO-H-879", shared="yes")
    pages = {
        "providers": invited,
        "provider": visitor.get(link[0]),
        "provider answered wrongly": post(visitor, f"{link[0]}/answer", answer=""),
        "person added": added,
        "nobody added": post(administrator, "/people"),
        "people": administrator.get("/people"),
        "set password": visitor.get(password[0]),
        "password refused": post(visitor, password[0], new="x", again="y"),
        "account": manager.get("/account"),
        "token": post(manager, "/account/tokens", name="t", days="1", scopes=["read_homes"]),
        "token refused": post(manager, "/account/tokens"),
        "partners": roles_site.signed_in(Role.MANAGER, "878").get("/partners"),
        "audit": manager.get("/audit"),
        "nothing in the audit": manager.get("/audit?actor=nobody"),
        "nothing restricted": manager.get("/restricted"),
        "restricted wrongly": post(manager, "/restricted", child_id="none", reason="Long enough."),
        "restricted": post(manager, "/restricted", child_id="DEMO-C-879", reason="The aunt works here."),
        "glass refused": post(officer, "/restricted/glass"),
        "glass": post(officer, "/restricted/glass", child_id="DEMO-C-879", reason="A bed tonight."),
        "link over": visitor.get("/provider/over"),
    }
    pages["restricted"] = manager.get("/restricted")
    pages["glass"] = officer.get("/restricted")
    return {name: answer.text for name, answer in pages.items()}


def test_every_page_is_valid_and_safe(markup: dict[str, str]) -> None:
    for name in markup:
        for check in CHECKS:
            check(markup, name)


def test_a_page_with_a_problem_says_so_in_its_title(markup: dict[str, str]) -> None:
    for name, text in markup.items():
        title = re.search("<title>(.*?)</title>", text)
        assert title is not None
        assert ("There is a problem" in text) == title[1].startswith("Error: "), name
