"""Brothers and sisters placed apart, and planned placements: from homes, referrals and placements."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from matching.home import Home, Resident
from matching.referral import Referral
from reference_data.vocabulary import PlacementType, Urgency
from sufficiency.enquiries import Enquiry, PlacementMade, placements_made
from sufficiency.indicator import Asked
from sufficiency.search_indicators import planned_placements, siblings_separated


def asked(**given: Any) -> Asked:
    return Asked(
        records=SimpleNamespace(),  # type: ignore[arg-type]
        at=date(2026, 3, 31),
        year_from=date(2025, 4, 1),
        authority="879",
        count_temporary=False,
        **given,
    )


def home(home_id: str, *residents: tuple[str, str | None, str | None]) -> Home:
    return Home(
        home_id=home_id,
        type=PlacementType.IN_HOUSE_FOSTER_CARER,
        residents=tuple(
            Resident(child_id=child, sibling_group=group, authority=authority)
            for child, group, authority in residents
        ),
    )


def test_children_whose_brother_or_sister_lives_elsewhere_are_counted() -> None:
    homes = (
        home("A", ("1", "S1", "879"), ("2", "S1", "879"), ("3", "S2", None)),
        home("B", ("4", "S2", "879"), ("5", None, "879"), ("6", "S3", "879")),
        # Another council's child is not ours to count, even in a group of the same name.
        home("C", ("7", "S1", "878")),
    )
    found = siblings_separated(asked(homes=homes))
    # S1 is together, S2 apart, S3 has nobody else in care.
    assert (found.numerator, found.denominator) == (2, 4)
    assert found.children == {"3", "4"}
    assert found.table == ({"brothers_and_sisters": 2, "groups": 2, "all_together": 1},)
    waiting = Referral(referral_id="R", child_id="8", sibling_group="S3", current_home_id="A")
    again = siblings_separated(asked(homes=homes, referrals=(waiting,)))
    assert (again.numerator, again.denominator) == (4, 6)
    assert siblings_separated(asked(homes=(home("A", ("5", None, "879")),))).status == "NOT_ASSESSED"


def test_planned_placements_of_the_year_leave_an_unknown_urgency_out() -> None:
    made = [
        PlacementMade(child_id=str(n), on=on, urgency=urgency)
        for n, (on, urgency) in enumerate(
            [
                (date(2025, 4, 1), Urgency.PLANNED),
                (date(2026, 3, 31), Urgency.EMERGENCY),
                (date(2025, 8, 1), None),
                (date(2025, 3, 31), Urgency.PLANNED),
            ]
        )
    ]
    found = planned_placements(asked(placements=tuple(made)))
    assert (found.numerator, found.denominator, found.missing, found.population) == (1, 2, 1, 3)
    assert [row["percent"] for row in found.table if row["placements"]] == [50.0, 50.0]
    unknown = [PlacementMade(child_id=f"u{n}", on=date(2025, 9, 1), urgency=None) for n in range(2)]
    mostly = planned_placements(asked(placements=(*made, *unknown)))
    assert mostly.status == "NOT_ASSESSED"
    assert "2 of 5 placements" in mostly.reason
    assert planned_placements(asked()).status == "NOT_ASSESSED"


def test_a_search_that_placed_has_the_urgency_of_its_referral_or_of_the_childs_own() -> None:
    day = date(2025, 6, 1)

    def enquiry(n: int, child: str, referral: str | None, *, placed: bool) -> Enquiry:
        return Enquiry(
            enquiry_id=str(n), child_id=child, home_id="H", asked_on=day, referral_id=referral, placed=placed
        )

    referrals = [
        Referral(referral_id="R1", child_id="1", urgency=Urgency.CRISIS),
        Referral(referral_id="R2", child_id="2", urgency=Urgency.PLANNED),
    ]
    found = placements_made(
        [
            enquiry(1, "1", "R1", placed=True),
            enquiry(2, "2", None, placed=True),
            enquiry(3, "3", None, placed=True),
            enquiry(4, "1", "R1", placed=False),
        ],
        referrals,
    )
    assert {one.child_id: one.urgency for one in found} == {
        "1": Urgency.CRISIS,
        "2": Urgency.PLANNED,
        "3": None,
    }
