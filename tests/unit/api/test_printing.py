"""What the terminal says of the answers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from api import printing


def printed(answer: dict[str, Any]) -> str:
    console = Console(file=io.StringIO(), width=200)
    printing.print_forecast(console, answer)
    return console.file.getvalue()  # type: ignore[attr-defined]


def forecast(middle: float, up_to: float) -> dict[str, Any]:
    spread = {"p50": 10.0, "p10": 8.0, "p90": 12.0, "p2_5": 7.0, "p97_5": 14.0}
    row = {
        "date": "2026-06-01",
        "placement": "fostering",
        "age_band": "all",
        "beds_short_p50": middle,
        "beds_short_p90": up_to,
        "p_short": 0.5,
    }
    return {
        "totals": [{"date": "2026-06-01", **spread}],
        "shortfall_status": "ASSESSED",
        "shortfall": [row],
        "evidence": {"warnings": []},
    }


def test_beds_short_are_whole_beds_rounded_up() -> None:
    assert "1 (up to 3), 50%" in printed(forecast(0.5, 2.1))
    assert "0 (up to 2), 50%" in printed(forecast(0.0, 2.0))


@pytest.mark.parametrize(
    ("distance", "said"), [(None, "not known"), (0.0, "under 0.1"), (0.1, "0.1"), (1234.5, "1,234.5")]
)
def test_a_distance_that_rounds_to_nothing_is_not_nothing(distance: float | None, said: str) -> None:
    assert printing.miles(distance) == said
