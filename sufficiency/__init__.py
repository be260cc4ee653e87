"""Flows, forecasts, beds short and the emergency watch. Values in, values out.

The doors an analyst uses are loaded on first need, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_DOORS = {
    "read_returns": "sufficiency.files",
    "forecast_need": "sufficiency.forecast",
    "backtest_forecast": "sufficiency.backtest",
    "check_forecast": "sufficiency.against_actual",
    "tidy_tables": "sufficiency.tidy",
    "read_stays": "sufficiency.stay_files",
    "watch_stays": "sufficiency.emergency",
}

__all__ = sorted(_DOORS)


def __getattr__(name: str) -> Any:
    if name in _DOORS:
        return getattr(import_module(_DOORS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
