"""The equality page and its files: what is counted, what is withheld, and who may see it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import html5lib
import pytest

from api.auth.roles import Role
from api.database.records import Records, Scope
from api.web.presenters.equality import present_equality
from reference_data.sample import SAMPLE_DATE

PATHS = ("/equality", "/equality.csv", "/api/v1/equality")
MAY = {Role.COMMISSIONER, Role.MANAGER, Role.REVIEWING_OFFICER, Role.DIRECTOR, Role.AUDITOR}


def decide(site: Any, number: int, *, rank: int | None, why: str | None, days_ago: int = 1) -> None:
    """Write down one decision for the council's one invented child."""
    scope = Scope(authorities=frozenset({"879"}), actor="tester")
    with site.database.writing() as connection:
        kept = Records(connection, scope).kept("decisions", "879")
        kept.add(
            {
                "decision_id": f"DEMO-D-{number}",
                "child_id": "DEMO-C-879",
                "referral_id": "DEMO-R-879",
                "home_id": "DEMO-H-879",
                "decided_on": SAMPLE_DATE - timedelta(days=days_ago),
                "decided_by": "manager.879",
                "rank": rank,
                "first_ranked_home_id": "DEMO-H-879" if rank == 1 else "DEMO-H-OTHER",
                "reasons": "Near.",
                "wishes_considered": "She said so.",
                "why_not_first": why,
                "outcome": "placed",
            }
        )


@pytest.fixture
def decided(fresh_site: Any) -> Any:
    """A council that chose the first home three times, another twice, and one nobody ranked; and once long ago."""
    for number in range(3):
        decide(fresh_site, number, rank=1, why=None)
    for number in (3, 4):
        decide(fresh_site, number, rank=2, why="Her brother lives near.")
    decide(fresh_site, 5, rank=None, why="An emergency.")
    decide(fresh_site, 6, rank=1, why=None, days_ago=400)
    return fresh_site


def test_the_page_counts_the_decisions_of_a_year_and_names_those_outside_the_ranking(decided: Any) -> None:
    text = decided.signed_in(Role.DIRECTOR).get("/equality").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert "6 decisions are recorded. The home ranked first was chosen 3 times, another 3 times." in text
    assert "A home that was not ranked, or was excluded, on the day: DEMO-C-879." in text
    assert "Not for publication" in text


def test_the_answer_groups_decisions_by_what_a_child_keeps(decided: Any) -> None:
    answer = decided.signed_in(Role.DIRECTOR).get("/api/v1/equality").json()
    assert answer["overrides"] == {
        "decisions": 6,
        "first_chosen": 3,
        "another_chosen": 3,
        "none_chosen": 0,
        "without_reason": [],
    }
    assert {one["characteristic"] for one in answer["decided"]} == {"sex", "ethnicity", "disability"}
    for one in answer["decided"]:
        assert (one["decisions"], one["first_chosen"], one["another_chosen"]) == (6, 3, 3)


def test_what_may_be_published_holds_no_small_number_and_no_child(decided: Any) -> None:
    director = decided.signed_in(Role.DIRECTOR)
    answer = director.get("/api/v1/equality", params={"for_publication": "true"})
    assert "DEMO-C-879" not in answer.text
    counts = answer.json()["overrides"]
    assert counts["first_chosen"] == counts["another_chosen"] == "c"
    assert counts["decisions"] == 5
    for group in answer.json()["groups"]:
        assert group["children"] == "c"
    file = director.get("/equality.csv")
    assert "for-publication" in file.headers["content-disposition"]
    assert "DEMO-C-879" not in file.text
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    figures = [
        value for row in rows for name, value in row.items() if name not in ("characteristic", "group")
    ]
    assert not {"1", "2", "3", "4"} & set(figures)


def test_the_councils_own_file_holds_every_number(decided: Any) -> None:
    file = decided.signed_in(Role.DIRECTOR).get("/equality.csv", params={"for": "council"})
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    total = next(row for row in rows if row["characteristic"] == "all decisions")
    assert (total["decisions"], total["first_chosen"], total["another_chosen"]) == ("6", "3", "3")


def test_only_those_who_answer_for_it_see_it(site: Any) -> None:
    for role in Role:
        for path in PATHS:
            assert (site.signed_in(role).get(path).status_code == 200) == (role in MAY), (role, path)


def test_a_restricted_child_is_counted_nowhere(fresh_site: Any) -> None:
    scope = Scope(authorities=frozenset({"879"}), actor="tester")
    before = fresh_site.signed_in(Role.DIRECTOR).get("/api/v1/equality").json()
    with fresh_site.database.writing() as connection:
        Records(connection, scope).restricted_of("879").restrict("DEMO-C-879", "Police advice.")
    after = fresh_site.signed_in(Role.DIRECTOR).get("/api/v1/equality").json()
    assert (before["children"], after["children"]) == (1, 0)


def test_a_group_is_called_by_its_label_and_not_by_its_code(fresh_site: Any) -> None:
    answer = fresh_site.signed_in(Role.DIRECTOR).get("/api/v1/equality").json()
    page = present_equality(answer)
    names = [row.name for table in page.offered for row in table.rows]
    assert "Girls" in names or "Boys" in names or "Not recorded" in names
    assert "F" not in names
