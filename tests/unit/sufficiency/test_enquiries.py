"""What searches show: needed beside got with what is missing, refusals, and how often shared homes give us a place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matching.home import Home
from reference_data.problems import ImportRejected
from reference_data.vocabulary import ContractKind, PlacementType
from sufficiency.enquiries import (
    FEWEST_ANSWERS,
    Enquiry,
    answers_by_type,
    enquiries_from_values,
    needed_and_got,
    observed_share,
    searches,
)

DAY = date(2026, 3, 1)


def asked(number: int, child: str = "a", days: int = 0, **given: object) -> Enquiry:
    return Enquiry(
        enquiry_id=f"E{number}",
        child_id=child,
        home_id=str(given.pop("home_id", f"DEMO-{number}")),
        asked_on=DAY + timedelta(days=days),
        **given,  # type: ignore[arg-type]
    )


def test_one_search_is_one_child_one_referral_and_no_long_pause() -> None:
    rows = [asked(1), asked(2, days=30), asked(3, days=200), asked(4, child="b"), asked(5, referral_id="R1")]
    assert [[one.enquiry_id for one in search] for search in searches(rows)] == [
        ["E1", "E2"],
        ["E4"],
        ["E5"],
        ["E3"],
    ]


def test_needed_beside_got_tells_what_is_missing() -> None:
    home, flat = "childrens_home", "supported_accommodation"
    answer = needed_and_got(
        [
            asked(1, "a", type_needed=home, type_got=flat),
            asked(2, "a", type_needed=home, type_got=flat),
            asked(3, "b", type_needed=home, type_got=home, placed=True),
            asked(4, "c", type_needed=flat),
            asked(5, "d", type_got=flat),
            asked(6, "e", type_needed=flat, placed=True),
        ]
    )
    assert answer["matrix"] == [
        {"needed": home, "got": home, "searches": 1},
        {"needed": home, "got": flat, "searches": 1},
        {"needed": "not recorded", "got": flat, "searches": 1},
        {"needed": flat, "got": "not recorded", "searches": 1},
        {"needed": flat, "got": "still looking", "searches": 1},
    ]
    assert (answer["searches"], answer["got_what_was_needed"], answer["missing"]) == (5, 0.5, 0.4)
    assert needed_and_got([])["missing"] is None


def test_who_said_no_and_why() -> None:
    kind = "childrens_home"
    (row,) = answers_by_type(
        [
            asked(1, type_of_home=kind, answer="declined", reason="full"),
            asked(2, type_of_home=kind, answer="declined", reason="full"),
            asked(3, type_of_home=kind, answer="declined", reason="fee"),
            asked(4, type_of_home=kind, answer="declined"),
            asked(5, type_of_home=kind, answer="offered"),
            asked(6, type_of_home=kind, answer="no_answer"),
            asked(7, type_of_home=kind),
        ]
    )
    assert row["reasons"] == {"full": 2, "fee": 1, "not recorded": 1}
    assert (row["asked"], row["offered"], row["declined"], row["no_answer"], row["not_recorded"]) == (
        7,
        1,
        4,
        1,
        1,
    )


def test_the_share_of_places_we_get_is_that_of_shared_homes_that_were_not_full() -> None:
    shared = Home(home_id="S", type=PlacementType.CHILDRENS_HOME, contract=ContractKind.FRAMEWORK)
    ours = Home(home_id="O", type=PlacementType.CHILDRENS_HOME, contract=ContractKind.BLOCK)
    half = FEWEST_ANSWERS // 2
    rows = [asked(n, home_id="S", answer="offered") for n in range(half)]
    rows += [asked(100 + n, home_id="S", answer="declined", reason="needs_beyond") for n in range(half)]
    ignored = [asked(200 + n, home_id="S", answer="declined", reason="full") for n in range(30)]
    ignored += [asked(300 + n, home_id="O", answer="offered") for n in range(30)]
    assert observed_share([*rows, *ignored], [shared, ours]) == 0.5
    assert observed_share([*rows[1:], *ignored], [shared, ours]) is None
    silent = [asked(400 + n, home_id="S", answer="no_answer") for n in range(FEWEST_ANSWERS)]
    assert observed_share([*rows, *silent], [shared, ours]) == 0.25


def test_a_row_that_cannot_be_used_is_named() -> None:
    with pytest.raises(ImportRejected) as rejected:
        enquiries_from_values([{"enquiry_id": "E1", "child_id": "a", "home_id": "h", "asked_on": "soon"}])
    (issue,) = rejected.value.issues
    assert (issue.row, issue.column) == (1, "asked_on")
