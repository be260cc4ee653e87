"""Who decides about a place: we do in our own homes, and everybody else is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.home import Home, control_of
from matching.rank import Ranking

PLYMOUTH, DEVON = "879", "878"
OURS = {"type": "in_house_foster_carer", "contract": "in_house", "approved_by_authority": PLYMOUTH}


@pytest.mark.parametrize(
    ("home", "authority", "expected"),
    [
        (OURS, PLYMOUTH, "direct"),
        (OURS, DEVON, "offer"),
        (OURS, None, "direct"),
        ({**OURS, "approved_by_authority": None}, DEVON, "direct"),
        ({**OURS, "control": "direct"}, DEVON, "direct"),
        ({**OURS, "control": "nominate"}, PLYMOUTH, "nominate"),
        ({"contract": "block"}, PLYMOUTH, "nominate"),
        ({"contract": "block", "control": "offer"}, PLYMOUTH, "offer"),
        ({"contract": "framework"}, PLYMOUTH, "offer"),
        ({"contract": None}, PLYMOUTH, "offer"),
        ({**OURS, "contract": None}, PLYMOUTH, "direct"),
        ({**OURS, "contract": None}, DEVON, "offer"),
        ({**OURS, "contract": None, "approved_by_authority": None}, PLYMOUTH, "direct"),
        ({**OURS, "contract": "framework"}, PLYMOUTH, "offer"),
        ({**OURS, "contract": None, "type": "connected_foster_carer"}, PLYMOUTH, "direct"),
        ({**OURS, "contract": None, "type": "connected_foster_carer"}, DEVON, "offer"),
        (
            {"contract": None, "type": "connected_foster_carer", "approved_by_authority": None},
            PLYMOUTH,
            "offer",
        ),
        ({"contract": None, "type": "agency_foster_carer"}, PLYMOUTH, "offer"),
    ],
)
def test_we_decide_only_about_homes_that_are_ours(
    a_home: Callable[..., Home], home: dict[str, Any], authority: str | None, expected: str
) -> None:
    assert control_of(a_home(**home), authority=authority) == expected


def test_a_carer_of_another_council_is_asked_and_not_directed(ranked: Callable[..., Ranking]) -> None:
    asked = "The council that approved the carers decides whether to offer the place"
    assert asked not in ranked({"authority": PLYMOUTH}, (OURS,)).options[0].reasons
    assert asked in ranked({"authority": DEVON}, (OURS,)).options[0].reasons


def test_a_connected_carer_has_no_provider_who_decides(ranked: Callable[..., Ranking]) -> None:
    carer = {"type": "connected_foster_carer", "contract": None, "approved_for": ["DEMO-C"]}
    reasons = ranked({"authority": PLYMOUTH}, (carer,)).options[0].reasons
    assert "The carers decide whether to offer the place" in reasons
