"""A forecast, its record of hits and misses, a change tried on it, and one that was adopted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from api.database.forecast_records import KeptForecast
from api.web.presenters.adopted import present_adopted, present_what_if
from tests.web.samples.ranking import EVIDENCE


def _month(place: int) -> date:
    years, months = divmod(5 + place, 12)
    return date(2026 + years, months + 1, 1)


def sample_forecast(*, with_homes: bool = True) -> dict[str, Any]:
    spread = {
        "p2_5": -1.96,
        "p10": -1.28,
        "p25": -0.67,
        "p50": 0.0,
        "p75": 0.67,
        "p90": 1.28,
        "p97_5": 1.96,
    }
    totals, bins, shortfall = [], [], []
    for place in range(25):
        day = _month(place).isoformat()
        middle, deviation = 530 + 0.8 * place, 2 + 6 * place**0.5
        totals.append(
            {"date": day, "mean": middle}
            | {name: middle + factor * deviation for name, factor in spread.items()}
        )
        for group, size in (("fostering", 340), ("residential", 62), ("supported", 54), ("other", 74)):
            for band, share in (("0", 0.05), ("1-4", 0.1), ("5-9", 0.2), ("10-15", 0.4), ("16-17", 0.25)):
                mean = size * share + (0.3 * place if group == "residential" else 0)
                bins.append(
                    {"date": day, "age_band": band, "placement": group, "mean": mean}
                    | {name: mean + factor * 3 for name, factor in spread.items()}
                )
        for group in ("fostering", "residential", "supported"):
            for band in ("5-9", "10-15", "16-17", "all"):
                shortfall.append(
                    {
                        "date": day,
                        "placement": group,
                        "age_band": band,
                        "capacity": 24 if with_homes else None,
                        "p_short": min(0.95, 0.03 * place) if with_homes else None,
                        "beds_short_p50": max(0, place // 3 - 3) if with_homes else None,
                        "beds_short_p80": max(0, place // 2 - 2) if with_homes else None,
                        "beds_short_p90": place // 2 if with_homes else None,
                        "beds_short_p95": place // 2 + 2 if with_homes else None,
                        "short_local": 1.0,
                        "short_any": 0.5,
                    }
                )
    return {
        "from": "2026-06-01",
        "months": 24,
        "runs": 1000,
        "seed": 0,
        "bins": bins,
        "totals": totals,
        "detail": [],
        "shortfall_status": "ASSESSED" if with_homes else "NOT_ASSESSED",
        "shortfall": shortfall,
        "track_record": sample_track_record() if with_homes else None,
        "change": sample_change() if with_homes else None,
        "definition": "a bed short is a child-night due for which no bed that we can use is free",
        "evidence": EVIDENCE,
    }


KEPT = {"made": "15 June 2026 at 09:30", "forecast_id": "9c" * 32}


def sample_track_record() -> dict[str, Any]:
    errors = {"error": 4.25, "same_as_today": 6.5, "last_years_change": None}
    bands = ("50", "80", "95")
    horizon = {
        "dates": 4,
        "total": errors,
        "placements": [
            {"placement": group, **errors} for group in ("fostering", "residential", "supported", "other")
        ],
        "age_bands": [{"age_band": band, **errors} for band in ("0", "1-4", "5-9", "10-15", "16-17")],
        "held": dict.fromkeys(bands, 3),
        "placements_held": {band: {"held": 13, "of": 16} for band in bands},
        "pit": [0.2, 0.5, 0.9, 0.4],
        "crps": 3.1,
        "crps_same_as_today": 6.5,
    }
    return {
        "status": "ASSESSED",
        "verdict": "too_few_to_judge",
        "text": ["At the last four 31 Marches the forecast of the total was out by 4 children"],
        "horizons": [{"months": 12, **horizon}, {"months": 24, **horizon}],
        "definition": "Errors are mean absolute differences.",
    }


def sample_change() -> dict[str, Any]:
    parts = {"ageing": -60.2, "starts": 180.0, "leaving": -90.4, "moves": 0.3, "interaction": -9.1}
    row = {"before": 530.0, "after": 550.6, **parts}
    return {
        "from": "2026-06-01",
        "to": "2028-06-01",
        "total": row,
        "placements": [
            {"placement": group, **row} for group in ("fostering", "residential", "supported", "other")
        ],
        "age_bands": [{"age_band": band, **row} for band in ("0", "1-4", "5-9", "10-15", "16-17")],
        "text": "On average over all futures the number goes up.",
    }


def sample_what_if() -> Any:
    base = sample_forecast()
    base["placements"] = [
        row | {"placement": group}
        for row in base["totals"]
        for group in ("fostering", "residential", "supported", "other")
    ]
    return present_what_if(starts="-10", leaving="", problems={}, base=base, changed=base)


def sample_adopted(*, happened: bool = True) -> Any:
    answer = sample_forecast()
    bands = {"50": True, "80": True, "95": True}
    months = [row | {"happened": round(row["mean"]) + 2, "inside": bands} for row in answer["totals"][1:5]]
    scores = {
        "months": 4,
        "mean_absolute_error": 2.0,
        "mean_absolute_error_same_as_today": 3.5,
        "held_percent": {"50": 100.0, "80": 100.0, "95": None},
    }
    found = {
        "text": ["On 1 October 2026 there were 535 children", "Over 4 months the forecast was out by 2.0"],
        "months": months,
        "total": {"placement": "all", **scores},
        "placements": [{"placement": "fostering", **scores}, {"placement": "other", "months": 0}],
    }
    kept = [
        KeptForecast(
            forecast_id=f"{n}a" * 32,
            starts_on=date(2026, 6, 1),
            answer=answer,
            made_at=datetime(2026, 6, 15, 8, 30, tzinfo=UTC),
            adopted_at=datetime(2026, 6, 15, 9, 30, tzinfo=UTC),
            adopted_by="commissioner",
        )
        for n in (1, 2)
    ]
    lacking = "" if happened else "The returns end before the second date of the forecast."
    return present_adopted(kept[0], found if happened else None, lacking, kept)
