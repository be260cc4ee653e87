"""What holds for the markup of every page, in every state a page can be in."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import html5lib
import pytest

from api.web.pages import STATIC_FOLDER

NAMES = (
    "waiting list",
    "part of the waiting list",
    "nobody waits",
    "options",
    "later options",
    "no option",
    "one rule",
    "plan",
    "no plan",
    "a plan for a reader",
    "no plan yet",
    "no plan yet for a reader",
    "a plan that is waiting",
    "a plan that is running",
    "a plan that is failed",
    "a plan that is stopped",
    "one child of a plan",
    "plans made",
    "plans not chosen",
    "no plans made",
    "two plans",
    "two plans alike",
    "four questions",
    "four questions unanswered",
    "four questions without a time",
    "homes tonight",
    "sufficiency",
    "no homes",
    "no returns",
    "try a change",
    "a change that cannot be read",
    "adopted",
    "adopted and nothing happened yet",
    "none adopted",
    "emergency watch",
    "nobody in a hotel",
    "alerts",
    "no alert",
    "nights",
    "week",
    "sign in",
    "fault",
    "accessibility",
    "help",
)
PLAIN = "{http://www.w3.org/1999/xhtml}"


@cache
def parsed(markup: str):
    """Return the tree of a page. Every test reads the same one and changes nothing in it."""
    return html5lib.HTMLParser(strict=True).parse(markup)


def test_every_state_of_every_page_is_looked_at(sample_markup) -> None:
    assert set(sample_markup) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_valid_html_with_one_heading_and_a_skip_link_that_leads_somewhere(
    sample_markup, name: str
) -> None:
    tree = parsed(sample_markup[name])
    assert len(list(tree.iter(f"{PLAIN}h1"))) == 1
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert [value for value, count in Counter(ids).items() if count > 1] == []
    links = [link.get("href") for link in tree.iter(f"{PLAIN}a")]
    assert links[0] == "#main-content"
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_inline_style_or_script_and_loads_nothing_from_elsewhere(
    sample_markup, name: str
) -> None:
    for element in parsed(sample_markup[name]).iter():
        tag = str(element.tag).rpartition("}")[2]
        assert "style" not in element.keys(), tag  # noqa: SIM118 - an element is no mapping
        assert not any(attribute.startswith("on") for attribute in element.keys()), tag  # noqa: SIM118
        assert tag != "style"
        if tag == "script":
            assert not (element.text or "").strip()
        for attribute in ("src", "href", "action"):
            address = element.get(attribute)
            if address is not None:
                assert address.startswith(("/", "#", "?")), address
                assert not address.startswith("//"), address


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_no_markup_as_text(sample_markup, name: str) -> None:
    # The fixture renders invented words only, so an escaped tag can come from nothing but a template.
    assert not re.search(r"&lt;/?(?:span|p|a|li|strong|div)\b", sample_markup[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_it_is_that_the_sample_is_invented_and_who_decides(sample_markup, name: str) -> None:
    tree = parsed(sample_markup[name])
    title = next(tree.iter(f"{PLAIN}title")).text
    assert title is not None
    assert title.endswith(" – Righthome")
    assert "A person decides." in sample_markup[name]
    assert "invented" in sample_markup[name]


def test_titles_tell_pages_apart(sample_markup) -> None:
    states_of_one_page = {
        "nobody waits",
        "later options",
        "no option",
        "no plan",
        "a plan for a reader",
        "no plan yet",
        "no plan yet for a reader",
        "no plans made",
        "two plans alike",
        "four questions without a time",
        "no homes",
        "no returns",
        "nobody in a hotel",
        "adopted and nothing happened yet",
        "none adopted",
    }
    titles = [
        re.search("<title>(.*?)</title>", markup)[1]
        for name, markup in sample_markup.items()
        if name not in states_of_one_page
    ]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_with_everything_it_loads_stays_small(sample_markup, name: str) -> None:
    markup = sample_markup[name]
    assert len(markup.encode()) < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_a_caption_and_header_cells_with_a_scope(sample_markup, name: str) -> None:
    for table in parsed(sample_markup[name]).iter(f"{PLAIN}table"):
        assert table.find(f"{PLAIN}caption") is not None
        assert all(cell.get("scope") in {"col", "row"} for cell in table.iter(f"{PLAIN}th"))


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_a_title_and_a_description_or_is_hidden_from_readers(
    sample_markup, name: str
) -> None:
    picture_namespace = "{http://www.w3.org/2000/svg}"
    for picture in parsed(sample_markup[name]).iter(f"{picture_namespace}svg"):
        if picture.get("role") == "img":
            named = picture.get("aria-labelledby").split()
            assert picture.find(f"{picture_namespace}title").get("id") == named[0]
            assert picture.find(f"{picture_namespace}desc").get("id") == named[1]
        else:
            assert picture.get("aria-hidden") == "true" or picture.get("role") == "presentation"


def test_the_static_files_name_no_typeface_crown_or_picture_that_is_not_ours() -> None:
    for path in STATIC_FOLDER.rglob("*"):
        if path.suffix in {".css", ".js"}:
            text = path.read_text(encoding="utf-8")
            assert "@font-face" not in text, path.name
            assert "GDS Transport" not in text, path.name
            assert "url(" not in text, path.name
            assert "crown" not in text.lower(), path.name
            assert "sourceMappingURL" not in text, path.name


def test_every_class_of_the_styles_of_ours_is_used_by_a_template() -> None:
    styles = (STATIC_FOLDER / "righthome.css").read_text(encoding="utf-8")
    places = [*STATIC_FOLDER.parent.rglob("templates/**/*.html"), STATIC_FOLDER.parent / "charts.py"]
    used = "\n".join(Path(place).read_text(encoding="utf-8") for place in places)
    ours = set(re.findall(r"\.(rh-[a-z_-]+)(?![\w-])", styles))
    assert {name for name in ours if name not in used} == set()


def test_every_table_is_cards_on_a_telephone_or_stands_in_a_box_that_scrolls_by_keyboard_too() -> None:
    templates = sorted((STATIC_FOLDER.parent / "templates").rglob("*.html"))
    boxes = tables = 0
    for path in templates:
        text = path.read_text(encoding="utf-8")
        for box in re.findall(r'<div class="rh-scroll"[^>]*>', text):
            boxes += 1
            assert 'tabindex="0" role="region" aria-label="' in box, path.name
        for table in re.finditer(r"<table[^>]*>", text):
            tables += 1
            boxed = re.search(r'<div class="rh-scroll"[^>]*>\s*$', text[: table.start()])
            assert "rh-cards" in table.group() or boxed, (path.name, table.group())
    assert boxes > 10
    assert tables > boxes
    # What tells that there is more at either side: a shadow that stays while its cover scrolls with the table.
    styles = (STATIC_FOLDER / "righthome.css").read_text(encoding="utf-8")
    shadow = styles[styles.index(".rh-scroll {") :].partition("}")[0]
    assert shadow.count(" local ") == shadow.count(" scroll ") == 2
